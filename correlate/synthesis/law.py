"""A discrete law per row (a year, a department), drawn from in one search for a whole column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from correlate.synthesis.chance import Floats, Ints

__all__ = ["Law"]


@dataclass(frozen=True, kw_only=True)
class Law:
    """Cumulative weights of every row, one after another; row ``r`` runs from ``r`` to ``r + 1``."""

    cumulative: Floats
    outcomes: Ints

    @classmethod
    def of(cls, weights: Sequence[Floats], outcomes: Sequence[Ints] | None = None) -> Law:
        """Build from one array of weights a row; without ``outcomes`` they are the positions 0, 1, ..."""
        numbered = [np.arange(len(row), dtype=np.int64) for row in weights] if outcomes is None else outcomes
        parts = []
        for number, row in enumerate(weights):
            shares = np.cumsum(row) / row.sum()
            # The last share is made to reach the row's end, so that rounding never lets a draw fall through.
            shares[-1] = 1.0
            parts.append(number + shares)
        return cls(cumulative=np.concatenate(parts), outcomes=np.concatenate(list(numbered)).astype(np.int64))

    def draw(self, points: Floats, rows: Ints | int = 0) -> Ints:
        """Turn uniform ``points`` of [0, 1) into outcomes of the given rows."""
        wanted = rows + points
        # Searching nearly in order keeps the table in cache. Numbers of 16 bits are sorted by their digits.
        scale = 65_535 / max(float(self.cumulative[-1]), 1.0)
        order = np.argsort((wanted * scale).astype(np.uint16), kind="stable")
        found = np.empty(len(wanted), dtype=np.int64)
        found[order] = np.searchsorted(self.cumulative, wanted[order], side="right")
        return np.asarray(self.outcomes[np.minimum(found, len(self.outcomes) - 1)], dtype=np.int64)
