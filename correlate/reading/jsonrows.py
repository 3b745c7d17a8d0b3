"""The rows of JSON lines: one object a line; an object within it gives columns ``outer.inner``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from correlate.reading.batch import Batch
from correlate.reading.blocks import Lines, frame_of
from correlate.reading.columns import Columns
from correlate.reading.records import ROW_BYTES_MAX, MalformedRow
from correlate.reading.rejects import Reject

__all__ = ["JsonRows", "find_keys", "find_paths"]

Path = tuple[str, ...]
# Lone surrogates and NUL, which Polars passes on as something else, can only be written as escapes.
_ESCAPES_APART = (b"\\u0000", b"\\ud", b"\\uD")
_BLANK = b" \t\r\n"
# A string, and whether it is a key. None runs over a line's end, so a malformed line spoils itself alone.
_STRING = re.compile(rb'"((?:[^"\\\n]|\\.)*)"(?:\s*(:))?')


def find_paths(sample: bytes) -> dict[str, Path]:
    """Give each column met in the first lines: its header, and the keys that lead to it."""
    paths: dict[str, Path] = {}
    for line in sample[: sample.rfind(b"\n") + 1 or None].split(b"\n"):
        try:
            row = _parse(line)
        except MalformedRow:
            continue
        for path in _leaves(row):
            paths.setdefault(".".join(path), path)
    return paths


def find_keys(lines: bytes) -> set[str]:
    """Give every key of some lines, at any depth."""
    found = {match[1] for match in _STRING.finditer(lines) if match[2]}
    return {_unescaped(key) for key in found}


def _unescaped(key: bytes) -> str:
    try:
        return str(json.loads(b'"%b"' % key)) if b"\\" in key else key.decode("utf-8", "replace")
    except ValueError:
        return ""


def _leaves(row: dict[str, Any]) -> Iterator[Path]:
    for key, value in row.items():
        if isinstance(value, dict):
            yield from ((key, inner) for inner in value)
        else:
            yield (key,)


class JsonRows:
    """Make rows of JSON lines. Blank lines are no rows; a key that is absent is null."""

    def __init__(self, *, paths: Sequence[Path], columns: Columns) -> None:
        self._paths = [paths[index] for index in columns.indices]
        self._targets = columns.targets
        self._write = [_as_list if column.listed else _as_text for column in columns.used]
        self._flat = all(len(path) == 1 for path in self._paths)
        self._text = pl.Schema(dict.fromkeys((path[0] for path in self._paths), pl.String()))

    def fast(self, lines: Lines) -> tuple[Batch, int] | None:
        """See :class:`~correlate.reading.blocks.RowParser`."""
        block = bytes(memoryview(lines.buffer)[lines.start : lines.target])
        if not self._flat or any(escape in block for escape in _ESCAPES_APART):
            return None
        try:
            frame = pl.read_ndjson(block, schema=self._text)
        except pl.exceptions.PolarsError:
            return None
        # A list or an object comes out as its JSON text.
        nested = frame.select(pl.any_horizontal(pl.all().str.contains(r"^[\[{]").any())).item()
        if nested or frame.height != _filled_lines(block):
            return None
        rows = frame.select(
            pl.col(path[0]).alias(target) for path, target in zip(self._paths, self._targets, strict=True)
        )
        return Batch(frame=rows, first_row=lines.row, count=rows.height), lines.target

    def exact(self, lines: Lines) -> tuple[Batch, int]:
        """See :class:`~correlate.reading.blocks.RowParser`. A line is a row, so all of them are taken."""
        rows: list[list[str | None]] = []
        numbers: list[int] = []
        rejects: list[Reject] = []
        number = lines.row
        for line in bytes(memoryview(lines.buffer)[lines.start : lines.target]).split(b"\n"):
            if not line.strip(_BLANK):
                continue
            try:
                rows.append(self._cells(_parse(line)))
                numbers.append(number)
            except MalformedRow as malformed:
                rejects.append(Reject(number, str(malformed)))
            number += 1
        part = Batch(
            frame=frame_of(rows, self._targets),
            first_row=lines.row,
            count=number - lines.row,
            rows=pl.Series("row", numbers, pl.Int64) if rejects else None,
            rejects=tuple(rejects),
        )
        return part, lines.target

    def _cells(self, row: dict[str, Any]) -> list[str | None]:
        return [write(_reach(row, path)) for write, path in zip(self._write, self._paths, strict=True)]


def _filled_lines(block: bytes) -> int:
    lines = block.count(b"\n")
    if b"\n\n" in block or b"\n\r\n" in block or block[:1].isspace():
        lines = sum(1 for line in block.split(b"\n") if line.strip(_BLANK))
    return lines


def _parse(line: bytes) -> dict[str, Any]:
    if len(line) > ROW_BYTES_MAX:
        raise MalformedRow("line-too-long")
    try:
        row = json.loads(line.decode(), object_pairs_hook=_first_wins, parse_constant=_refuse)
    except UnicodeDecodeError:
        raise MalformedRow("encoding") from None
    except (ValueError, RecursionError):
        raise MalformedRow("json-malformed") from None
    if not isinstance(row, dict):
        raise MalformedRow("json-not-object")
    return row


def _first_wins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    # Only a repeated key makes the order of insertion matter.
    return row if len(row) == len(pairs) else dict(reversed(pairs))


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _reach(row: dict[str, Any], path: Path) -> Any:  # noqa: ANN401 - whatever JSON holds
    value: Any = row
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _as_text(value: Any) -> str | None:  # noqa: ANN401 - whatever JSON holds
    """Write a number without exponent and without ``.0``, as Polars does."""
    if isinstance(value, dict | list):
        raise MalformedRow("nested-value")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        number = Decimal(repr(value))
        if not number.is_finite():
            raise MalformedRow("json-malformed")
        return f"{number.normalize():f}"
    if isinstance(value, str):
        _check(value)
        return value
    return None if value is None else str(value)


def _as_list(value: Any) -> str | None:  # noqa: ANN401 - whatever JSON holds
    """Write a list of texts as one text."""
    if not isinstance(value, list):
        return _as_text(value)
    return "|".join(filter(None, map(_as_text, value)))


def _check(text: str) -> None:
    if "\0" in text:
        raise MalformedRow("nul-byte")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise MalformedRow("encoding")
