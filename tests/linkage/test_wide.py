"""Wide keys find what two loops over all pairs find."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.linkage import wide
from correlate.linkage.wide import WIDE_KEYS, wide_pairs
from correlate.tokens import TOKEN_COLUMNS

COLUMNS = sorted({name for key in WIDE_KEYS for part in key for name in (part.asked, part.held)})
# Few values, so that they meet; missing, at both ends of the range, and with quarters in common.
values = st.sampled_from([0, 0, 1, 2, (5 << 48) + 1, (5 << 48) + (7 << 16), -1, -(2**63), 2**63 - 1])
rows = st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, values)), max_size=12)


def columns(people):
    nothing = np.zeros(len(people), dtype=np.int64)
    asked = {name: np.array([row[name] for row in people], dtype=np.int64) for name in COLUMNS}
    return dict.fromkeys(TOKEN_COLUMNS, nothing) | asked


def value(row, key, side):
    """The value of a key, or None where a column is missing."""
    tokens = [(row[getattr(part, side)], part.quarter) for part in key]
    if not all(token for token, _ in tokens):
        return None
    return tuple(
        token if place is None else (token % 2**64) >> 16 * place & 0xFFFF for token, place in tokens
    )


@pytest.mark.parametrize("together", [3, 50_000])
@given(asking=rows, holding=rows.filter(bool), most=st.integers(0, 5))
def test_pairs_share_a_value_that_not_too_many_records_have(together, asking, holding, most):
    expected = set()
    for key in WIDE_KEYS:
        held = [value(row, key, "held") for row in holding]
        count = Counter(held)
        expected |= {
            (asker, record)
            for asker, row in enumerate(asking)
            for record, theirs in enumerate(held)
            if theirs is not None and theirs == value(row, key, "asked") and count[theirs] <= most
        }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wide, "TOGETHER", together)
        asker, record = wide_pairs(columns(asking), columns(holding), records_max=most)
    assert list(zip(asker.tolist(), record.tolist(), strict=True)) == sorted(expected)
