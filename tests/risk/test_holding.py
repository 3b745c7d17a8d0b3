from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.risk import Profile, holding
from correlate.vocabulary import AttributeClass
from tests.risk import oracle
from tests.risk.oracle import Row, World
from tests.risk.worlds import (
    CATALOGUE,
    FEWER,
    PROFILE,
    SCENARIOS,
    cases,
    evaluated,
    rows,
    small_cases,
    worlds,
)

A = AttributeClass
WORLD = World(CATALOGUE, SCENARIOS, PROFILE, datetime.date(2026, 3, 14))


@given(world=worlds(), case=small_cases, rates=st.booleans())
@FEWER
def test_feasibility_and_availability_are_those_of_all_worlds_enumerated(world, case, rates):
    """To 1e-9, before any rounding, and for somebody who lacks any one class besides."""
    [found] = evaluated(world, [case], rates=rates)
    kept = oracle.kept(case, world)
    expected = oracle.evaluate(kept, world, rates=rates)
    assert found.feasible == pytest.approx(expected.feasible, abs=1e-9)
    known = {one: expected.available.get(one, 0.0) for one in found.available}
    assert found.available == pytest.approx(known, abs=1e-9)
    for (scenario, lacking), chance in found.lacking.items():
        without = oracle.evaluate(kept, world, rates=rates, lacking=lacking).feasible[scenario]
        assert chance == pytest.approx(without, abs=1e-9)


@given(world=worlds(), case=cases, added=rows)
def test_a_record_more_makes_nothing_less_feasible_or_available(world: World, case: list[Row], added: Row):
    before, after = evaluated(world, [case, [*case, added]], rates=True)
    for one, chance in before.feasible.items():
        assert after.feasible[one] >= chance - 1e-9
    for one, chance in before.available.items():
        assert after.available[one] >= chance - 1e-9


@given(world=worlds(), batch=st.lists(cases, min_size=1, max_size=4))
def test_equal_exposures_are_evaluated_once_and_alike(world: World, batch: list[list[Row]]):
    twice = evaluated(world, [*batch, *batch])
    assert twice[: len(batch)] == twice[len(batch) :]


