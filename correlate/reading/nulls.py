"""The ways in which files write that they say nothing."""

from __future__ import annotations

import polars as pl

__all__ = ["NULL_MARKERS", "null_out"]

#: Cells that mean "no value", compared as they stand.
NULL_MARKERS = ("", "NULL", "null", "\\N", "NA", "N/A", "None", "nan", "NaN", "-")
_LENGTH_MAX = max(map(len, NULL_MARKERS))


def null_out(frame: pl.DataFrame) -> pl.DataFrame:
    """Make every marker null; in passed-through columns (``keep:``), only the empty one."""
    if not frame.width or not frame.height:
        return frame
    # Lengths are at hand in Polars' string layout: columns without short cells are left alone, unhashed.
    shortest = frame.select(pl.all().str.len_bytes().min()).row(0)
    short = [
        name
        for name, length in zip(frame.columns, shortest, strict=True)
        if length is not None and length <= _LENGTH_MAX
    ]
    return frame.with_columns(_nulled(name) for name in short)


def _nulled(name: str) -> pl.Expr:
    column = pl.col(name)
    empty = column.eq("") if name.startswith("keep:") else column.is_in(NULL_MARKERS)
    return pl.when(~empty).then(column).alias(name)
