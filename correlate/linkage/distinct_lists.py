"""Lists of whole numbers, each distinct one kept once, under a number of its own."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from correlate.loops import loop
from correlate.tokens import mixed

__all__ = ["DistinctLists", "Lists", "list_column"]

Numbers = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]

# Of 2^k places where a list is looked for, at most half are taken.
LEAST_PLACES = 1 << 10
FREE = -1


class Lists:
    """n lists laid one after the other: list i is ``items[starts[i] : starts[i + 1]]``."""

    def __init__(self, items: Numbers, starts: Numbers) -> None:
        """Bind the items (k,) and the starts (n + 1,), of which the last is k."""
        self.items, self.starts = items, starts

    @classmethod
    def of_column(cls, column: pl.Series) -> Lists:
        """Those of a column of lists, none of which is null."""
        lengths = column.list.len().to_numpy()
        starts = np.zeros(len(column) + 1, dtype=np.int64)
        np.cumsum(lengths, out=starts[1:])
        # An empty list would come out as one null.
        items = column.filter(column.list.len() > 0).explode()
        return cls(items.to_numpy().astype(np.int64, copy=False), starts)

    def __len__(self) -> int:
        """How many there are, n."""
        return len(self.starts) - 1

    def taken(self, places: npt.NDArray[np.integer]) -> Lists:
        """The lists at these places, in that order."""
        lengths = np.diff(self.starts)[places]
        starts = np.zeros(len(places) + 1, dtype=np.int64)
        np.cumsum(lengths, out=starts[1:])
        from_start = self.starts[:-1][places] - starts[:-1]
        return Lists(self.items[np.arange(starts[-1]) + np.repeat(from_start, lengths)], starts)

    def hashes(self) -> Numbers:
        """(n,) a number from 0 up for each list, the same for the same items."""
        sums = np.zeros(len(self), dtype=np.uint64)
        filled = np.diff(self.starts) > 0
        if filled.any():
            words = mixed(self.items.view(np.uint64) + np.uint64(1))
            sums[filled] = np.add.reduceat(words, self.starts[:-1][filled])
        # Without its sign: a loop can cut it to a place as it stands.
        hashes: Numbers = (mixed(sums) >> np.uint64(1)).view(np.int64)
        return hashes


class DistinctLists:
    """Numbers distinct lists from 0 up, as they come."""

    def __init__(self) -> None:
        """Begin with none."""
        self._items = np.empty(0, dtype=np.int64)
        self._starts = np.zeros(1, dtype=np.int64)
        self._hashes = np.empty(0, dtype=np.int64)
        self._places = np.full(LEAST_PLACES, FREE, dtype=np.int32)
        self.count = 0

    def append(self, lists: Lists) -> None:
        """Take in lists (n,) that are not there yet under the next n numbers."""
        self._store(lists, lists.hashes())
        self._index(self.count - len(lists))

    def numbered(self, lists: Lists) -> Places:
        """(n,) the number of each of n lists; new ones get theirs in the order of their items, so that those
        with much in common come to lie together.
        """
        first, hashes = self.count, lists.hashes()
        self._make_room(len(lists))
        numbers, fresh = np.empty(len(lists), dtype=np.int32), np.empty(len(lists), dtype=np.int32)
        new = _find(len(lists) // 4)(
            *(self._places, self._hashes, self._items, self._starts, first),
            *(hashes, lists.items, lists.starts, numbers, fresh),
        )
        if not new:
            return numbers
        firsts = fresh[:new]
        order = list_column(lists.taken(firsts)).arg_sort().to_numpy()
        self._store(lists.taken(firsts[order]), hashes[firsts[order]])
        # What was found here has a place in the order of coming; the loop could know no other.
        rank = np.empty(new, dtype=np.int32)
        rank[order] = np.arange(first, first + new, dtype=np.int32)
        for held in (numbers, self._places):
            came = held >= first
            held[came] = rank[held[came] - first]
        return numbers

    def lists(self, first: int, end: int) -> Lists:
        """Those numbered from ``first`` to before ``end``."""
        starts = self._starts[first : end + 1]
        return Lists(self._items[starts[0] : starts[-1]], starts - starts[0])

    def taken(self, numbers: npt.NDArray[np.integer]) -> Lists:
        """Those of these numbers, in that order."""
        return Lists(self._items, self._starts[: self.count + 1]).taken(numbers)

    def _store(self, lists: Lists, hashes: Numbers) -> None:
        count, used = self.count, int(self._starts[self.count])
        self.count += len(lists)
        self._items = _longer(self._items, used + len(lists.items))
        self._items[used : used + len(lists.items)] = lists.items
        self._starts = _longer(self._starts, self.count + 1)
        self._starts[count : self.count + 1] = lists.starts + used
        self._hashes = _longer(self._hashes, self.count)
        self._hashes[count : self.count] = hashes

    def _make_room(self, more: int) -> None:
        """For so many lists, should all of them be new."""
        if 2 * (self.count + more) > len(self._places):
            size = 1 << (2 * (self.count + more)).bit_length()
            self._places = np.full(size, FREE, dtype=np.int32)
            _place(self._places, self._hashes, 0, self.count)

    def _index(self, first: int) -> None:
        """Note where the lists from number ``first`` on are."""
        if 2 * self.count > len(self._places):
            self._make_room(0)
        else:
            _place(self._places, self._hashes, first, self.count)


def list_column(lists: Lists) -> pl.Series:
    """Lists as a column."""
    array = pa.LargeListArray.from_arrays(pa.array(lists.starts), pa.array(lists.items))
    return pl.Series("elements", pl.from_arrow(array))


def _longer(array: Numbers, length: int) -> Numbers:
    """An array with room for so much; half as much again, so that room is seldom made."""
    if length <= len(array):
        return array
    longer = np.empty(max(length, len(array) * 3 // 2), dtype=array.dtype)
    longer[: len(array)] = array
    return longer


def _place(places: Places, hashes: Numbers, first: int, end: int) -> None:
    """Put numbers from ``first`` to before ``end`` where they will be looked for: the first free place from
    that of their hash on. All go one further at a time, until each has one.
    """
    last = len(places) - 1
    numbers = np.arange(first, end, dtype=np.int32)
    at = hashes[first:end] & last
    while len(numbers):
        free = places[at] < 0
        places[at[free]] = numbers[free]
        left = places[at] != numbers
        numbers, at = numbers[left], (at[left] + 1) & last


@loop
def _find(
    places: Places,
    held_hashes: Numbers,
    held_items: Numbers,
    held_starts: Numbers,
    count: int,
    hashes: Numbers,
    items: Numbers,
    starts: Numbers,
    numbers: Places,
    fresh: Places,
) -> int:
    """Look for lists among ``count`` that are held and those that came before them; gives how many are new.

    Their places are written to ``fresh``, and ``count`` more than the place in it is the number of each.
    """
    last = len(places) - 1
    new = 0
    for one in range(len(hashes)):
        at = hashes[one] & last
        found = -1
        while places[at] >= 0:
            number = places[at]
            if number < count:
                same = held_hashes[number] == hashes[one] and _same(
                    held_items,
                    held_starts[number],
                    held_starts[number + 1],
                    items,
                    starts[one],
                    starts[one + 1],
                )
            else:
                other = fresh[number - count]
                same = hashes[other] == hashes[one] and _same(
                    items, starts[other], starts[other + 1], items, starts[one], starts[one + 1]
                )
            if same:
                found = number
                break
            at = (at + 1) & last
        if found < 0:
            found = count + new
            places[at] = found
            fresh[new] = one
            new += 1
        numbers[one] = found
    return new


def _same(items: Numbers, start: int, end: int, others: Numbers, start_other: int, end_other: int) -> bool:
    """Whether two stretches hold the same."""
    if end - start != end_other - start_other:
        return False
    for step in range(end - start):  # noqa: SIM110 (a loop that is compiled takes no generator)
        if items[start + step] != others[start_other + step]:
            return False
    return True
