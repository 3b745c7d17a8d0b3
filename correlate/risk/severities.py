"""ENISA's severity of what probably leaked of a person: by breach, and of all breaches together."""

from __future__ import annotations

import numpy as np

from correlate.risk.arrays import Floats, Ints, Mask, folded, starts_of
from correlate.risk.kinds import Kinds
from correlate.risk.records import Records
from correlate.risk.severity import SeverityTable, se_of_columns
from correlate.vocabulary import AttributeClass

__all__ = ["Severities"]

_CLASSES = tuple(AttributeClass)


class Severities:
    """SE of sets of kinds; what a kind exposes holds all that it implies."""

    def __init__(self, kinds: Kinds, table: SeverityTable, *, steps: int) -> None:
        """Bind the tables; ``steps`` of a record's step make a match probability of 1."""
        self._kinds, self._table, self._steps = kinds, table, steps
        self._members: Mask = np.zeros((0, len(_CLASSES)), dtype=np.bool_)

    def of(self, block: Records) -> tuple[Floats, Floats]:
        """SE of each exposure, and of each (exposure, breach) pair.

        A record counts when it is likelier the person's than not; where none is, SE is 0.
        """
        likely = np.flatnonzero(2 * block.step >= self._steps)
        pairs = block.pair_starts()
        pair_of_row = np.repeat(np.arange(len(pairs)), np.diff(pairs, append=len(block)))
        combined = self._se(block.exposure[likely], block.kind[likely], count=block.count)
        return combined, self._se(pair_of_row[likely], block.kind[likely], count=len(pairs))

    def _se(self, group: Ints, kind: Ints, *, count: int) -> Floats:
        starts = starts_of(group)
        held = folded(np.logical_or, self._held()[kind], starts)
        columns = dict(zip(_CLASSES, np.ascontiguousarray(held.T), strict=True))
        found = np.zeros(count)
        found[group[starts]] = se_of_columns(columns, table=self._table)
        return found

    def _held(self) -> Mask:
        """Which classes each kind exposes, for all kinds: kinds × classes."""
        first = len(self._members)
        if first < len(self._kinds):
            classes = [self._kinds.classes(kind) for kind in range(first, len(self._kinds))]
            more = np.array([[each in held for each in _CLASSES] for held in classes], dtype=np.bool_)
            self._members = np.vstack((self._members, more))
        return self._members
