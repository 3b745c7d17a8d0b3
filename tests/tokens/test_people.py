"""Batches of tokenised rows laid together are what one batch of all their rows would be."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from correlate.tokens import TOKEN_COLUMNS, People, Tokeniser

ROWS = [
    {"nir": "255081416802538", "birth_name": "MARTIN", "first_name": "Anne", "email": "ann@free.fr"},
    {"birth_name": "DURAND", "first_name": "Luc", "birth_date": "03/04/1980", "postcode": "75011"},
    {"email": "nothing", "phone": "0612345678"},
    {"birth_name": "MARTIN", "usage_name": "PETIT", "first_name": "Anne", "phone": "0612345678"},
    {},
]
COLUMNS = sorted({name for row in ROWS for name in row})


def frame(rows, columns=COLUMNS):
    return pl.DataFrame(
        {name: pl.Series([row.get(name) for row in rows], dtype=pl.String) for name in columns}
    )


@pytest.fixture
def tokeniser(key):
    return Tokeniser(key)


def same(one: People, other: People):
    for name in TOKEN_COLUMNS:
        nothing = np.zeros(one.height, dtype=np.int64)
        assert (one.tokens.get(name, nothing) == other.tokens.get(name, nothing)).all()
    assert (one.nir_own == other.nir_own).all()
    assert sorted(zip(one.key_rows, one.keys, strict=True)) == sorted(
        zip(other.key_rows, other.keys, strict=True)
    )
    assert [one.classes.sets[i] for i in one.classes.of_row] == [
        other.classes.sets[i] for i in other.classes.of_row
    ]
    assert one.dropped == other.dropped


@pytest.mark.parametrize("cuts", [[1, 4], [3, 2], [0, 5], [2, 0, 3], [5]])
def test_parts_together_are_the_whole(tokeniser, cuts):
    whole = tokeniser.people(frame(ROWS))
    starts = np.cumsum([0, *cuts])
    parts = [tokeniser.people(frame(ROWS[a:b])) for a, b in pairwise(starts)]
    same(People.together(parts), whole)


def test_parts_may_lack_columns_that_others_have(tokeniser):
    narrow = tokeniser.people(frame(ROWS[2:3], columns=["email"]))
    wide = tokeniser.people(frame(ROWS[:2]))
    both = People.together([narrow, wide])
    assert both.height == 3
    assert (both.tokens["nir"] != 0).tolist() == [False, True, False]
