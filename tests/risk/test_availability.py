from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.risk import Profile
from correlate.risk.availability import AvailabilityModel
from correlate.risk.records import Records
from correlate.vocabulary import AttributeClass
from tests.risk import oracle
from tests.risk.oracle import Row, World
from tests.risk.worlds import CATALOGUE, PROFILE, SCENARIOS, cases, exposures_of, worlds

A = AttributeClass
WORLD = World(CATALOGUE, SCENARIOS, PROFILE, datetime.date(2026, 3, 14))


def availabilities(world: World, batch: list[list[Row]]) -> list[dict[str, float]]:
    exposures = exposures_of(batch)
    records = Records.of(exposures, profile=world.profile)
    model = AvailabilityModel.build(
        records, exposures.class_sets, catalogue=world.catalogue, profile=world.profile, as_of=world.as_of
    )
    found = model.availability(records)
    return [dict(zip(model.attributes, found[:, number], strict=True)) for number in range(len(batch))]


@given(world=worlds(), batch=st.lists(cases, min_size=1, max_size=5))
def test_availability_is_that_of_the_slow_model(world: World, batch: list[list[Row]]):
    for case, found in zip(batch, availabilities(world, batch), strict=True):
        expected = oracle.availability(oracle.kept(case, world), world)
        assert found == pytest.approx({one: expected.get(one, 0.0) for one in found}, abs=1e-9)


def test_half_of_an_attribute_is_left_after_its_half_life():
    years = PROFILE.half_lives[A.ADDR].value
    assert PROFILE.freshness(A.ADDR, years=years) == pytest.approx(0.5)
    assert PROFILE.freshness(A.ADDR, years=0.0) == 1.0
    assert PROFILE.freshness(A.NIR, years=80.0) == 1.0


def test_of_several_records_of_one_breach_the_most_telling_counts():
    """The file holds this person once: a second candidate row is no second chance."""
    two = [Row("bravo", (A.NIR,), 0.4), Row("bravo", (A.NAME, A.NIR), 0.5)]
    [found] = availabilities(WORLD, [two])
    assert found[A.NIR] == pytest.approx(0.5 * 0.8)


def test_independent_breaches_add_up():
    [found] = availabilities(WORLD, [[Row("bravo", (A.NIR,), 0.5), Row("delta", (A.NIR,), 0.5)]])
    assert found[A.NIR] == pytest.approx(1 - 0.6 * 0.6)


@pytest.mark.parametrize("compilation", ["mixed", "unsourced"])
def test_a_compilation_adds_nothing_to_what_its_sources_tell(compilation: str):
    sources = [Row("alpha", (A.NIR,), 0.9), Row("bravo", (A.NIR,), 0.5)]
    [without] = availabilities(WORLD, [sources])
    [with_it] = availabilities(WORLD, [[*sources, Row(compilation, (A.NIR,), 0.8)]])
    assert with_it[A.NIR] == without[A.NIR]


def test_a_compilation_counts_alone_where_it_tells_more():
    case = [Row("alpha", (A.NIR,), 0.3), Row("mixed", (A.NIR,), 0.8), Row("unsourced", (A.NIR,), 0.7)]
    [found] = availabilities(WORLD, [case])
    assert found[A.NIR] == pytest.approx(0.8)


def test_a_nir_gives_sex_year_and_place_of_birth():
    [found] = availabilities(WORLD, [[Row("alpha", (A.NIR,), 1.0)]])
    assert found == {A.NIR: 1.0, A.POB: 1.0, A.POBDEP: 1.0, A.SEX: 1.0, A.YOB: 1.0}


def test_a_file_counted_where_it_circulates_outweighs_a_confirmed_leak_and_that_a_claim():
    profile = Profile.load()
    factors = [profile.circulation_of(CATALOGUE.get(one)) for one in ("alpha", "bravo", "charlie")]
    assert factors == sorted(factors, reverse=True)
    assert len(set(factors)) == 3
