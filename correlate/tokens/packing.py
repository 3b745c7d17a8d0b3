"""Strings of a column as one packed byte matrix per length: what a cipher can take in one call."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

__all__ = ["Bytes", "Rows", "by_length", "to_arrow"]

Bytes = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.intp]

# numpy sorts 16-bit numbers by counting, in time linear in the rows.
COUNTED = np.iinfo(np.uint16).max


def by_length(values: pl.Series) -> Iterator[tuple[Rows, Bytes]]:
    """Yield, for each byte length that occurs, the rows of that length and their bytes.

    Args:
        values: n strings, nulls allowed (they are left out).

    Yields:
        Row numbers (m,) and a matrix of bytes (m, length), UTF-8. Nothing is padded or cut, so two values
        share a matrix row only when they are the same string.
    """
    lengths = values.str.len_bytes().cast(pl.Int64).fill_null(-1).to_numpy()
    if not len(lengths):
        return
    longest = int(lengths.max())
    if longest >= 0 and int(lengths.min()) == longest:
        yield np.arange(len(lengths)), _bytes(values).reshape(len(lengths), longest)
        return
    order = np.argsort((lengths + 1).astype(np.uint16) if longest < COUNTED else lengths, kind="stable")
    present, counts = _run_lengths(lengths[order])
    row = int(counts[0]) if present[0] < 0 else 0
    flat, start = _bytes(values.gather(order[row:])), 0
    for length, count in zip(present.tolist(), counts.tolist(), strict=True):
        if length >= 0:
            size = length * count
            yield order[row : row + count], flat[start : start + size].reshape(count, length)
            row, start = row + count, start + size


def to_arrow(values: pl.Series) -> pa.Array:
    """A column as one Arrow array with offsets (strings: large_string), whatever its chunks."""
    column = values.to_arrow(compat_level=pl.CompatLevel.oldest())
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _run_lengths(ordered: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp]]:
    """The distinct numbers of a sorted array, and how often each occurs."""
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    return ordered[starts], np.diff(np.append(starts, len(ordered)))


def _bytes(values: pl.Series) -> Bytes:
    """The bytes of a column without nulls, one value after another."""
    column = to_arrow(values).cast(pa.large_binary())
    _, offsets, data = column.buffers()
    if data is None or not len(column):
        return np.empty(0, dtype=np.uint8)
    # A slice of an Arrow column keeps its parent's buffers: start and stop where the offsets say.
    places = np.frombuffer(offsets, dtype=np.int64)
    start, stop = int(places[column.offset]), int(places[column.offset + len(column)])
    return np.frombuffer(data, dtype=np.uint8)[start:stop]
