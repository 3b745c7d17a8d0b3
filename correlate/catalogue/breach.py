"""One breach, or one collection of earlier breaches, as the catalogue tells it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from correlate.catalogue.errors import InvalidBreach
from correlate.catalogue.kinds import DateKind, PersonsKind, Scope, Status
from correlate.vocabulary import AttributeClass

__all__ = ["Breach"]

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Breach:
    """What leaked, when, from whom, about how many, and who says so.

    Attributes:
        id: a name of lower-case letters, digits and single hyphens, such as ``free-2024``.
        organisation: whose data leaked.
        processor: the subcontractor it leaked from; empty when there is none or none is known.
        date: the day that ``date_kind`` is about.
        persons: the number that ``persons_kind`` is about; ``None`` exactly when the kind is ``unknown``.
        classes: what was exposed, at least for some of the persons.
        doubtful: those of the classes that not every source confirms; the note says why.
        partial: those of the classes that are known to be exposed for a part of the persons only.
        lineage: ids of the breaches this one was compiled from, as far as they are known.
        compilation: made from other collections, known (``lineage``) or not, so it adds nothing of its own.
        membership_sensitive: to be in the file at all reveals data of GDPR article 9, as on health.
        note: what else the reader must know, contradictions between sources first.
        sources: where the facts come from; at least one.

    Raises:
        InvalidBreach: a field contradicts this description.
    """

    id: str
    organisation: str
    processor: str = ""
    date: date
    date_kind: DateKind
    persons: int | None = None
    persons_kind: PersonsKind
    status: Status
    scope: Scope
    classes: tuple[AttributeClass, ...]
    note: str = ""
    sources: tuple[str, ...]
    lineage: tuple[str, ...] = ()
    membership_sensitive: bool = False
    compilation: bool = False
    doubtful: tuple[AttributeClass, ...] = ()
    partial: tuple[AttributeClass, ...] = ()

    def __post_init__(self) -> None:
        """Check the fields against each other."""
        for reason in _problems(self):
            raise InvalidBreach(breach=self.id or "without an id", reason=reason)


def _problems(breach: Breach) -> Iterator[str]:
    if not _ID.fullmatch(breach.id):
        yield "its id must be lower-case letters and digits with single hyphens between them"
    if not breach.organisation.strip():
        yield "organisation is empty"
    if (breach.persons is None) != (breach.persons_kind is PersonsKind.unknown):
        yield "persons must be given, unless persons_kind is unknown, and then it must not"
    if breach.persons is not None and breach.persons < 1:
        yield "persons must be at least 1"
    if not breach.classes:
        yield "classes is empty: name what was exposed"
    if not breach.sources or not all(source.strip() for source in breach.sources):
        yield "sources is empty: say where the facts come from"
    yield from _problems_between_lists(breach)


def _problems_between_lists(breach: Breach) -> Iterator[str]:
    lists: dict[str, tuple[str, ...]] = {
        "classes": breach.classes,
        "doubtful": breach.doubtful,
        "partial": breach.partial,
        "lineage": breach.lineage,
        "sources": breach.sources,
    }
    for name, values in lists.items():
        if len(set(values)) < len(values):
            yield f"{name} names the same thing twice"
    for name in ("doubtful", "partial"):
        if foreign := set(lists[name]) - set(breach.classes):
            yield f"{name} names {', '.join(sorted(foreign))}, which classes does not"
    if breach.id in breach.lineage:
        yield "it is in its own lineage"
    if breach.lineage and not breach.compilation:
        yield "it has a lineage, so compilation must be true"
    if breach.doubtful and not breach.note:
        yield "note must say why the classes in doubtful are doubtful"
