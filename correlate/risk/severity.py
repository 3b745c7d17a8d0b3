"""ENISA's severity of what leaked of a person: SE = DPC × EI + CB, from a published table.

The method is that of the "Recommendations for a methodology of the assessment of severity of personal data
breaches" (ENISA, December 2013). It knows no combination of breaches: given the classes of several, joined,
it tells the severity of all that is known of the person.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from correlate.risk.arrays import Floats, Mask
from correlate.risk.document import Table, attribute_class, read_document
from correlate.risk.errors import RiskFileError, RiskModelError
from correlate.risk.figure import Figure, check_source
from correlate.risk.implication import closure
from correlate.vocabulary import AttributeClass

__all__ = [
    "STOLEN",
    "Circumstances",
    "Severity",
    "SeverityTable",
    "se_of_columns",
    "severities",
    "severity",
]

_SHIPPED = Path(__file__).parent / "data" / "severity.toml"
_DPC_MIN, _DPC_MAX = 1, 4

Clauses = tuple[frozenset[AttributeClass], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """What became of the data, by the names of the table; the default is a stolen file that circulates."""

    confidentiality: str = "unknown"
    integrity: str = "kept"
    availability: str = "kept"
    intent: str = "malice"

    def named(self) -> tuple[tuple[str, str], ...]:
        """Each kind of circumstance and the name chosen."""
        return (
            ("confidentiality", self.confidentiality),
            ("integrity", self.integrity),
            ("availability", self.availability),
            ("intent", self.intent),
        )


STOLEN = Circumstances()


@dataclass(frozen=True, kw_only=True, slots=True)
class Severity:
    """DPC from 1 to 4, EI from .25 to 1, CB, their SE = DPC × EI + CB, and the level it is called by."""

    dpc: int
    ei: float
    cb: float
    se: float
    level: str


class Placed(NamedTuple):
    """Where a class stands: its category, and its own score within it."""

    category: str
    dpc: int


class Combination(NamedTuple):
    """A DPC of at least ``dpc`` once each clause has one of its classes."""

    dpc: int
    clauses: Clauses


class Identification(NamedTuple):
    """An EI of at least ``value`` once all classes of one alternative are held."""

    value: Figure
    alternatives: Clauses


class Context(NamedTuple):
    """A shift of the score of every class of a category."""

    category: str
    shift: int


class Level(NamedTuple):
    """A name and the SE from which it holds."""

    name: str
    se_min: float


@dataclass(frozen=True, kw_only=True)
class SeverityTable:
    """The figures of one reading of ENISA's method.

    Raises:
        RiskModelError: a class is missing, or a figure is out of its range.
    """

    name: str
    dated: datetime.date
    purpose: str
    classes: Mapping[AttributeClass, Placed]
    combinations: tuple[Combination, ...]
    contexts: Mapping[str, Context]
    floor: Figure
    identifications: tuple[Identification, ...]
    circumstances: Mapping[tuple[str, str], Figure]
    levels: tuple[Level, ...]

    def __post_init__(self) -> None:
        missing = [attribute for attribute in AttributeClass if attribute not in self.classes]
        if missing:
            raise RiskModelError(reason=f"attribute class {missing[0]} stands in no group")
        for dpc in (*(at.dpc for at in self.classes.values()), *(rule.dpc for rule in self.combinations)):
            if not _DPC_MIN <= dpc <= _DPC_MAX:
                raise RiskModelError(reason=f"a DPC of {dpc}; it goes from {_DPC_MIN} to {_DPC_MAX}")
        for figure in (self.floor, *(rule.value for rule in self.identifications)):
            if not 0.0 < figure.value <= 1.0:
                raise RiskModelError(reason="an ease of identification must be above 0 and at most 1")
        if any(not 0.0 <= figure.value <= 0.5 for figure in self.circumstances.values()):
            raise RiskModelError(reason="a circumstance must be between 0 and 0.5")
        starts = [level.se_min for level in self.levels]
        if not starts or starts[0] != 0.0 or starts != sorted(set(starts)):
            raise RiskModelError(reason="the levels must begin at 0 and rise")

    @classmethod
    def load(cls, path: Path | None = None) -> SeverityTable:
        """Load the shipped table, or one of your own.

        Raises:
            RiskFileError: the file cannot be read, or a figure in it is missing, unsourced or wrong.
        """
        return _load(path) if path else _shipped()

    def shifts(self, contexts: Iterable[str]) -> dict[str, int]:
        """How far each category is moved by these contexts.

        Raises:
            RiskModelError: there is no context of that name; the valid ones are listed.
        """
        moved: dict[str, int] = {}
        for name in contexts:
            if name not in self.contexts:
                known = ", ".join(sorted(self.contexts))
                raise RiskModelError(reason=f"there is no context of that name; known are {known}")
            context = self.contexts[name]
            moved[context.category] = moved.get(context.category, 0) + context.shift
        return moved

    def circumstance(self, kind: str, name: str) -> float:
        """What one circumstance adds.

        Raises:
            RiskModelError: the table does not know it; the valid names are listed.
        """
        if (kind, name) not in self.circumstances:
            known = ", ".join(sorted(each for of, each in self.circumstances if of == kind))
            raise RiskModelError(reason=f"{kind} has no circumstance of that name; known are {known}")
        return self.circumstances[kind, name].value

    def level(self, se: float) -> str:
        """The name of the level that ``se`` lies in."""
        return next(level.name for level in reversed(self.levels) if se >= level.se_min)


def severity(
    classes: Iterable[AttributeClass],
    *,
    table: SeverityTable,
    circumstances: Circumstances = STOLEN,
    contexts: Sequence[str] = (),
) -> Severity:
    """The severity of one set of classes, all of one person; of several breaches give the union.

    ``contexts`` are those of the table that hold and that the classes do not tell. Where no class leaked
    there is no breach: DPC, EI, CB and SE are 0.

    Raises:
        RiskModelError: the table does not know a context or a circumstance.
    """
    held = frozenset(closure(classes))
    shifts = table.shifts(contexts)
    added = sum(table.circumstance(kind, name) for kind, name in circumstances.named())
    if not held:
        return Severity(dpc=0, ei=0.0, cb=0.0, se=0.0, level=table.level(0.0))
    dpc, ei = _dpc(held, table, shifts), _ei(held, table)
    se = dpc * ei + added
    return Severity(dpc=dpc, ei=ei, cb=added, se=se, level=table.level(se))


def severities(
    class_sets: Iterable[Iterable[AttributeClass]],
    *,
    table: SeverityTable,
    circumstances: Circumstances = STOLEN,
    contexts: Sequence[str] = (),
) -> list[Severity]:
    """The severity of each of many sets; each distinct set is worked out once, for there are few."""
    known: dict[frozenset[AttributeClass], Severity] = {}
    found = []
    for classes in class_sets:
        held = frozenset(classes)
        if held not in known:
            known[held] = severity(held, table=table, circumstances=circumstances, contexts=contexts)
        found.append(known[held])
    return found


def se_of_columns(held: Mapping[AttributeClass, Mask], *, table: SeverityTable) -> Floats:
    """The SE of many sets of classes, as ``severity`` gives it for a stolen file: what it does, by column.

    ``held`` has a column for every class, which says of each set whether it holds the class. Sets must hold
    what their classes imply.
    """

    def any_of(classes: Iterable[AttributeClass]) -> Mask:
        found: Mask = np.any([held[each] for each in classes], axis=0)
        return found

    def all_of(classes: Iterable[AttributeClass]) -> Mask:
        found: Mask = np.all([held[each] for each in classes], axis=0)
        return found

    some = any_of(held)
    dpc, ei = np.zeros(len(some)), np.where(some, table.floor.value, 0.0)
    for attribute, column in held.items():
        np.maximum(dpc, table.classes[attribute].dpc, out=dpc, where=column)
    for rule in table.combinations:
        met = np.all([any_of(clause) for clause in rule.clauses], axis=0)
        np.maximum(dpc, rule.dpc, out=dpc, where=met)
    for identification in table.identifications:
        met = np.any([all_of(alternative) for alternative in identification.alternatives], axis=0)
        np.maximum(ei, identification.value.value, out=ei, where=met)
    added = sum(table.circumstance(kind, name) for kind, name in STOLEN.named())
    return np.where(some, dpc * ei + added, 0.0)


def _dpc(held: frozenset[AttributeClass], table: SeverityTable, shifts: Mapping[str, int]) -> int:
    """The highest of the classes, each moved within its range, and of what they make together."""
    places = (table.classes[attribute] for attribute in held)
    single = max(_within(at.dpc + shifts.get(at.category, 0)) for at in places)
    together = (rule.dpc for rule in table.combinations if all(held & clause for clause in rule.clauses))
    return max((single, *together))


def _within(dpc: int) -> int:
    return min(max(dpc, _DPC_MIN), _DPC_MAX)


def _ei(held: frozenset[AttributeClass], table: SeverityTable) -> float:
    met = (
        rule.value.value for rule in table.identifications if any(alt <= held for alt in rule.alternatives)
    )
    return max(table.floor.value, *met, 0.0)


@functools.cache
def _shipped() -> SeverityTable:
    """The shipped table, read once: a single check should not wait for it again."""
    return _load(_SHIPPED)


def _load(path: Path) -> SeverityTable:
    try:
        return _table(read_document(path))
    except RiskModelError as error:
        raise RiskFileError(file=path, reason=error.about["reason"]) from error


def _table(document: Table) -> SeverityTable:
    categories = _categories(document.tables("category"))
    table = SeverityTable(
        name=document.text("name"),
        dated=document.date("dated"),
        purpose=document.text("purpose"),
        classes=_groups(document.tables("group"), categories),
        combinations=tuple(_combination(one) for one in document.tables("combination", optional=True)),
        contexts=_contexts(document.tables("context", optional=True), categories),
        floor=_figure(document.table("identification_floor")),
        identifications=tuple(_identification(one) for one in document.tables("identification")),
        circumstances=_circumstances(document.tables("circumstance")),
        levels=tuple(_level(one) for one in document.tables("level")),
    )
    document.finish()
    return table


def _figure(table: Table) -> Figure:
    figure = Figure(value=table.number("value"), source=_source(table))
    table.finish()
    return figure


def _source(table: Table) -> str:
    source = table.text("source")
    check_source(source, what=table.where)
    return source


def _categories(tables: tuple[Table, ...]) -> dict[str, int]:
    categories: dict[str, int] = {}
    for table in tables:
        _source(table)
        name = table.text("name")
        if name in categories:
            raise RiskModelError(reason=f"{table.where}: {name} stands twice")
        categories[name] = _whole(table, "dpc")
        table.finish()
    return categories


def _groups(tables: tuple[Table, ...], categories: Mapping[str, int]) -> dict[AttributeClass, Placed]:
    classes: dict[AttributeClass, Placed] = {}
    for table in tables:
        _source(table)
        category = _category(table, categories)
        placed = Placed(category, _whole(table, "dpc") if "dpc" in table else categories[category])
        for attribute in table.classes("classes"):
            if attribute in classes:
                raise RiskModelError(reason=f"{table.where}: {attribute} stands in a group already")
            classes[attribute] = placed
        table.finish()
    return classes


def _category(table: Table, categories: Mapping[str, int]) -> str:
    category = table.text("category")
    if category not in categories:
        raise RiskModelError(reason=f"{table.where}: `category` must be one of {', '.join(categories)}")
    return category


def _contexts(tables: tuple[Table, ...], categories: Mapping[str, int]) -> dict[str, Context]:
    contexts: dict[str, Context] = {}
    for table in tables:
        _source(table)
        name = table.text("name")
        if name in contexts:
            raise RiskModelError(reason=f"{table.where}: {name} stands twice")
        contexts[name] = Context(_category(table, categories), _whole(table, "shift"))
        table.finish()
    return contexts


def _combination(table: Table) -> Combination:
    _source(table)
    table.text("name")
    combination = Combination(_whole(table, "dpc"), _clauses(table, "all", "or"))
    table.finish()
    return combination


def _identification(table: Table) -> Identification:
    alternatives = _clauses(table, "any", "and")
    return Identification(_figure(table), alternatives)


def _clauses(table: Table, key: str, word: str) -> Clauses:
    """A list of texts such as "NAME and DOB": the classes between the words."""
    where = table.within(f"`{key}`")
    return tuple(
        frozenset(attribute_class(code.strip(), where=where) for code in text.split(f" {word} "))
        for text in table.texts(key)
    )


def _whole(table: Table, key: str) -> int:
    value = table.number(key)
    if value != round(value):
        raise RiskModelError(reason=f"{table.where}: `{key}` must be a whole number")
    return round(value)


def _circumstances(tables: tuple[Table, ...]) -> dict[tuple[str, str], Figure]:
    circumstances: dict[tuple[str, str], Figure] = {}
    for table in tables:
        key = (table.text("of"), table.text("name"))
        if key in circumstances:
            raise RiskModelError(reason=f"{table.where}: {' '.join(key)} stands twice")
        circumstances[key] = _figure(table)
    return circumstances


def _level(table: Table) -> Level:
    _source(table)
    level = Level(table.text("name"), table.number("se_min"))
    table.finish()
    return level
