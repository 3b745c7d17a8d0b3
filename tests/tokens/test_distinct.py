"""Distinct values of a column."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from correlate.tokens.distinct import as_it_is, distinct

TEXTS = st.lists(st.one_of(st.none(), st.sampled_from(["", "a", "b", "é"]), st.text(max_size=3)))


@given(TEXTS)
def test_spreading_the_distinct_values_gives_the_column(texts):
    coded = distinct(pl.Series(texts, dtype=pl.String))
    assert len(coded.values) == len(set(texts))
    assert coded.spread(np.array(coded.values.to_list(), dtype=object)).tolist() == texts


@given(TEXTS)
def test_rows_counts_each_value(texts):
    coded = distinct(pl.Series(texts, dtype=pl.String))
    counts = dict(zip(coded.values.to_list(), coded.rows().tolist(), strict=True))
    assert counts == {text: texts.count(text) for text in texts}


def test_a_slice_of_several_chunks_is_encoded_alone():
    values = pl.Series(["x", "a", "b"]).append(pl.Series(["b", None, "y"])).slice(1, 4)
    coded = distinct(values)
    assert sorted(coded.values.to_list(), key=str) == [None, "a", "b"]
    assert coded.codes is not None
    assert len(coded.codes) == 4


def test_a_column_as_it_is_has_a_row_for_each_value():
    coded = as_it_is(pl.Series(["a", "a"]))
    assert coded.spread(np.array([1, 2])).tolist() == [1, 2]
    assert coded.rows().tolist() == [1, 1]
