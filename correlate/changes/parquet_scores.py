"""Scores in a Parquet file: only the row groups in which a range of subjects lies are read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from correlate.changes.errors import UnusableScores
from correlate.changes.links import LINK_FIELDS, Names, pack
from correlate.changes.scored_file import (
    AS_WRITTEN,
    FLAT_COLUMNS,
    SAMPLE_ROWS,
    Part,
    ScoredFile,
    checked,
    missing_column,
    readable,
    within,
)

__all__ = ["ParquetScores"]

_FLAT = {name: pl.Float64() if name == "score" else pl.String() for name in FLAT_COLUMNS}


@dataclass(frozen=True, kw_only=True)
class ParquetScores:
    """A Parquet file of scores; ``entries`` are the breaches of all its subjects."""

    file: ScoredFile
    entries: int

    @classmethod
    def open(cls, path: Path) -> Self:
        """Look the file through but for its lists.

        Raises:
            UnusableScores: it cannot be read, lacks a column or a cell, or was put together from several.
        """
        with readable(path):
            _check_columns(path, pl.scan_parquet(path, glob=False).collect_schema())
            told = _scan(path).select(
                pl.len().alias("rows"),
                (~pl.col("score").is_between(0.0, 100.0)).sum().alias("wild"),
                *(pl.col(name).null_count().alias(f"null {name}") for name in FLAT_COLUMNS),
                *(pl.col(name).unique().implode().alias(name) for name in ("key_id", "model")),
            )
            row = told.collect().row(0, named=True)
            entries = _entries(pq.read_metadata(path))
        file = checked(
            path,
            rows=row["rows"],
            nulls={name: row[f"null {name}"] for name in FLAT_COLUMNS},
            wild=row["wild"],
            keys=row["key_id"],
            models=row["model"],
        )
        return cls(file=file, entries=entries)

    def sample(self) -> pl.Series:
        """Some twenty thousand subject ids from all over the file."""
        step = max(1, self.file.rows // SAMPLE_ROWS)
        with readable(self.file.path):
            return self._ids().gather_every(step).collect()["subject_id"]

    def part(self, start: str | None, end: str | None, *, names: Names) -> Part:
        """The subjects from ``start`` on, before ``end``; new names are added to ``names``.

        Raises:
            UnusableScores: a cell of the column breaches is not what it should be.
        """
        with readable(self.file.path):
            table = self._groups(start, end)
            links = pack(table["breaches"], names)
            frame = pl.DataFrame(pl.from_arrow(table.drop_columns(["breaches"])))
        placed = frame.select(
            "subject_id",
            (pl.col("score") * 100).round().cast(pl.Int64),
            "band",
            first=np.cumsum(links.counts) - links.counts,
            count=links.counts,
        )
        return Part(frame=placed.filter(within(start, end)), packed=links.packed)

    def rows_of(self, subject_id: str) -> pl.Series:
        """The rows of a subject, counted from 1."""
        with readable(self.file.path):
            rows = self._ids().with_row_index("row", offset=1).filter(pl.col("subject_id") == subject_id)
            return rows.collect()["row"].sort()

    def _ids(self) -> pl.LazyFrame:
        return _scan(self.file.path).select("subject_id")

    def _groups(self, start: str | None, end: str | None) -> pa.Table:
        leaves = _leaves(pq.read_metadata(self.file.path))
        texts = [path for name, path in leaves.items() if name in ("breach", "evidence")]
        with pq.ParquetFile(self.file.path, read_dictionary=texts) as file:
            groups = [
                number
                for number in range(file.num_row_groups)
                if _may_hold(file.metadata.row_group(number), start, end)
            ]
            return file.read_row_groups(groups, columns=["subject_id", "score", "band", *leaves.values()])


def _scan(path: Path) -> pl.LazyFrame:
    return pl.scan_parquet(path, glob=False).select(FLAT_COLUMNS)


def _check_columns(path: Path, schema: pl.Schema) -> None:
    for name in (*FLAT_COLUMNS, "breaches"):
        if name not in schema:
            raise missing_column(path, name)
        if not (_holds_links(schema[name]) if name == "breaches" else schema[name] == _FLAT[name]):
            raise UnusableScores(file=path, reason=f"its column {name} is of another type", step=AS_WRITTEN)


def _holds_links(kind: pl.DataType) -> bool:
    inner = kind.inner if isinstance(kind, pl.List) else None
    if not isinstance(inner, pl.Struct):
        return False
    fields = {field.name: field.dtype for field in inner.fields}
    return (
        set(LINK_FIELDS) <= set(fields)
        and fields["breach"] == fields["evidence"] == pl.String()
        and fields["probability"] == pl.Float64()
        and fields["depth"].is_integer()
    )


def _leaves(metadata: pq.FileMetaData) -> dict[str, str]:
    """The path of each part of a link among the columns that are stored."""
    paths = [metadata.schema.column(place).path for place in range(metadata.num_columns)]
    inside = [path for path in paths if path.startswith("breaches.")]
    return {name: path for name in LINK_FIELDS for path in inside if path.endswith(f".{name}")}


def _entries(metadata: pq.FileMetaData) -> int:
    """How many links there are, by the file's own notes; an empty list counts as one."""
    leaf = _leaves(metadata)["breach"]
    groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
    columns = (group.column(place) for group in groups for place in range(group.num_columns))
    return sum(column.num_values for column in columns if column.path_in_schema == leaf)


def _may_hold(group: pq.RowGroupMetaData, start: str | None, end: str | None) -> bool:
    """Whether a row group may have rows of the range, by what it notes of its ids."""
    columns = (group.column(place) for place in range(group.num_columns))
    noted = next(one for one in columns if one.path_in_schema == "subject_id").statistics
    if noted is None or not noted.has_min_max:
        return True
    return not ((start is not None and noted.max < start) or (end is not None and noted.min >= end))
