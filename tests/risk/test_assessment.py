from __future__ import annotations

import dataclasses
import datetime
import io
import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.catalogue import UnknownBreach
from correlate.risk import ASSESSMENT_SCHEMA, FutureBreach, UnknownCirculation, UnweightedScenario
from correlate.vocabulary import AttributeClass
from tests.risk.oracle import Row, World, assess_one, kept, shapley
from tests.risk.worlds import (
    CATALOGUE,
    FEWER,
    PLAIN,
    PROFILE,
    SCENARIOS,
    assess_in,
    cases,
    rows,
    score_in,
    small_cases,
    worlds,
)

WORLD = World(CATALOGUE, SCENARIOS, PROFILE, datetime.date(2026, 11, 22))


def parquet(frame: pl.DataFrame) -> bytes:
    written = io.BytesIO()
    frame.write_parquet(written)
    return written.getvalue()


@given(world=worlds(), batch=st.lists(small_cases, max_size=2))
@FEWER
def test_every_row_is_what_the_slow_model_says(world: World, batch: list[list[Row]]):
    frame = assess_in(world, batch).frame
    assert frame.schema == ASSESSMENT_SCHEMA
    assert frame["exposure_id"].to_list() == list(range(len(batch)))
    for case, row in zip(batch, frame.drop("exposure_id", "reasons").to_dicts(), strict=True):
        assert _rounded(row) == _rounded(assess_one(case, world))


@given(world=worlds(), case=small_cases)
@FEWER
def test_exact_shares_are_what_breaches_add_on_average_over_all_orders(world: World, case: list[Row]):
    """Equal to the hundredth that rounding to a whole sum may move, and summing to the score."""
    row = assess_in(world, [case], shares=True).frame.row(0, named=True)
    found = {one["breach"]: one["share"] for one in row["breaches"]}
    assert sum(found.values()) == pytest.approx(row["score"], abs=1e-9)
    assert found == pytest.approx(shapley(kept(case, world), world), abs=0.01)


def _rounded(value: object) -> object:
    """Sums and differences of hundredths, to the hundredth; chances as they are."""
    if isinstance(value, dict):
        return {
            key: round(inner, 2) + 0.0 if key in ("uplift", "points") else _rounded(inner)
            for key, inner in value.items()
        }
    return [_rounded(inner) for inner in value] if isinstance(value, list) else value


@given(world=worlds(), case=cases, added=rows)
def test_adding_a_record_never_lowers_a_score(world: World, case: list[Row], added: Row):
    assert score_in(world, [*case, added]) >= score_in(world, case)


@given(world=worlds(), case=cases, removed=st.sampled_from(CATALOGUE.ids()))
def test_removing_a_breach_never_raises_a_score(world: World, case: list[Row], removed: str):
    assert score_in(world, [row for row in case if row.breach != removed]) <= score_in(world, case)


@given(world=worlds(), case=cases.filter(bool), place=st.integers(0, 7), higher=st.floats(0.0, 1.0))
def test_a_higher_probability_never_lowers_a_score(world, case, place, higher):
    place %= len(case)
    raised = dataclasses.replace(case[place], probability=max(case[place].probability, higher))
    assert score_in(world, [*case[:place], raised, *case[place + 1 :]]) >= score_in(world, case)


@given(world=worlds(), case=cases)
def test_uplift_lies_between_nothing_and_the_score(world: World, case: list[Row]):
    row = assess_in(world, [case]).frame.row(0, named=True)
    assert 0.0 <= row["uplift"] <= row["score"] <= 100.0


@given(world=worlds(), case=cases)
def test_bounds_contain_the_score_and_parts_of_it_never_exceed_it(world: World, case: list[Row]):
    row = assess_in(world, [case]).frame.row(0, named=True)
    assert 0.0 <= row["score_min"] <= row["score"] <= row["score_max"] <= 100.0
    for part in (*row["breaches"], *row["attributes"]):
        assert 0.0 <= part["points"] <= row["score"]
    assert all(0.0 <= one["alone"] <= row["score"] for one in row["breaches"])


@given(world=worlds(), case=cases)
def test_what_evidence_adds_sums_to_the_score(world: World, case: list[Row]):
    row = assess_in(world, [case]).frame.row(0, named=True)
    assert sum(one["points"] for one in row["evidence"]) == pytest.approx(row["score"], abs=1e-9)
    assert all(one["points"] > 0 for one in row["evidence"])


@given(world=worlds(), case=cases)
def test_base_rates_never_lower_a_score_and_never_enter_the_lower_bound(world, case):
    without = assess_in(dataclasses.replace(world, base_rates=()), [case]).frame.row(0, named=True)
    with_them = assess_in(dataclasses.replace(world, base_rates=tuple(PLAIN)), [case]).frame
    assert with_them["score"][0] >= without["score"]
    assert with_them["score_min"][0] == without["score_min"]


