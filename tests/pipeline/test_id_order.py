"""Ids in order: the numbers made of them are in the order of the texts, byte by byte."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.pipeline.id_order import in_order, words_of

texts = st.lists(st.text(max_size=9) | st.text("ab0é\0", max_size=5), max_size=30)


def subjects(ids):
    return pl.DataFrame({"subject_id": pl.Series(ids, dtype=pl.String), "exposure_no": range(len(ids))})


@given(texts, st.text(max_size=3))
def test_ids_are_sorted_by_their_bytes(ids, begins):
    rows = subjects([begins + each for each in ids])
    found = in_order(rows, by_number=False)
    assert found["subject_id"].to_list() == sorted(rows["subject_id"].to_list(), key=str.encode)
    assert sorted(found.rows()) == sorted(rows.rows())


@given(st.lists(st.text("ab0é", min_size=3, max_size=3), max_size=30), st.text(max_size=3))
def test_ids_of_one_length_are_sorted_by_their_bytes(ids, begins):
    rows = subjects([begins + each for each in ids])
    found = in_order(rows, by_number=False)
    assert found["subject_id"].to_list() == sorted(rows["subject_id"].to_list(), key=str.encode)


@given(st.lists(st.integers(1, 2000), max_size=30))
def test_numbers_are_sorted_by_their_size(numbers):
    found = in_order(subjects([str(n) for n in numbers]), by_number=True)
    assert found["subject_id"].to_list() == [str(n) for n in sorted(numbers)]


@given(texts)
def test_two_texts_have_one_number_only_if_they_are_the_same(ids):
    column = pl.Series(ids, dtype=pl.String)
    words = words_of(column)
    assert words is None or len(set(words.tolist())) == len(set(ids))


@pytest.mark.parametrize("ids", [[], ["a\0", "a"], ["a" * 9, "b"]])
def test_what_no_word_holds_is_told(ids):
    assert words_of(pl.Series(ids, dtype=pl.String)) is None


def test_a_slice_of_a_column_is_read_at_its_place():
    ids = pl.Series([f"M{n:08}" for n in range(100)])
    assert words_of(ids[40:60]).argsort().tolist() == list(range(20))
