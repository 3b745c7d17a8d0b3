from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.risk import ScenarioSet
from correlate.risk.feasibility import Lift
from correlate.risk.scenario import Bilingual, Clause, Control, Protections, Scenario
from correlate.risk.terms import Terms
from correlate.vocabulary import AttributeClass
from tests.risk import oracle
from tests.risk.oracle import World
from tests.risk.worlds import CLASSES, worlds

A = AttributeClass
TEXT = Bilingual(en="a", fr="b")
CONTROL = Control(name="c", factor=0.75, in_force=datetime.date(2022, 10, 25), source="made up for a test")
holdings = st.lists(st.floats(0.0, 1.0), min_size=len(CLASSES), max_size=len(CLASSES))


def scenario(*clauses: Clause, boosts=None, controls=()) -> ScenarioSet:
    one = Scenario(
        id="S",
        name=TEXT,
        clauses=clauses,
        boosts=boosts or {},
        boosts_source="made up for a test",
        controls=controls,
        basis="made up for a test",
        evidence=("none",),
        protections=Protections(person=TEXT, insurer=TEXT, bank=TEXT),
    )
    return ScenarioSet(version="test", scenarios=(one,))


def feasible(scenarios: ScenarioSet, held: dict[AttributeClass, float], on: str = "2026-11-22") -> np.ndarray:
    """F of each scenario, the classes being held independently of each other."""
    attributes = tuple(sorted(held))
    terms = Terms.of(scenarios, attributes)
    lift = Lift.build(scenarios, attributes, as_of=datetime.date.fromisoformat(on))
    chances = np.array([held[one] for one in attributes])
    missing = np.prod(np.where(terms.members > 0, 1.0 - chances, 1.0), axis=1)[None, :]
    return lift.of(missing @ terms.coefficients.T, chances[None, :])[0]


@given(world=worlds(), chances=holdings)
def test_the_sum_over_missing_sets_is_the_chance_that_all_clauses_are_met(world: World, chances):
    held = dict(zip(CLASSES, chances, strict=True))
    plain = ScenarioSet(
        version="test",
        scenarios=tuple(_bare(one) for one in world.scenarios),
    )
    found = feasible(plain, held, world.as_of.isoformat())
    for one, chance in zip(plain, found, strict=True):
        expected = oracle.requirements_met(one, {str(a): c for a, c in held.items()})
        assert chance == pytest.approx(expected, abs=1e-9)


def _bare(one: Scenario) -> Scenario:
    return Scenario(
        id=one.id,
        name=one.name,
        clauses=one.clauses,
        boosts={},
        boosts_source="",
        controls=(),
        basis=one.basis,
        evidence=one.evidence,
        protections=one.protections,
    )


@given(world=worlds(), chances=holdings, place=st.integers(0, len(CLASSES) - 1), higher=st.floats(0.0, 1.0))
def test_holding_more_never_makes_a_scenario_less_feasible(world, chances, place, higher):
    raised = [*chances[:place], max(chances[place], higher), *chances[place + 1 :]]
    less, more = (
        feasible(world.scenarios, dict(zip(CLASSES, each, strict=True)), world.as_of.isoformat())
        for each in (chances, raised)
    )
    assert (more >= less - 1e-9).all()
    assert (less >= -1e-9).all()
    assert (more <= 1 + 1e-9).all()


def test_one_unmet_clause_makes_a_scenario_impossible():
    needs_both = scenario(
        Clause(alternatives={A.NAME: 1.0}), Clause(alternatives={A.PHONE: 1.0, A.EMAIL: 1.0})
    )
    assert feasible(needs_both, {A.NAME: 1.0, A.DOB: 1.0}) == [0.0]
    assert feasible(needs_both, {A.NAME: 1.0, A.EMAIL: 1.0}) == [1.0]


def test_two_of_three_alternatives_are_asked_for():
    details = scenario(Clause(alternatives={A.ADDR: 1.0, A.NIR: 1.0, A.PHONE: 1.0}, at_least=2))
    assert feasible(details, {A.NIR: 1.0}) == [0.0]
    assert feasible(details, {A.NIR: 1.0, A.PHONE: 0.5}) == pytest.approx([0.5])
    assert feasible(details, {A.NIR: 0.5, A.PHONE: 0.5, A.ADDR: 0.5}) == pytest.approx([0.5])


def test_one_class_that_two_clauses_name_is_held_once():
    """The same telephone contract proves the operator and the subscriber."""
    twice = scenario(
        Clause(alternatives={A.OPERATOR: 1.0, A.TELCONTRACT: 1.0}),
        Clause(alternatives={A.DOB: 1.0, A.TELCONTRACT: 1.0}),
    )
    assert feasible(twice, {A.TELCONTRACT: 0.5}) == pytest.approx([0.5])


def test_a_boost_lifts_a_doubtful_attempt_only():
    boosted = scenario(Clause(alternatives={A.NAME: 1.0}), boosts={A.DOB: 0.5})
    assert feasible(boosted, {A.DOB: 1.0}) == [0.0]
    assert feasible(boosted, {A.NAME: 0.5, A.DOB: 1.0}) == pytest.approx([0.625])
    assert feasible(boosted, {A.NAME: 1.0, A.DOB: 1.0}) == [1.0]


@pytest.mark.parametrize(("on", "expected"), [("2022-10-24", 1.0), ("2022-10-25", 0.25)])
def test_a_control_counts_from_the_day_it_is_in_force(on: str, expected: float):
    controlled = scenario(Clause(alternatives={A.NIR: 1.0}), controls=(CONTROL,))
    assert feasible(controlled, {A.NIR: 1.0}, on) == pytest.approx([expected])
