"""Changes accumulate going back in time, at the published rates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.synthesis.churn import RATES, VERSIONS, version_at
from correlate.synthesis.days import DAYS_A_YEAR, REFERENCE_DAY, day_number

TODAY = day_number(REFERENCE_DAY)
PEOPLE = np.arange(50_000)


@given(st.sampled_from(sorted(RATES)), st.integers(0, 8000), st.integers(0, 8000))
def test_versions_only_grow_going_back(attribute, near, far):
    near, far = min(near, far), max(near, far)
    age = np.full(500, 40.0)
    late = version_at(PEOPLE[:500], age, 1, attribute, TODAY - near)
    early = version_at(PEOPLE[:500], age, 1, attribute, TODAY - far)
    assert (early >= late).all()
    assert early.max() < VERSIONS


@pytest.mark.parametrize("attribute", sorted(RATES))
def test_today_everything_is_at_its_present_version(attribute):
    assert version_at(PEOPLE, np.full(len(PEOPLE), 50.0), 1, attribute, TODAY).max() == 0


@pytest.mark.parametrize(("age", "rate"), [(22.0, 0.34), (40.0, 0.11), (70.0, 0.04)])
def test_addresses_change_at_the_published_rate(age, rate):
    year_ago = TODAY - int(DAYS_A_YEAR)
    moved = version_at(PEOPLE, np.full(len(PEOPLE), age), 1, "address", year_ago) > 0
    assert moved.mean() == pytest.approx(1 - np.exp(-rate), rel=0.06)
