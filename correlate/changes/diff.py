"""Two files of scores, compared range by range of subject_id, so that memory does not grow with them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import polars as pl
import pyarrow.parquet as pq

from correlate.changes.causes import CHANGE_SCHEMA, changed, paired
from correlate.changes.errors import DifferentKeys, DifferentModels
from correlate.changes.links import Names
from correlate.changes.opening import OpenScores, open_scores
from correlate.changes.report import Changes, Tally
from correlate.changes.scored_file import ScoredFile
from correlate.reading import atomic_output, check_writable
from correlate.score_files import output_format

__all__ = ["diff"]

# What a range may hold; half the memory is the engines' own.
_RANGE_ROWS = 250_000
_RANGE_ENTRIES = 2_500_000
_ROWS_PER_GROUP = 100_000
_OUTPUT_SCHEMA = pl.Schema({**CHANGE_SCHEMA, "old_model": pl.String(), "new_model": pl.String()})
_LISTS = tuple(name for name, kind in CHANGE_SCHEMA.items() if kind == pl.List(pl.String))


def diff(
    old: Path,
    new: Path,
    output: Path | None = None,
    *,
    across_models: bool = False,
    crossed_only: bool = False,
    limit: int = 20,
    range_rows: int = _RANGE_ROWS,
) -> Changes:
    """Tell whose score changed between two files of scores, and why.

    Args:
        old: Parquet or JSON lines, as `correlate score` writes them.
        new: the same, later.
        output: where to write one row for each subject in whom anything differs; the ending is the format.
        across_models: compare scores of different models too.
        crossed_only: write those only who crossed from one band into another.
        limit: how many of these to keep in the result.
        range_rows: how many subjects to compare at a time.

    Raises:
        UnusableScores: a file cannot be read or is not a whole file of scores.
        RepeatedSubject: a file has a subject twice.
        DifferentKeys: the files were made with different keys.
        DifferentModels: they were made with different models, and ``across_models`` is not set.
        UnknownOutputFormat: the output's ending is none that is written.
        OutputError: the output cannot be written.
    """
    started = time.monotonic()
    if output is not None:
        output_format(output)
        check_writable(output)
    names = Names()
    sides = open_scores(old, names=names), open_scores(new, names=names)
    files = sides[0].file, sides[1].file
    _check_keys(*files)
    remodelled = _check_models(*files, across_models=across_models)
    models = tuple(None if file.model is None else str(file.model) for file in files)
    days = {None if file.model is None else file.model.as_of for file in files}
    tally = Tally(limit=limit)
    with _writer(output) as write:
        for start, end in _ranges(*sides, range_rows=range_rows):
            there, here = (side.part(start, end) for side in sides)
            pairs = paired(there.frame, here.frame)
            found = changed(
                pairs,
                old=there.packed,
                new=here.packed,
                names=names,
                redated=len(days) > 1,
                remodelled=remodelled,
            )
            tally.add_pairs(pairs)
            tally.add_changed(found)
            kept = found.filter("crossed") if crossed_only else found
            write(kept.with_columns(old_model=pl.lit(models[0]), new_model=pl.lit(models[1])))
        for side in sides:
            side.check_unchanged()
    return tally.changes(*files, output=output, seconds=time.monotonic() - started)


def _check_keys(old: ScoredFile, new: ScoredFile) -> None:
    if None not in (old.key_id, new.key_id) and old.key_id != new.key_id:
        raise DifferentKeys(old=old.path, new=new.path, old_key=old.key_id, new_key=new.key_id)


def _check_models(old: ScoredFile, new: ScoredFile, *, across_models: bool) -> bool:
    """Whether the models differ in more than the day."""
    if old.model is None or new.model is None:
        return False
    for part, name in (("linkage", "linkage model"), ("profile", "profile"), ("scenarios", "scenarios")):
        there, here = getattr(old.model, part), getattr(new.model, part)
        if there != here:
            if not across_models:
                raise DifferentModels(old=old.path, new=new.path, part=name, old_name=there, new_name=here)
            return True
    return False


def _ranges(old: OpenScores, new: OpenScores, *, range_rows: int) -> Iterator[tuple[str | None, str | None]]:
    """Ranges of subject_id, in order, none of which holds much more than it may."""
    rows = max(old.file.rows, new.file.rows)
    entries = max(old.rows.entries, new.rows.entries)
    count = max(-(-rows // range_rows), -(-entries // _RANGE_ENTRIES), 1)
    if count == 1:
        yield None, None
        return
    ids = pl.concat([old.rows.sample(), new.rows.sample()]).sort()
    starts = {ids[len(ids) * number // count] for number in range(1, count)}
    yield from pairwise([None, *sorted(starts), None])


@contextmanager
def _writer(output: Path | None) -> Iterator[Callable[[pl.DataFrame], None]]:
    """A function that appends rows; the file appears under its name only when whole."""
    if output is None:
        yield _write_nothing
        return
    with (
        atomic_output(output) as part,
        part.open("wb") as file,
        _FORMATS[output_format(output)](file) as write,
    ):
        yield write


def _write_nothing(_frame: pl.DataFrame) -> None:
    """What writes when no output is asked for."""


@contextmanager
def _parquet(file: BinaryIO) -> Iterator[Callable[[pl.DataFrame], None]]:
    schema = _OUTPUT_SCHEMA.to_frame().to_arrow(compat_level=pl.CompatLevel.oldest()).schema
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:

        def write(frame: pl.DataFrame) -> None:
            table = frame.cast(_OUTPUT_SCHEMA).to_arrow(compat_level=pl.CompatLevel.oldest())
            writer.write_table(table, row_group_size=_ROWS_PER_GROUP)

        yield write


@contextmanager
def _csv(file: BinaryIO) -> Iterator[Callable[[pl.DataFrame], None]]:
    _flat(_OUTPUT_SCHEMA.to_frame()).write_csv(file)
    yield lambda frame: _flat(frame).write_csv(file, include_header=False)


@contextmanager
def _jsonl(file: BinaryIO) -> Iterator[Callable[[pl.DataFrame], None]]:
    yield lambda frame: frame.write_ndjson(file)


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(_LISTS).list.join("|"))


_FORMATS = {"parquet": _parquet, "csv": _csv, "jsonl": _jsonl}
