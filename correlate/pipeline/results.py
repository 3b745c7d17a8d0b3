"""Scores into files: Parquet and JSON lines nested, CSV flat; whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import polars as pl
import pyarrow.parquet as pq

from correlate.errors import InputError
from correlate.reading import atomic_output

__all__ = ["FORMATS", "UnknownOutputFormat", "flat", "output_format", "score_rows", "write_scores"]

FORMATS = {".parquet": "parquet", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}
# Fixed, so that the same scores give the same bytes.
ROWS_PER_GROUP = 100_000


class UnknownOutputFormat(InputError):
    """The output {path} has an ending this program does not write. Use one of: {known}."""


def output_format(path: Path) -> str:
    """The format by the file's ending; raises UnknownOutputFormat."""
    if path.suffix.lower() not in FORMATS:
        raise UnknownOutputFormat(path=path, known=", ".join(FORMATS))
    return FORMATS[path.suffix.lower()]


def flat(assessed: pl.DataFrame) -> pl.DataFrame:
    """Nested columns as text: "name:value:points" joined by "|"; a scenario that only combination opens ends
    in "+".
    """

    def joined(column: str, *fields: str, ending: pl.Expr | None = None) -> pl.Expr:
        parts = [pl.element().struct.field(each).cast(pl.String).fill_null("") for each in fields]
        entry = pl.concat_str(parts, separator=":")
        if ending is not None:
            entry += ending
        return pl.col(column).list.eval(entry).list.join("|").alias(column)

    only = pl.when(pl.element().struct.field("combination_only")).then(pl.lit("+")).otherwise(pl.lit(""))
    return assessed.with_columns(
        joined("evidence", "evidence", "depth", "points"),
        joined("breaches", "breach", "probability", "points"),
        joined("scenarios", "scenario", "feasibility", ending=only),
        joined("attributes", "attribute", "availability", "points"),
        pl.col("reasons").list.join("|"),
    )


def write_scores(
    path: Path, subjects: pl.DataFrame, assessed: pl.DataFrame, *, key_id: str, model: str
) -> None:
    """Write one row a subject, in the order given.

    Args:
        path: the ending tells the format; the file appears under its name only when whole.
        subjects: (subject_id, exposure_no), in the order to write.
        assessed: one row per exposure_no from 0 up, as an assessment has them.
        key_id: stands in every row.
        model: stands in every row.
    """
    form = output_format(path)
    # In one piece: to gather from several, each part of the output would join them anew.
    assessed = (flat(assessed) if form == "csv" else assessed).rechunk()
    starts = range(0, max(1, subjects.height), ROWS_PER_GROUP)
    parts = (subjects.slice(start, ROWS_PER_GROUP) for start in starts)
    with atomic_output(path) as part, part.open("wb") as file:
        WRITERS[form](file, (score_rows(each, assessed, key_id=key_id, model=model) for each in parts))


def score_rows(subjects: pl.DataFrame, assessed: pl.DataFrame, *, key_id: str, model: str) -> pl.DataFrame:
    """Bring each subject (subject_id, exposure_no) and the assessment of its exposure together, in order."""
    rows = assessed.drop("exposure_id")[subjects["exposure_no"]]
    named = rows.with_columns(key_id=pl.lit(key_id), model=pl.lit(model))
    return subjects.select("subject_id").hstack(named).rechunk()


Chunks = Iterator[pl.DataFrame]


def _write_parquet(file: BinaryIO, chunks: Chunks) -> None:
    first = next(chunks).to_arrow(compat_level=pl.CompatLevel.oldest())
    with pq.ParquetWriter(file, first.schema, compression="zstd") as writer:
        writer.write_table(first)
        for frame in chunks:
            writer.write_table(frame.to_arrow(compat_level=pl.CompatLevel.oldest()))


def _write_csv(file: BinaryIO, chunks: Chunks) -> None:
    for place, frame in enumerate(chunks):
        frame.write_csv(file, include_header=place == 0)


def _write_jsonl(file: BinaryIO, chunks: Chunks) -> None:
    for frame in chunks:
        frame.write_ndjson(file)


WRITERS: dict[str, Callable[[BinaryIO, Chunks], None]] = {
    "parquet": _write_parquet,
    "csv": _write_csv,
    "jsonl": _write_jsonl,
}
