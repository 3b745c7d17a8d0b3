"""All breaches that are known: the reviewed ones shipped with the program, and the user's own."""

from __future__ import annotations

import difflib
import graphlib
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

from correlate.catalogue.breach import Breach
from correlate.catalogue.errors import CatalogueError, UnknownBreach
from correlate.catalogue.hibp import HibpList, is_hibp, parse_hibp
from correlate.catalogue.location import default_user_catalogue
from correlate.catalogue.toml_format import parse_toml

__all__ = ["Catalogue", "read_breaches", "read_hibp"]

_SHIPPED = Path("correlate/catalogue/data/breaches.toml")


class Catalogue:
    """Breaches by id. Iterating gives the breaches in the order of their ids."""

    def __init__(self, breaches: Iterable[Breach], *, file: Path | None = None) -> None:
        """Take breaches; of two with one id the later stands. ``file`` is blamed for what does not fit.

        Raises:
            CatalogueError: a lineage names a breach that is not there, or goes round in a circle.
        """
        by_id = {breach.id: breach for breach in breaches}
        self._by_id = dict(sorted(by_id.items()))
        self._check_lineage(file or _SHIPPED)

    @classmethod
    def shipped(cls) -> Catalogue:
        """Give the reviewed catalogue that comes with the program."""
        return cls(_read_shipped())

    @classmethod
    def load(cls, *paths: Path) -> Catalogue:
        """Give the shipped catalogue with the files of ``paths`` over it, a later one over an earlier one.

        Without ``paths``, the user's own catalogue (:func:`default_user_catalogue`) is taken if it is there.

        Raises:
            CatalogueError: an entry of a file is not valid.
            OSError: a file cannot be read.
        """
        shipped = _read_shipped()
        own = default_user_catalogue()
        files = paths or ((own,) if own.is_file() else ())
        added = [breach for file in files for breach in read_breaches(file, reviewed=shipped)]
        return cls([*shipped, *added], file=files[-1] if files else None)

    def get(self, breach: str) -> Breach:
        """Give the breach with this id.

        Raises:
            UnknownBreach: there is none; names ids that are written alike.
        """
        if breach in self._by_id:
            return self._by_id[breach]
        near = difflib.get_close_matches(breach, self._by_id, n=3)
        near += [
            known for known in self._by_id if breach and known.startswith(f"{breach}-") and known not in near
        ]
        hint = f"; near it there is {', '.join(near)}" if near else ""
        raise UnknownBreach(breach=breach, near=hint)

    __getitem__ = get

    def ids(self) -> tuple[str, ...]:
        """Give all ids, in order."""
        return tuple(self._by_id)

    def origins(self, breach: str) -> frozenset[str]:
        """Give the ids of all breaches that one was compiled from, directly or through another compilation.

        Raises:
            UnknownBreach: there is no such breach.
        """
        direct = self.get(breach).lineage
        return frozenset(direct).union(*(self.origins(source) for source in direct))

    def __contains__(self, breach: object) -> bool:
        return breach in self._by_id

    def __iter__(self) -> Iterator[Breach]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def _check_lineage(self, file: Path) -> None:
        for breach in self:
            if unknown := [source for source in breach.lineage if source not in self]:
                reason = f"its lineage names {', '.join(unknown)}, which no catalogue has"
                raise CatalogueError(file=file, entry=breach.id, reason=reason)
        try:
            graphlib.TopologicalSorter({breach.id: breach.lineage for breach in self}).prepare()
        except graphlib.CycleError as error:
            circle = " <- ".join(error.args[1])
            reason = f"its lineage goes round in a circle: {circle}"
            raise CatalogueError(file=file, entry=error.args[1][0], reason=reason) from None


def read_breaches(file: Path, *, reviewed: Iterable[Breach] = ()) -> tuple[Breach, ...]:
    """Read the entries of one catalogue file: our own TOML, or a list of breaches of Have I Been Pwned.

    ``reviewed`` are entries that a list of Have I Been Pwned does not override; see :func:`parse_hibp`.

    Raises:
        CatalogueError: an entry is not valid, or two have one id.
        OSError: the file cannot be read.
    """
    listed = read_hibp(file, reviewed=reviewed)
    breaches = parse_toml(_text(file), file) if listed is None else listed.breaches
    _check_once(breaches, file)
    return breaches


def read_hibp(file: Path, *, reviewed: Iterable[Breach] = ()) -> HibpList | None:
    """Read a list of breaches of Have I Been Pwned, and what it leaves out; ``None`` if it is none.

    Raises:
        CatalogueError: an entry is not valid, or two have one id.
        OSError: the file cannot be read.
    """
    text = _text(file)
    if not is_hibp(text, file):
        return None
    listed = parse_hibp(text, file, reviewed)
    _check_once(listed.breaches, file)
    return listed


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CatalogueError(file=file, entry="at the top", reason="the text is not in UTF-8") from None


def _read_shipped() -> tuple[Breach, ...]:
    text = resources.files(__package__).joinpath("data", "breaches.toml").read_text(encoding="utf-8")
    breaches = parse_toml(text, _SHIPPED)
    _check_once(breaches, _SHIPPED)
    return breaches


def _check_once(breaches: Iterable[Breach], file: Path) -> None:
    seen: set[str] = set()
    for number, breach in enumerate(breaches, start=1):
        if breach.id in seen:
            entry = f"entry {number} ({breach.id})"
            raise CatalogueError(file=file, entry=entry, reason="an earlier entry has the same id")
        seen.add(breach.id)
