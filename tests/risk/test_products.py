from __future__ import annotations

import itertools
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from correlate.risk.products import Products

FACTORS = [0.9, 0.7, 0.3, 1.0 / 3.0, 0.0]
sequences = st.lists(st.lists(st.integers(0, len(FACTORS) - 1), max_size=5), max_size=8)


def tree(several: list[list[int]]) -> Products:
    sequence = [number for number, one in enumerate(several) for _ in one]
    factor = [*itertools.chain.from_iterable(several)]
    return Products.of(np.array(sequence, np.int64), np.array(factor, np.int64), count=len(several))


@given(several=sequences)
def test_each_sequence_gets_its_product_multiplied_from_the_first_factor_on(several):
    """To the last bit: whatever stands beside it."""
    made = tree(several)
    products = made.work_out(np.array(FACTORS))[made.end].tolist()
    assert products == [math.prod((FACTORS[each] for each in one), start=1.0) for one in several]


@given(several=sequences)
def test_every_beginning_is_multiplied_once(several):
    beginnings = {tuple(one[:length]) for one in several for length in range(len(one) + 1)}
    assert len(tree(several)) == len({(), *beginnings})


def test_sequences_without_any_factor_have_the_product_of_nothing():
    """As where the only sets of records that are looked at are empty."""
    nothing = np.empty(0, dtype=np.int64)
    tree = Products.of(nothing, nothing, count=3)
    assert tree.work_out(np.empty(0)).tolist() == [1.0]
    assert tree.end.tolist() == [0, 0, 0]
