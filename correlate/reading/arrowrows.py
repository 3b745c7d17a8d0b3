"""The fast ways through CSV: a whole block at once by Arrow, where its rows are provably the right ones."""

from __future__ import annotations

import codecs

import polars as pl
import pyarrow as pa
import pyarrow.csv as pc

from correlate.reading.batch import Batch
from correlate.reading.blocks import Lines
from correlate.reading.columns import Columns
from correlate.reading.quotes import filled_lines, has_lone_return, whole_rows
from correlate.reading.records import MalformedRow, Scanner
from correlate.reading.rejects import Reject

__all__ = ["BlockParser", "width_fault"]


def width_fault(width: int, expected: int) -> str:
    """Give the reason why a row of ``width`` fields is set aside."""
    return "too-few-fields" if width < expected else "too-many-fields"


class BlockParser:
    """Parse whole lines with Arrow, if it gives what :class:`~correlate.reading.records.Scanner` would.

    Arrow splits single rows alike; what differs is where it ends them when quotes or carriage returns are
    astray, and that it may not say which row was malformed. So its rows are counted against the lines.
    """

    def __init__(self, *, width: int, columns: Columns, delimiter: str) -> None:
        self._scanner = Scanner(delimiter)
        self._width = width
        self._delimiter = delimiter
        self._names = [str(index) for index in range(width)]
        # A column may be used twice (mapped, and passed through): it is parsed once.
        self._targets = {column.target: self._names[column.index] for column in columns.used}
        self._convert = pc.ConvertOptions(
            include_columns=list(dict.fromkeys(self._targets.values())),
            column_types=dict.fromkeys(self._names, pa.large_string()),
            strings_can_be_null=False,
        )

    def parse(self, lines: Lines) -> tuple[Batch, int] | None:
        """Give the rows up to the target or a bit before, and where the next starts, or ``None``."""
        buffer, start, end = lines.buffer, lines.start, lines.target
        if buffer.find(b"\0", start, end) >= 0 or has_lone_return(buffer, start, end):
            return None
        quoted = buffer.find(b'"', start, end) >= 0
        if not quoted or self._is_closed(buffer, start, end):
            return (
                self._one_line_each(lines, quoted=quoted)
                or self._set_aside(lines, quoted=quoted)
                or self._over_lines(lines)
            )
        return self._over_lines(lines)

    def _one_line_each(self, lines: Lines, *, quoted: bool) -> tuple[Batch, int] | None:
        """Take lines that are one row each, all of the right width, by several threads."""
        if quoted and self._width == 1:
            # A line break in quotes could hide where Arrow divides its work: both halves have one field.
            return None
        table = self._read(lines, lines.target, pc.ParseOptions(delimiter=self._delimiter))
        if table is None or (quoted and table.num_rows != _lines(lines, quoted=True)):
            return None
        return self._batch(table, lines), lines.target

    def _set_aside(self, lines: Lines, *, quoted: bool) -> tuple[Batch, int] | None:
        """Take lines that are one row each, some of another width, by one thread, which can number them."""
        if not _is_utf8(lines):
            # Arrow decodes the rows it reports.
            return None
        faults: list[Reject] = []

        def note(row: pc.InvalidRow) -> str:
            reason = width_fault(row.actual_columns, self._width)
            faults.append(Reject(lines.row + row.number - 1, reason))
            return "skip"

        options = pc.ParseOptions(
            delimiter=self._delimiter, newlines_in_values=True, invalid_row_handler=note
        )
        table = self._read(lines, lines.target, options, use_threads=False)
        if table is None or table.num_rows + len(faults) != _lines(lines, quoted=quoted):
            return None
        return self._batch(table, lines, faults), lines.target

    def _over_lines(self, lines: Lines) -> tuple[Batch, int] | None:
        """Take rows whose quoted values run over lines, if all quotes stand around values."""
        rows, stop = whole_rows(lines.buffer, lines.start, lines.target, ord(self._delimiter))
        if not rows:
            return None
        options = pc.ParseOptions(delimiter=self._delimiter, newlines_in_values=True)
        table = self._read(lines, stop, options)
        return (self._batch(table, lines), stop) if table is not None and table.num_rows == rows else None

    def _read(
        self, lines: Lines, end: int, options: pc.ParseOptions, *, use_threads: bool = True
    ) -> pa.Table | None:
        text = pa.BufferReader(pa.py_buffer(memoryview(lines.buffer)[lines.start : end]))
        read = pc.ReadOptions(column_names=self._names, use_threads=use_threads)
        try:
            return pc.read_csv(text, read, options, self._convert)
        except pa.ArrowInvalid:
            # A row of another width, a byte that is not UTF-8, a very long row; Arrow's words hold values.
            return None

    def _batch(self, table: pa.Table, lines: Lines, faults: list[Reject] | None = None) -> Batch:
        parsed = pl.DataFrame(pl.from_arrow(table, rechunk=False))
        frame = parsed.select(pl.col(name).alias(target) for target, name in self._targets.items())
        count = frame.height + len(faults or ())
        numbers = pl.int_range(lines.row, lines.row + count, dtype=pl.Int64, eager=True).alias("row")
        missing = pl.Series([fault.row for fault in faults or ()], dtype=pl.Int64)
        rows = numbers.filter(~numbers.is_in(missing.implode())) if faults else None
        return Batch(frame=frame, first_row=lines.row, count=count, rows=rows, rejects=tuple(faults or ()))

    def _is_closed(self, buffer: bytearray, start: int, end: int) -> bool:
        """Say whether the last line ends where the block does, rather than within quotes."""
        last = buffer.rfind(b"\n", start, end - 1) + 1
        try:
            return self._scanner.read(buffer, max(last, start), end) is not None
        except MalformedRow:
            return False


def _is_utf8(lines: Lines) -> bool:
    try:
        codecs.utf_8_decode(memoryview(lines.buffer)[lines.start : lines.target])
    except UnicodeDecodeError:
        return False
    return True


def _lines(lines: Lines, *, quoted: bool) -> int:
    return filled_lines(lines.buffer, lines.start, lines.target, quoted=quoted)
