"""Hands: the ways to combine a person's records where some are of compilations, one of which counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from correlate.risk.arrays import Ints, Mask, repeated, starts_of
from correlate.risk.kinds import Kinds
from correlate.risk.rows import Rows
from correlate.vocabulary import AttributeClass

__all__ = ["Hands", "deal"]


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


def _left(kind: Ints, taken: Ints, kinds: Kinds, classes: list[frozenset[AttributeClass]]) -> Ints:
    codes, inverse = np.unique(kind * len(classes) + taken, return_inverse=True)
    left = [kinds.without(code // len(classes), classes[code % len(classes)]) for code in codes.tolist()]
    return np.array(left, dtype=np.int64)[inverse]
