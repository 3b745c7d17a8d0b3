"""Numbers for the subjects of a range: from 1, in the order in which they first come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.pipeline.id_order import words_of

__all__ = ["SubjectNumbers"]


@dataclass(frozen=True, kw_only=True, eq=False)
class SubjectNumbers:
    """The s subjects of n rows.

    Attributes:
        ids: (s,) the id of each, in the order of their numbers.
        of_row: (n,) the number of each row's subject, 0 where a row has none.
    """

    ids: pl.Series
    of_row: npt.NDArray[np.int64]

    @classmethod
    def of(cls, ids: pl.Series) -> Self:
        """Number the ids (n,) of rows, null where a row was rejected."""
        ids = ids.rename("subject_id").rechunk()
        if not ids.null_count() and _all_different(ids):
            return cls(ids=ids, of_row=np.arange(1, len(ids) + 1))
        distinct = ids.drop_nulls().unique(maintain_order=True)
        numbers = distinct.to_frame().with_row_index("subject_no", offset=1)
        found = ids.to_frame().join(numbers, on="subject_id", how="left", maintain_order="left")
        return cls(ids=distinct, of_row=found["subject_no"].fill_null(0).cast(pl.Int64).to_numpy())

    @property
    def frame(self) -> pl.DataFrame:
        """(subject_id, subject_no), one row a subject."""
        numbers = pl.int_range(1, len(self.ids) + 1, dtype=pl.Int64, eager=True)
        return pl.DataFrame({"subject_id": self.ids, "subject_no": numbers})


def _all_different(ids: pl.Series) -> bool:
    words = words_of(ids)
    if words is None:
        return ids.n_unique() == len(ids)
    words.sort()
    return not (words[1:] == words[:-1]).any()
