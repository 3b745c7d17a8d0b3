"""Assessments are held in a quarter of the room, and come back as they were, to the last bit."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.risk import ASSESSMENT_SCHEMA, in_one_piece, unpacked
from correlate.risk.packed import codes_of, lists, packed_schema
from tests.risk.test_canonical_case import STEPS, WORLD, records
from tests.risk.worlds import NAMES, assess_in

SCHEMA = packed_schema(ASSESSMENT_SCHEMA, NAMES)
CHANCES = ("probability", "feasibility", "availability")
band, evidence, breach, scenario, attribute, reason = (
    st.sampled_from(NAMES[field].categories.to_list())
    for field in ("band", "evidence", "breach", "scenario", "attribute", "reasons")
)
hundredths = st.integers(0, 10_000).map(lambda whole: whole / 100)
chance = st.integers(0, 10_000).map(lambda whole: whole / 10_000)
depth = st.integers(0, 9)
row = st.fixed_dictionaries(
    {
        "exposure_id": st.integers(0, 2**40),
        **dict.fromkeys(("score", "score_min", "score_max", "uplift", "severity"), hundredths),
        "band": band,
        "evidence": st.lists(
            st.fixed_dictionaries({"evidence": evidence, "depth": depth, "points": hundredths}), max_size=3
        ),
        "breaches": st.lists(
            st.fixed_dictionaries(
                {
                    "breach": breach,
                    "probability": st.none() | chance,
                    "date": st.none() | st.dates(),
                    "evidence": evidence,
                    "depth": depth,
                    "alone": hundredths,
                    "points": hundredths,
                    "share": st.none() | hundredths,
                    "severity": st.none() | hundredths,
                }
            ),
            max_size=3,
        ),
        "scenarios": st.lists(
            st.fixed_dictionaries(
                {"scenario": scenario, "feasibility": chance, "combination_only": st.booleans()}
            ),
            max_size=3,
        ),
        "attributes": st.lists(
            st.fixed_dictionaries({"attribute": attribute, "availability": chance, "points": hundredths}),
            max_size=3,
        ),
        "reasons": st.lists(reason, max_size=3),
    }
)


def packed(value: object, name: str = "") -> object:
    """Rows as they are held, one value after the other: figures as whole numbers."""
    if isinstance(value, dict):
        return {key: packed(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [packed(inner, name) for inner in value]
    return round(value * (10_000 if name in CHANCES else 100)) if isinstance(value, float) else value


@given(rows=st.lists(row, max_size=5))
def test_nothing_is_lost_on_the_way(rows):
    frame = pl.DataFrame(rows, schema=ASSESSMENT_SCHEMA)
    held = pl.DataFrame(packed(rows), schema=SCHEMA)
    assert unpacked(held).equals(frame)
    assert unpacked(held).schema == ASSESSMENT_SCHEMA
    assert unpacked(unpacked(held)).equals(frame)
    assert unpacked(held, named=False)["score"].to_list() == frame["score"].to_list()


@given(rows=st.lists(row, max_size=5), cut=st.integers(0, 5))
def test_parts_are_put_together_a_column_at_a_time(rows, cut):
    frame = pl.DataFrame(packed(rows), schema=SCHEMA)
    whole = in_one_piece([frame[:cut], frame[cut:]])
    assert whole.equals(frame)
    assert whole.schema == frame.schema
    assert whole.n_chunks() == 1


@given(several=st.lists(st.lists(st.sampled_from(NAMES["reasons"].categories.to_list()), max_size=3)))
def test_numbers_in_lists_become_their_names(several):
    numbers = pl.Series("reasons", [name for one in several for name in one], dtype=NAMES["reasons"])
    lengths = np.array([len(one) for one in several], dtype=np.int64)
    made = lists(numbers.to_physical(), lengths=lengths, names=NAMES)
    assert made.dtype == pl.List(NAMES["reasons"])
    assert made.to_list() == several


def test_every_figure_comes_back_to_the_last_bit():
    """Also where a whole column is worked out at once, which Polars does otherwise than one value."""
    whole = pl.Series("uplift", range(10_001), dtype=pl.Int16)
    assert unpacked(whole.to_frame())["uplift"].to_list() == [each / 100 for each in range(10_001)]


def test_a_name_that_no_assessment_has_is_refused():
    """Rather than lost."""
    with pytest.raises(pl.exceptions.InvalidOperationError):
        codes_of(["no such band"], NAMES["band"])


def test_assessments_are_held_in_a_quarter_of_the_room():
    found = assess_in(WORLD, [records(*STEPS)] * 1_000)
    assert found.packed.rechunk().estimated_size() < found.frame.rechunk().estimated_size() / 3