@given(world=worlds(), batch=st.lists(cases, min_size=1, max_size=4), seed=st.integers(0, 999))
def test_the_order_of_rows_and_of_class_sets_changes_no_byte(world, batch, seed):
    shuffled = [random.Random(seed).sample(case, len(case)) for case in batch]
    assert parquet(assess_in(world, batch).frame) == parquet(assess_in(world, shuffled).frame)


@given(world=worlds(), batch=st.lists(cases, min_size=1, max_size=4))
def test_an_exposure_is_assessed_alike_alone_and_in_company(world: World, batch: list[list[Row]]):
    together = assess_in(world, batch).frame.drop("exposure_id")
    for number, case in enumerate(batch):
        assert together[number].equals(assess_in(world, [case]).frame.drop("exposure_id"))


def many_exposures() -> list[list[Row]]:
    """More rows than one block holds, empty exposures among them."""
    drawn = random.Random(7)
    classes = [tuple(sorted(drawn.sample(sorted(AttributeClass), 4))) for _ in range(30)]
    names = CATALOGUE.ids()
    return [
        [
            Row(drawn.choice(names), drawn.choice(classes), drawn.random())
            for _ in range(drawn.choice((0, 3, 9)))
        ]
        for _ in range(1_500)
    ]


def test_blocks_leave_no_seam(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("correlate.risk.assessment._BLOCK_ROWS", 1_000)
    batch = many_exposures()
    together = assess_in(WORLD, batch).frame.drop("exposure_id")
    apart = [assess_in(WORLD, batch[first : first + 300]).frame for first in range(0, 1_500, 300)]
    assert together.equals(pl.concat(apart).drop("exposure_id"))


def test_threads_change_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("correlate.risk.assessment._BLOCK_ROWS", 1_000)
    batch = many_exposures()
    assert assess_in(WORLD, batch, threads=3).frame.equals(assess_in(WORLD, batch).frame)


def test_a_person_in_no_record_scores_nothing():
    row = assess_in(WORLD, [[]]).frame.row(0, named=True)
    assert row == {
        "exposure_id": 0,
        "score": 0.0,
        "band": "low",
        "score_min": 0.0,
        "score_max": 0.0,
        "uplift": 0.0,
        "evidence": [],
        "breaches": [],
        "scenarios": [],
        "attributes": [],
        "reasons": [],
        "severity": 0.0,
    }


def test_no_exposure_gives_an_empty_frame_of_the_same_columns():
    assert assess_in(WORLD, []).frame.schema == ASSESSMENT_SCHEMA


def test_a_match_below_the_minimum_probability_is_left_out():
    faint = Row("bravo", (AttributeClass.IBAN,), 0.0449)
    assert assess_in(WORLD, [[faint]]).frame["breaches"].to_list() == [[]]


def test_an_assessment_names_what_it_was_made_with():
    found = assess_in(WORLD, [[]])
    assert (found.profile, found.scenarios, found.as_of) == (
        "research-2026-11b",
        SCENARIOS.version,
        WORLD.as_of,
    )


def test_a_breach_after_the_date_is_refused_by_name():
    world = dataclasses.replace(WORLD, as_of=datetime.date(2023, 3, 13))
    with pytest.raises(FutureBreach, match=r"Breach delta is dated 2023-03-14, after .* 2023-03-13"):
        assess_in(world, [[Row("delta", (AttributeClass.NAME,), 1.0)]])


def test_a_breach_of_the_very_day_is_fresh():
    world = dataclasses.replace(WORLD, as_of=datetime.date(2024, 3, 14))
    frame = assess_in(world, [[Row("echo", (AttributeClass.PW,), 1.0)]]).frame
    assert frame["attributes"].to_list() == [[{"attribute": "PW", "availability": 1.0, "points": 0.0}]]


def test_a_breach_that_no_catalogue_has_is_refused_by_name():
    with pytest.raises(UnknownBreach, match="zulu"):
        assess_in(WORLD, [[Row("zulu", (AttributeClass.NAME,), 1.0)]])


def test_a_scenario_without_a_weight_is_refused_by_name():
    profile = dataclasses.replace(
        PROFILE, weights={one: weight for one, weight in PROFILE.weights.items() if one != "F05"}
    )
    with pytest.raises(UnweightedScenario, match=r"research-2026-11b gives no weight to scenario F05"):
        assess_in(dataclasses.replace(WORLD, profile=profile), [[]])


def test_a_status_without_circulation_is_refused_by_name():
    known = {key: factor for key, factor in PROFILE.circulation.items() if key[0] != "stealer"}
    profile = dataclasses.replace(PROFILE, circulation=known)
    with pytest.raises(UnknownCirculation, match=r"Breach echo has the status stealer.*claimed, combo"):
        assess_in(dataclasses.replace(WORLD, profile=profile), [[Row("echo", (AttributeClass.PW,), 1.0)]])
