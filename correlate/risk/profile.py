"""A dated, named set of the figures that the risk model rests on, each with its source."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from correlate.catalogue import Breach, PersonsKind, Scope, Status
from correlate.risk.document import Table, read_document
from correlate.risk.errors import (
    RiskFileError,
    RiskModelError,
    UnknownCirculation,
    UnknownHalfLife,
    UnknownPopulation,
    UnknownProfile,
    UnweightedScenario,
)
from correlate.risk.figure import Figure, check_share, check_source
from correlate.vocabulary import AttributeClass, Field

__all__ = ["DEFAULT_PROFILE", "Band", "Profile"]

DEFAULT_PROFILE = "research-2026-11b"
_SHIPPED = Path(__file__).parent / "data" / "profiles"
_Part = TypeVar("_Part")


@dataclass(frozen=True, kw_only=True)
class Band:
    """A named range of scores that begins at ``score_min`` and ends where the next one begins."""

    name: str
    score_min: float


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The figures of one calibration.

    ``half_lives`` are in years, infinite for what never goes stale. ``circulation`` is keyed by a
    breach's status and the kind of its count of persons, or None for every other kind. ``weights`` are
    the share of the score a scenario adds when it is wholly feasible. ``grid`` is the step to which
    match probabilities are rounded, ``probability_min`` what is left out below, ``feasibility_min``
    from where a scenario is called feasible, ``near_certain`` from where a link counts for the lower bound.
    ``doubtful_share`` and ``partial_share`` are the chance that a class the catalogue calls so concerns one
    of a breach's persons, ``household_share`` the chance that a fraudster connects a person with another's
    row of the household, ``population`` how many people a breach of each scope may be about. ``refuses``
    are fields that may not be read under this profile, ``refuses_source`` the law that says so.

    Raises:
        RiskModelError: a figure is out of its range.
    """

    name: str
    dated: datetime.date
    purpose: str
    half_lives: Mapping[AttributeClass, Figure]
    circulation: Mapping[tuple[Status, PersonsKind | None], Figure]
    weights: Mapping[str, Figure]
    bands: tuple[Band, ...]
    bands_source: str
    grid: Figure
    probability_min: Figure
    feasibility_min: Figure
    near_certain: Figure
    doubtful_share: Figure
    partial_share: Figure
    household_share: Figure
    population: Mapping[Scope, Figure]
    refuses: tuple[Field, ...] = ()
    refuses_source: str = ""

    def __post_init__(self) -> None:
        for attribute, half_life in self.half_lives.items():
            if half_life.value <= 0:
                raise RiskModelError(reason=f"the half-life of {attribute} must be above 0 years")
        for (status, _kind), factor in self.circulation.items():
            check_share(factor.value, what=f"the circulation of {status}")
        for scenario, weight in self.weights.items():
            check_share(weight.value, what=f"the weight of {scenario}")
        check_share(self.probability_min.value, what="the minimum probability")
        check_share(self.feasibility_min.value, what="the minimum feasibility")
        check_share(self.near_certain.value, what="near_certain")
        check_share(self.doubtful_share.value, what="doubtful_share")
        check_share(self.partial_share.value, what="partial_share")
        check_share(self.household_share.value, what="household_share")
        for scope, persons in self.population.items():
            if persons.value < 1:
                raise RiskModelError(reason=f"the population of {scope} must be at least 1")
        if self.refuses:
            check_source(self.refuses_source, what="refuses")
        self._check_grid()
        self._check_bands()

    @classmethod
    def load(cls, name: str | Path = DEFAULT_PROFILE) -> Profile:
        """Load a shipped profile, or one of your own by the path of its TOML file.

        Args:
            name: "research-2026-11b", or "research" for the newest of that family.

        Raises:
            UnknownProfile: no profile of that name is shipped.
            RiskFileError: the file cannot be read, or a figure in it is missing, unsourced or wrong.
        """
        path = name if isinstance(name, Path) else _shipped_path(name)
        try:
            return _profile(read_document(path), expected_name=path.stem)
        except RiskModelError as error:
            raise RiskFileError(file=path, reason=error.about["reason"]) from error

    @property
    def steps(self) -> int:
        """How many steps of ``grid`` make a probability of 1."""
        return round(1.0 / self.grid.value)

    @property
    def step_min(self) -> int:
        """The lowest step that is kept."""
        # Without the slack 0.07 / 0.01 would ask for step 8.
        return math.ceil(self.probability_min.value * self.steps - 1e-9)

    def freshness(self, attribute: AttributeClass, *, years: float) -> float:
        """The share of such attributes still true after ``years``: 2^(-years / half-life).

        Raises:
            UnknownHalfLife: the profile does not know the attribute class.
        """
        if attribute not in self.half_lives:
            raise UnknownHalfLife(profile=self.name, attribute=attribute)
        return float(2.0 ** (-years / self.half_lives[attribute].value))

    def circulation_of(self, breach: Breach) -> float:
        """How widely ``breach`` circulates, 0 to 1.

        Raises:
            UnknownCirculation: the profile does not know the breach's status.
        """
        for key in ((breach.status, breach.persons_kind), (breach.status, None)):
            if key in self.circulation:
                return self.circulation[key].value
        known = ", ".join(sorted({status for status, _kind in self.circulation}))
        raise UnknownCirculation(breach=breach.id, status=breach.status, profile=self.name, known=known)

    def population_of(self, breach: Breach) -> float:
        """How many people ``breach`` may be about.

        Raises:
            UnknownPopulation: the profile does not know the breach's scope.
        """
        if breach.scope not in self.population:
            known = ", ".join(sorted(self.population))
            raise UnknownPopulation(breach=breach.id, scope=breach.scope, profile=self.name, known=known)
        return self.population[breach.scope].value

    def weight_of(self, scenario: str) -> float:
        """The weight of the scenario with this id.

        Raises:
            UnweightedScenario: the profile gives it none.
        """
        if scenario not in self.weights:
            known = ", ".join(sorted(self.weights))
            raise UnweightedScenario(profile=self.name, scenario=scenario, known=known)
        return self.weights[scenario].value

    def _check_grid(self) -> None:
        grid = self.grid.value
        if not 0.0 < grid <= 1.0 or abs(self.steps * grid - 1.0) > 1e-9:
            raise RiskModelError(reason="the probability grid must divide 1 into equal steps, such as 0.01")

    def _check_bands(self) -> None:
        check_source(self.bands_source, what="the bands")
        starts = [band.score_min for band in self.bands]
        if not starts or starts[0] != 0.0 or starts != sorted(set(starts)) or starts[-1] > 100.0:
            raise RiskModelError(reason="the bands must begin at 0 and rise, within 0 to 100")


