"""Strings by width."""

from __future__ import annotations

import tracemalloc

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.tokens.packing import Texts

TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=40), st.sampled_from(["", "a", "a\0", "é" * 9])))
STEPS = st.sampled_from([1, 4, 16])


def unpacked(texts: Texts, step: int) -> list[str | None]:
    out: list[str | None] = [None] * len(texts.lengths)
    for rows, messages, lengths in texts.by_width(step):
        assert len(rows) == len(messages) == len(lengths) > 0
        width = messages.shape[1]
        assert width % step == 0
        assert all(width - step < length <= width or (length == 0 and width == step) for length in lengths)
        for row, message, length in zip(rows, messages, lengths, strict=True):
            assert out[row] is None
            assert not message[length:].any()
            out[row] = message[:length].tobytes().decode()
    return out


@given(TEXTS, STEPS)
def test_every_string_comes_back_as_it_was(texts, step):
    assert unpacked(Texts.of(pl.Series(texts, dtype=pl.String)), step) == texts


@given(TEXTS, st.data())
def test_slices_chunks_and_gathers_come_back_as_they_were(texts, data):
    start = data.draw(st.integers(0, len(texts)))
    whole = pl.Series(texts, dtype=pl.String)
    rotated = whole.slice(start).append(whole.head(start))
    assert unpacked(Texts.of(whole.slice(start)), 16) == texts[start:]
    assert unpacked(Texts.of(rotated), 16) == texts[start:] + texts[:start]
    assert unpacked(Texts.of(whole.reverse()), 16) == texts[::-1]


@given(TEXTS, STEPS, st.sets(st.characters(codec="ascii")))
def test_without_some_bytes(texts, step, dropped):
    kept = np.ones(256, dtype=np.bool_)
    kept[[ord(character) for character in dropped]] = False
    found = unpacked(Texts.of(pl.Series(texts, dtype=pl.String)).only(kept), step)
    gone = dict.fromkeys(map(ord, dropped))
    assert found == [None if text is None else text.translate(gone) for text in texts]


@pytest.mark.parametrize("texts", [[], [None], [None, None], ["ab", "cd"], ["ab", None], ["", ""]])
def test_columns_of_one_length_or_none(texts):
    assert unpacked(Texts.of(pl.Series(texts, dtype=pl.String)), 16) == texts


def test_values_longer_than_sixteen_bits_count():
    texts = ["x" * 70_000, "y" * 65_535, None, "z"]
    assert unpacked(Texts.of(pl.Series(texts)), 16) == texts


def test_a_long_value_costs_no_more_than_its_length():
    """A row of a broken file may be one value of megabytes: nothing of that length squared is made."""
    length = 1_000_000
    tracemalloc.start()
    try:
        assert unpacked(Texts.of(pl.Series(["x" * length])), 16) == ["x" * length]
        assert tracemalloc.get_traced_memory()[1] < 20 * length
    finally:
        tracemalloc.stop()


def test_a_few_texts_of_a_width_and_many_are_cut_alike():
    """Few are masked one by one, many from a table."""
    texts = ["é" * (number % 9) for number in range(100)]
    assert unpacked(Texts.of(pl.Series(texts)), 16) == texts
    for number, text in enumerate(texts[:9]):
        assert unpacked(Texts.of(pl.Series(texts[number : number + 1])), 16) == [text]


def test_widths_come_once_each_and_ascending():
    values = pl.Series(["c" * 17, "a", "b" * 16, "dd", "", "e" * 40, None])
    assert [messages.shape[1] for _, messages, _ in Texts.of(values).by_width(16)] == [16, 32, 48]
