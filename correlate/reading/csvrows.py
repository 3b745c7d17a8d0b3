"""The rows of CSV: by Arrow where lines are clean, one by one where they are not."""

from __future__ import annotations

import polars as pl

from correlate.reading.arrowrows import BlockParser, width_fault
from correlate.reading.batch import Batch
from correlate.reading.blocks import Lines, frame_of
from correlate.reading.columns import Columns
from correlate.reading.records import ROW_BYTES_MAX, MalformedRow, Scanner
from correlate.reading.rejects import Reject

__all__ = ["CsvRows"]


class CsvRows:
    """Make rows of CSV lines. Blank lines are no rows.

    When a quoted value runs over lines and its row is malformed, only the row's first line is set aside,
    and reading goes on at the next: a stray quote costs one row.
    """

    def __init__(self, *, delimiter: str, width: int, columns: Columns) -> None:
        self._width = width
        self._indices = columns.indices
        self._scanner = Scanner(delimiter)
        self._parser = BlockParser(width=width, columns=columns, delimiter=delimiter)
        self._targets = columns.targets

    def fast(self, lines: Lines) -> tuple[Batch, int] | None:
        """See :class:`~correlate.reading.blocks.RowParser`."""
        return self._parser.parse(lines)

    def exact(self, lines: Lines) -> tuple[Batch, int]:
        """See :class:`~correlate.reading.blocks.RowParser`."""
        rows: list[list[str]] = []
        numbers: list[int] = []
        rejects: list[Reject] = []
        place, number = lines.start, lines.row
        while place < lines.target:
            try:
                fields, after = self._read(lines, place)
                if after == place:
                    break
                if fields:
                    rows.append(self._used(fields))
                    numbers.append(number)
                    number += 1
                place = after
            except MalformedRow as malformed:
                rejects.append(Reject(number, str(malformed)))
                place = lines.buffer.find(b"\n", place, lines.end) + 1
                number += 1
        part = Batch(
            frame=frame_of(rows, self._targets),
            first_row=lines.row,
            count=number - lines.row,
            rows=pl.Series("row", numbers, pl.Int64) if rejects else None,
            rejects=tuple(rejects),
        )
        return part, place

    def _read(self, lines: Lines, place: int) -> tuple[list[bytes], int]:
        """Split the row at ``place``; the next row's place is the same when more text has to come first."""
        record = self._scanner.read(lines.buffer, place, lines.end)
        if record is None:
            if lines.final or lines.end - place > ROW_BYTES_MAX:
                raise MalformedRow("unclosed-quote")
            return [], place
        fields, after = record
        if fields and len(fields) != self._width:
            raise MalformedRow(width_fault(len(fields), self._width))
        return fields, after

    def _used(self, fields: list[bytes]) -> list[str]:
        # No field holds a NUL, so the row is decoded at once.
        used = b"\0".join([fields[index] for index in self._indices])
        try:
            return used.decode().split("\0")
        except UnicodeDecodeError:
            raise MalformedRow("encoding") from None
