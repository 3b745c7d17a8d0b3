"""Pairs laid into one integer come out as they went in, and in their order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.linkage.packing import Packing, distinct

small = st.integers(0, 40)
record_ids = st.builds(lambda file, row: (file << 40) + row, st.integers(1, 30), st.integers(0, 2**26))
# Side by side these take more bits than a word has.
huge = st.builds(lambda file, row: (file << 40) + row, st.integers(1, 2**20), st.integers(0, 2**30))


@pytest.mark.parametrize(
    ("left", "right"), [(small, record_ids), (record_ids, record_ids), (small, huge)], ids=str
)
@given(data=st.data())
def test_pairs_come_out_as_they_went_in(left, right, data):
    pairs = data.draw(st.lists(st.tuples(left, right), max_size=30))
    one, other = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    packing = Packing.of(one, other)
    packed = packing.pack(one, other)
    assert list(zip(*(side.tolist() for side in packing.unpack(packed)), strict=True)) == pairs
    found = packing.unpack(distinct(packed))
    assert list(zip(*(side.tolist() for side in found), strict=True)) == sorted(set(pairs))
