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

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from correlate.risk.arrays import Floats, Ints, columns, folded, keep_most, repeated, starts_of
from correlate.risk.feasibility import Lift
from correlate.risk.hands import Hands, deal
from correlate.risk.kinds import Kinds
from correlate.risk.products import Products
from correlate.risk.rows import WHOLE, Rows, distinct_exposures, told_apart
from correlate.risk.terms import Terms
from correlate.vocabulary import AttributeClass

__all__ = ["Background", "Found", "Holding"]

# Bound the memory: hands are evaluated so many rows at a time, what they are made of so many figures.
_ROWS_MAX = 300_000
_ELEMENTS_MAX = 2_000_000


@dataclass(frozen=True, kw_only=True)
class Found:
    """What is found of each distinct exposure, ``number`` (exposures,) being that of each exposure.

    Feasibility (distinct × scenarios), and, of the first of them, those asked for, availability (asked ×
    attributes) and feasibility for somebody who lacks a class (asked × pairs of ``terms.lacking``). They lie
    column after column.
    """

    number: Ints
    feasible: Floats
    available: Floats
    lacking: Floats


@dataclass(frozen=True, kw_only=True)
class Background:
    """Breaches that stand for everybody with their base rate: rows sorted by breach and falling chance."""

    kind: Ints
    chance: Ints


@dataclass(frozen=True, kw_only=True)
class _Makings:
    """What hands are made of: each distinct content of a breach, then the base rates of all other breaches.

    Rows are sorted by ``content``, breach and falling chance. ``apart`` is 0, or one more than what the hand
    takes from a compilation where the breach does not count once more in the background. ``rates`` says
    what is taken from the base rates.
    """

    content: Ints
    kind: Ints
    chance: Ints
    apart: Ints
    rates: Ints
    classes: tuple[frozenset[AttributeClass], ...]

    def __len__(self) -> int:
        return len(self.apart) + len(self.rates)


