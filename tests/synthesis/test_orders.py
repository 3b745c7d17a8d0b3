"""Order numbers."""

from __future__ import annotations

import numpy as np

from correlate.synthesis.orders import OrderBook


def test_births_of_one_register_get_different_numbers_over_calls():
    book = OrderBook(3)
    one = np.ones(300, dtype=np.int64)
    given = [book.number(one, one * 1980, one * 5, one * 2) for _ in range(3)]
    numbers = np.concatenate(given)
    assert len(set(numbers.tolist())) == 900
    assert numbers[:100].tolist() == list(range(900, 1000))
    assert numbers[100:103].tolist() == [899, 898, 897]


def test_registers_are_apart():
    book = OrderBook(2)
    ones, zeros = np.ones(4, dtype=np.int64), np.zeros(4, dtype=np.int64)
    places = np.array([0, 1, 0, 1])
    months = np.array([1, 1, 2, 2])
    assert book.number(ones, ones * 1999, months, places).tolist() == [900] * 4
    assert book.number(ones * 2, ones * 1999, ones, zeros).tolist() == [900, 901, 902, 903]


def test_a_full_register_gives_no_number_and_never_one_twice():
    book = OrderBook(2, room=150)
    one = np.ones(100, dtype=np.int64)
    given = np.concatenate([book.number(one, one * 1980, one, one * 0) for _ in range(4)])
    assert (given[150:] == 0).all()
    assert len(set(given[:150].tolist())) == 150
    assert given[:150].min() > 0
