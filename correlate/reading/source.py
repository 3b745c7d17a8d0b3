"""One user's file, opened: what it is, which columns it has, and its rows in batches."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import xxhash

from correlate.reading.batch import BATCH_ROWS, Batch
from correlate.reading.columns import Columns, assign_columns
from correlate.reading.errors import ChangedFile, EmptyFile, FolderGiven, MissingFile, UnreadableFile
from correlate.reading.formats import PARQUET_MAGIC, Format, refuse_unsupported
from correlate.reading.mapping import Mapping
from correlate.reading.parquet import ParquetTable
from correlate.reading.stream import open_file
from correlate.reading.texttable import TextTable

__all__ = ["Source", "Table", "open_columns", "open_source"]

_READ_BYTES = 1024 * 1024


class Table(Protocol):
    """What a format offers: its headers, and its rows."""

    headers: tuple[str, ...]
    format: Format
    encoding: str
    delimiter: str | None

    def parts(self, columns: Columns, batch_rows: int) -> Iterator[Batch]:
        """Give consecutive batches, of any size up to about ``batch_rows``."""

    def keys(self) -> frozenset[str]:
        """Give every name that a value anywhere in the file stands under."""


class Source:
    """A file that can be read: use it as a context manager, or :meth:`close` it.

    ``bytes`` is the file's size; ``headers`` are as written (the positions when there is no header row);
    ``delimiter`` is ``None`` unless the format is CSV.
    """

    def __init__(
        self, path: Path, table: Table, columns: Columns, batch_rows: int, stamp: os.stat_result
    ) -> None:
        self.path = path
        self.columns = columns
        self.bytes = stamp.st_size
        self._table = table
        self._batch_rows = batch_rows
        self._stamp = stamp

    @property
    def format(self) -> Format:
        """What kind of file it is."""
        return self._table.format

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers of all columns, used or not."""
        return self._table.headers

    def keys(self) -> frozenset[str]:
        """Every name that a value anywhere in the file stands under: its headers, but in JSON lines the keys
        of all lines, which are looked through for that; those of an object within an object by themselves.
        """
        return self._table.keys()

    @property
    def encoding(self) -> str:
        """The text's encoding as far as it has been read; ASCII is UTF-8 until something else is met."""
        return self._table.encoding

    @property
    def delimiter(self) -> str | None:
        """What stands between a CSV file's fields."""
        return self._table.delimiter

    def batches(self) -> Iterator[Batch]:
        """Read the file from its start, in batches of its used columns.

        Raises :class:`ChangedFile` at the end when the file is not what was opened, and
        :class:`CorruptFile` where it is cut short or damaged: batches given before are then of no use.
        """
        yield from self._table.parts(self.columns, self._batch_rows)
        self._check_unchanged()

    def checksum(self) -> str:
        """Give the xxh3-128 of the file's bytes as stored, in hexadecimal."""
        digest = xxhash.xxh3_128()
        buffer = bytearray(_READ_BYTES)
        view = memoryview(buffer)
        with open_file(self.path) as file:
            while size := file.readinto(buffer):
                digest.update(view[:size])
        self._check_unchanged()
        return digest.hexdigest()

    def _check_unchanged(self) -> None:
        now, then = _stat(self.path), self._stamp
        if (now.st_size, now.st_mtime_ns, now.st_ino) != (then.st_size, then.st_mtime_ns, then.st_ino):
            raise ChangedFile(file=self.path)

    def close(self) -> None:
        """Let go of the file. A running :meth:`batches` holds it until exhausted or closed itself."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_source(
    path: Path,
    *,
    batch_rows: int = BATCH_ROWS,
    mapping: Mapping | None = None,
    keep: Sequence[str] = (),
    lists: Sequence[str] = (),
    kept_suffice: bool = False,
) -> Source:
    """Open a CSV, JSON lines or Parquet file, gzip or zstd or not, whatever its encoding and delimiter.

    ``mapping`` says what the file does not; ``keep`` names columns to pass through unread, as ``keep:name``,
    and ``lists`` those of them whose cells may be lists of texts. A file with no other column that is
    recognised is refused, unless ``kept_suffice``.
    Raises subclasses of :class:`~correlate.errors.InputError`, none of which names a value.
    """
    path, mapping = Path(path), mapping or Mapping()
    if batch_rows < 1:
        raise ValueError("batch_rows is at least 1")
    table, stamp = _open_table(path, mapping)
    columns = assign_columns(
        table.headers, mapping=mapping, keep=keep, lists=lists, kept_suffice=kept_suffice, file=path
    )
    return Source(path, table, columns, batch_rows, stamp)


def open_columns(path: Path, choose: Callable[[tuple[str, ...]], tuple[str, str]]) -> Source:
    """Open a file of two columns that ``choose`` names, given the headers: one of texts, and one of lists.

    Both are passed through, as ``keep:name``, and nothing else is read. Raises as :func:`open_source` does.
    """
    path, mapping = Path(path), Mapping(only_mapped=True)
    table, stamp = _open_table(path, mapping)
    text, listed = choose(table.headers)
    columns = assign_columns(
        table.headers, mapping=mapping, keep=(text,), lists=(listed,), kept_suffice=True, file=path
    )
    return Source(path, table, columns, BATCH_ROWS, stamp)


def _open_table(path: Path, mapping: Mapping) -> tuple[Table, os.stat_result]:
    stamp = _stat(path)
    head = _head(path)
    if not head:
        raise EmptyFile(file=path)
    refuse_unsupported(head, path)
    table: Table = (
        ParquetTable(path, stamp.st_size) if head.startswith(PARQUET_MAGIC) else TextTable(path, mapping)
    )
    return table, stamp


def _stat(path: Path) -> os.stat_result:
    try:
        stamp = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise MissingFile(file=path) from None
    except OSError as error:
        raise UnreadableFile(file=path, reason=error.strerror or type(error).__name__) from None
    if path.is_dir():
        raise FolderGiven(file=path)
    return stamp


def _head(path: Path) -> bytes:
    with open_file(path) as file:
        return bytes(file.read(64))