@given(world=worlds(), batch=st.lists(cases, min_size=2, max_size=4))
def test_how_many_are_evaluated_at_a_time_changes_no_bit(world: World, batch: list[list[Row]]):
    together = evaluated(world, batch, rates=True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(holding, "_ROWS_MAX", 1)
        patched.setattr(holding, "_ELEMENTS_MAX", 1)
        assert evaluated(world, batch, rates=True) == together


def test_a_record_brings_all_its_classes_or_none():
    """Name, birth date and NIR of one doubtful record are one stroke of luck, not three."""
    [found] = evaluated(WORLD, [[Row("alpha", (A.NAME, A.DOB, A.NIR, A.INSURER), 0.5)]])
    fresh = PROFILE.freshness(A.NAME, years=10.0) * PROFILE.freshness(A.INSURER, years=10.0)
    [scenario] = [one for one in SCENARIOS if one.id == "F09"]
    serving = next(one.alternatives[A.INSURER] for one in scenario.clauses if A.INSURER in one.alternatives)
    expected = 0.5 * fresh * serving * scenario.residual(WORLD.as_of)
    assert found.feasible["F09"] == pytest.approx(expected, rel=1e-3)


def test_of_several_records_of_one_breach_the_most_telling_counts():
    """The file holds this person once: a second candidate row is no second chance."""
    two = [Row("bravo", (A.NIR,), 0.4), Row("bravo", (A.NAME, A.NIR), 0.5)]
    [found] = evaluated(WORLD, [two])
    assert found.available["NIR"] == pytest.approx(0.5 * 0.8)


def test_independent_breaches_add_up():
    [found] = evaluated(WORLD, [[Row("bravo", (A.NIR,), 0.5), Row("delta", (A.NIR,), 0.5)]])
    assert found.available["NIR"] == pytest.approx(1 - 0.6 * 0.6)


@pytest.mark.parametrize("compilation", ["mixed", "unsourced"])
def test_a_compilation_adds_nothing_to_what_its_sources_tell(compilation: str):
    sources = [Row("alpha", (A.NIR,), 0.9), Row("bravo", (A.NIR,), 0.5)]
    without, with_it = evaluated(WORLD, [sources, [*sources, Row(compilation, (A.NIR,), 0.8)]])
    assert with_it.available["NIR"] == without.available["NIR"]
    assert with_it.feasible == without.feasible


def test_a_compilation_counts_alone_where_it_tells_more():
    case = [Row("alpha", (A.NIR,), 0.3), Row("mixed", (A.NIR,), 0.8), Row("unsourced", (A.NIR,), 0.7)]
    [found] = evaluated(WORLD, [case])
    assert found.available["NIR"] == pytest.approx(0.8)


def test_a_compilation_completes_what_another_breach_begins():
    """The password from a combination list, the NIR from elsewhere: both are needed, neither is a source
    of the other.
    """
    case = [Row("alpha", (A.NIR,), 1.0), Row("unsourced", (A.EMAIL, A.PW), 1.0)]
    alone, both = evaluated(WORLD, [case[:1], case])
    assert alone.feasible["F08"] == 0.0
    assert both.feasible["F08"] > 0.01


def test_a_nir_gives_sex_year_and_place_of_birth():
    [found] = evaluated(WORLD, [[Row("alpha", (A.NIR,), 1.0)]])
    assert found.available == {"NIR": 1.0, "POB": 1.0, "POBDEP": 1.0, "SEX": 1.0, "YOB": 1.0}


def test_a_breach_that_one_stands_in_does_not_count_once_more_at_its_base_rate():
    world = World(CATALOGUE, SCENARIOS, PROFILE, datetime.date(2026, 3, 14), ("bravo",))
    [linked, unlinked] = evaluated(world, [[Row("bravo", (A.EMAIL,), 1.0)], []], rates=True)
    fresh = PROFILE.freshness(A.EMAIL, years=2557 / 365.25)
    assert linked.available["EMAIL"] == pytest.approx(0.8 * fresh)
    assert unlinked.available["EMAIL"] == pytest.approx(0.8 * fresh * 20_000_000 / 68_952_941, rel=1e-6)


def test_a_link_fainter_than_the_base_rate_takes_nothing_from_it():
    world = World(CATALOGUE, SCENARIOS, PROFILE, datetime.date(2026, 3, 14), ("bravo",))
    faint, none = evaluated(world, [[Row("bravo", (A.EMAIL,), 0.05)], []], rates=True)
    assert faint.available["EMAIL"] == pytest.approx(none.available["EMAIL"])
    assert faint.available["NAME"] == pytest.approx(none.available["NAME"])


def test_what_a_household_shows_counts_by_half():
    own, mate = evaluated(
        WORLD, [[Row("bravo", (A.IBAN,), 1.0)], [Row("bravo", (A.IBAN,), 1.0, "household")]]
    )
    assert mate.available["IBAN"] == pytest.approx(own.available["IBAN"] / 2)


def test_a_class_that_is_doubtful_or_partial_counts_with_its_share_at_base_rates():
    world = World(CATALOGUE, SCENARIOS, PROFILE, datetime.date(2026, 3, 14), ("charlie",))
    [found] = evaluated(world, [[]], rates=True)
    rate = 0.5 * 20_000_000 / 68_952_941
    years = (world.as_of - datetime.date(2021, 3, 14)).days / 365.25
    for one, share in ((A.NAME, 1.0), (A.IBAN, 0.5), (A.PHONE, 0.15), (A.NIR, 0.3)):
        expected = rate * share * PROFILE.freshness(one, years=years)
        assert found.available[str(one)] == pytest.approx(expected, rel=1e-6)


def test_a_file_counted_where_it_circulates_outweighs_a_confirmed_leak_and_that_a_claim():
    profile = Profile.load()
    factors = [profile.circulation_of(CATALOGUE.get(one)) for one in ("alpha", "bravo", "charlie")]
    assert factors == sorted(factors, reverse=True)
    assert len(set(factors)) == 3


def test_half_of_an_attribute_is_left_after_its_half_life():
    years = PROFILE.half_lives[A.ADDR].value
    assert PROFILE.freshness(A.ADDR, years=years) == pytest.approx(0.5)
    assert PROFILE.freshness(A.ADDR, years=0.0) == 1.0
    assert PROFILE.freshness(A.NIR, years=80.0) == 1.0
