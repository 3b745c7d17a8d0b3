"""Parquet: whole row groups at a time, only the columns that are used, every cell as canonical text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from correlate.reading.batch import Batch
from correlate.reading.columns import Column, Columns
from correlate.reading.errors import CorruptFile, UnsupportedFormat
from correlate.reading.formats import Format
from correlate.reading.nulls import null_out
from correlate.reading.typed import as_text

__all__ = ["ParquetTable"]


class ParquetTable:
    """One Parquet file: its headers at once, its rows by :meth:`parts`."""

    format = Format.parquet
    encoding = "utf-8"
    delimiter: str | None = None

    def __init__(self, path: Path, size_bytes: int) -> None:
        self.path = path
        self._size_bytes = size_bytes
        with _as_corrupt(path):
            metadata = pq.read_metadata(path)
            self._scan = pl.scan_parquet(path, glob=False)
            self._schema = self._scan.collect_schema()
        self.headers = tuple(self._schema)
        self.group_rows = tuple(
            metadata.row_group(index).num_rows for index in range(metadata.num_row_groups)
        )

    def keys(self) -> frozenset[str]:
        """Give the headers."""
        return frozenset(self.headers)

    def parts(self, columns: Columns, batch_rows: int) -> Iterator[Batch]:
        """Give batches of at most ``batch_rows`` rows.

        Each is a slice of a lazy scan: of the ways that hold one batch only, it was measured the fastest.
        """
        texts = self._scan.select(self._text(column).alias(column.target) for column in columns.used)
        total = sum(self.group_rows)
        done = 0
        for count in _spans(self.group_rows, batch_rows):
            with _as_corrupt(self.path):
                frame = texts.slice(done, count).collect()
            if frame.height != count:
                raise CorruptFile(file=self.path, reason=f"rows are missing after row {done + frame.height}")
            read = self._size_bytes * (done + count) // total
            yield Batch(frame=null_out(frame), first_row=done + 1, count=count, bytes_read=read)
            done += count

    def _text(self, column: Column) -> pl.Expr:
        kind = self._schema[column.header]
        if column.listed and kind == pl.List(pl.String):
            return pl.nth(column.index).list.join("|")
        if kind.is_nested() or kind == pl.Object:
            reason = f"write the column “{column.header}” as plain values, or map it to “ignore”"
            raise UnsupportedFormat(
                file=self.path, kind="Parquet with a list or a structure in a used column", hint=reason
            )
        return as_text(pl.nth(column.index), kind)


def _spans(group_rows: tuple[int, ...], batch_rows: int) -> Iterator[int]:
    """Cut the row groups into batches: as many whole groups as fit, and a larger group into equal parts."""
    waiting = 0
    for rows in group_rows:
        if waiting and waiting + rows > batch_rows:
            yield waiting
            waiting = 0
        left = rows
        while left > batch_rows:
            yield batch_rows
            left -= batch_rows
        waiting += left
    if waiting:
        yield waiting


@contextmanager
def _as_corrupt(path: Path) -> Iterator[None]:
    try:
        yield
    except (pl.exceptions.PolarsError, pa.ArrowException, OSError):
        # The reader's own words may hold values.
        raise CorruptFile(file=path, reason="its Parquet data cannot be decoded") from None
