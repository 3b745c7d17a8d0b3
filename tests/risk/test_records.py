from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from correlate.risk.counterfactuals import Counterfactuals
from correlate.risk.kinds import Kinds
from correlate.risk.records import STANDINGS, Records, kept
from correlate.vocabulary import AttributeClass
from tests.risk.oracle import Row
from tests.risk.test_assessment import WORLD
from tests.risk.worlds import CATALOGUE, PROFILE, cases, exposures_of

A = AttributeClass


def records_of(batch: list[list[Row]]) -> tuple[Records, Kinds]:
    kinds = Kinds(CATALOGUE.ids(), catalogue=CATALOGUE, profile=PROFILE, as_of=WORLD.as_of)
    exposures = exposures_of(batch)
    return Records.of(kept(exposures, profile=PROFILE), exposures, kinds=kinds), kinds


def contents(records: Records) -> list[list[tuple]]:
    """For each exposure its rows, as values."""
    found: list[list[tuple]] = [[] for _ in range(records.count)]
    columns = (records.exposure, records.kind, records.step, records.standing)
    for exposure, kind, step, standing in zip(*(each.tolist() for each in columns), strict=True):
        found[exposure].append((kind, step, STANDINGS[standing]))
    return found


@given(batch=st.lists(cases, max_size=6), rows_max=st.integers(1, 9))
def test_blocks_put_together_are_the_whole(batch: list[list[Row]], rows_max: int):
    records, _kinds = records_of(batch)
    blocks = list(records.blocks(rows_max=rows_max))
    assert [case for block in blocks for case in contents(block)] == contents(records)
    for block in blocks:
        assert len(block) <= rows_max or block.count == 1
        assert 1 <= block.count <= rows_max


@given(batch=st.lists(cases, max_size=5))
def test_alone_and_left_out_divide_each_exposure_by_breach(batch: list[list[Row]]):
    records, kinds = records_of(batch)
    pairs = records.pair_starts()
    what_if = Counterfactuals(records, profile=PROFILE)
    alone, left_out = what_if.each_alone(pairs), what_if.each_left_out(pairs, background=False)
    rows = pl.DataFrame({"exposure": what_if.rows().exposure, "kind": what_if.rows().kind})
    breach_of = kinds.breach_of()
    for number, (exposure, breach) in enumerate(
        zip(records.exposure[pairs].tolist(), records.breach[pairs].tolist(), strict=True)
    ):
        of_exposure = sorted(records.kind[records.exposure == exposure].tolist())
        single = rows.filter(pl.col("exposure") == alone.start + number)["kind"].to_list()
        others = rows.filter(pl.col("exposure") == left_out.start + number)["kind"].to_list()
        assert {breach_of[kind] for kind in single} == {breach}
        assert breach not in {breach_of[kind] for kind in others}
        assert sorted(single + others) == of_exposure


def test_probabilities_go_to_the_nearest_hundredth():
    batch = [[Row("alpha", (A.NAME,), each)] for each in (0.05, 0.0549, 0.994, 0.996, 1.0)]
    assert records_of(batch)[0].step.tolist() == [5, 5, 99, 100, 100]
