"""Text put together by bytes is what joining strings gives."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from correlate.synthesis.fixed import digits, fixed_text, letters

widths = st.integers(1, 17)


@given(st.data(), widths)
def test_digits_are_the_number_with_leading_zeros(data, width):
    numbers = data.draw(st.lists(st.integers(0, 10**width - 1), max_size=20))
    text = fixed_text(digits(np.array(numbers, dtype=np.int64), width))
    assert text.to_list() == [f"{number:0{width}d}" for number in numbers]


@given(
    st.lists(
        st.tuples(st.integers(0, 999_999), st.text("ABC09 -", min_size=5, max_size=5)),
        min_size=1,
        max_size=20,
    ),
    st.text("abc-", max_size=20),
    st.text("xyz", max_size=3),
)
def test_parts_are_joined_in_their_order(rows, head, tail):
    numbers = np.array([number for number, _ in rows], dtype=np.int64)
    words = (
        letters(pl.Series([word for _, word in rows], dtype=pl.String)) if rows else np.empty((0, 5), "u1")
    )
    text = fixed_text(head, digits(numbers, 6), words, tail)
    assert text.to_list() == [f"{head}{number:06d}{word}{tail}" for number, word in rows]
