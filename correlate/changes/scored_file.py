"""What is known of a file of scores before its subjects are compared, and what makes it unusable."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa

from correlate.changes.errors import UnusableScores
from correlate.changes.links import Ints, NotLinks
from correlate.score_files import ModelName

__all__ = [
    "AS_WRITTEN",
    "FLAT_COLUMNS",
    "SAMPLE_ROWS",
    "Part",
    "ScoredFile",
    "Stamp",
    "checked",
    "missing_column",
    "readable",
    "stamp_of",
    "within",
]

# So many subject ids, from all over a file, tell where to cut it into ranges.
SAMPLE_ROWS = 20_000
FLAT_COLUMNS = ("subject_id", "score", "band", "key_id", "model")
AS_WRITTEN = "Compare files as `correlate score` writes them, with an output that ends in .parquet or .jsonl"

Stamp = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class ScoredFile:
    """A file of scores that can be compared: one key, one model, nothing missing.

    A file without rows has neither key nor model.
    """

    path: Path
    rows: int
    key_id: str | None
    model: ModelName | None


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some subjects of a file: (subject_id, score, band, first, count), and packed links.

    Scores are whole hundredths of a point. ``first`` is where a subject's links begin in ``packed``.
    """

    frame: pl.DataFrame
    packed: Ints


def checked(
    path: Path,
    *,
    rows: int,
    nulls: Mapping[str, int],
    wild: int,
    keys: Sequence[str],
    models: Sequence[str],
) -> ScoredFile:
    """The facts of a file, from counts over its rows.

    Args:
        path: the file.
        rows: how many there are.
        nulls: for each flat column, how many rows have nothing there.
        wild: how many rows have a score outside 0 to 100.
        keys: the different entries of key_id.
        models: the different entries of model.

    Raises:
        UnusableScores: something is missing or wild, or the file was put together from several.
    """
    for name in FLAT_COLUMNS:
        if nulls[name]:
            reason = f"{nulls[name]:,} rows have nothing in column {name}"
            raise UnusableScores(file=path, reason=reason, step=AS_WRITTEN)
    if wild:
        reason = f"{wild:,} rows have something else than 0 to 100 in column score"
        raise UnusableScores(file=path, reason=reason, step=AS_WRITTEN)
    model = _only(path, "model", models)
    return ScoredFile(
        path=path,
        rows=rows,
        key_id=_only(path, "key_id", keys),
        model=None if model is None else _model(path, model),
    )


def _only(path: Path, column: str, values: Sequence[str]) -> str | None:
    if len(values) > 1:
        reason = (
            f"its column {column} has {len(values)} different entries, so it was put together from several"
        )
        raise UnusableScores(file=path, reason=reason, step="Compare each of them by itself")
    return values[0] if values else None


def _model(path: Path, name: str) -> ModelName:
    try:
        return ModelName.parse(name)
    except ValueError:
        reason = "its column model does not name a linkage model, a profile, scenarios and a date"
        raise UnusableScores(file=path, reason=reason, step=AS_WRITTEN) from None


def missing_column(path: Path, name: str) -> UnusableScores:
    """The error for a column that is not there."""
    return UnusableScores(file=path, reason=f"it has no column {name}", step=AS_WRITTEN)


def within(start: str | None, end: str | None) -> pl.Expr:
    """Whether a subject_id lies from ``start`` on, and before ``end``."""
    wanted = pl.lit(value=True)
    if start is not None:
        wanted &= pl.col("subject_id") >= start
    if end is not None:
        wanted &= pl.col("subject_id") < end
    return wanted


def stamp_of(path: Path) -> Stamp:
    """What changes when the file does.

    Raises:
        UnusableScores: there is no file that could be read.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        reason, step = "there is no such file", "Check the path and its spelling"
        raise UnusableScores(file=path, reason=reason, step=step) from None
    if path.is_dir():
        raise UnusableScores(file=path, reason="it is a folder", step="Name one file in it")
    if not os.access(path, os.R_OK):
        step = "Check who owns it and what it permits"
        raise UnusableScores(file=path, reason="it may not be read", step=step)
    return found.st_size, found.st_mtime_ns, found.st_ino


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Put what stops the reading of ``path`` into words of ours."""
    try:
        yield
    except NotLinks:
        reason = "its column breaches has an entry without name, probability, evidence or depth"
        raise UnusableScores(file=path, reason=reason, step=AS_WRITTEN) from None
    except (pl.exceptions.PolarsError, pa.ArrowException):
        # The engines' own words may hold a cell.
        reason = "it is damaged, cut short, or has a cell of another type"
        step = "Fetch it again, or make it again with `correlate score`"
        raise UnusableScores(file=path, reason=reason, step=step) from None
