"""A column as its distinct values and a code per row: most fields repeat, and each value is worked on once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Distinct", "distinct"]

Entry = TypeVar("Entry", bound=np.generic)

SAMPLE_ROWS = 4096
# Above this share of distinct values, finding them costs more than it saves.
WORTHWHILE = 0.6


@dataclass(frozen=True, kw_only=True)
class Distinct:
    """Distinct values (d,) of a column (n,), and which of them each row holds.

    ``codes`` is None when ``values`` is the column itself.
    """

    values: pl.Series
    codes: npt.NDArray[np.int32] | None

    def spread(self, per_value: npt.NDArray[Entry]) -> npt.NDArray[Entry]:
        """One entry per distinct value (d,) to one entry per row (n,)."""
        return per_value if self.codes is None else per_value[self.codes]

    def derive(self, normalise: Callable[[pl.Series], pl.DataFrame]) -> pl.DataFrame:
        """Normalise the distinct values: (d, columns)."""
        return normalise(self.values)


def distinct(values: pl.Series) -> Distinct:
    """Encode a column (n,) of strings, or leave it as it is when most of its values occur once."""
    sample = values.head(SAMPLE_ROWS)
    if sample.n_unique() > WORTHWHILE * len(sample):
        return Distinct(values=values, codes=None)
    column = values.to_arrow(compat_level=pl.CompatLevel.oldest())
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    encoded = pc.dictionary_encode(column, null_encoding="encode")
    return Distinct(
        values=pl.Series(pl.from_arrow(encoded.dictionary)),
        codes=encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False),
    )
