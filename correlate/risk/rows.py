"""Exposures as rows of numbers, and the distinct ones among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from correlate.loops import loop
from correlate.risk.arrays import Ints, Mask, Words, repeated, starts_of

__all__ = ["WHOLE", "Rows", "distinct_exposures", "told_apart"]

WHOLE = 10**8
"""A chance of 1, in the parts that chances are counted in."""
# So many groups are numbered in a turn of a loop.
_A_TURN = 16
# Two steps of splitmix64's sequence.
_SALTS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0x3C6EF372FE94F82A))


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Exposures to evaluate: rows sorted by exposure, breach and falling chance.

    ``chance`` is that of the record being the person's, in parts of ``WHOLE``, so that equal contents are
    equal numbers; ``background`` (exposures,) says whether base rates count besides.
    """

    exposure: Ints
    kind: Ints
    chance: Ints
    background: Mask

    @property
    def count(self) -> int:
        """How many exposures there are, some of which may have no row."""
        return len(self.background)


def distinct_exposures(rows: Rows) -> tuple[Rows, Ints]:
    """Each different exposure once, and for each exposure the number of the one it equals."""
    chosen, number = told_apart(rows.exposure, rows.kind, rows.chance, besides=rows.background)
    return _gathered(rows, chosen), number


def told_apart(group: Ints, kind: Ints, chance: Ints, *, besides: Ints | Mask) -> tuple[Ints, Ints]:
    """One group of each different content, and for each group the number of the one it equals: in the order
    in which they first come.

    The content of group i is its rows and ``besides[i]``. Contents are told apart by 128 bits of two sums of
    mixed words, which do not depend on an order.
    """
    words = np.zeros((2, len(besides)), dtype=np.uint64)
    words += besides.astype(np.uint64)
    content = (kind.astype(np.uint64) << np.uint64(32)) | chance.astype(np.uint64)
    starts = starts_of(group)
    for word, salt in zip(words, _SALTS, strict=True):
        if len(starts):
            word[group[starts]] += np.add.reduceat(_mixed(content, salt), starts)
    one, other = words.view(np.int64)
    places = np.full(1 << (2 * len(besides)).bit_length(), -1)
    chosen, number = np.empty(len(besides), dtype=np.int64), np.empty(len(besides), dtype=np.int64)
    count = _number(len(besides) // _A_TURN)(one, other, places, chosen, number)
    return chosen[:count], number


@loop
def _number(one: Ints, other: Ints, places: Ints, chosen: Ints, number: Ints) -> int:
    """Number pairs of words as they first come: ``chosen`` is where each does; gives how many there are.

    ``places`` are free, -1, and 2^k of them: a pair is noted at its first word's, or the next that is free.
    """
    last, count = len(places) - 1, 0
    for at in range(len(one)):
        place = one[at] & last
        while places[place] >= 0:
            held = chosen[places[place]]
            if one[held] == one[at] and other[held] == other[at]:
                break
            place = (place + 1) & last
        if places[place] < 0:
            places[place] = count
            chosen[count] = at
            count += 1
        number[at] = places[place]
    return count


def _gathered(rows: Rows, chosen: Ints) -> Rows:
    edges = np.searchsorted(rows.exposure, np.arange(rows.count + 1))
    place, turn = repeated(edges, chosen)
    return Rows(
        exposure=turn, kind=rows.kind[place], chance=rows.chance[place], background=rows.background[chosen]
    )


def _mixed(content: Words, salt: np.uint64) -> Words:
    """Each word mixed so that sums of different ones differ (the finaliser of splitmix64; Steele 2014)."""
    mixed = content + salt
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return mixed ^ mixed >> np.uint64(31)
