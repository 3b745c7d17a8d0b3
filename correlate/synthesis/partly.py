"""Change a few values of a column."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from correlate.synthesis.chance import Flags

__all__ = ["partly"]


def partly(values: pl.Series, chosen: Flags, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Give ``values`` with ``change`` applied to the chosen ones only, at the cost of those."""
    places = np.flatnonzero(chosen)
    if len(places) == 0:
        return values
    return values.clone().scatter(places, change(values.gather(places)))
