from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.risk import ScenarioSet
from correlate.risk.feasibility import feasibility
from correlate.risk.scenario import Bilingual, Clause, Control, Protections, Scenario
from correlate.risk.score import raw_score
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
        protections=Protections(person=TEXT, insurer=TEXT),
    )
    return ScenarioSet(version="test", scenarios=(one,))


def feasible(scenarios: ScenarioSet, held: dict[AttributeClass, float], on: str = "2026-11-22") -> float:
    chances = np.array([[chance] for chance in held.values()]).reshape(len(held), 1)
    return feasibility(chances, tuple(held), scenarios=scenarios, as_of=datetime.date.fromisoformat(on))[0, 0]


@given(world=worlds(), people=st.lists(holdings, min_size=1, max_size=4))
def test_feasibility_and_score_are_those_of_the_slow_model(world: World, people: list[list[float]]):
    found = feasibility(np.array(people).T, tuple(CLASSES), scenarios=world.scenarios, as_of=world.as_of)
    scores = raw_score(found, scenarios=world.scenarios, profile=world.profile)
    for number, chances in enumerate(people):
        held = {str(one): chance for one, chance in zip(CLASSES, chances, strict=True)}
        expected = oracle.feasibilities(held, world)
        assert list(found[:, number]) == pytest.approx(list(expected.values()), abs=1e-9)
        spared = np.prod([1 - world.profile.weights[one].value * f for one, f in expected.items()])
        assert scores[number] == pytest.approx(100 * (1 - spared), abs=1e-9)


@given(world=worlds(), chances=holdings, place=st.integers(0, len(CLASSES) - 1), higher=st.floats(0.0, 1.0))
def test_holding_more_never_makes_a_scenario_less_feasible(world, chances, place, higher):
    raised = [*chances[:place], max(chances[place], higher), *chances[place + 1 :]]
    both = feasibility(
        np.array([chances, raised]).T, tuple(CLASSES), scenarios=world.scenarios, as_of=world.as_of
    )
    assert (both[:, 1] >= both[:, 0] - 1e-12).all()
    assert (both >= 0).all()
    assert (both <= 1).all()


def test_one_unmet_clause_makes_a_scenario_impossible():
    needs_both = scenario(
        Clause(alternatives={A.NAME: 1.0}), Clause(alternatives={A.PHONE: 1.0, A.EMAIL: 1.0})
    )
    assert feasible(needs_both, {A.NAME: 1.0, A.DOB: 1.0}) == 0.0
    assert feasible(needs_both, {A.NAME: 1.0, A.EMAIL: 1.0}) == 1.0


def test_two_of_three_alternatives_are_asked_for():
    details = scenario(Clause(alternatives={A.ADDR: 1.0, A.NIR: 1.0, A.PHONE: 1.0}, at_least=2))
    assert feasible(details, {A.NIR: 1.0}) == 0.0
    assert feasible(details, {A.NIR: 1.0, A.PHONE: 0.5}) == pytest.approx(0.5)
    assert feasible(details, {A.NIR: 0.5, A.PHONE: 0.5, A.ADDR: 0.5}) == pytest.approx(0.5)


def test_a_boost_lifts_a_doubtful_attempt_only():
    boosted = scenario(Clause(alternatives={A.NAME: 1.0}), boosts={A.DOB: 0.5})
    assert feasible(boosted, {A.DOB: 1.0}) == 0.0
    assert feasible(boosted, {A.NAME: 0.5, A.DOB: 1.0}) == pytest.approx(0.625)
    assert feasible(boosted, {A.NAME: 1.0, A.DOB: 1.0}) == 1.0


@pytest.mark.parametrize(("on", "expected"), [("2022-10-24", 1.0), ("2022-10-25", 0.25)])
def test_a_control_counts_from_the_day_it_is_in_force(on: str, expected: float):
    controlled = scenario(Clause(alternatives={A.NIR: 1.0}), controls=(CONTROL,))
    assert feasible(controlled, {A.NIR: 1.0}, on) == pytest.approx(expected)