def _shipped_path(name: str) -> Path:
    known = sorted(path.stem for path in _SHIPPED.glob("*.toml"))
    # Names end in a date, so the newest of a family is the last.
    family = [each for each in known if re.fullmatch(rf"{re.escape(name)}-[0-9]{{4}}-[0-9]{{2}}[a-z]?", each)]
    if name not in known and not family:
        shown = name if re.fullmatch(r"[\w.-]{1,60}", name) else "of that name"
        raise UnknownProfile(profile=shown, known=", ".join(known))
    return _SHIPPED / f"{name if name in known else family[-1]}.toml"


def _profile(document: Table, *, expected_name: str) -> Profile:
    name = document.text("name")
    if name != expected_name:
        raise RiskModelError(reason=f"its name must be that of the file, {expected_name}")
    base = Profile.load(document.text("extends")) if "extends" in document else None

    def part(key: str, read: Callable[[], _Part], inherited: Callable[[Profile], _Part]) -> _Part:
        return read() if base is None or key in document else inherited(base)

    def figure(key: str, inherited: Callable[[Profile], Figure]) -> Figure:
        return part(key, lambda: _figure(document.table(key), "value"), inherited)

    def bands() -> tuple[tuple[Band, ...], str]:
        return tuple(_band(table) for table in document.tables("band")), document.text("bands_source")

    def refuses() -> tuple[tuple[Field, ...], str]:
        return _refuses(document), document.text("refuses_source", default="")

    weights = _weights(document.tables("weight", optional=base is not None))
    limits, limits_source = part("band", bands, lambda p: (p.bands, p.bands_source))
    refused, refused_source = (
        refuses() if base is None or "refuses" in document else (base.refuses, base.refuses_source)
    )
    profile = Profile(
        name=name,
        dated=document.date("dated"),
        purpose=document.text("purpose"),
        half_lives=part("half_life", lambda: _half_lives(document), lambda p: dict(p.half_lives)),
        circulation=part("circulation", lambda: _circulation(document), lambda p: dict(p.circulation)),
        weights={**(base.weights if base else {}), **weights},
        bands=limits,
        bands_source=limits_source,
        grid=figure("probability_grid", lambda p: p.grid),
        probability_min=figure("probability_min", lambda p: p.probability_min),
        feasibility_min=figure("feasibility_min", lambda p: p.feasibility_min),
        near_certain=figure("near_certain", lambda p: p.near_certain),
        doubtful_share=figure("doubtful_share", lambda p: p.doubtful_share),
        partial_share=figure("partial_share", lambda p: p.partial_share),
        household_share=figure("household_share", lambda p: p.household_share),
        population=part("population", lambda: _population(document), lambda p: dict(p.population)),
        refuses=refused,
        refuses_source=refused_source,
    )
    document.finish()
    return profile


