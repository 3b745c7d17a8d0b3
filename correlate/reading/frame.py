"""A Polars frame, read as a file would be: recognised headers, text cells, batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
import xxhash

from correlate.reading.batch import BATCH_ROWS, Batch
from correlate.reading.columns import Column, assign_columns
from correlate.reading.errors import UnsupportedFormat
from correlate.reading.formats import Format
from correlate.reading.mapping import Mapping
from correlate.reading.nulls import null_out
from correlate.reading.source import Source, open_source
from correlate.reading.typed import as_text

__all__ = ["FrameSource", "open_frame", "open_input"]

NAME = "frame"


class FrameSource(Source):
    """A frame in memory in the place of a file; its ``bytes`` are those it takes in memory."""

    format = Format.parquet
    encoding = "utf-8"
    delimiter: str | None = None
    headers: tuple[str, ...] = ()

    def __init__(
        self,
        frame: pl.DataFrame,
        *,
        mapping: Mapping,
        keep: Sequence[str],
        lists: Sequence[str],
        kept_suffice: bool,
        batch_rows: int,
    ) -> None:
        self.path = Path(NAME)
        self.headers = tuple(frame.columns)
        self.columns = assign_columns(
            self.headers,
            mapping=mapping,
            keep=keep,
            lists=lists,
            kept_suffice=kept_suffice,
            file=self.path,
        )
        self.bytes = int(frame.estimated_size())
        self._frame = null_out(frame.select(self._text(frame, column) for column in self.columns.used))
        self._batch_rows = batch_rows

    def _text(self, frame: pl.DataFrame, column: Column) -> pl.Expr:
        kind = frame.schema[column.header]
        if column.listed and kind == pl.List(pl.String):
            return pl.nth(column.index).list.join("|").alias(column.target)
        if kind.is_nested() or kind == pl.Object:
            reason = f"give the column “{column.header}” as plain values, or leave it out"
            raise UnsupportedFormat(file=self.path, kind="a frame with lists in a used column", hint=reason)
        return as_text(pl.nth(column.index), kind).alias(column.target)

    def keys(self) -> frozenset[str]:
        """Give the names of the columns."""
        return frozenset(self.headers)

    def batches(self) -> Iterator[Batch]:
        """Give the rows in batches."""
        height = self._frame.height
        for start in range(0, height, self._batch_rows):
            part = self._frame.slice(start, self._batch_rows)
            done = self.bytes * (start + part.height) // height
            yield Batch(frame=part, first_row=start + 1, count=part.height, bytes_read=done)

    def checksum(self) -> str:
        """Give the xxh3-128 of the used columns' cells and names, in hexadecimal."""
        digest = xxhash.xxh3_128()
        for name in self._frame.columns:
            digest.update(name.encode())
            # A length before each cell: no two columns of cells look alike.
            cells = self._frame[name]
            digest.update(cells.str.len_bytes().fill_null(2**32 - 1).to_numpy().tobytes())
            digest.update("".join(cells.drop_nulls().to_list()).encode())
        return digest.hexdigest()


def open_frame(
    frame: pl.DataFrame,
    *,
    batch_rows: int = BATCH_ROWS,
    mapping: Mapping | None = None,
    keep: Sequence[str] = (),
    lists: Sequence[str] = (),
    kept_suffice: bool = False,
) -> Source:
    """Open a frame as :func:`open_source` opens a file; ``keep`` names columns to pass through."""
    return FrameSource(
        frame,
        mapping=mapping or Mapping(),
        keep=keep,
        lists=lists,
        kept_suffice=kept_suffice,
        batch_rows=batch_rows,
    )


def open_input(
    given: Path | pl.DataFrame,
    *,
    batch_rows: int = BATCH_ROWS,
    mapping: Mapping | None = None,
    keep: Sequence[str] = (),
    lists: Sequence[str] = (),
    kept_suffice: bool = False,
) -> Source:
    """Open a file by its path, or a frame; see :func:`open_source`."""
    if isinstance(given, pl.DataFrame):
        return open_frame(
            given, batch_rows=batch_rows, mapping=mapping, keep=keep, lists=lists, kept_suffice=kept_suffice
        )
    return open_source(
        given, batch_rows=batch_rows, mapping=mapping, keep=keep, lists=lists, kept_suffice=kept_suffice
    )
