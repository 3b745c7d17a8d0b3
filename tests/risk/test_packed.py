"""Assessments are held in a quarter of the room, and come back as they were, to the last bit."""

from __future__ import annotations

import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.pipeline import Models
from correlate.pipeline.packed import in_one_piece, names_of, packed, unpacked
from correlate.risk import ASSESSMENT_SCHEMA

MODELS = Models.default(as_of=datetime.date(2026, 11, 1))
NAMES = names_of(MODELS)
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


@given(rows=st.lists(row, max_size=5))
def test_nothing_is_lost_on_the_way(rows):
    frame = pl.DataFrame(rows, schema=ASSESSMENT_SCHEMA)
    held = packed(frame, NAMES)
    assert unpacked(held).equals(frame)
    assert unpacked(held).schema == ASSESSMENT_SCHEMA
    assert unpacked(unpacked(held)).equals(frame)
    assert unpacked(held, named=False)["score"].to_list() == frame["score"].to_list()


@given(rows=st.lists(row, max_size=5), cut=st.integers(0, 5))
def test_parts_are_put_together_a_column_at_a_time(rows, cut):
    frame = packed(pl.DataFrame(rows, schema=ASSESSMENT_SCHEMA), NAMES)
    whole = in_one_piece([frame[:cut], frame[cut:]])
    assert whole.equals(frame)
    assert whole.schema == frame.schema
    assert whole.n_chunks() == 1


def test_every_figure_comes_back_to_the_last_bit():
    """Also where a whole column is worked out at once, which Polars does otherwise than one value."""
    nested = [column for column in ASSESSMENT_SCHEMA if isinstance(ASSESSMENT_SCHEMA[column], pl.List)]
    figures = [whole / 100 for whole in range(10_001)]
    frame = pl.DataFrame(
        {
            column: [[]] * len(figures) if column in nested else figures
            for column in ASSESSMENT_SCHEMA
            if column not in ("exposure_id", "band")
        }
    ).with_columns(exposure_id=pl.int_range(len(figures)), band=pl.lit("low"))
    frame = frame.select(ASSESSMENT_SCHEMA.names()).cast(dict(ASSESSMENT_SCHEMA))
    assert unpacked(packed(frame, NAMES))["uplift"].to_list() == figures


def test_a_name_that_no_assessment_has_is_refused():
    """Rather than lost."""
    frame = pl.DataFrame({"band": ["no such band"]})
    with pytest.raises(pl.exceptions.InvalidOperationError):
        packed(frame, NAMES)


def test_it_takes_a_quarter_of_the_room():
    entry = {"attribute": "NIR", "availability": 0.5, "points": 1.0}
    frame = pl.DataFrame(
        {"attributes": [[entry] * 20] * 1_000}, schema={"attributes": ASSESSMENT_SCHEMA["attributes"]}
    )
    assert packed(frame, NAMES).estimated_size() < frame.estimated_size() / 3
