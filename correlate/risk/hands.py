"""Exposures as rows of numbers: the distinct ones among them, and the hands that compilations make of
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from correlate.risk.kinds import Floats, Ints, Kinds
from correlate.vocabulary import AttributeClass

__all__ = ["WHOLE", "Hands", "Mask", "Rows", "deal", "distinct_exposures", "folded", "repeated", "starts_of"]

Mask = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]
WHOLE = 10**8
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


@dataclass(frozen=True, kw_only=True)
class Hands:
    """Rows sorted by hand, breach and falling chance; hands sorted by their owner, an exposure.

    ``taken`` is the place in ``classes`` of what the hand takes from a compilation alone, 0 for nothing.
    """

    hand: Ints
    kind: Ints
    chance: Ints
    owner: Ints
    taken: Ints
    background: Mask
    classes: tuple[frozenset[AttributeClass], ...]

    def blocks(self, *, rows_max: int) -> Iterator[Hands]:
        """Cut into runs of whole owners of about ``rows_max`` rows and hands; hands are numbered anew."""
        edges = np.searchsorted(self.hand, np.arange(len(self.owner) + 1))
        ends = np.append(starts_of(self.owner)[1:], len(self.owner)) if len(self.owner) else self.owner
        work = edges[ends] + ends  # a hand without rows costs as much as a row
        first = 0
        while first < len(self.owner):
            reach = int(np.searchsorted(work, edges[first] + first + rows_max, side="right"))
            last = int(ends[max(reach - 1, int(np.searchsorted(ends, first, side="right")))])
            rows = slice(int(edges[first]), int(edges[last]))
            yield Hands(
                hand=self.hand[rows] - first,
                kind=self.kind[rows],
                chance=self.chance[rows],
                owner=self.owner[first:last],
                taken=self.taken[first:last],
                background=self.background[first:last],
                classes=self.classes,
            )
            first = last


def distinct_exposures(rows: Rows) -> tuple[Rows, Ints]:
    """Each different exposure once, and for each exposure the number of the one it equals.

    Contents are told apart by 128 bits of two sums of mixed words, which do not depend on an order.
    """
    words = np.zeros((2, rows.count), dtype=np.uint64)
    words += rows.background
    content = (rows.kind.astype(np.uint64) << np.uint64(32)) | rows.chance.astype(np.uint64)
    starts = starts_of(rows.exposure)
    for word, salt in zip(words, _SALTS, strict=True):
        if len(starts):
            word[rows.exposure[starts]] += np.add.reduceat(_mixed(content, salt), starts)
    order = np.lexsort(words)
    new = np.ones(rows.count, dtype=np.bool_)
    new[1:] = (words[:, order[1:]] != words[:, order[:-1]]).any(axis=0)
    number = np.empty(rows.count, dtype=np.int64)
    number[order] = np.cumsum(new) - 1
    # Which of several equal ones is evaluated must not matter, and does not: they are equal.
    chosen = order[new]
    return _gathered(rows, chosen), number


def deal(rows: Rows, kinds: Kinds) -> Hands:
    """Give each exposure a hand without compilations, and one for each record of a compilation."""
    breach_of = kinds.breach_of()
    compiled = np.flatnonzero(kinds.compiled[breach_of[rows.kind]]) if len(rows.kind) else rows.kind
    plain = np.ones(len(rows.kind), dtype=np.bool_)
    plain[compiled] = False
    sources = np.flatnonzero(plain)
    classes: list[frozenset[AttributeClass]] = [frozenset()]
    taken_of_kind = {}
    for kind in np.unique(rows.kind[compiled]).tolist():
        if kinds.classes(kind) not in classes:
            classes.append(kinds.classes(kind))
        taken_of_kind[kind] = classes.index(kinds.classes(kind))
    taken = np.array([taken_of_kind[kind] for kind in rows.kind[compiled].tolist()], dtype=np.int64)
    hand = rows.count + np.arange(len(compiled))
    # The sources' rows once more in every hand of a compilation, without what comes from it.
    edges = np.searchsorted(rows.exposure[sources], np.arange(rows.count + 1))
    place, turn = repeated(edges, rows.exposure[compiled])
    again = sources[place]
    left = _left(rows.kind[again], taken[turn], kinds, classes)
    owner = np.concatenate((np.arange(rows.count), rows.exposure[compiled]))
    rank = np.empty(len(owner), dtype=np.int64)
    by_owner = np.argsort(owner, kind="stable")
    rank[by_owner] = np.arange(len(owner))
    every_hand = rank[np.concatenate((rows.exposure[sources], hand[turn], hand))]
    every_kind = np.concatenate((rows.kind[sources], left, rows.kind[compiled]))
    every_chance = np.concatenate((rows.chance[sources], rows.chance[again], rows.chance[compiled]))
    order = np.lexsort((every_kind, -every_chance, kinds.breach_of()[every_kind], every_hand))
    return Hands(
        hand=every_hand[order],
        kind=every_kind[order],
        chance=every_chance[order],
        owner=owner[by_owner],
        taken=np.concatenate((np.zeros(rows.count, dtype=np.int64), taken))[by_owner],
        background=rows.background[owner[by_owner]],
        classes=tuple(classes),
    )


def repeated(edges: Ints, chosen: Ints) -> tuple[Ints, Ints]:
    """All places of the chosen runs, one run after the other, and which choice each belongs to.

    Run i is ``edges[i]`` to ``edges[i + 1]``.
    """
    sizes = edges[chosen + 1] - edges[chosen]
    turn = np.repeat(np.arange(len(chosen)), sizes)
    within = np.arange(len(turn)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return edges[chosen][turn] + within, turn


def folded(how: np.ufunc, rows: Floats, starts: Ints) -> Floats:
    """``how.reduceat(rows, starts, axis=0)``, some ten times as fast for short runs of wide rows."""
    sizes = np.diff(starts, append=len(rows))
    result = rows[starts]
    for place in range(1, int(sizes.max(initial=1))):
        longer = np.flatnonzero(sizes > place)
        result[longer] = how(result[longer], rows[starts[longer] + place])
    return result


def starts_of(sorted_values: Ints) -> Ints:
    """The first place of each run of equal values."""
    if not len(sorted_values):
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(np.diff(sorted_values, prepend=sorted_values[0] - 1))


def _left(kind: Ints, taken: Ints, kinds: Kinds, classes: list[frozenset[AttributeClass]]) -> Ints:
    codes, inverse = np.unique(kind * len(classes) + taken, return_inverse=True)
    left = [kinds.without(code // len(classes), classes[code % len(classes)]) for code in codes.tolist()]
    return np.array(left, dtype=np.int64)[inverse]


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
