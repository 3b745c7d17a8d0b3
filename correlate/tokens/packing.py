"""Strings of a column as one packed byte matrix per length: what a cipher can take in one call."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

__all__ = ["Bytes", "by_length"]

Bytes = npt.NDArray[np.uint8]


def by_length(values: pl.Series) -> Iterator[tuple[npt.NDArray[np.intp], Bytes]]:
    """Yield, for each byte length that occurs, the rows of that length and their bytes.

    Args:
        values: n strings, nulls allowed (they are left out).

    Yields:
        Row numbers (m,) and a matrix of bytes (m, length), UTF-8. Nothing is padded or cut, so two values
        share a matrix row only when they are the same string.
    """
    lengths = values.str.len_bytes().fill_null(-1).to_numpy()
    present = np.unique(lengths)
    for length in present[present >= 0]:
        if len(present) == 1:
            rows, chosen = np.arange(len(values)), values
        else:
            rows = np.flatnonzero(lengths == length)
            chosen = values.gather(rows)
        yield rows, _bytes(chosen, int(length))


def _bytes(values: pl.Series, length: int) -> Bytes:
    column = values.to_arrow(compat_level=pl.CompatLevel.oldest())
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    column = column.cast(pa.large_binary())
    data = column.buffers()[2]
    if length == 0 or data is None:
        return np.zeros((len(values), 0), dtype=np.uint8)
    flat = np.frombuffer(data, dtype=np.uint8)
    # A slice of an Arrow column keeps its parent's buffer: start where the offsets say.
    start = int(np.frombuffer(column.buffers()[1], dtype=np.int64)[column.offset])
    return flat[start : start + len(values) * length].reshape(len(values), length)