class Holding:
    """Evaluates exposures: each distinct one once, and what several have in common once."""

    def __init__(self, kinds: Kinds, terms: Terms, lift: Lift, *, background: Background) -> None:
        """Bind the tables."""
        self._kinds, self._terms, self._lift = kinds, terms, lift
        self._background = background
        # A class is held where it is not missing: 1 less the chance of its term.
        held = np.zeros((len(terms.attributes), len(terms.members)))
        held[np.arange(len(held)), terms.single] = -1.0
        self._summed = np.vstack((terms.coefficients, held, terms.lacking_coefficients))
        # Kinds × terms: the chance that a record of the kind, once held, brings a class of the term.
        self._brings = np.empty((0, len(terms.members)))
        self._known = 0
        self._rates: dict[frozenset[AttributeClass], tuple[Floats, dict[int, Floats]]] = {}

    def evaluate(self, rows: Rows, *, lacking: int = 0) -> Found:
        """Evaluate every exposure of ``rows``; the first ``lacking`` of them for each class, too."""
        once, number = distinct_exposures(rows)
        # Numbered as they first come: those that the first exposures equal are the first.
        asked = int(number[:lacking].max(initial=-1)) + 1
        hands = deal(self._with_rates(once), self._kinds)
        feasible = np.zeros((len(self._terms.coefficients), once.count))
        available = np.zeros((len(self._terms.attributes), asked))
        without = np.zeros((len(self._terms.lacking), asked))
        for block in hands.blocks(rows_max=_ROWS_MAX):
            tree, makings = self._made(block)
            of_asked = int(np.searchsorted(block.owner, asked))
            owner = block.owner[:of_asked]
            nodes, end = np.unique(tree.end[:of_asked], return_inverse=True)
            met, never, held = self._sums(tree, makings, nodes)
            keep_most(feasible, block.owner, self._lift.of(met.T, held.T).T, tree.end)
            if len(nodes):
                held = columns(held, nodes)
                keep_most(available, owner, held, end)
                keep_most(without, owner, self._lift.lacking(never.T, held.T, self._terms.lacking).T, end)
        return Found(number=number, feasible=feasible.T, available=available.T, lacking=without.T)

    def _sums(self, tree: Products, makings: _Makings, nodes: Ints) -> tuple[Floats, Floats, Floats]:
        """The chances that requirements are met, that they are met for somebody who lacks a class, and that a
        class is held: the second at ``nodes`` only.
        """
        scenarios, pairs = len(self._terms.coefficients), len(self._terms.lacking)
        sums = np.zeros((len(self._summed) - pairs, len(tree)))
        sums[scenarios:] = 1.0
        never = np.zeros((pairs, len(nodes)))
        for terms, leaving in self._leaving(makings):
            tree.add_up(leaving, self._summed[:, terms], sums, nodes=nodes, some=never)
        met, held = sums[:scenarios], sums[scenarios:]
        return np.clip(met, 0.0, 1.0, out=met), np.clip(never, 0.0, 1.0, out=never), held

    def _made(self, hands: Hands) -> tuple[Products, _Makings]:
        """Each hand as a product of what its breaches leave missing, by their number in the makings."""
        breach_of = self._kinds.breach_of()
        breach = breach_of[hands.kind]
        pairs = starts_of(hands.hand * len(self._kinds.breaches) + breach)
        edges = np.append(pairs, len(breach))
        of_pair = hands.hand[pairs]
        rated = hands.background[of_pair] & np.isin(breach[pairs], breach_of[self._background.kind])
        apart = np.where(rated, hands.taken[of_pair] + 1, 0)
        pair_of_row = np.repeat(np.arange(len(pairs)), np.diff(edges))
        chosen, content = told_apart(pair_of_row, hands.kind, hands.chance, besides=apart)
        place, turn = repeated(edges, chosen)
        with_rates = np.flatnonzero(hands.background)
        rates, its_rates = np.unique(hands.taken[with_rates], return_inverse=True)
        hand = np.concatenate((of_pair, with_rates))
        order = np.argsort(hand, kind="stable")
        making = np.concatenate((content, len(chosen) + its_rates))
        makings = _Makings(
            content=turn,
            kind=hands.kind[place],
            chance=hands.chance[place],
            apart=apart[chosen],
            rates=rates,
            classes=hands.classes,
        )
        return Products.of(hand[order], making[order], count=len(hands.owner)), makings

    def _leaving(self, makings: _Makings) -> Iterator[tuple[slice, Floats]]:
        """Terms, and the chance that each of the makings leaves all classes of each missing."""
        kind, held, starts = self._together(makings.content, makings.kind, makings.chance)
        breach = self._kinds.breach_of()[kind[starts]]
        apart = np.flatnonzero(makings.apart)
        terms = len(self._terms.members)
        run = max(1, _ELEMENTS_MAX // max(1, len(kind)))
        for first in range(0, terms, run):
            some = slice(first, min(first + run, terms))
            leaving = np.empty((len(makings), some.stop - first))
            leaving[: len(starts)] = self._absent(kind, held, starts, some)
            for place in apart.tolist():
                taken = makings.classes[makings.apart[place] - 1]
                leaving[place] /= self._base_rates(taken)[1][int(breach[place])][some]
            for place, taken in enumerate(makings.rates.tolist(), start=len(starts)):
                leaving[place] = self._base_rates(makings.classes[taken])[0][some]
            yield some, np.ascontiguousarray(leaving.T)

    def _together(self, group: Ints, kind: Ints, chance: Ints) -> tuple[Ints, Floats, Ints]:
        """What is held of each run of rows of one group and breach: kinds, their chances, where runs start.

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
        return kind, held, pairs

    def _absent(self, kind: Ints, held: Floats, starts: Ints, terms: slice) -> Floats:
        """The chance that each run that ``_together`` gives brings nothing of these terms: runs × terms."""
        brings = held[:, None] * self._brought()[:, terms][kind]
        return 1.0 - (folded(np.add, brings, starts) if len(starts) < len(kind) else brings)

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
            rows = self._together(np.zeros_like(kind), kind, self._background.chance)
            absent = self._absent(*rows, slice(None))
            breaches = self._kinds.breach_of()[rows[0][rows[2]]].tolist()
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
