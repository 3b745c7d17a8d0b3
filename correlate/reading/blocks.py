"""Walk a text in blocks of whole lines, in bounded memory, and number its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from correlate.reading.batch import Batch
from correlate.reading.records import ROW_BYTES_MAX
from correlate.reading.rejects import Reject
from correlate.reading.stream import Readable

__all__ = ["BLOCK_BYTES", "BlockWalk", "Lines", "RowParser", "frame_of"]

#: Large enough to share between threads, small beside a batch.
BLOCK_BYTES = 16 * 1024 * 1024
#: A block with a fault in it is taken in pieces, so that the exact way is walked for few rows.
_PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """Whole lines of ``buffer``, from ``start`` to ``target``; the text goes on to ``end``.

    ``row`` numbers the first row. ``final`` says that nothing comes after ``end``.
    """

    buffer: bytearray
    start: int
    target: int
    end: int
    row: int
    final: bool


class RowParser(Protocol):
    """What a format makes of lines."""

    def fast(self, lines: Lines) -> tuple[Batch, int] | None:
        """Do as :meth:`exact` for all lines at once, or give ``None`` if some need a closer look."""

    def exact(self, lines: Lines) -> tuple[Batch, int]:
        """Give the rows and rejects that start before ``target``, and where the next row starts.

        That is before ``target`` only when a row does not end before ``end`` and more text is to come.
        """


def frame_of(rows: Sequence[Sequence[str | None]], targets: Sequence[str]) -> pl.DataFrame:
    """Make a frame of rows of text; column by column, which is several times as fast as row by row."""
    cells = zip(*rows, strict=True) if rows else [()] * len(targets)
    return pl.DataFrame(
        [pl.Series(target, column, dtype=pl.String) for target, column in zip(targets, cells, strict=True)]
    )


class BlockWalk:
    """Read a text from its first data row to its end."""

    def __init__(self, text: Readable, parser: RowParser, block_bytes: int = BLOCK_BYTES) -> None:
        self._text = text
        self._parser = parser
        self._buffer = bytearray(block_bytes)
        self._start = 0
        self._end = 0
        self._row = 1
        self._final = False
        self._skipping = False

    def parts(self) -> Iterator[Batch]:
        """Give consecutive runs of rows, of any size."""
        while not self._final:
            self._fill()
            lines = self._lines(self._end)
            if lines.target > lines.start and (taken := self._parser.fast(lines)) is not None:
                yield self._taken(*taken)
            yield from self._pieces()
            if self._end - self._start > ROW_BYTES_MAX and not self._final:
                yield self._too_long()

    def _fill(self) -> None:
        """Move what is left to the buffer's start and read on behind it, with room for one more line end."""
        left = self._end - self._start
        if left > len(self._buffer) // 2:
            grown = bytearray(2 * len(self._buffer))
            grown[:left] = self._buffer[self._start : self._end]
            self._buffer = grown
        else:
            self._buffer[:left] = self._buffer[self._start : self._end]
        size = self._text.readinto(memoryview(self._buffer)[left:-1])
        self._start, self._end, self._final = 0, left + size, size == 0
        if self._skipping:
            end_of_line = self._buffer.find(b"\n", 0, self._end)
            self._skipping = end_of_line < 0
            self._start = self._end if self._skipping else end_of_line + 1
        if self._final and self._end > self._start and self._buffer[self._end - 1] != 10:
            self._buffer[self._end] = 10
            self._end += 1

    def _lines(self, wanted: int) -> Lines:
        """Give the whole lines up to about ``wanted``; none when no line ends."""
        target = self._buffer.find(b"\n", max(min(wanted, self._end) - 1, self._start), self._end) + 1
        target = target or self._buffer.rfind(b"\n", self._start, self._end) + 1
        return Lines(
            buffer=self._buffer,
            start=self._start,
            target=max(target, self._start),
            end=self._end,
            row=self._row,
            final=self._final,
        )

    def _pieces(self) -> Iterator[Batch]:
        while (lines := self._lines(self._start + _PIECE_BYTES)).target > lines.start:
            part, after = self._parser.fast(lines) or self._parser.exact(lines)
            if after == lines.start:
                return
            yield self._taken(part, after)

    def _taken(self, part: Batch, after: int) -> Batch:
        self._start, self._row = after, part.next_row
        return part

    def _too_long(self) -> Batch:
        # No line ends in all of this: drop it, and what follows up to the next line end.
        rejects = (Reject(self._row, "line-too-long"),)
        frame = self._parser.exact(self._lines(0))[0].frame.clear()
        self._skipping = True
        return self._taken(Batch(frame=frame, first_row=self._row, count=1, rejects=rejects), self._end)
