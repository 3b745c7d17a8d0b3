"""Files written in pieces, and a directory that appears only when all of it is there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import polars as pl
import pyarrow.parquet as pq

from correlate.synthesis.errors import DirectoryInUse

__all__ = ["MARK", "CsvFile", "ParquetFile", "TableFile", "open_table", "whole_directory"]

#: The file that says a directory holds invented people only.
MARK = "SYNTHETIC.txt"
_ROWS_AT_ONCE = 120_000
# Most columns hardly repeat: dictionaries and statistics would cost time and save little. Snappy takes half
# the time of zstd for 1.6 times the bytes. The types of Arrow stay out: a reader finds text where words are
# numbers of a list here.
_STORAGE = {"compression": "snappy", "write_statistics": False, "store_schema": False}


class TableFile(Protocol):
    """A table that is appended to."""

    rows: int

    def append(self, frame: pl.DataFrame) -> None:
        """Write rows after those already there."""

    def close(self) -> None:
        """Write what is left and close the file."""


class ParquetFile:
    """A Parquet file, with row groups of the same size whatever the pieces that come."""

    def __init__(self, path: Path) -> None:
        """Open ``path`` for writing at the first row."""
        self.rows = 0
        self._path = path
        self._waiting: list[pl.DataFrame] = []
        self._writer: pq.ParquetWriter | None = None

    def append(self, frame: pl.DataFrame) -> None:
        """Write rows after those already there."""
        self.rows += frame.height
        self._waiting.append(frame)
        if sum(part.height for part in self._waiting) >= _ROWS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        frame = pl.concat(self._waiting)
        listed = _listed(frame.schema)
        # Text goes over as it is, without a copy; PyArrow cannot write lists of words in that form.
        level = pl.CompatLevel.oldest() if listed else pl.CompatLevel.newest()
        table = frame.to_arrow(compat_level=level)
        self._waiting = []
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema, use_dictionary=listed, **_STORAGE)
        self._writer.write_table(table, row_group_size=max(table.num_rows, 1))

    def close(self) -> None:
        """Write what is left and close the file."""
        if self._waiting:
            self._flush()
        if self._writer is not None:
            self._writer.close()


def _listed(schema: pl.Schema) -> list[str]:
    """Name the columns, as Parquet does, whose words are numbers of a list."""
    return [
        f"{name}.list.element" if isinstance(kind, pl.List) else name
        for name, kind in schema.items()
        if isinstance(kind.inner if isinstance(kind, pl.List) else kind, pl.Enum)
    ]


class CsvFile:
    """A CSV file with commas; lists are written with spaces between their items."""

    def __init__(self, path: Path) -> None:
        """Open ``path`` for writing."""
        self.rows = 0
        self._file = path.open("wb")

    def append(self, frame: pl.DataFrame) -> None:
        """Write rows after those already there."""
        lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
        flat = frame.with_columns(pl.col(name).cast(pl.List(pl.String)).list.join(" ") for name in lists)
        self._file.write(flat.write_csv(include_header=self._file.tell() == 0).encode())
        self.rows += frame.height

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def open_table(directory: Path, name: str, kind: str) -> TableFile:
    """Open ``name`` in a directory, as ``parquet`` or ``csv``."""
    path = directory / f"{name}.{kind}"
    path.parent.mkdir(exist_ok=True)
    return ParquetFile(path) if kind == "parquet" else CsvFile(path)


@contextmanager
def whole_directory(directory: Path, *, force: bool) -> Iterator[Path]:
    """Give a new directory to fill, and move it to ``directory`` when the block ends well.

    Raises:
        DirectoryInUse: something is there, and ``force`` is not given or it is no synthetic set.
    """
    _check_free(directory, force=force)
    directory.parent.mkdir(parents=True, exist_ok=True)
    partial = directory.parent / f".{directory.name}.{os.getpid()}.partial"
    partial.mkdir()
    try:
        yield partial
        _move(partial, directory)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _check_free(directory: Path, *, force: bool) -> None:
    if not directory.exists():
        return
    if not directory.is_dir():
        raise DirectoryInUse(directory=directory, reason="is a file", remedy="")
    if not any(directory.iterdir()):
        return
    if not (directory / MARK).is_file():
        raise DirectoryInUse(directory=directory, reason="holds files that are no synthetic set", remedy="")
    if not force:
        raise DirectoryInUse(
            directory=directory, reason="is not empty", remedy=", or replace it with --force"
        )


def _move(partial: Path, directory: Path) -> None:
    old = partial.with_suffix(".old")
    if directory.exists():
        directory.rename(old)
    partial.rename(directory)
    shutil.rmtree(old, ignore_errors=True)
