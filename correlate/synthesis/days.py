"""Days as numbers, and the day the synthetic population stands at."""

from __future__ import annotations

import datetime
from functools import cache

import numpy as np
import polars as pl

from correlate.synthesis.chance import Floats, Ints

__all__ = ["DAYS_A_YEAR", "REFERENCE_DAY", "ages", "day_number", "day_parts", "day_texts", "first_day"]

#: The day the population is described at: members' data are current on it.
REFERENCE_DAY = datetime.date(2026, 11, 21)
DAYS_A_YEAR = 365.25

_FIRST = datetime.date(1900, 1, 1)
_LAST = datetime.date(2030, 12, 31)
_EPOCH = datetime.date(1970, 1, 1)
_CALENDAR_FIRST = -62_091  # 1800-01-01


def day_number(day: datetime.date) -> int:
    """Count days since 1970-01-01."""
    return (day - _EPOCH).days


def first_day(years: Ints) -> Ints:
    """Give the number of the first of January of each year."""
    return (years - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)


def day_parts(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Split day numbers of 1800 to 2099 into year, month and day of the month."""
    years, months, places = _calendar()
    place = days - _CALENDAR_FIRST
    return years[place], months[place], places[place]


@cache
def _calendar() -> tuple[Ints, Ints, Ints]:
    days = np.arange(_CALENDAR_FIRST, int(first_day(np.array([2100]))[0]))
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    year = months.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    return year, month, (dates - months.astype("datetime64[D]")).astype(np.int64) + 1


def ages(births: Ints, day: int) -> Floats:
    """Give ages in years on a day; negative before birth."""
    return (day - births) / DAYS_A_YEAR


def day_texts(days: Ints, pattern: str) -> pl.Series:
    """Write days by a strftime pattern: one look-up in a table of every day since 1900."""
    low = day_number(_FIRST)
    return _table(pattern).gather(np.clip(days, low, day_number(_LAST)) - low)


@cache
def _table(pattern: str) -> pl.Series:
    return pl.date_range(_FIRST, _LAST, "1d", eager=True).dt.strftime(pattern)
