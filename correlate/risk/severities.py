"""ENISA's severity of what probably leaked of a person: by breach, and of all breaches together."""

from __future__ import annotations

import itertools

import numpy as np

from correlate.risk.arrays import Floats, Ints, starts_of
from correlate.risk.kinds import Kinds
from correlate.risk.records import Records
from correlate.risk.severity import SeverityTable, severity
from correlate.vocabulary import AttributeClass

__all__ = ["Severities"]


class Severities:
    """SE of sets of kinds, each worked out once."""

    def __init__(self, kinds: Kinds, table: SeverityTable, *, steps: int) -> None:
        """Bind the tables; ``steps`` of a record's step make a match probability of 1."""
        self._kinds, self._table, self._steps = kinds, table, steps
        self._known: dict[tuple[int, ...], float] = {}

    def of(self, block: Records) -> tuple[Floats, Floats]:
        """SE of each exposure, and of each (exposure, breach) pair.

        A record counts when it is likelier the person's than not; where none is, SE is 0.
        """
        likely = np.flatnonzero(2 * block.step >= self._steps)
        combined = np.zeros(block.count)
        self._fill(combined, block.exposure[likely], block.kind[likely])
        pairs = block.pair_starts()
        pair_of_row = np.repeat(np.arange(len(pairs)), np.diff(pairs, append=len(block)))
        each = np.zeros(len(pairs))
        self._fill(each, pair_of_row[likely], block.kind[likely])
        return combined, each

    def _fill(self, found: Floats, group: Ints, kind: Ints) -> None:
        numbers = kind.tolist()
        edges = [*starts_of(group).tolist(), len(numbers)]
        for start, end in itertools.pairwise(edges):
            found[group[start]] = self._se(tuple(sorted(set(numbers[start:end]))))

    def _se(self, kinds: tuple[int, ...]) -> float:
        if kinds not in self._known:
            classes = frozenset[AttributeClass]().union(*map(self._kinds.classes, kinds))
            self._known[kinds] = severity(classes, table=self._table).se
        return self._known[kinds]
