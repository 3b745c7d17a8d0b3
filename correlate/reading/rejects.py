"""Rows that cannot be used: counted, with their reason, never with their values."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from correlate.reading.atomic import atomic_output

__all__ = ["Reject", "RejectsWriter"]

_HEADER = ("file", "row", "column", "reason")


class Reject(NamedTuple):
    """One row that was set aside: its 1-based number, a stable reason, the column if one is at fault."""

    row: int
    reason: str
    column: str = ""


class RejectsWriter:
    """Write ``file,row,column,reason`` as CSV, in place only once the ``with`` block has ended well.

    Rows of one file come in ascending order: each call's are sorted, and calls follow the batches.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            part = stack.enter_context(atomic_output(self.path))
            self._file = stack.enter_context(part.open("w", encoding="utf-8", newline=""))
            self._writer = csv.writer(self._file, lineterminator="\n")
            self._writer.writerow(_HEADER)
            self._stack = stack.pop_all()
        return self

    def write(self, file: Path | str, rejects: Iterable[Reject]) -> None:
        """Add the rejects of one batch of ``file``, of which only the base name is written."""
        name = Path(file).name
        rows = sorted(rejects)
        self._writer.writerows((name, reject.row, reject.column, reject.reason) for reject in rows)
        self.count += len(rows)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)
