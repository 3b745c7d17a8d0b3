from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.risk.profile import Band
from correlate.risk.score import bands_of, hundredths, ten_thousandths

BANDS = (
    Band(name="low", score_min=0.0),
    Band(name="high", score_min=50.0),
    Band(name="top", score_min=100.0),
)


@given(st.integers(0, 100 * 10**9))
def test_scores_are_rounded_half_to_even(quanta: int):
    expected = (Decimal(quanta) / 10**9).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    assert hundredths(np.array([quanta / 10**9]))[0] == int(expected * 100)


@pytest.mark.parametrize(
    ("raw", "shown"), [(0.005, 0), (0.015, 2), (0.025, 2), (12.345, 1234), (12.355, 1236)]
)
def test_a_tie_goes_to_the_even_hundredth(raw: float, shown: int):
    assert hundredths(np.array([raw]))[0] == shown


@pytest.mark.parametrize("raw", [12.345, 12.355, 0.005, 99.995])
def test_the_last_bit_of_a_machine_cannot_be_seen(raw: float):
    around = np.array([np.nextafter(raw, 0), raw, np.nextafter(raw, 100)])
    assert len(set(hundredths(around).tolist())) == 1
    assert len(set(ten_thousandths(around / 100).tolist())) == 1


def test_the_ends_of_the_scale_are_whole():
    assert hundredths(np.array([0.0, 100.0])).tolist() == [0, 10_000]


def test_a_band_begins_at_its_least_score():
    assert bands_of(np.array([0.0, 49.99, 50.0, 99.99, 100.0]), bands=BANDS).tolist() == [0, 0, 1, 1, 2]
