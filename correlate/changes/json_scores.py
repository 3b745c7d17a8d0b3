"""Scores in JSON lines: parsed once, block by block, and held as whole numbers from then on."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.json as pj

from correlate.changes.errors import UnusableScores
from correlate.changes.links import Ints, Names, pack
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

__all__ = ["JsonScores"]

# A line cannot be longer than a block.
_BLOCK_BYTES = 16 * 1024 * 1024
_LINK = pa.struct(
    {"breach": pa.string(), "probability": pa.float64(), "evidence": pa.string(), "depth": pa.int64()}
)
_SCHEMA = pa.schema(
    {
        **{name: pa.float64() if name == "score" else pa.string() for name in FLAT_COLUMNS},
        "breaches": pa.list_(_LINK),
    }
)


@dataclass(frozen=True, kw_only=True)
class JsonScores:
    """The scores of a JSON-lines file; ``entries`` are the breaches of all its subjects."""

    file: ScoredFile
    entries: int
    whole: Part

    @classmethod
    def open(cls, path: Path, *, names: Names) -> Self:
        """Read the file; new names are added to ``names``.

        Raises:
            UnusableScores: it cannot be read, lacks a column or a cell, or was put together from several.
        """
        _check_columns(path)
        blocks = _Blocks(names=names)
        options = pj.ParseOptions(explicit_schema=_SCHEMA, unexpected_field_behavior="ignore")
        with (
            readable(path),
            pj.open_json(
                path, read_options=pj.ReadOptions(block_size=_BLOCK_BYTES), parse_options=options
            ) as reader,
        ):
            for block in reader:
                blocks.add(pa.Table.from_batches([block]))
        file = checked(
            path,
            rows=blocks.rows,
            nulls=blocks.nulls,
            wild=blocks.wild,
            keys=sorted(blocks.different["key_id"]),
            models=sorted(blocks.different["model"]),
        )
        whole = blocks.whole()
        return cls(file=file, entries=len(whole.packed), whole=whole)

    def sample(self) -> pl.Series:
        """Some twenty thousand subject ids from all over the file."""
        return self.whole.frame["subject_id"].gather_every(max(1, self.file.rows // SAMPLE_ROWS))

    def part(self, start: str | None, end: str | None, *, names: Names) -> Part:  # noqa: ARG002 - of the other format
        """The subjects from ``start`` on, before ``end``."""
        return Part(frame=self.whole.frame.filter(within(start, end)), packed=self.whole.packed)

    def rows_of(self, subject_id: str) -> pl.Series:
        """The rows of a subject, counted from 1."""
        rows = self.whole.frame.with_row_index("row", offset=1)
        return rows.filter(pl.col("subject_id") == subject_id)["row"]


@dataclass(kw_only=True)
class _Blocks:
    """What has been read so far."""

    names: Names
    rows: int = 0
    wild: int = 0
    nulls: Counter[str] = field(default_factory=Counter)
    different: dict[str, set[str]] = field(default_factory=lambda: {"key_id": set(), "model": set()})
    frames: list[pl.DataFrame] = field(default_factory=list)
    counts: list[Ints] = field(default_factory=list)
    packed: list[Ints] = field(default_factory=list)

    def add(self, table: pa.Table) -> None:
        links = pack(table["breaches"], self.names)
        frame = pl.DataFrame(pl.from_arrow(table.drop_columns(["breaches"])))
        self.rows += frame.height
        self.nulls.update({name: frame[name].null_count() for name in FLAT_COLUMNS})
        self.wild += int((~frame["score"].is_between(0.0, 100.0)).sum())
        for name, met in self.different.items():
            met.update(frame[name].drop_nulls().unique())
        kept = frame.select("subject_id", (pl.col("score") * 100).round(), "band")
        self.frames.append(kept)
        self.counts.append(links.counts)
        self.packed.append(links.packed)

    def whole(self) -> Part:
        counts = np.concatenate(self.counts)
        frame = pl.concat(self.frames).with_columns(
            pl.col("score").cast(pl.Int64), first=np.cumsum(counts) - counts, count=counts
        )
        return Part(frame=frame, packed=np.concatenate(self.packed))


def _check_columns(path: Path) -> None:
    """Look at the first line: a column that it lacks is missing, and not only empty."""
    with path.open("rb") as file:
        line = file.readline(_BLOCK_BYTES)
    try:
        first = json.loads(line)
    except ValueError:
        reason = "its first line is no JSON object"
        raise UnusableScores(file=path, reason=reason, step=AS_WRITTEN) from None
    for name in (*FLAT_COLUMNS, "breaches"):
        if name not in first:
            raise missing_column(path, name)
