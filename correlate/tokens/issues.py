"""Why values are unusable, as small numbers: they are kept for each value, and counted row by row."""

from __future__ import annotations

from threading import Lock

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = ["issue_name", "issue_numbers"]

_NAMES: list[str] = [""]
_LOCK = Lock()


def issue_numbers(issues: pl.Series) -> npt.NDArray[np.uint8]:
    """The number (d,) of each issue, 0 for none. Numbers hold for this process alone."""
    if issues.null_count() == len(issues):
        return np.zeros(len(issues), dtype=np.uint8)
    with _LOCK:
        _NAMES.extend(sorted(set(issues.drop_nulls().unique()) - set(_NAMES)))
        numbers = {name: number for number, name in enumerate(_NAMES)}
    told = issues.replace_strict(numbers, default=0, return_dtype=pl.UInt8)
    return told.fill_null(0).to_numpy()


def issue_name(number: int) -> str:
    """The issue of a number."""
    return _NAMES[number]
