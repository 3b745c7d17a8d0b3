"""The scenarios an assessment runs through: the shipped ones, and what a file of the user's changes."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from correlate.risk.document import Table, read_document
from correlate.risk.errors import RiskFileError, RiskModelError
from correlate.risk.figure import Figure, check_share
from correlate.risk.scenario import Bilingual, Clause, Control, Protections, Scenario
from correlate.vocabulary import AttributeClass

__all__ = ["ScenarioSet"]

_SHIPPED = Path(__file__).parent / "data" / "scenarios.toml"
_CLASSES = frozenset(AttributeClass)
# It stands in the column `model` between two "/", and "+" joins it to the shipped one.
_VERSION = re.compile(r"[A-Za-z0-9._-]{1,40}")


@dataclass(frozen=True, kw_only=True)
class ScenarioSet:
    """Scenarios in the order of their ids, which are unique, and the version of the list.

    ``weights`` are those that a user's file gives to scenarios, each with its source; they go before a
    profile's.
    """

    version: str
    scenarios: tuple[Scenario, ...]
    weights: Mapping[str, Figure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ids = [scenario.id for scenario in self.scenarios]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise RiskModelError(reason=f"two scenarios have the id {twice[0]}")
        for scenario, weight in self.weights.items():
            check_share(weight.value, what=f"the weight of scenario {scenario}")
        # Sorted here, so that the order of a file can never move the last digit of a score.
        ordered = tuple(sorted(self.scenarios, key=lambda scenario: scenario.id))
        object.__setattr__(self, "scenarios", ordered)

    @classmethod
    def load(cls, path: Path | None = None) -> ScenarioSet:
        """Load the shipped scenarios, with the changes of a file of your own if one is given.

        Such a file has the form of the shipped one. Each of its scenarios is added, or stands in the place
        of the one with the same id; ``off`` lists those to leave out; ``replace = true`` leaves out all that
        are shipped. Its scenarios may have a ``weight`` with a ``weight_source``. The version is then
        "2026-11b+yours", or yours alone with ``replace``.

        Raises:
            RiskFileError: the file cannot be read, or a scenario in it is incomplete, unsourced or wrong.
        """
        shipped = _shipped()
        return shipped if path is None else _placed_in(path, shipped)

    def __iter__(self) -> Iterator[Scenario]:
        return iter(self.scenarios)

    def __len__(self) -> int:
        return len(self.scenarios)


class _Document(Table):
    """A whole file of scenarios."""

    def flag(self, key: str) -> bool:
        """True or false, false if it is not there."""
        value = self._get(key, False)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value


@functools.cache
def _shipped() -> ScenarioSet:
    """The shipped scenarios, read once: a single check should not wait for them again."""
    return _placed_in(_SHIPPED, None)


def _placed_in(path: Path, shipped: ScenarioSet | None) -> ScenarioSet:
    try:
        document = _Document(read_document(path).content, where="")
        return _shipped_set(document) if shipped is None else _user_set(document, shipped)
    except RiskModelError as error:
        raise RiskFileError(file=path, reason=error.about["reason"]) from error


def _shipped_set(document: _Document) -> ScenarioSet:
    version = document.text("version")
    scenarios, weights = _scenarios(document.tables("scenario"))
    document.finish()
    if weights:
        raise RiskModelError(reason="a shipped scenario has a weight: weights of those stand in profiles")
    return ScenarioSet(version=version, scenarios=scenarios)


def _user_set(document: _Document, shipped: ScenarioSet) -> ScenarioSet:
    version, replace = document.text("version"), document.flag("replace")
    off = document.texts("off") if "off" in document else ()
    own, weights = _scenarios(document.tables("scenario", optional=True))
    # A misspelt `scenario` would otherwise pass for a file that changes nothing.
    document.finish()
    if not _VERSION.fullmatch(version):
        raise RiskModelError(reason="`version` must be 1 to 40 letters, digits, dots, hyphens or underscores")
    if replace and version == shipped.version:
        raise RiskModelError(reason=f"`version` must not be {version}: results of the shipped file bear it")
    if replace and off:
        raise RiskModelError(reason="`off` has nothing to leave out where `replace` leaves all out")
    if not own and not off:
        raise RiskModelError(reason="it neither has a [[scenario]] nor leaves one out with `off`")
    _check_off(off, shipped=shipped, own=own)
    # Checked before they are laid over the shipped ones, where two of a kind would be one override.
    ScenarioSet(version=version, scenarios=own)
    left_out = {*off, *(scenario.id for scenario in own)}
    kept = () if replace else tuple(each for each in shipped if each.id not in left_out)
    if not (*kept, *own):
        raise RiskModelError(reason="no scenario is left: every score would be 0")
    return ScenarioSet(
        version=version if replace else f"{shipped.version}+{version}",
        scenarios=(*kept, *own),
        weights=weights,
    )


def _check_off(off: Iterable[str], *, shipped: ScenarioSet, own: Iterable[Scenario]) -> None:
    known = [scenario.id for scenario in shipped]
    mine = {scenario.id for scenario in own}
    for one in off:
        if one not in known:
            raise RiskModelError(reason=f"`off`: there is no scenario {one}; shipped are {', '.join(known)}")
        if one in mine:
            raise RiskModelError(reason=f"`off`: scenario {one} is left out and defined in the same file")


def _scenarios(tables: Iterable[Table]) -> tuple[tuple[Scenario, ...], dict[str, Figure]]:
    scenarios: list[Scenario] = []
    weights: dict[str, Figure] = {}
    for table in tables:
        scenario, weight = _scenario(table)
        scenarios.append(scenario)
        if weight is not None:
            weights[scenario.id] = weight
    return tuple(scenarios), weights


def _scenario(table: Table) -> tuple[Scenario, Figure | None]:
    identity = table.text("id")
    table.where = f"scenario {identity}"
    try:
        scenario = Scenario(
            id=identity,
            name=_bilingual(table.table("name")),
            clauses=tuple(_clause(each) for each in table.tables("clause")),
            boosts=_figures(table, "boosts"),
            boosts_source=table.text("boosts_source", default=""),
            controls=tuple(_control(each) for each in table.tables("control", optional=True)),
            basis=table.text("basis"),
            evidence=table.texts("evidence"),
            protections=_protections(table.table("protections")),
        )
        weight = _weight(table)
    except RiskModelError as error:
        raise _placed(error, table.where) from error
    table.finish()
    return scenario, weight


def _weight(table: Table) -> Figure | None:
    if "weight" not in table:
        if "weight_source" in table:
            raise RiskModelError(reason="`weight_source` stands without a `weight`")
        return None
    value = table.number("weight")
    check_share(value, what="the weight")
    return Figure(value=value, source=table.text("weight_source"))


def _clause(table: Table) -> Clause:
    try:
        clause = Clause(
            alternatives=_figures(table, "any"),
            at_least=table.whole("at_least", default=1),
            source=table.text("source", default=""),
        )
    except RiskModelError as error:
        raise _placed(error, table.where) from error
    table.finish()
    return clause


def _figures(table: Table, key: str) -> dict[AttributeClass, float]:
    """The classes and numbers under ``key``; a class that is none is answered with those near it."""
    written = table.content.get(key)
    unknown = [code for code in written if code not in _CLASSES] if isinstance(written, dict) else []
    for code in unknown:
        if near := difflib.get_close_matches(code.upper(), sorted(_CLASSES), n=3, cutoff=0.5):
            where = table.within(f"`{key}`")
            reason = f"{where}: `{code}` is no attribute class; near it are {', '.join(near)}"
            raise RiskModelError(reason=reason)
    return table.figures(key)


def _control(table: Table) -> Control:
    try:
        control = Control(
            name=table.text("name"),
            factor=table.number("factor"),
            in_force=table.date("in_force"),
            source=table.text("source"),
        )
    except RiskModelError as error:
        raise _placed(error, table.where) from error
    table.finish()
    return control


def _protections(table: Table) -> Protections:
    protections = Protections(
        person=_bilingual(table.table("person")),
        insurer=_bilingual(table.table("insurer")),
        bank=_bilingual(table.table("bank")),
    )
    table.finish()
    return protections


def _bilingual(table: Table) -> Bilingual:
    text = Bilingual(en=table.text("en"), fr=table.text("fr"))
    table.finish()
    return text


def _placed(error: RiskModelError, where: str) -> RiskModelError:
    """The same error with the place in front, unless it has one."""
    reason = str(error.about["reason"])
    return RiskModelError(reason=reason if where in reason else f"{where}: {reason}")
