"""Subjects and their rows: one row each, mostly; some are described several times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from correlate.linkage.packing import grouped

__all__ = ["Subjects"]

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Subjects:
    """Which rows are whose.

    Attributes:
        of_row: (rows,) the subject of each row, from 1; 0 for none.
        rows: the rows in the order of their subjects; subject n has those from ``starts[n]`` to before
            ``starts[n + 1]``.
        several: whether any subject has more than one row.
    """

    of_row: Numbers
    rows: Numbers
    starts: Numbers
    several: bool

    @classmethod
    def of(cls, subject_no: Numbers) -> Subjects:
        """Take the subject of each row."""
        rows, starts = grouped(subject_no, groups=int(subject_no.max(initial=0)) + 1)
        return cls(of_row=subject_no, rows=rows, starts=starts, several=bool((np.diff(starts)[1:] > 1).any()))
