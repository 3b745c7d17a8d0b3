"""The fast way through clean CSV: a block at once, or not at all."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as pc

from correlate.reading.columns import Columns
from correlate.reading.records import MalformedRow, Scanner

__all__ = ["BlockParser"]

_BLANK_LINES = re.compile(rb"(?:^|(?<=\n))\r*\n")


class BlockParser:
    """Parse blocks of whole lines with Arrow, several threads each.

    A block is taken only where Arrow provably gives what :class:`~correlate.reading.records.Scanner` would:
    every line is one row with the right number of fields. Anything else is left to that.
    """

    def __init__(self, *, width: int, columns: Columns, delimiter: str) -> None:
        self._scanner = Scanner(delimiter)
        self._width = width
        names = [str(index) for index in range(width)]
        used = [names[index] for index in columns.indices]
        self._targets = columns.targets
        self._read = pc.ReadOptions(column_names=names)
        self._parse = pc.ParseOptions(delimiter=delimiter, newlines_in_values=False)
        # A column may be used twice (mapped, and passed through): it is parsed once.
        self._used: Sequence[str] = used
        self._convert = pc.ConvertOptions(
            include_columns=list(dict.fromkeys(used)),
            column_types=dict.fromkeys(names, pa.large_string()),
            strings_can_be_null=False,
        )

    def parse(self, buffer: bytearray, start: int, end: int) -> pl.DataFrame | None:
        """Give the rows of the whole lines from ``start`` to ``end``; ``None`` if they need a closer look."""
        quoted = buffer.find(b'"', start, end) >= 0
        if buffer.find(b"\0", start, end) >= 0 or (quoted and not self._is_closed(buffer, start, end)):
            return None
        view = memoryview(buffer)[start:end]
        if _has_lone_return(buffer, start, end):
            return None
        try:
            table = pc.read_csv(pa.BufferReader(pa.py_buffer(view)), self._read, self._parse, self._convert)
        except pa.ArrowInvalid:
            # A row of another width, a byte that is not UTF-8, a very long row; Arrow's words hold values.
            return None
        # With one field a row, a line break in quotes could hide where Arrow divides its work.
        if quoted and (self._width == 1 or table.num_rows != _filled_lines(buffer, start, end)):
            return None
        frame = pl.from_arrow(table, rechunk=False)
        if not isinstance(frame, pl.DataFrame):  # Only for the type checker: a table gives a frame.
            return None
        return frame.select(
            pl.col(name).alias(target) for name, target in zip(self._used, self._targets, strict=True)
        )

    def _is_closed(self, buffer: bytearray, start: int, end: int) -> bool:
        """Say whether the last line ends where the block does, rather than within quotes."""
        last = buffer.rfind(b"\n", start, end - 1) + 1
        try:
            record = self._scanner.read(buffer, max(last, start), end)
        except MalformedRow:
            return False
        return record is not None


def _has_lone_return(buffer: bytearray, start: int, end: int) -> bool:
    # Arrow would end a row at a carriage return alone.
    if buffer.find(b"\r", start, end) < 0:
        return False
    data = np.frombuffer(buffer, np.uint8, end - start, start)
    returns = data[:-1] == 13
    return bool(np.any(returns & (data[1:] != 10)))


def _filled_lines(buffer: bytearray, start: int, end: int) -> int:
    data = np.frombuffer(buffer, np.uint8, end - start, start)
    lines = int(np.count_nonzero(data == 10))
    if (
        buffer.find(b"\n\n", start, end) >= 0
        or buffer.find(b"\n\r\n", start, end) >= 0
        or data[0] in (10, 13)
    ):
        lines -= sum(1 for _ in _BLANK_LINES.finditer(memoryview(buffer)[start:end]))
    return lines
