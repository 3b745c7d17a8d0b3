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

from correlate.risk.arrays import Floats, Ints, folded, starts_of
from correlate.risk.feasibility import Lift
from correlate.risk.hands import NOTHING, UNRATED, Background, Dealer, Hands
from correlate.risk.kinds import Kinds
from correlate.risk.lanes import Sums, work_out
from correlate.risk.rows import WHOLE, Rows
from correlate.risk.terms import Terms
from correlate.vocabulary import AttributeClass

__all__ = ["Found", "Holding"]


@dataclass(frozen=True, kw_only=True)
class Found:
    """Feasibility (exposures × scenarios), and, where asked for, availability (exposures × attributes) and
    feasibility for somebody who lacks a class (exposures × pairs of ``terms.lacking``).

    In memory, they lie column after column.
    """

    feasible: Floats
    available: Floats
    lacking: Floats


class Holding:
    """Evaluates exposures."""

    def __init__(self, kinds: Kinds, terms: Terms, lift: Lift, *, background: Background) -> None:
        """Bind the tables."""
        self._kinds, self._terms, self._background = kinds, terms, background
        self._dealer = Dealer(kinds, background)
        self._sums = _by_row(terms.coefficients), _by_row(terms.lacking_coefficients)
        self._lacking = np.array(terms.lacking, dtype=np.int64).reshape(-1, 2)
        self._boosts = lift.table()
        # Kinds × terms: the chance that a record of the kind, once held, brings a class of the term.
        self._brings = np.empty((0, len(terms.members)))
        self._known = 0
        # What base rates leave missing, by what a hand takes: in all, and of each breach that has one.
        self._rates = np.empty((0, len(terms.members)))
        self._rate_rows_of: dict[frozenset[AttributeClass], int] = {}

    def evaluate(self, rows: Rows, *, lacking: int = 0) -> Found:
        """Evaluate every exposure of ``rows``; the first ``lacking`` of them for each class, too."""
        hands = self._dealer.deal(rows)
        rates = self._rate_rows(hands)
        dealt = (hands.edges, hands.starts, hands.factor)
        factors = (hands.rows, rates, hands.kind, hands.held)
        tables = (self._brought(), self._rates, self._terms.single)
        best = (
            np.zeros((len(self._terms.coefficients), rows.count)),
            np.zeros((len(self._terms.attributes), lacking)),
            np.zeros((len(self._terms.lacking), lacking)),
        )
        for exposures, asked in (((0, lacking), True), ((lacking, rows.count), False)):
            if exposures[0] < exposures[1]:
                work_out(len(hands.factor))(
                    exposures, dealt, factors, tables, self._sums, self._boosts, self._lacking, asked, best
                )
        return Found(feasible=best[0].T, available=best[1].T, lacking=best[2].T)

    def _rate_rows(self, hands: Hands) -> Ints:
        """For each factor the row of base rates that matters to it, -1 for none."""
        rows = np.full(len(hands.taken), -1)
        concerned = np.flatnonzero(hands.taken != UNRATED)
        if not len(concerned):
            return rows
        breach_of = self._kinds.breach_of()
        rated = np.unique(breach_of[self._background.kind])
        first = hands.rows[concerned]
        of_breach = hands.rows[concerned + 1] > first
        distinct, its = np.unique(hands.taken[concerned], return_inverse=True)
        rows[concerned] = np.array([self._rate_row(taken) for taken in distinct.tolist()])[its]
        breach = breach_of[hands.kind[first[of_breach]]]
        rows[concerned[of_breach]] += 1 + np.searchsorted(rated, breach)
        return rows

    def _rate_row(self, taken: int) -> int:
        """Where what base rates leave missing begins for hands that take this; worked out once."""
        classes = self._kinds.classes(taken) if taken != NOTHING else frozenset[AttributeClass]()
        if classes not in self._rate_rows_of:
            self._rate_rows_of[classes] = len(self._rates)
            self._rates = np.vstack((self._rates, self._left_by_rates(classes)))
        return self._rate_rows_of[classes]

    def _left_by_rates(self, taken: frozenset[AttributeClass]) -> Floats:
        """What base rates leave missing when the classes ``taken`` come from elsewhere: of all breaches
        together, then of each.
        """
        kind = np.array(
            [self._kinds.without(each, taken) for each in self._background.kind.tolist()], dtype=np.int64
        )
        breach = self._kinds.breach_of()[kind]
        starts = starts_of(breach)
        held = self._background.chance / WHOLE * self._kinds.circulation[breach]
        sizes = np.diff(starts, append=len(kind))
        for place in range(1, int(sizes.max(initial=0))):
            rows = starts[sizes > place] + place
            held[rows - 1] -= held[rows]
            unions = zip(kind[rows - 1].tolist(), kind[rows].tolist(), strict=True)
            kind[rows] = [self._kinds.union(one, other) for one, other in unions]
        absent = 1.0 - folded(np.add, held[:, None] * self._brought()[kind], starts)
        return np.vstack((absent.prod(axis=0, keepdims=True), absent))

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


def _by_row(coefficients: Floats) -> Sums:
    """Where each row begins, and of each coefficient that is not 0 its column and itself."""
    row, column = np.nonzero(coefficients)
    return np.searchsorted(row, np.arange(len(coefficients) + 1)), column, coefficients[row, column]
