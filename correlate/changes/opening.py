"""A file of scores opened, whatever its format, and watched while it is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from correlate.changes.errors import RepeatedSubject, UnusableScores
from correlate.changes.json_scores import JsonScores
from correlate.changes.links import Names
from correlate.changes.parquet_scores import ParquetScores
from correlate.changes.scored_file import AS_WRITTEN, Part, ScoredFile, Stamp, stamp_of

__all__ = ["OpenScores", "open_scores"]

_PARQUET_MAGIC = b"PAR1"


@dataclass(frozen=True, kw_only=True)
class OpenScores:
    """A file of scores, its rows in ranges of subject_id."""

    rows: ParquetScores | JsonScores
    names: Names
    stamp: Stamp

    @property
    def file(self) -> ScoredFile:
        """What is known of the file."""
        return self.rows.file

    def part(self, start: str | None, end: str | None) -> Part:
        """The subjects from ``start`` on, before ``end``.

        Raises:
            RepeatedSubject: a subject_id stands in two rows.
            UnusableScores: a cell of the column breaches is not what it should be.
        """
        part = self.rows.part(start, end, names=self.names)
        ids = part.frame["subject_id"]
        if ids.n_unique() != len(ids):
            rows = self.rows.rows_of(ids.filter(ids.is_duplicated()).sort()[0])
            raise RepeatedSubject(file=self.file.path, first=rows[0], second=rows[1])
        return part

    def check_unchanged(self) -> None:
        """Raise UnusableScores if the file is no longer what was opened."""
        if stamp_of(self.file.path) != self.stamp:
            reason, step = "it changed while it was read", "Wait until it is whole, and start again"
            raise UnusableScores(file=self.file.path, reason=reason, step=step)


def open_scores(path: Path, *, names: Names) -> OpenScores:
    """Open a file of scores; names of breaches are added to ``names``.

    Raises:
        UnusableScores: it cannot be read, is CSV, lacks a column or a cell, or was put together from several.
    """
    stamp = stamp_of(path)
    rows = ParquetScores.open(path) if _is_parquet(path) else JsonScores.open(path, names=names)
    return OpenScores(rows=rows, names=names, stamp=stamp)


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(_PARQUET_MAGIC):
        return True
    if head.lstrip()[:1] == b"{":
        return False
    if not head.strip():
        raise UnusableScores(file=path, reason="it is empty", step=AS_WRITTEN)
    reason = "it is neither Parquet nor JSON lines; CSV does not tell how each breach was reached"
    raise UnusableScores(file=path, reason=reason, step=AS_WRITTEN)
