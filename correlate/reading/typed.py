"""Typed cells as the text that a person would have written."""

from __future__ import annotations

import polars as pl

__all__ = ["as_text"]

# Integers up to here are exact in a float, so its text as an integer is the number that was meant.
_EXACT_MAX = 2**53


def as_text(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """Write a typed cell as text: ISO dates, midnight without its time, whole numbers without ``.0``."""
    if kind.is_float():
        whole = (column == column.round(0)) & (column.abs() <= _EXACT_MAX)
        plain = column.cast(pl.Int64, strict=False).cast(pl.String)
        return pl.when(whole).then(plain).when(~column.is_nan()).then(column.cast(pl.String))
    if isinstance(kind, pl.Datetime):
        day = column.dt.date().cast(pl.String)
        return (
            pl.when(column.dt.time() == pl.time(0, 0, 0))
            .then(day)
            .otherwise(column.dt.strftime("%Y-%m-%dT%H:%M:%S"))
        )
    if kind.is_decimal():
        text = column.cast(pl.String)
        return text.str.replace(r"^(-?\d+)\.0*$", "$1")
    return column if kind == pl.String else column.cast(pl.String)
