"""Strings of a column as packed byte matrices: what a cipher can take in one call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

__all__ = ["Bytes", "Lengths", "Rows", "Texts", "to_arrow"]

Bytes = npt.NDArray[np.uint8]
Lengths = npt.NDArray[np.int64]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Texts:
    """The UTF-8 bytes of a column of n strings: ``lengths`` (n,) from ``starts`` (n,) on in ``data``.

    ``present`` are the rows that are not null, or None where all are there.
    """

    data: Bytes
    starts: Lengths
    lengths: Lengths
    present: Rows | None

    @classmethod
    def of(cls, values: pl.Series) -> Texts:
        """Take a column apart: slices and chunks of columns as well."""
        column = to_arrow(values).cast(pa.large_binary())
        _, offsets, data = column.buffers()
        places: Lengths = np.zeros(1, dtype=np.int64)
        flat = np.empty(0, dtype=np.uint8)
        if len(column):
            places = np.frombuffer(offsets, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
        if data is not None:
            flat = np.frombuffer(data, dtype=np.uint8)[: places[-1]]
        nulls = column.null_count
        present = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False)) if nulls else None
        return cls(data=flat, starts=places[:-1], lengths=np.diff(places), present=present)

    def only(self, kept: npt.NDArray[np.bool_]) -> Texts:
        """The texts without the bytes that ``kept`` (256,) has False for."""
        keep = kept[self.data]
        if keep.all():
            return self
        before = np.zeros(len(keep) + 1, dtype=np.int64)
        np.cumsum(keep, out=before[1:])
        starts = before[self.starts]
        lengths = before[self.starts + self.lengths] - starts
        return Texts(data=self.data[keep], starts=starts, lengths=lengths, present=self.present)

    def by_width(self, step: int) -> Iterator[tuple[Rows, Bytes, Lengths]]:
        """Yield the texts by their lengths, rounded up to a multiple of ``step`` (at least one ``step``).

        Yields:
            Row numbers (m,), nulls left out; a matrix of bytes (m, width), 0 behind the end of a text; and
            how many of them are the text's (m,).
        """
        rows = self.present if self.present is not None else np.arange(len(self.lengths))
        lengths = self.lengths[rows] if self.present is not None else self.lengths
        if not len(rows):
            return
        steps = np.maximum(lengths + (step - 1), step) // step
        counts = np.bincount(steps)
        # Reading a whole width from any start must stay inside the data.
        data = np.concatenate((self.data, np.zeros(step * (len(counts) - 1), dtype=np.uint8)))
        starts = self.starts[rows] if self.present is not None else self.starts
        for number in np.flatnonzero(counts).tolist():
            some = slice(None) if counts[number] == len(rows) else np.flatnonzero(steps == number)
            width = number * step
            yield rows[some], _cut(data, starts[some], lengths[some], width), lengths[some]


def to_arrow(values: pl.Series) -> pa.Array:
    """A column as one Arrow array with offsets (strings: large_string), whatever its chunks."""
    column = values.to_arrow(compat_level=pl.CompatLevel.oldest())
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _cut(data: Bytes, starts: Lengths, lengths: Lengths, width: int) -> Bytes:
    """The first ``width`` bytes from each start, 0 from each length on."""
    # One item a row, overlapping: numpy copies items far faster than rows of single bytes.
    item = np.dtype((np.void, width))
    every = np.ndarray((len(data) - width + 1,), dtype=item, buffer=data, strides=(1,))
    cut = every[starts].view(np.uint8).reshape(len(starts), width)
    if width <= len(lengths):
        np.bitwise_and(cut, np.take(_behind(width), lengths, axis=0), out=cut)
    else:  # A table of all lengths would be larger than what is cut: a few long values, or one endless one.
        cut[np.arange(width) >= lengths[:, np.newaxis]] = 0
    return cut


def _behind(width: int) -> Bytes:
    """Masks (width + 1, width): all ones before a length, 0 from it on."""
    ones = np.arange(width) < np.arange(width + 1)[:, np.newaxis]
    return np.where(ones, np.uint8(0xFF), np.uint8(0))
