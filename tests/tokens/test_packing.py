"""Strings by length."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.tokens.packing import by_length

TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=40), st.sampled_from(["", "a", "a\0", "é" * 9])))


def unpacked(values: pl.Series) -> list[str | None]:
    out: list[str | None] = [None] * len(values)
    for rows, messages in by_length(values):
        assert len(rows) == len(messages) > 0
        for row, message in zip(rows, messages, strict=True):
            assert out[row] is None
            out[row] = message.tobytes().decode()
    return out


@given(TEXTS)
def test_every_string_comes_back_as_it_was(texts):
    assert unpacked(pl.Series(texts, dtype=pl.String)) == texts


@given(TEXTS, st.data())
def test_slices_chunks_and_gathers_come_back_as_they_were(texts, data):
    start = data.draw(st.integers(0, len(texts)))
    whole = pl.Series(texts, dtype=pl.String)
    assert unpacked(whole.slice(start)) == texts[start:]
    assert unpacked(whole.slice(start).append(whole.head(start))) == texts[start:] + texts[:start]
    assert unpacked(whole.reverse()) == texts[::-1]


@pytest.mark.parametrize("texts", [[], [None], [None, None], ["ab", "cd"], ["ab", None], ["", ""]])
def test_columns_of_one_length_or_none(texts):
    assert unpacked(pl.Series(texts, dtype=pl.String)) == texts


def test_values_longer_than_sixteen_bits_count():
    texts = ["x" * 70_000, "y" * 65_535, None, "z"]
    assert unpacked(pl.Series(texts)) == texts


def test_lengths_come_once_each_and_ascending():
    lengths = [messages.shape[1] for _, messages in by_length(pl.Series(["ccc", "a", "bb", "dd", "", None]))]
    assert lengths == [0, 1, 2, 3]
