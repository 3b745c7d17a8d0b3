"""Order numbers of NIRs: no two people of a population ever share one, however many chunks it takes."""

from __future__ import annotations

import numpy as np

from correlate.synthesis.chance import Ints

__all__ = ["OrderBook"]

# Real registers count births of a month upwards from 1 and seldom reach 900: synthetic people are numbered
# from 900 to 999 first, so that hardly any carries the NIR of a real one. Only a commune and month with more
# than a hundred synthetic births of one sex goes on, from 899 downwards.
_FIRST, _ABOVE, _LAST = 900, 100, 999


class OrderBook:
    """Counts the births numbered so far by sex, year, month and place."""

    def __init__(self, places: int, room: int = _LAST) -> None:
        """Take the number of birth places, and how many births a register has room for."""
        self._places, self._room = places, room
        self._counts = np.zeros(2 * 100 * 12 * places, dtype=np.int16)

    def number(self, sex: Ints, year: Ints, month: Ints, place: Ints) -> Ints:
        """Give the next free order number for each birth, in the order of the rows; 0 where all are taken."""
        cell = ((sex - 1) * 100 + year % 100) * 12 + month - 1
        cell = cell * self._places + place
        order = np.argsort(cell, kind="stable")
        ranked = cell[order]
        start = np.concatenate([[True], ranked[1:] != ranked[:-1]])
        position = np.arange(len(cell))
        rank = position - np.maximum.accumulate(np.where(start, position, 0))
        taken = np.empty(len(cell), dtype=np.int64)
        taken[order] = rank + self._counts[ranked]
        first = np.flatnonzero(start)
        counted = self._counts[ranked[first]] + np.diff(first, append=len(cell))
        self._counts[ranked[first]] = np.minimum(counted, self._room)
        order = np.where(taken < _ABOVE, _FIRST + taken, _FIRST - 1 - (taken - _ABOVE))
        return np.where(taken < self._room, order, 0)
