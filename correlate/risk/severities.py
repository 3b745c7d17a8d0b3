"""ENISA's severity of what probably leaked of a person: by breach, and of all breaches together."""

from __future__ import annotations

import numpy as np

from correlate.risk.arrays import Floats, Ints, Words, starts_of
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
        self._words: Words = np.zeros((-(-len(_CLASSES) // 64), 0), dtype=np.uint64)

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
        """SE of all kinds of each group, worked out once for each distinct set of classes; there are few."""
        found = np.zeros(count)
        if len(group):
            starts = starts_of(group)
            words = np.bitwise_or.reduceat(self._held()[:, kind], starts, axis=1)
            number = np.zeros(len(starts), dtype=np.int64)
            for word in words:
                distinct, its = np.unique(word, return_inverse=True)
                first, number = np.unique(
                    number * len(distinct) + its, return_index=True, return_inverse=True
                )[1:]
            held = np.unpackbits(words[:, first].T.copy().view(np.uint8), axis=1, bitorder="little")
            columns = dict(zip(_CLASSES, np.ascontiguousarray(held.T).astype(np.bool_), strict=False))
            found[group[starts]] = se_of_columns(columns, table=self._table)[number]
        return found

    def _held(self) -> Words:
        """Which classes each kind exposes, for all kinds: words of 64 classes × kinds."""
        first = self._words.shape[1]
        if first < len(self._kinds):
            classes = [self._kinds.classes(kind) for kind in range(first, len(self._kinds))]
            members = np.zeros((len(classes), 64 * len(self._words)), dtype=np.bool_)
            members[:, : len(_CLASSES)] = [[each in held for each in _CLASSES] for held in classes]
            more = np.packbits(members, axis=1, bitorder="little").view(np.uint64)
            self._words = np.hstack((self._words, more.T))
        return self._words
