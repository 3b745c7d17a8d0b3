"""One subject's row of a file of scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from correlate.errors import InputError
from correlate.risk import ASSESSMENT_SCHEMA

__all__ = ["NoSuchSubject", "NotScores", "scored_row"]

_NAMED = ("subject_id", "key_id", "model")


class NotScores(InputError):
    """{file} cannot be explained from: {reason}.

    Give a file that this version's `correlate score` wrote, with an output that ends in .parquet or .jsonl.
    """


class NoSuchSubject(InputError):
    """{file} has no row for that subject. Give a subject_id of the file; there are {rows:,}."""


def scored_row(file: Path, subject_id: str) -> dict[str, Any]:
    """The row of one subject, lists as lists.

    Raises:
        NotScores: the file is not one of scores, or lists are flat in it, as in CSV.
        NoSuchSubject: no row has that subject_id.
    """
    suffix = file.suffix.lower()
    if suffix not in (".parquet", ".jsonl", ".ndjson", ".json"):
        raise NotScores(
            file=file, reason="its lists are text" if suffix == ".csv" else "its ending is unknown"
        )
    if not file.is_file():
        raise NotScores(file=file, reason="there is no such file")
    schema = {name: dtype for name, dtype in ASSESSMENT_SCHEMA.items() if name != "exposure_id"}
    wanted = dict.fromkeys(_NAMED, pl.String()) | schema
    try:
        if suffix == ".parquet":
            rows = pl.scan_parquet(file)
        else:
            dates = _without_dates(wanted)
            rows = pl.scan_ndjson(file, schema=dates)
        missing = sorted(set(wanted) - set(rows.collect_schema().names()))
        if missing:
            raise NotScores(file=file, reason=f"it has no column {missing[0]}")
        found = rows.filter(pl.col("subject_id") == subject_id).select(list(wanted)).collect()
        if not found.height:
            count = rows.select(pl.len()).collect().item()
            raise NoSuchSubject(file=file, rows=int(count))
    except OSError as error:
        raise NotScores(file=file, reason=error.strerror or "it cannot be read") from None
    except pl.exceptions.PolarsError:
        # Their texts may quote the file.
        raise NotScores(file=file, reason="it is damaged") from None
    return found.row(0, named=True)


def _without_dates(schema: dict[str, Any]) -> dict[str, Any]:
    """JSON has no dates: the page shows none, so they are read as text."""

    def plain(dtype: Any) -> Any:  # noqa: ANN401 (any Polars type)
        if isinstance(dtype, pl.List):
            return pl.List(plain(dtype.inner))
        if isinstance(dtype, pl.Struct):
            return pl.Struct({field.name: plain(field.dtype) for field in dtype.fields})
        return pl.String() if dtype == pl.Date else dtype

    return {name: plain(dtype) for name, dtype in schema.items()}
