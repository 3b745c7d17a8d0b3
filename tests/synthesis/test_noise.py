"""Errors are as frequent as declared, and touch nothing else."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.synthesis.noise import CLEAN, KEYED, SCANNED, SPOKEN, Noise, disturb

values = st.lists(st.none() | st.text("ABCDEFÉéabc 019-'", max_size=12), min_size=1, max_size=30)


@given(
    values, st.sampled_from([KEYED, SPOKEN, SCANNED, Noise(deleted=1.0), Noise(transposed=0.5, heard=0.5)])
)
def test_rows_stay_in_place_and_nulls_stay_null(texts, noise):
    column = pl.Series(texts, dtype=pl.String)
    spoilt = disturb(column, np.random.default_rng(1), noise)
    assert len(spoilt) == len(column)
    assert spoilt.is_null().to_list() == column.is_null().to_list()


@pytest.mark.parametrize(
    ("noise", "expected"),
    [
        (Noise(deleted=1.0), {"BCDE", "ACDE", "ABDE", "ABCE"}),
        (Noise(transposed=1.0), {"BACDE", "ACBDE", "ABDCE", "ABCED"}),
        (Noise(doubled=1.0), {"AABCDE", "ABBCDE", "ABCCDE", "ABCDDE"}),
        (Noise(truncated=1.0), {"AB", "ABC", "ABCD", "ABCDE"}),
    ],
)
def test_each_kind_of_error_does_its_own_harm(noise, expected):
    column = pl.Series(["ABCDE"] * 200)
    assert set(disturb(column, np.random.default_rng(2), noise)) == expected


def test_a_wrong_letter_is_of_the_same_sort():
    spoilt = disturb(
        pl.Series(["0601020304", "ABCDEF", "abcdef"] * 300), np.random.default_rng(3), Noise(substituted=1.0)
    )
    assert spoilt.str.contains(r"^(\d{10}|[A-Z]{6}|[a-z]{6})$").all()


def test_ear_and_scanner_confuse_what_sounds_and_looks_alike():
    rng = np.random.default_rng(4)
    assert disturb(pl.Series(["THIBAULT"]), rng, Noise(heard=1.0)).to_list() == ["TIBAUD"]
    assert disturb(pl.Series(["BORNO"]), rng, Noise(scanned=1.0)).to_list() == ["80M0"]


def test_errors_are_as_frequent_as_declared():
    column = pl.Series([f"NOMTHÉORIQUE{number:06d}" for number in range(100_000)])
    spoilt = disturb(column, np.random.default_rng(5), SPOKEN)
    assert (spoilt != column).mean() == pytest.approx(sum(SPOKEN.shares()), rel=0.1)


def test_a_clean_column_is_left_alone():
    column = pl.Series(["A", None])
    assert disturb(column, np.random.default_rng(6), CLEAN) is column
