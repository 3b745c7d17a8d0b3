"""Distinct values of a column."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from correlate.tokens.distinct import as_it_is, distinct

TEXTS = st.lists(st.one_of(st.none(), st.sampled_from(["", "a", "b", "é"]), st.text(max_size=3)))


@given(TEXTS)
def test_the_distinct_values_and_the_place_of_each_row_are_the_column(texts):
    coded = distinct(pl.Series(texts, dtype=pl.String))
    assert len(coded.values) == len(set(texts))
    assert coded.codes is not None
    assert [coded.values[place] for place in coded.codes.tolist()] == texts


def test_a_slice_of_several_chunks_is_encoded_alone():
    values = pl.Series(["x", "a", "b"]).append(pl.Series(["b", None, "y"])).slice(1, 4)
    coded = distinct(values)
    assert sorted(coded.values.to_list(), key=str) == [None, "a", "b"]
    assert coded.codes is not None
    assert len(coded.codes) == 4


def test_a_column_as_it_is_has_a_row_for_each_value():
    coded = as_it_is(pl.Series(["a", "a"]))
    assert (coded.values.to_list(), coded.codes) == (["a", "a"], None)
