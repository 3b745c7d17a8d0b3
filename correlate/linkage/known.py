"""How surely each record is a subject's, as far as it is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.linkage.packing import grouped
from correlate.loops import loop

__all__ = ["Known"]

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Of another person of the household; no path is surer.
NEVER = 2.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """The records of each subject: those of subject n stand from ``starts[n]`` to before ``starts[n + 1]``,
    with their probabilities.
    """

    starts: Numbers
    record_id: Numbers
    probability: Floats

    @classmethod
    def gathered(cls, links: pl.DataFrame, household: pl.DataFrame, *, subjects: int) -> Known:
        """Take (subject_no, record_id, probability) and (subject_no, record_id) of numbers below
        ``subjects``; another's of the household can never be the subject's.
        """
        parts = (
            links.select("subject_no", "record_id", "probability"),
            household.select("subject_no", "record_id", probability=pl.lit(NEVER)),
        )
        subject_no, record_id, probability = (
            np.concatenate([part[name].to_numpy() for part in parts]) for name in parts[0].columns
        )
        order, starts = grouped(subject_no, groups=subjects)
        return cls(
            starts=starts,
            record_id=record_id[order],
            probability=probability[order],
        )

    def of_pairs(self, pairs: pl.DataFrame) -> pl.Series:
        """How surely each record is the subject's, for rows (subject_no, record_id); 0 if nothing is
        known.
        """
        return pl.Series(self.of(pairs["subject_no"].to_numpy(), pairs["record_id"].to_numpy()))

    def of(self, subject_no: Numbers, record_id: Numbers) -> Floats:
        """The same for pairs (n,)."""
        return self._found(subject_no, record_id, NEVER)

    def linked(self, subject_no: Numbers, record_id: Numbers) -> Floats:
        """How surely pairs (n,) are linked, whatever the household."""
        return self._found(subject_no, record_id, 1.0)

    def _found(self, subject_no: Numbers, record_id: Numbers, most: float) -> Floats:
        found = np.zeros(len(subject_no))
        look_up = _look_up(len(found))
        look_up(subject_no, record_id, self.starts, self.record_id, self.probability, most, found)
        return found


@loop
def _look_up(
    subject_no: Numbers,
    record_id: Numbers,
    starts: Numbers,
    records: Numbers,
    probability: Floats,
    most: float,
    found: Floats,
) -> None:
    """Fill ``found`` (n,) with the highest probability of each pair that is not above ``most``; a subject has
    a handful of records.
    """
    for pair in range(len(subject_no)):
        wanted, highest = record_id[pair], 0.0
        for place in range(starts[subject_no[pair]], starts[subject_no[pair] + 1]):
            if records[place] == wanted and highest < probability[place] <= most:
                highest = probability[place]
        found[pair] = highest
