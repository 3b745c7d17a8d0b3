"""What was made of a file's values so far: names, dates and places repeat from batch to batch."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = ["Codes", "Make", "Memory", "Table"]

Number = TypeVar("Number", bound=np.generic)
Codes = npt.NDArray[np.intp]
Table = dict[str, npt.NDArray[np.generic]]
"""Columns (d,) of numbers, one entry for each of d values."""
Make = Callable[[pl.Series], Table]
"""From values (d,) to a table; of each value alone, whatever stands beside it."""

# So many values of a kind take some 100 MB; then it begins anew.
MOST_VALUES = 1 << 20


class Memory:
    """Tables of the values seen so far, by kinds of columns. Safe to share between threads.

    It holds values, and lives no longer than the reading of a file.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._kinds: dict[str, _Kind] = {}
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"Memory(kinds={sorted(self._kinds)})"

    def look_up(self, kind: str, values: pl.Series, make: Make) -> tuple[Table, Codes]:
        """A table, and the place in it of each of ``values`` (n,); ``make`` is always the same for a kind."""
        with self._lock:
            if kind not in self._kinds or self._kinds[kind].size > MOST_VALUES:
                self._kinds[kind] = _Kind()
            known = self._kinds[kind]
        codes = known.codes(values)
        unknown = known.unknown(codes)
        if known.table and not len(unknown):
            return known.table, codes
        made = make(known.values(unknown))
        # What another thread made of the same values meanwhile is the same.
        with self._lock:
            known.add(unknown, made)
            return known.table, codes


class _Kind:
    """Values by number, from 1 on in the order in which they were first seen; 0 is null."""

    def __init__(self) -> None:
        self._type = pl.Categorical(pl.Categories.random())
        # The numbers of a type are forgotten with the last column of it.
        self._anchor = pl.Series([None], dtype=self._type)
        self._known = np.zeros(1, dtype=np.bool_)
        self.table: Table = {}

    @property
    def size(self) -> int:
        """How many values there is room for."""
        return len(self._known)

    def codes(self, values: pl.Series) -> Codes:
        """The number of each value."""
        numbers = values.cast(self._type).to_physical().cast(pl.Int64)
        codes: Codes = (numbers.fill_null(-1) if numbers.null_count() else numbers).to_numpy() + 1
        return codes

    def unknown(self, codes: Codes) -> Codes:
        """Which numbers, rising, nothing was made of yet."""
        known = self._known
        seen = np.zeros(max(len(known), int(codes.max(initial=0)) + 1), dtype=np.bool_)
        seen[codes] = True
        seen[: len(known)] &= ~known
        return np.flatnonzero(seen)

    def values(self, numbers: Codes) -> pl.Series:
        """The values of some numbers, rising."""
        physical = pl.Series(numbers - 1, dtype=pl.Int64)
        if len(numbers) and not numbers[0]:
            physical = physical.set(physical < 0, None)
        return physical.cast(pl.UInt32).cat.to(self._type).cast(pl.String)

    def add(self, numbers: Codes, made: Table) -> None:
        """Keep what was made of some values. Tables that were given out stay as they are, or get more."""
        needed = int(numbers.max(initial=0)) + 1
        if needed > len(self._known) or not self.table:
            room = max(needed, 2 * len(self._known))
            self._known = _longer(self._known, room)
            empty = {name: column[:0] for name, column in made.items()}
            self.table = {name: _longer(column, room) for name, column in (self.table or empty).items()}
        for name, column in made.items():
            self.table[name][numbers] = column
        self._known[numbers] = True


def _longer(column: npt.NDArray[Number], room: int) -> npt.NDArray[Number]:
    longer = np.zeros(room, dtype=column.dtype)
    longer[: len(column)] = column
    return longer
