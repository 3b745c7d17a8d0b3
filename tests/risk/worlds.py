"""Small catalogues, random scenarios and random exposures for the tests of risk."""

from __future__ import annotations

import dataclasses
import datetime

import polars as pl
from hypothesis import strategies as st

from correlate.catalogue import Breach, Catalogue, DateKind, PersonsKind, Scope, Status
from correlate.risk import EXPOSURE_SCHEMA, Assessment, Exposures, Profile, ScenarioSet, assess
from correlate.risk.figure import Figure
from correlate.risk.scenario import Bilingual, Clause, Control, Protections, Scenario
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
) -> Breach:
    return Breach(
        id=name,
        organisation=name,
        date=datetime.date(year, 3, 14),
        date_kind=DateKind.published,
        persons=1000,
        persons_kind=kind,
        status=status,
        scope=Scope.FR,
        classes=(A.NAME,),
        sources=("made up for a test",),
        lineage=lineage,
        compilation=compilation,
    )


CATALOGUE = Catalogue(
    [
        breach("alpha", 2016, kind=PersonsKind.accounts_hibp),
        breach("bravo", 2019),
        breach("charlie", 2021, status=Status.claimed),
        breach("delta", 2023),
        breach("echo", 2024, status=Status.stealer),
        breach("mixed", 2024, status=Status.combo, compilation=True, lineage=("alpha", "bravo")),
        breach("unsourced", 2022, status=Status.combo, compilation=True),
    ]
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
            protections=Protections(person=text, insurer=text),
        )
        for number in range(draw(st.integers(1, 4)))
    )
    return ScenarioSet(version="test", scenarios=scenarios)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    scenarios = draw(st.one_of(st.just(SCENARIOS), scenario_sets()))
    weights = {one.id: Figure(value=draw(shares), source="made up for a test") for one in scenarios}
    profile = dataclasses.replace(PROFILE, weights=weights)
    return World(CATALOGUE, scenarios, profile, draw(dates))


ORIGINS = [("own", 0), ("linked", 1), ("linked", 2), ("linked", 3), ("household", 1)]
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


def assess_in(world: World, batch: list[list[Row]]) -> Assessment:
    return assess(
        exposures_of(batch),
        catalogue=world.catalogue,
        scenarios=world.scenarios,
        profile=world.profile,
        as_of=world.as_of,
    )


def score_in(world: World, case: list[Row]) -> float:
    return float(assess_in(world, [case]).frame["score"][0])
