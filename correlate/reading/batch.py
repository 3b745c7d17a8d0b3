"""Batches: what a file is read as, whatever its format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from correlate.reading.rejects import Reject

__all__ = ["BATCH_ROWS", "Batch", "assemble"]

BATCH_ROWS = 250_000
"""Rows read at a time, if nothing else is said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Consecutive data rows of a file: those that could be read, and why the others could not.

    ``frame`` has one String column per used column, null where the file says nothing. The span is rows
    ``first_row`` to ``first_row + count - 1`` of the file, 1-based, malformed ones included. ``rows`` (Int64)
    numbers the rows of ``frame`` when some are missing from it, else it is ``None`` and they are contiguous.
    ``bytes_read`` counts the bytes of the file, as stored, up to this batch's end.
    """

    frame: pl.DataFrame
    first_row: int
    count: int
    rows: pl.Series | None = None
    rejects: tuple[Reject, ...] = ()
    bytes_read: int = 0

    @property
    def row_numbers(self) -> pl.Series:
        """The 1-based number in the file of each row of ``frame`` (Int64)."""
        if self.rows is not None:
            return self.rows
        return pl.int_range(
            self.first_row, self.first_row + self.frame.height, dtype=pl.Int64, eager=True
        ).alias("row")

    @property
    def next_row(self) -> int:
        """The number of the first row after this batch."""
        return self.first_row + self.count


def assemble(parts: Iterable[Batch], batch_rows: int) -> Iterator[Batch]:
    """Join and cut consecutive parts into batches that span ``batch_rows`` rows; the last may be shorter."""
    waiting: list[Batch] = []
    count = 0
    for part in parts:
        waiting.append(part)
        count += part.count
        if count < batch_rows:
            continue
        joined = _join(waiting)
        while joined.count >= batch_rows:
            head, joined = _cut(joined, batch_rows)
            yield _rechunked(head)
        waiting, count = [joined], joined.count
    if count:
        yield _rechunked(_join(waiting))


def _join(parts: Sequence[Batch]) -> Batch:
    if len(parts) == 1:
        return parts[0]
    contiguous = all(part.count == part.frame.height for part in parts)
    return Batch(
        frame=pl.concat([part.frame for part in parts], rechunk=False),
        first_row=parts[0].first_row,
        count=sum(part.count for part in parts),
        rows=None if contiguous else pl.concat([part.row_numbers for part in parts]),
        rejects=tuple(reject for part in parts for reject in part.rejects),
        bytes_read=parts[-1].bytes_read,
    )


def _cut(batch: Batch, count: int) -> tuple[Batch, Batch]:
    edge = batch.first_row + count
    height = count if batch.rows is None else int(np.searchsorted(batch.rows.to_numpy(), edge))
    head = replace(
        batch,
        frame=batch.frame.head(height),
        count=count,
        rows=None if batch.rows is None else batch.rows.head(height),
        rejects=tuple(reject for reject in batch.rejects if reject.row < edge),
    )
    tail = replace(
        batch,
        frame=batch.frame.slice(height),
        first_row=edge,
        count=batch.count - count,
        rows=None if batch.rows is None else batch.rows.slice(height),
        rejects=tuple(reject for reject in batch.rejects if reject.row >= edge),
    )
    return head, tail


def _rechunked(batch: Batch) -> Batch:
    whole = batch.frame.height == batch.count
    return replace(batch, frame=batch.frame.rechunk(), rows=None if whole else batch.rows)
