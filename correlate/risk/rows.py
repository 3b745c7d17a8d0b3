"""Exposures as rows of numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from correlate.risk.arrays import Ints, Mask

__all__ = ["WHOLE", "Rows"]

WHOLE = 10**8
"""A chance of 1, in the parts that chances are counted in."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Exposures to evaluate: exposure i has the rows from ``edges[i]`` to ``edges[i + 1]``, sorted by breach.

    ``chance`` is that of the record being the person's, in parts of ``WHOLE``, so that equal contents are
    equal numbers; ``background`` (exposures,) says whether base rates count besides.
    """

    edges: Ints
    kind: Ints
    chance: Ints
    background: Mask

    @classmethod
    def of(cls, exposure: Ints, kind: Ints, chance: Ints, *, background: Mask) -> Rows:
        """From the exposure of each row, sorted; some may have no row."""
        edges = np.searchsorted(exposure, np.arange(len(background) + 1))
        return cls(edges=edges, kind=kind, chance=chance, background=background)

    @property
    def count(self) -> int:
        """How many exposures there are, some of which may have no row."""
        return len(self.background)
