"""The bytes of a column of text, for what is told by looking at them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

__all__ = ["Bytes", "offsets_and_bytes", "square"]

Bytes = npt.NDArray[np.uint8]


def offsets_and_bytes(values: pl.Series) -> tuple[npt.NDArray[np.int64], Bytes]:
    """Where each value begins and the last one ends (n + 1,), and the bytes of all; n is not 0."""
    column = values.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.large_string())
    _, places, data = column.buffers()
    ends = np.frombuffer(places, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    flat = np.frombuffer(data, dtype=np.uint8) if data is not None else np.empty(0, dtype=np.uint8)
    return ends - ends[0], flat[ends[0] : ends[-1]]


def square(values: pl.Series, width: int) -> Bytes:
    """The bytes (n, width) of values that all have that many, without nulls."""
    return (
        offsets_and_bytes(values)[1].reshape(len(values), width)
        if len(values)
        else np.empty((0, width), np.uint8)
    )
