"""Work on each distinct value once: birth dates, postcodes and towns repeat."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

__all__ = ["FEW", "by_distinct"]

# Below this, finding the distinct values costs more than it saves.
FEW = 1_000


def by_distinct(values: pl.Series, change: Callable[[pl.Series], pl.DataFrame]) -> pl.DataFrame:
    """Give ``change(values)``, computed on the distinct values when they repeat.

    ``change`` must be a function of each value alone, and keep height and order.
    """
    if values.len() < FEW:
        return change(values)
    distinct = values.unique()
    if distinct.len() * 2 > values.len():
        return change(values)
    table = change(distinct).with_columns(distinct.alias("_value"))
    rows = values.alias("_value").to_frame()
    return rows.join(table, on="_value", how="left", nulls_equal=True, maintain_order="left").drop("_value")
