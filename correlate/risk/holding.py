"""What whoever combines the breaches holds, in expectation over which files that is.

The world of a person: the fraudster has the file of breach b with the chance κ(b); a record of it is this
person's with its match probability c; a record brings all its classes or none; each class is still true with
the chance 2^(−t/h). Breaches are independent of each other; inside a breach the likelier record is held
whenever a less likely one is, so several records that may be the person's are one chance, not several.

A compilation of other breaches, of which hardly ever all sources are known, is independent of none. Each of
its records is played as a *hand*: either it is left out, or its classes come from it alone and from no other
breach. The best hand counts, scenario by scenario. So it never adds to what its sources tell, and a record
more is only another hand: nothing can fall.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from correlate.risk.arrays import Floats, Ints, folded, repeated, starts_of
from correlate.risk.feasibility import Lift
from correlate.risk.hands import Hands, deal
from correlate.risk.kinds import Kinds
from correlate.risk.rows import WHOLE, Rows, distinct_exposures
from correlate.risk.terms import Terms
from correlate.vocabulary import AttributeClass

__all__ = ["Background", "Found", "Holding"]

# Bounds the memory: the widest arrays are rows × terms, some 8 MB, and stay in the cache.
_ELEMENTS_MAX = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Found:
    """Feasibility (exposures × scenarios), availability (exposures × attributes), and, if asked for,
    feasibility for somebody who lacks a class (exposures × pairs of ``terms.lacking``).
    """

    feasible: Floats
    available: Floats
    lacking: Floats


@dataclass(frozen=True, kw_only=True)
class Background:
    """Breaches that stand for everybody with their base rate: rows sorted by breach and falling chance."""

    kind: Ints
    chance: Ints


class Holding:
    """Evaluates exposures: each distinct one once, in blocks that stay in the cache."""

    def __init__(self, kinds: Kinds, terms: Terms, lift: Lift, *, background: Background) -> None:
        """Bind the tables."""
        self._kinds, self._terms, self._lift = kinds, terms, lift
        self._background = background
        # Kinds × terms: the chance that a record of the kind, once held, brings a class of the term.
        self._brings = np.empty((0, len(terms.members)))
        self._known = 0
        self._rates: dict[frozenset[AttributeClass], tuple[Floats, dict[int, Floats]]] = {}

    def evaluate(self, rows: Rows, *, lacking: bool = False) -> Found:
        """Evaluate every exposure of ``rows``."""
        once, number = distinct_exposures(rows)
        hands = deal(self._with_rates(once), self._kinds)
        feasible = np.zeros((once.count, len(self._terms.coefficients)))
        available = np.zeros((once.count, len(self._terms.attributes)))
        without = np.zeros((once.count, len(self._terms.lacking) if lacking else 0))
        for block in hands.blocks(rows_max=max(1, _ELEMENTS_MAX // max(1, len(self._terms.members)))):
            missing = self._missing(block)
            held = 1.0 - missing[:, self._terms.single]
            starts = starts_of(block.owner)
            owners = block.owner[starts]
            chance = np.clip(missing @ self._terms.coefficients.T, 0.0, 1.0)
            feasible[owners] = folded(np.maximum, self._lift.of(chance, held), starts)
            available[owners] = folded(np.maximum, held, starts)
            if lacking:
                never = np.clip(missing @ self._terms.lacking_coefficients.T, 0.0, 1.0)
                lifted = self._lift.lacking(never, held, self._terms.lacking)
                without[owners] = folded(np.maximum, lifted, starts)
        return Found(feasible=feasible[number], available=available[number], lacking=without[number])

    def _missing(self, hands: Hands) -> Floats:
        """N(T), the chance that all classes of a term are missing: hands × terms."""
        missing = np.ones((len(hands.owner), len(self._terms.members)))
        if len(hands.kind):
            pairs, absent = self._absent(hands.hand, hands.kind, hands.chance)
            of_pair = hands.hand[pairs]
            self._take_out_rates(hands, absent, pairs)
            starts = starts_of(of_pair)
            missing[of_pair[starts]] = folded(np.multiply, absent, starts)
        for taken in np.unique(hands.taken[hands.background]).tolist():
            chosen = hands.background & (hands.taken == taken)
            missing[chosen] *= self._base_rates(hands.classes[taken])[0]
        return missing

    def _absent(self, group: Ints, kind: Ints, chance: Ints) -> tuple[Ints, Floats]:
        """The chance that a breach brings nothing of a term, for each run of rows of one group and breach.

        Rows are sorted by group, breach and falling chance. With p1 >= p2 >= ... the chances of a breach's
        records, the first j are held together with the chance pj − p(j+1).
        """
        breach = self._kinds.breach_of()[kind]
        held = chance / WHOLE * self._kinds.circulation[breach]
        pairs = starts_of(group * len(self._kinds.breaches) + breach)
        sizes = np.diff(pairs, append=len(kind))
        if len(pairs) < len(kind):
            kind, held = kind.copy(), held.copy()
            for place in range(1, int(sizes.max())):
                rows = pairs[sizes > place] + place
                held[rows - 1] -= held[rows]
                kind[rows] = self._unions(kind[rows - 1], kind[rows])
        brings = held[:, None] * self._brought()[kind]
        if len(pairs) < len(kind):
            brings = folded(np.add, brings, pairs)
        return pairs, 1.0 - brings

    def _unions(self, one: Ints, other: Ints) -> Ints:
        # Kinds may grow while unions are made: the codes must not.
        size = int(max(one.max(), other.max())) + 1
        codes, inverse = np.unique(one * size + other, return_inverse=True)
        found = [self._kinds.union(code // size, code % size) for code in codes.tolist()]
        return np.array(found, dtype=np.int64)[inverse]

    def _brought(self) -> Floats:
        """The chance that a record of each kind, once held, brings a class of each term, for all kinds."""
        first = self._known
        if first < len(self._kinds):
            stale = 1.0 - self._kinds.freshness(self._terms.attributes, first=first)
            nothing = np.ones((len(stale), len(self._terms.members)))
            for place in range(len(self._terms.attributes)):
                having = np.flatnonzero(self._terms.members[:, place])
                nothing[:, having] *= stale[:, place, None]
            if len(self._kinds) > len(self._brings):
                # Twice what is needed, so that a table that grows is seldom copied.
                grown = np.empty((2 * len(self._kinds), len(self._terms.members)))
                grown[:first] = self._brings[:first]
                self._brings = grown
            self._brings[first : len(self._kinds)] = 1.0 - nothing
            self._known = len(self._kinds)
        return self._brings

    def _base_rates(self, taken: frozenset[AttributeClass]) -> tuple[Floats, dict[int, Floats]]:
        """What base rates leave missing when the classes ``taken`` come from elsewhere; in all, by breach."""
        if taken not in self._rates:
            kinds = [self._kinds.without(each, taken) for each in self._background.kind.tolist()]
            kind = np.array(kinds, dtype=np.int64)
            pairs, absent = self._absent(np.zeros_like(kind), kind, self._background.chance)
            breaches = self._kinds.breach_of()[kind[pairs]].tolist()
            self._rates[taken] = absent.prod(axis=0), dict(zip(breaches, absent, strict=True))
        return self._rates[taken]

    def _with_rates(self, rows: Rows) -> Rows:
        """A breach that a person perhaps stands in counts at least with its base rate: as one record more."""
        breach_of = self._kinds.breach_of()
        rated = breach_of[self._background.kind]
        breach = breach_of[rows.kind]
        known = np.flatnonzero(rows.background[rows.exposure] & np.isin(breach, rated))
        pairs = np.unique(rows.exposure[known] * len(self._kinds.breaches) + breach[known])
        if not len(pairs):
            return rows
        exposure, its = np.divmod(pairs, len(self._kinds.breaches))
        edges = np.searchsorted(rated, np.arange(len(self._kinds.breaches) + 1))
        place, turn = repeated(edges, its)
        every = np.concatenate((rows.exposure, exposure[turn]))
        order = np.argsort(every, kind="stable")
        return Rows(
            exposure=every[order],
            kind=np.concatenate((rows.kind, self._background.kind[place]))[order],
            chance=np.concatenate((rows.chance, self._background.chance[place]))[order],
            background=rows.background,
        )

    def _take_out_rates(self, hands: Hands, absent: Floats, pairs: Ints) -> None:
        """A breach among the rows does not count once more in the background."""
        hand = hands.hand[pairs]
        breach_of = self._kinds.breach_of()
        breach = breach_of[hands.kind[pairs]]
        rated = np.isin(breach, breach_of[self._background.kind])
        for place in np.flatnonzero(rated & hands.background[hand]).tolist():
            rates = self._base_rates(hands.classes[hands.taken[hand[place]]])[1]
            absent[place] /= rates[int(breach[place])]
