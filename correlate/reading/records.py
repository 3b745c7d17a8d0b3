"""Rows of CSV, exactly: one at a time, each with its fields or the reason why it has none."""

from __future__ import annotations

import re

__all__ = ["ROW_BYTES_MAX", "VALUE_LINES_MAX", "MalformedRow", "Scanner"]

#: No row of a real table comes near; one that does is a file without line ends, or an unclosed quote.
ROW_BYTES_MAX = 16 * 1024 * 1024
#: A quoted value over more lines than this is taken for an unclosed quote, which would swallow the file.
VALUE_LINES_MAX = 100


class MalformedRow(ValueError):
    """A row that cannot be split; the message is the stable reason."""


class Scanner:
    """Split rows by one delimiter. A quote opens at a field's start only; doubled, it stands for itself.

    Text after a closing quote belongs to the field, as in Python's own reader and in Arrow's.
    """

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter.encode()
        mark = re.escape(self.delimiter)
        self._field = re.compile(
            rb'(?:"([^"]*+(?:""[^"]*+)*+)"([^%b\n]*+)|((?!")[^%b\n]*+))(%b|\n)' % (mark, mark, mark)
        )

    def read(self, data: bytes | bytearray, start: int, end: int) -> tuple[list[bytes], int] | None:
        """Give the fields of the row at ``start`` and where the next row starts; no fields for a blank line.

        ``None`` when the row does not end before ``end``. Raises :class:`MalformedRow`.
        """
        stop = data.find(b"\n", start, end)
        if stop < 0:
            return None
        if stop - start > ROW_BYTES_MAX:
            raise MalformedRow("line-too-long")
        line = bytes(data[start:stop]).rstrip(b"\r")
        if b'"' in line:
            return self._read_quoted(data, start, end)
        _check(line)
        return (line.split(self.delimiter) if line else []), stop + 1

    def _read_quoted(self, data: bytes | bytearray, start: int, end: int) -> tuple[list[bytes], int] | None:
        fields: list[bytes] = []
        place = start
        while (match := self._field.match(data, place, end)) is not None:
            place = match.end()
            last = match.group(4) == b"\n"
            fields.append(_value(match, last=last))
            if last:
                return fields, place
        return None


def _value(match: re.Match[bytes], *, last: bool) -> bytes:
    quoted, tail, plain = match.group(1), match.group(2), match.group(3)
    if quoted is None:
        plain = plain.rstrip(b"\r") if last else plain
        _check(plain)
        return plain
    tail = tail.rstrip(b"\r") if last else tail
    # A value over lines that does not end at a delimiter was opened by a stray quote.
    if (lines := quoted.count(b"\n")) > VALUE_LINES_MAX or (lines and tail):
        raise MalformedRow("unclosed-quote")
    if b"\0" in quoted:
        raise MalformedRow("nul-byte")
    _check(tail)
    return quoted.replace(b'""', b'"') + tail


def _check(text: bytes) -> None:
    if b"\0" in text:
        raise MalformedRow("nul-byte")
    if b"\r" in text:
        raise MalformedRow("carriage-return")
