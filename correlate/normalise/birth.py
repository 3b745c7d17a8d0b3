"""Birth dates, at the precision they were written with, and birth places.

Some birth dates are no dates of a calendar: people whose month or day of birth is unknown are
registered with day 00, month 00 or a month above 12. They keep the month or the year alone.

There is no clock here: what is in the future is told by ``reference``, so that a file read next
year gives the same result. Give the date of the breach or of the extraction where it is known.
"""

from __future__ import annotations

import datetime

import polars as pl

from correlate.normalise._digits import as_text, rewrite
from correlate.normalise.birth_place import normalise_place
from correlate.normalise.birth_reading import DateOrder, infer_order, read_codes
from correlate.normalise.distinct import by_distinct
from correlate.normalise.folding import fold, is_blank

__all__ = ["REFERENCE", "DateOrder", "infer_order", "normalise", "normalise_place"]

# The end of the year this table was written in.
REFERENCE = datetime.date(2026, 12, 31)
# Of the oldest people that a file of the living may hold.
_EARLIEST = 1890
_LONGEST_MONTHS = dict(enumerate([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], 1))
# What systems write for no date: zeros, nines, and the first day of several calendars.
_PLACEHOLDERS = [0, 10101, 17530101, 19000101, 99990909, 99991231, 99999999]


def normalise(
    values: pl.Series,
    order: DateOrder = "dmy",
    *,
    reference: datetime.date = REFERENCE,
    earliest: int = _EARLIEST,
) -> pl.DataFrame:
    """Read a column of birth dates in any spelling, French or English.

    Returns one row for each value: ``birth_date`` ("YYYY-MM-DD"), ``birth_month`` ("YYYY-MM"),
    ``birth_year`` (Int16), ``birth_swapped`` (the date with day and month exchanged, null when that
    is no date or the same one), ``precision`` ("day", "month" or "year"; what is finer is null) and
    ``issue``: date-unreadable, date-impossible (30 February), date-placeholder (1 January 1900,
    zeros), date-too-old (before the year ``earliest``) or date-future (after ``reference``).

    ``year_part``, ``month_part`` (1 to 12) and ``day_part`` (1 to 31), Int16, are what can be read of any
    date but a placeholder, even of a refused one: of 31/02/1990 one part is wrong, and the others are not.

    ``order`` is the column's, see ``infer_order``; a two-digit year is the latest not after ``reference``.
    """
    return by_distinct(
        as_text(values), lambda text: _judge(_codes(text, order, reference), reference, earliest)
    )


def _codes(text: pl.Series, order: DateOrder, reference: datetime.date) -> pl.Series:
    """Give YYYYMMDD, -1 for what cannot be read, null for what is not there."""
    codes = read_codes(text, order, reference.year)
    unread = codes.is_null() & text.is_not_null()
    return rewrite(
        codes, unread, lambda rows: rows.fill_null(-1).set(is_blank(fold(text.filter(unread))), None)
    )


def _judge(codes: pl.Series, reference: datetime.date, earliest: int) -> pl.DataFrame:
    code = pl.col("code")
    parts = codes.to_frame("code").select(
        "code", year=code // 10_000, month=code // 100 % 100, day=code % 100
    )
    parts = parts.with_columns(precision=_precision())
    parts = parts.with_columns(issue=_issue(reference, earliest))
    parts = parts.with_columns(precision=pl.when(pl.col("issue").is_null()).then("precision"))
    year, month, day = (pl.col(name) for name in ("year", "month", "day"))
    precision = pl.col("precision")
    swaps = (precision == "day") & (day <= 12) & (day != month)
    return parts.select(
        birth_date=pl.when(precision == "day").then(_written(year, month, day)),
        birth_month=pl.when(precision != "year").then(_written(year, month)),
        birth_year=pl.when(precision.is_not_null()).then(year).cast(pl.Int16),
        birth_swapped=pl.when(swaps).then(_written(year, day, month)),
        precision=precision,
        issue="issue",
        **_parts(),
    )


def _parts() -> dict[str, pl.Expr]:
    """Year, month and day by themselves; 0 stands for a part that is not written."""
    told = (pl.col("code") >= 0) & ~pl.col("code").is_in(_PLACEHOLDERS)
    known = {"year": pl.col("year") > 0, "month": pl.col("month").is_between(1, 12)}
    known["day"] = pl.col("day").is_between(1, 31)
    return {f"{name}_part": pl.when(told & known[name]).then(name).cast(pl.Int16) for name in known}


def _precision() -> pl.Expr:
    month, day = pl.col("month"), pl.col("day")
    return (
        pl.when(pl.col("code").is_null()).then(None)
        .when((month == 0) | (month > 12)).then(pl.lit("year"))
        .when(day == 0).then(pl.lit("month"))
        .otherwise(pl.lit("day"))
    )  # fmt: skip


def _issue(reference: datetime.date, earliest: int) -> pl.Expr:
    code, year, month, day = (pl.col(name) for name in ("code", "year", "month", "day"))
    limit = reference.year * 10_000 + reference.month * 100 + reference.day
    # A part that is not known counts as its earliest, so that the reference's own month is no future.
    first_day = pl.when(pl.col("precision") == "year").then(year * 10_000).otherwise(code)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = month.replace_strict(_LONGEST_MONTHS, default=31)
    longest = longest - ((month == 2) & ~leap).cast(pl.Int64)
    return (
        pl.when(code.is_null()).then(None)
        .when(code < 0).then(pl.lit("date-unreadable"))
        .when(code.is_in(_PLACEHOLDERS)).then(pl.lit("date-placeholder"))
        .when((pl.col("precision") == "day") & (day > longest)).then(pl.lit("date-impossible"))
        .when(year < earliest).then(pl.lit("date-too-old"))
        .when(first_day > limit).then(pl.lit("date-future"))
    )  # fmt: skip


def _written(*parts: pl.Expr) -> pl.Expr:
    widths = (4, 2, 2)
    texts = [part.cast(pl.String).str.zfill(width) for part, width in zip(parts, widths, strict=False)]
    return pl.concat_str(texts, separator="-")
