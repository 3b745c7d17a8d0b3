"""Draws follow the weights of their row."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from correlate.synthesis.law import Law

weights = st.lists(st.floats(0, 10), min_size=1, max_size=8).filter(lambda row: sum(row) > 0.1)


@given(st.lists(weights, min_size=1, max_size=5), st.floats(0, 1, exclude_max=True), st.data())
def test_a_draw_is_the_outcome_whose_share_of_the_row_holds_the_point(rows, point, data):
    row = data.draw(st.integers(0, len(rows) - 1))
    law = Law.of([np.array(part) for part in rows])
    drawn = int(law.draw(np.array([point]), np.array([row]))[0])
    shares = np.cumsum(rows[row]) / sum(rows[row])
    assert (shares[drawn - 1] if drawn else 0) - 1e-9 <= point <= shares[drawn] + 1e-9


def test_outcomes_may_be_named():
    law = Law.of([np.array([1.0]), np.array([0.0, 1.0])], [np.array([40]), np.array([50, 60])])
    assert law.draw(np.array([0.2, 0.9]), np.array([0, 1])).tolist() == [40, 60]
