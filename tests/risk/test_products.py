from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.risk import products as products_module
from correlate.risk.products import Products

FACTORS = [0.9, 0.7, 0.3, 1.0 / 3.0, 0.0]
sequences = st.lists(st.lists(st.integers(0, len(FACTORS) - 1), max_size=5), max_size=8)


def tree(several: list[list[int]]) -> Products:
    sequence = [number for number, one in enumerate(several) for _ in one]
    factor = [*itertools.chain.from_iterable(several)]
    return Products.of(np.array(sequence, np.int64), np.array(factor, np.int64), count=len(several))


def products(made: Products, factors: list[float]) -> list[float]:
    """The product of each beginning, as a sum of it alone."""
    sums = np.zeros((1, len(made)))
    none = np.empty(0, dtype=np.int64)
    made.add_up(np.array([factors]), np.ones((1, 1)), sums, nodes=none, some=np.zeros((0, 0)))
    return sums[0].tolist()


@pytest.fixture(params=[1, 2, 1024])
def _together(request, monkeypatch):
    monkeypatch.setattr("correlate.risk.products._TOGETHER", request.param)


@pytest.mark.usefixtures("_together")
@given(several=sequences)
def test_each_sequence_gets_its_product_multiplied_from_the_first_factor_on(several):
    """To the last bit: whatever stands beside it."""
    made = tree(several)
    found = [products(made, FACTORS)[end] for end in made.end.tolist()]
    assert found == [math.prod((FACTORS[each] for each in one), start=1.0) for one in several]


@given(several=sequences)
def test_every_beginning_is_multiplied_once(several):
    beginnings = {tuple(one[:length]) for one in several for length in range(len(one) + 1)}
    assert len(tree(several)) == len({(), *beginnings})


@pytest.mark.usefixtures("_together")
@given(several=sequences, seed=st.integers(0, 99))
def test_sums_are_added_up_column_after_column_plain_and_compiled(several, seed):
    """To the last bit: against a loop over each sequence, of rows for all and of rows for some."""
    made, chance = tree(several), np.random.default_rng(seed)
    factors, coefficients = chance.random((4, len(FACTORS))), chance.integers(-2, 3, (5, 4)) / 3
    nodes = np.unique(made.end[::2])
    for add in (products_module._add_up.plain, products_module._add_up.compiled()):
        sums, some = np.ones((3, len(made))), np.zeros((2, len(nodes)))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(products_module, "_add_up", lambda _turns, add=add: add)
            made.add_up(factors, coefficients, sums, nodes=nodes, some=some)
        for sequence, end in zip(several, made.end.tolist(), strict=True):
            missing = [math.prod((row[each] for each in sequence), start=1.0) for row in factors.tolist()]
            for row, found in enumerate(sums[:, end].tolist()):
                assert found == added(1.0, coefficients[row], missing)
            if end in nodes:
                for row, found in enumerate(some[:, np.searchsorted(nodes, end)].tolist(), start=3):
                    assert found == added(0.0, coefficients[row], missing)


def added(total: float, coefficients: np.ndarray, missing: list[float]) -> float:
    for coefficient, each in zip(coefficients.tolist(), missing, strict=True):
        total += coefficient * each
    return total


def test_sequences_without_any_factor_have_the_product_of_nothing():
    """As where the only sets of records that are looked at are empty."""
    nothing = np.empty(0, dtype=np.int64)
    made = Products.of(nothing, nothing, count=3)
    assert products(made, []) == [1.0]
    assert made.end.tolist() == [0, 0, 0]
