"""The scenarios an assessment runs through, read from a TOML file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from correlate.risk.document import Table, read_document
from correlate.risk.errors import RiskFileError, RiskModelError
from correlate.risk.scenario import Bilingual, Clause, Control, Protections, Scenario

__all__ = ["ScenarioSet"]

_SHIPPED = Path(__file__).parent / "data" / "scenarios.toml"


@dataclass(frozen=True, kw_only=True)
class ScenarioSet:
    """Scenarios in the order of their ids, which are unique, and the version of the list."""

    version: str
    scenarios: tuple[Scenario, ...]

    def __post_init__(self) -> None:
        ids = [scenario.id for scenario in self.scenarios]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise RiskModelError(reason=f"two scenarios have the id {twice[0]}")
        # Sorted here, so that the order of a file can never move the last digit of a score.
        ordered = tuple(sorted(self.scenarios, key=lambda scenario: scenario.id))
        object.__setattr__(self, "scenarios", ordered)

    @classmethod
    def load(cls, path: Path | None = None) -> ScenarioSet:
        """Load the shipped scenarios, or those of a file of your own.

        Raises:
            RiskFileError: the file cannot be read, or a scenario in it is incomplete, unsourced or wrong.
        """
        path = path or _SHIPPED
        try:
            return _scenario_set(read_document(path))
        except RiskModelError as error:
            raise RiskFileError(file=path, reason=error.about["reason"]) from error

    def __iter__(self) -> Iterator[Scenario]:
        return iter(self.scenarios)

    def __len__(self) -> int:
        return len(self.scenarios)


def _scenario_set(document: Table) -> ScenarioSet:
    version = document.text("version")
    scenarios = tuple(_scenario(table) for table in document.tables("scenario"))
    document.finish()
    return ScenarioSet(version=version, scenarios=scenarios)


def _scenario(table: Table) -> Scenario:
    identity = table.text("id")
    table.where = f"scenario {identity}"
    try:
        scenario = Scenario(
            id=identity,
            name=_bilingual(table.table("name")),
            clauses=tuple(_clause(each) for each in table.tables("clause")),
            boosts=table.figures("boosts"),
            boosts_source=table.text("boosts_source", default=""),
            controls=tuple(_control(each) for each in table.tables("control", optional=True)),
            basis=table.text("basis"),
            evidence=table.texts("evidence"),
            protections=_protections(table.table("protections")),
        )
    except RiskModelError as error:
        raise _placed(error, table.where) from error
    table.finish()
    return scenario


def _clause(table: Table) -> Clause:
    try:
        clause = Clause(
            alternatives=table.figures("any"),
            at_least=table.whole("at_least", default=1),
            source=table.text("source", default=""),
        )
    except RiskModelError as error:
        raise _placed(error, table.where) from error
    table.finish()
    return clause


def _control(table: Table) -> Control:
    control = Control(
        name=table.text("name"),
        factor=table.number("factor"),
        in_force=table.date("in_force"),
        source=table.text("source"),
    )
    table.finish()
    return control


def _protections(table: Table) -> Protections:
    protections = Protections(
        person=_bilingual(table.table("person")),
        insurer=_bilingual(table.table("insurer")),
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
