"""Small catalogues, random scenarios and random exposures for the tests of risk."""

from __future__ import annotations

import dataclasses
import datetime

import numpy as np
import polars as pl
from hypothesis import settings
from hypothesis import strategies as st

from correlate.catalogue import Breach, Catalogue, DateKind, PersonsKind, Scope, Status
from correlate.risk import EXPOSURE_SCHEMA, Assessment, Exposures, Profile, ReasonBook, ScenarioSet, assess
from correlate.risk.base_rates import background
from correlate.risk.counterfactuals import Counterfactuals
from correlate.risk.feasibility import Lift
from correlate.risk.figure import Figure
from correlate.risk.holding import Holding
from correlate.risk.kinds import Kinds
from correlate.risk.packed import names_of
from correlate.risk.records import Records, kept
from correlate.risk.scenario import Bilingual, Clause, Control, Protections, Scenario
from correlate.risk.terms import Terms
from correlate.vocabulary import AttributeClass
from tests.risk.oracle import Row, World

A = AttributeClass
# Those that imply others, those that go stale at different speeds, and two that no test record holds.
CLASSES = [
    A.NIR,
    A.DOB,
    A.YOB,
    A.POB,
    A.NAME,
    A.BIRTHNAME,
    A.ADDR,
    A.ZIP,
    A.EMAIL,
    A.PHONE,
    A.IBAN,
    A.PW,
    A.IP,
]
UNHELD = [A.CARD, A.TAXDOC]
PROFILE = Profile.load()
SCENARIOS = ScenarioSet.load()


def breach(
    name: str,
    year: int,
    *,
    status: Status = Status.confirmed,
    kind: PersonsKind = PersonsKind.persons_official,
    lineage: tuple[str, ...] = (),
    compilation: bool = False,
    classes: tuple[AttributeClass, ...] = (A.NAME,),
    doubtful: tuple[AttributeClass, ...] = (),
    partial: tuple[AttributeClass, ...] = (),
) -> Breach:
    return Breach(
        id=name,
        organisation=name,
        date=datetime.date(year, 3, 14),
        date_kind=DateKind.published,
        persons=20_000_000,
        persons_kind=kind,
        status=status,
        scope=Scope.FR,
        classes=classes,
        doubtful=doubtful,
        partial=partial,
        note="made up for a test",
        sources=("made up for a test",),
        lineage=lineage,
        compilation=compilation,
    )


CATALOGUE = Catalogue(
    [
        breach("alpha", 2016, kind=PersonsKind.accounts_hibp),
        breach("bravo", 2019, classes=(A.NAME, A.EMAIL, A.ADDR), doubtful=(A.ADDR,)),
        breach(
            "charlie",
            2021,
            status=Status.claimed,
            classes=(A.NAME, A.NIR, A.IBAN, A.PHONE),
            doubtful=(A.IBAN, A.PHONE),
            partial=(A.PHONE, A.NIR),
        ),
        breach("delta", 2023),
        breach("echo", 2024, status=Status.stealer),
        breach("mixed", 2024, status=Status.combo, compilation=True, lineage=("alpha", "bravo")),
        breach("unsourced", 2022, status=Status.combo, compilation=True),
    ]
)

PLAIN = [one.id for one in CATALOGUE if not one.compilation]
NAMES = names_of(
    CATALOGUE,
    bands=(band.name for band in PROFILE.bands),
    scenarios=(scenario.id for scenario in SCENARIOS),
    reasons=ReasonBook.load().texts,
)
shares = st.floats(0.0, 1.0).map(lambda value: round(value, 3))
dates = st.dates(datetime.date(2024, 6, 1), datetime.date(2035, 1, 1))


@st.composite
def clauses(draw: st.DrawFn) -> Clause:
    alternatives = draw(st.dictionaries(st.sampled_from(CLASSES + UNHELD), shares, min_size=1, max_size=5))
    return Clause(
        alternatives=alternatives, at_least=draw(st.integers(1, len(alternatives))), source="made up"
    )


