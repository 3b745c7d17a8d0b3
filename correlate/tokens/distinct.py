"""A column as its distinct values and a code per row: what repeats is worked on once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.tokens.packing import to_arrow

__all__ = ["Distinct", "as_it_is", "distinct"]


@dataclass(frozen=True, kw_only=True)
class Distinct:
    """Distinct values (d,) of a column (n,), and which of them each row holds.

    ``codes`` is None when ``values`` is the column itself.
    """

    values: pl.Series
    codes: npt.NDArray[np.intp] | None


def distinct(values: pl.Series) -> Distinct:
    """Encode a column (n,) of strings whose values repeat: names, dates, postcodes."""
    encoded = to_arrow(values).dictionary_encode(null_encoding="encode")
    return Distinct(
        values=pl.Series(values.name, pl.from_arrow(encoded.dictionary), dtype=pl.String),
        # Spread dozens of times: numpy makes numbers of this size of any other, each time.
        codes=encoded.indices.to_numpy(zero_copy_only=False).astype(np.intp, copy=False),
    )


def as_it_is(values: pl.Series) -> Distinct:
    """Take a column whose values are nearly all different: finding the few that repeat would not pay."""
    return Distinct(values=values, codes=None)