def _figure(table: Table, key: str) -> Figure:
    figure = Figure(value=table.number(key), source=table.text("source"))
    table.finish()
    return figure


def _band(table: Table) -> Band:
    band = Band(name=table.text("name"), score_min=table.number("score_min"))
    table.finish()
    return band


def _refuses(document: Table) -> tuple[Field, ...]:
    if "refuses" not in document:
        return ()
    names = document.texts("refuses")
    if unknown := [each for each in names if each not in set(Field)]:
        raise RiskModelError(
            reason=f"`refuses`: `{unknown[0]}` is no field; valid are {', '.join(sorted(Field))}"
        )
    return tuple(Field(each) for each in names)


def _half_lives(document: Table) -> dict[AttributeClass, Figure]:
    half_lives: dict[AttributeClass, Figure] = {}
    for table in document.tables("half_life"):
        classes = table.classes("classes")
        figure = _figure(table, "years")
        for attribute in classes:
            if attribute in half_lives:
                raise RiskModelError(reason=f"{table.where}: {attribute} has a half-life already")
            half_lives[attribute] = figure
    return half_lives


def _circulation(document: Table) -> dict[tuple[Status, PersonsKind | None], Figure]:
    circulation: dict[tuple[Status, PersonsKind | None], Figure] = {}
    for table in document.tables("circulation"):
        status = table.member("status", Status)
        key = (status, table.member("persons_kind", PersonsKind) if "persons_kind" in table else None)
        if key in circulation:
            raise RiskModelError(reason=f"{table.where}: {key[0]} stands twice")
        circulation[key] = _figure(table, "factor")
    return circulation


def _population(document: Table) -> dict[Scope, Figure]:
    population: dict[Scope, Figure] = {}
    for table in document.tables("population"):
        scope = table.member("scope", Scope)
        if scope in population:
            raise RiskModelError(reason=f"{table.where}: {scope} stands twice")
        population[scope] = _figure(table, "persons")
    return population


def _weights(tables: tuple[Table, ...]) -> dict[str, Figure]:
    weights: dict[str, Figure] = {}
    for table in tables:
        scenario = table.text("scenario")
        if scenario in weights:
            raise RiskModelError(reason=f"{table.where}: {scenario} has a weight already")
        weights[scenario] = _figure(table, "weight")
    return weights