@st.composite
def scenario_sets(draw: st.DrawFn) -> ScenarioSet:
    text = Bilingual(en="a", fr="b")
    controls = st.builds(
        Control, name=st.just("c"), factor=shares, in_force=dates, source=st.just("made up for a test")
    )
    scenarios = tuple(
        Scenario(
            id=f"S{number}",
            name=text,
            clauses=tuple(draw(st.lists(clauses(), min_size=1, max_size=3))),
            boosts=draw(st.dictionaries(st.sampled_from(CLASSES + UNHELD), shares, max_size=3)),
            boosts_source="made up for a test",
            controls=tuple(draw(st.lists(controls, max_size=2))),
            basis="made up for a test",
            evidence=("none",),
            protections=Protections(person=text, insurer=text, bank=text),
        )
        for number in range(draw(st.integers(1, 4)))
    )
    return ScenarioSet(version="test", scenarios=scenarios)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    scenarios = draw(st.one_of(st.just(SCENARIOS), scenario_sets()))
    weights = {one.id: Figure(value=draw(shares), source="made up for a test") for one in scenarios}
    profile = dataclasses.replace(PROFILE, weights=weights)
    rates = draw(st.lists(st.sampled_from(PLAIN), max_size=2, unique=True).map(sorted))
    return World(CATALOGUE, scenarios, profile, draw(dates), tuple(rates))


ORIGINS = [("own", 0), ("declared", 0), ("linked", 1), ("linked", 2), ("linked", 3), ("household", 1)]
rows = st.builds(
    lambda breach, classes, probability, origin: Row(breach, classes, probability, *origin),
    breach=st.sampled_from(CATALOGUE.ids()),
    classes=st.lists(st.sampled_from(CLASSES), min_size=1, max_size=6, unique=True).map(
        lambda classes: tuple(sorted(classes))
    ),
    probability=st.floats(0.0, 1.0),
    origin=st.sampled_from(ORIGINS),
)
cases = st.lists(rows, max_size=8)
# For what is held against the slow model, which enumerates worlds.
FEWER = settings(max_examples=max(1, settings().max_examples // 2))
small_cases = st.lists(rows, max_size=4)


def exposures_of(batch: list[list[Row]]) -> Exposures:
    """The exposures 0, 1, ... of a batch, their rows in the order given."""
    numbers: dict[tuple[AttributeClass, ...], int] = {}
    found = [
        (
            number,
            row.breach,
            numbers.setdefault(row.classes, len(numbers)),
            row.probability,
            row.evidence,
            row.depth,
        )
        for number, case in enumerate(batch)
        for row in case
    ]
    frame = pl.DataFrame(found, schema=EXPOSURE_SCHEMA, orient="row")
    sets = {number: classes for classes, number in numbers.items()}
    return Exposures(frame=frame, class_sets=sets, count=len(batch))


def assess_in(world: World, batch: list[list[Row]], *, shares: bool = False, threads: int = 1) -> Assessment:
    return assess(
        exposures_of(batch),
        catalogue=world.catalogue,
        scenarios=world.scenarios,
        profile=world.profile,
        as_of=world.as_of,
        base_rates=world.base_rates,
        shares=shares,
        threads=threads,
    )


def score_in(world: World, case: list[Row]) -> float:
    return float(assess_in(world, [case]).frame["score"][0])


def evaluated(world: World, batch: list[list[Row]], *, rates: bool = False) -> list[Evaluated]:
    """Feasibility, availability and feasibility without a class, of each exposure, before any rounding."""
    exposures = exposures_of(batch)
    frame = kept(exposures, profile=world.profile)
    names = sorted({*frame["breach"].to_list(), *world.base_rates})
    kinds = Kinds(names, catalogue=world.catalogue, profile=world.profile, as_of=world.as_of)
    records = Records.of(frame, exposures, kinds=kinds)
    base = background(world.base_rates, kinds=kinds, catalogue=world.catalogue, profile=world.profile)
    attributes = tuple(sorted(frozenset[A]().union(*map(kinds.classes, range(len(kinds))))))
    terms = Terms.of(world.scenarios, attributes)
    lift = Lift.build(world.scenarios, attributes, as_of=world.as_of)
    what_if = Counterfactuals(records, profile=world.profile)
    what_if.add(np.arange(len(records)), background=rates)
    found = Holding(kinds, terms, lift, background=base).evaluate(what_if.rows(), lacking=len(batch))
    ids = [scenario.id for scenario in world.scenarios]
    return [
        Evaluated(
            feasible=dict(zip(ids, found.feasible[found.number[number]].tolist(), strict=True)),
            available=dict(
                zip(map(str, attributes), found.available[found.number[number]].tolist(), strict=True)
            ),
            lacking={
                (ids[scenario], str(attributes[place])): float(found.lacking[found.number[number], column])
                for column, (scenario, place) in enumerate(terms.lacking)
            },
        )
        for number in range(len(batch))
    ]


@dataclasses.dataclass(frozen=True)
class Evaluated:
    """One exposure as the package evaluates it."""

    feasible: dict[str, float]
    available: dict[str, float]
    lacking: dict[tuple[str, str], float]
