"""How a CSV file is laid out: its delimiter, its headers, and where its data begin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from correlate.reading.errors import EmptyFile, MissingHeader, UnreadableHeader
from correlate.reading.headers import looks_like_data, same
from correlate.reading.mapping import Mapping
from correlate.reading.records import MalformedRow, Scanner
from correlate.vocabulary import recognise

__all__ = ["Layout", "find_layout"]

_DELIMITERS = (";", ",", "\t", "|", ":")
_SEP_LINE = re.compile(rb"\s*sep=([^\r\n])\r?\n", re.IGNORECASE)
_ROWS_LOOKED_AT = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """A CSV file's shape. ``start`` is where its first data row begins, in bytes of its UTF-8 text.

    ``named`` is false without a header row; ``headers`` are then the positions, from "1".
    """

    delimiter: str
    headers: tuple[str, ...]
    start: int
    named: bool


def find_layout(sample: bytes, *, mapping: Mapping, path: Path) -> Layout:
    """Find the delimiter, unless given, and the header row of a file from the start of its text."""
    line = _SEP_LINE.match(sample)
    start = line.end() if line else 0
    if sample and not sample[start:].strip():
        raise EmptyFile(file=path)
    given = mapping.delimiter or (line.group(1).decode("latin-1") if line else None)
    delimiter = given or _sniff(sample, start, path)
    rows = _rows(sample, start, delimiter)
    if not rows:
        raise UnreadableHeader(file=path, reason=_why_endless(sample))
    first, end = rows[0]
    headers = tuple(value.strip() for value in _decoded(first))
    headers = _with_trailing(headers, [row for row, _ in rows[1:]])
    named = _is_named(headers, mapping, path)
    if not named:
        headers, end = tuple(str(index + 1) for index in range(len(headers))), start
    return Layout(delimiter=delimiter, headers=headers, start=end, named=named)


def _why_endless(sample: bytes) -> str:
    return "a quote is not closed, or stands in it by mistake" if b'"' in sample else "it is too long"


def _sniff(sample: bytes, start: int, path: Path) -> str:
    endings = [suffix.lower() for suffix in path.suffixes]
    order = ("\t", *_DELIMITERS) if ".tsv" in endings else _DELIMITERS
    return max(order, key=lambda delimiter: _fitness(_rows(sample, start, delimiter)))


def _fitness(rows: Sequence[tuple[list[bytes], int]]) -> tuple[bool, int, float, int]:
    """Rank a delimiter: by how many headers it makes known, then how many rows are as wide as the first."""
    if not rows or len(rows[0][0]) < 2:
        return (False, 0, 0.0, 0)
    first = rows[0][0]
    known = sum(recognise(header) is not None for header in _decoded(first))
    alike = sum(len(row) == len(first) for row, _ in rows) / len(rows)
    # A quote left in a header was not at a field's start: the row was cut in the wrong places.
    whole = not any(b'"' in header for header in first)
    return (whole, known, alike, len(first))


def _rows(sample: bytes, start: int, delimiter: str) -> list[tuple[list[bytes], int]]:
    """Give the fields of the first whole rows, and where each ends."""
    scanner = Scanner(delimiter)
    rows: list[tuple[list[bytes], int]] = []
    place = start
    while place < len(sample) and len(rows) < _ROWS_LOOKED_AT:
        try:
            record = scanner.read(sample, place, len(sample))
        except MalformedRow:
            record = ([], sample.find(b"\n", place) + 1) if rows else None
        if record is None:
            break
        fields, place = record
        if fields:
            rows.append((fields, place))
    return rows


def _decoded(fields: Sequence[bytes]) -> list[str]:
    return [field.decode("utf-8", "replace") for field in fields]


def _with_trailing(headers: tuple[str, ...], rows: Sequence[Sequence[bytes]]) -> tuple[str, ...]:
    """Add a nameless column when most rows end with a delimiter that the header row lacks."""
    longer = sum(len(row) == len(headers) + 1 and not row[-1] for row in rows)
    return (*headers, "") if rows and 2 * longer > len(rows) else headers


def _is_named(headers: tuple[str, ...], mapping: Mapping, path: Path) -> bool:
    if mapping.header is not None:
        return mapping.header
    keys = {same(key) for key in mapping.columns}
    if any(same(header) in keys for header in headers) or not looks_like_data(headers):
        return True
    if not all(key.isascii() and key.isdigit() for key in keys) or not keys:
        raise MissingHeader(file=path, columns=len(headers))
    return False
