"""Where the quotes of a block stand, over the whole block at once."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from correlate.reading.records import VALUE_LINES_MAX

__all__ = ["filled_lines", "has_lone_return", "whole_rows"]

Bytes = npt.NDArray[np.uint8]
_NEWLINE, _RETURN, _QUOTE = b'\n\r"'
_BLANK_LINES = re.compile(rb"(?:^|(?<=\n))\r*\n")


def has_lone_return(buffer: bytearray, start: int, end: int) -> bool:
    """Say whether a carriage return stands without a newline behind it: some readers end a row there."""
    if buffer.find(b"\r", start, end) < 0:
        return False
    data = _bytes(buffer, start, end)
    return bool(np.any((data[:-1] == _RETURN) & (data[1:] != _NEWLINE)))


def filled_lines(buffer: bytearray, start: int, end: int, *, quoted: bool) -> int:
    """Count the lines that are not blank; none if ``quoted``, when a blank line may be part of a value."""
    lines = int(np.count_nonzero(_bytes(buffer, start, end) == _NEWLINE))
    if _has_blanks(buffer, start, end):
        if quoted:
            return 0
        lines -= sum(1 for _ in _BLANK_LINES.finditer(memoryview(buffer)[start:end]))
    return lines


def whole_rows(buffer: bytearray, start: int, end: int, delimiter: int) -> tuple[int, int]:
    """Count the rows whose values run over lines or not, and give where the last whole one ends.

    No rows if a quote stands anywhere but around a whole value, if one value runs over more than
    ``VALUE_LINES_MAX`` lines: only then is every other quote an opening one. Blank lines count as rows.
    """
    data = _bytes(buffer, start, end)
    quotes = np.flatnonzero(data == _QUOTE)
    newlines = np.flatnonzero(data == _NEWLINE)
    before = np.searchsorted(quotes, newlines)
    outside = newlines[before % 2 == 0]
    if not len(outside):
        return 0, start
    stop = int(outside[-1]) + 1
    quotes = quotes[: np.searchsorted(quotes, stop)]
    inside = before[(before % 2 == 1) & (newlines < stop)]
    if len(inside) and int(np.bincount(inside).max()) > VALUE_LINES_MAX:
        return 0, start
    return (len(outside), start + stop) if _all_around_values(data, quotes, delimiter) else (0, start)


def _all_around_values(data: Bytes, quotes: npt.NDArray[np.intp], delimiter: int) -> bool:
    opening, closing = quotes[::2], quotes[1::2]
    previous = data[opening[opening > 0] - 1]
    # A quote after another is the second of two within a value, which opens it again.
    opens = (previous == delimiter) | (previous == _NEWLINE) | (previous == _QUOTE)
    following = data[closing + 1]
    closes = (
        (following == delimiter) | (following == _NEWLINE) | (following == _RETURN) | (following == _QUOTE)
    )
    return bool(opens.all() and closes.all())


def _has_blanks(buffer: bytearray, start: int, end: int) -> bool:
    pairs = (b"\n\n", b"\n\r\n")
    return buffer[start] in b"\r\n" or any(buffer.find(pair, start, end) >= 0 for pair in pairs)


def _bytes(buffer: bytearray, start: int, end: int) -> Bytes:
    return np.frombuffer(buffer, np.uint8, end - start, start)
