"""Whose NIR a row bears."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.tokens.civil_status import UNKNOWN, CivilStatus, is_own

M, F = 0, 1
STATUS = st.tuples(st.integers(-1, 99), st.integers(-1, 12).filter(bool), st.integers(-1, 1))


def status(*rows: tuple[int, int, int]) -> CivilStatus:
    year, month, sex = (np.array(column, dtype=np.int16) for column in zip(*rows, strict=True))
    return CivilStatus(year=year, month=month, sex=sex)


@pytest.mark.parametrize(
    ("told", "numbered", "own"),
    [
        ((80, 5, M), (80, 5, M), True),
        ((80, 5, UNKNOWN), (80, 5, M), True),
        ((UNKNOWN, UNKNOWN, UNKNOWN), (80, 5, M), True),
        ((UNKNOWN, UNKNOWN, M), (80, 5, M), True),
        # One digit of the date wrong, or day and month exchanged.
        ((80, 6, M), (80, 5, M), True),
        ((88, 5, M), (80, 5, M), True),
        ((98, 5, M), (3, 5, M), True),
        # The sex wrong, the date right.
        ((80, 5, F), (80, 5, M), True),
        ((80, UNKNOWN, F), (80, UNKNOWN, M), True),
        ((80, 5, F), (80, UNKNOWN, M), True),
        # A child under a parent's number; a spouse under the other's.
        ((10, 5, M), (80, 5, M), False),
        ((10, 6, UNKNOWN), (80, 5, M), False),
        ((79, 11, F), (80, 5, M), False),
        ((80, 11, F), (80, 5, M), False),
        ((78, 5, F), (80, 5, M), False),
        ((UNKNOWN, UNKNOWN, F), (80, 5, M), False),
        ((90, 5, M), (80, 5, M), False),
        ((81, UNKNOWN, M), (80, 5, M), False),
        # A provisional number tells the sex alone.
        ((80, 5, F), (UNKNOWN, UNKNOWN, M), False),
        ((80, 5, M), (UNKNOWN, UNKNOWN, M), True),
        ((80, 5, M), (UNKNOWN, UNKNOWN, UNKNOWN), True),
    ],
)
def test_whose_number_it_is(told, numbered, own):
    assert is_own(status(told), status(numbered)).tolist() == [own]


@given(st.lists(st.tuples(STATUS, STATUS), min_size=1, max_size=8))
def test_rows_do_not_look_at_each_other(pairs):
    told, numbered = zip(*pairs, strict=True)
    together = is_own(status(*told), status(*numbered)).tolist()
    assert together == [bool(is_own(status(t), status(n))[0]) for t, n in pairs]


@given(STATUS, STATUS)
def test_knowing_nothing_contradicts_nothing(told, numbered):
    nothing = (UNKNOWN, UNKNOWN, UNKNOWN)
    assert is_own(status(nothing), status(numbered)).all()
    assert is_own(status(told), status(nothing)).all()
    assert is_own(status(told), status(told)).all()


def test_an_own_number_fills_in_what_is_not_known_and_nothing_else():
    told = status((80, UNKNOWN, UNKNOWN), (80, UNKNOWN, UNKNOWN))
    full = told.completed(status((81, 5, F), (81, 5, F)), where=np.array([True, False]))
    assert full.year.tolist() == [80, 80]
    assert full.month.tolist() == [5, UNKNOWN]
    assert full.sex.tolist() == [F, UNKNOWN]
