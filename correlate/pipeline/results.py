"""Scores into files: Parquet and JSON lines nested, CSV flat; whole or not at all."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
from polars.io.plugins import register_io_source

from correlate.reading import atomic_output
from correlate.risk import unpacked
from correlate.score_files import output_format

__all__ = ["flat", "score_rows", "write_scores"]

# Fixed, so that the same scores give the same bytes.
ROWS_PER_GROUP = 100_000
# More than the end of a file takes.
_PROBE_BYTES = 4 * 1024 * 1024


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
    with atomic_output(path) as part:
        WRITERS[form](part, _Rows(subjects=subjects, assessed=assessed, key_id=key_id, model=model))


def score_rows(
    subjects: pl.DataFrame, assessed: pl.DataFrame, *, key_id: str, model: str, named: bool = True
) -> pl.DataFrame:
    """Bring each subject (subject_id, exposure_no) and the assessment of its exposure, packed or not,
    together, in order; names stay numbered if they are not to be ``named``.
    """
    rows = assessed.drop("exposure_id")[subjects["exposure_no"]]
    own = unpacked(rows, named=named).with_columns(key_id=pl.lit(key_id), model=pl.lit(model))
    return subjects.select("subject_id").hstack(own)


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """What is to be written."""

    subjects: pl.DataFrame
    assessed: pl.DataFrame
    key_id: str
    model: str
    named: bool = True

    def made_of(self, assessed: pl.DataFrame, *, named: bool = True) -> _Rows:
        """The same subjects' rows with the assessments in another form."""
        # In one piece: to gather from several, each part of the output would join them anew.
        return dataclasses.replace(self, assessed=assessed.rechunk(), named=named)

    def parts(self) -> Iterator[pl.DataFrame]:
        """At least one part, be it empty."""
        for start in range(0, max(1, self.subjects.height), ROWS_PER_GROUP):
            part = self.subjects.slice(start, ROWS_PER_GROUP)
            yield score_rows(part, self.assessed, key_id=self.key_id, model=self.model, named=self.named)

    def schema(self) -> pl.Schema:
        return next(dataclasses.replace(self, subjects=self.subjects.clear()).parts()).schema


def _write_parquet(path: Path, rows: _Rows) -> None:
    """Write each part as one row group, several columns at a time."""
    names_held = rows.made_of(rows.assessed, named=False)
    source = register_io_source(lambda *_wanted: names_held.parts(), schema=names_held.schema())
    try:
        source.sink_parquet(
            path, compression="zstd", row_group_size=ROWS_PER_GROUP, metadata=_described(rows.schema())
        )
    except pl.exceptions.ComputeError as error:
        if "IO error" in str(error):
            raise OSError(str(error)) from None
        # Of a disk that has no room for the end of the file Polars does not tell: ask the system.
        with path.open("ab") as file:
            file.write(bytes(_PROBE_BYTES))
        raise


def _described(schema: pl.Schema) -> dict[str, str]:
    """What tells readers of the file its types: strings, however these are held while it is written."""
    empty = BytesIO()
    schema.to_frame().write_parquet(empty)
    return {"ARROW:schema": pq.read_metadata(empty).metadata[b"ARROW:schema"].decode()}


def _write_csv(path: Path, rows: _Rows) -> None:
    texts = pl.concat(flat(unpacked(part)) for part in rows.assessed.iter_slices(ROWS_PER_GROUP))
    with path.open("wb") as file:
        for place, frame in enumerate(rows.made_of(texts).parts()):
            frame.write_csv(file, include_header=place == 0)


def _write_jsonl(path: Path, rows: _Rows) -> None:
    with path.open("wb") as file:
        for frame in rows.made_of(rows.assessed).parts():
            frame.write_ndjson(file)


WRITERS: dict[str, Callable[[Path, _Rows], None]] = {
    "parquet": _write_parquet,
    "csv": _write_csv,
    "jsonl": _write_jsonl,
}
