"""Dates as people and systems write them, read to one number: year, month and day as YYYYMMDD.

A part that is not written is 0. Nothing is judged here: month 45 is read as month 45.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import polars as pl

from correlate.normalise._bytes import square
from correlate.normalise._digits import VALUE, overlay, rewrite, tell
from correlate.normalise.folding import fold

__all__ = ["DateOrder", "infer_order", "read_codes"]

DateOrder = Literal["dmy", "mdy", "serial"]

_MONTHS = (
    "JANVIER JANV JANUARY JAN", "FEVRIER FEVR FEV FEBRUARY FEB", "MARS MARCH MAR", "AVRIL AVR APRIL APR",
    "MAI MAY", "JUIN JUNE JUN", "JUILLET JUIL JULY JUL", "AOUT AOU AUGUST AUG",
    "SEPTEMBRE SEPTEMBER SEPT SEP", "OCTOBRE OCTOBER OCT", "NOVEMBRE NOVEMBER NOV", "DECEMBRE DECEMBER DEC",
)  # fmt: skip
_DAYS = (
    "LUNDI MARDI MERCREDI JEUDI VENDREDI SAMEDI DIMANCHE MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY "
    "SUNDAY MON TUE WED THU FRI SAT SUN"
)
# A month's name becomes its number between "#"; the longest name that fits is taken (MARDI, MARS, MAR).
_NAMES = {name: f"#{number:02}#" for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_NAMES |= dict.fromkeys(_DAYS.split(), "")
_NAMES = {name: _NAMES[name] for name in sorted(_NAMES, key=lambda name: (-len(name), name))}

_APART = r"[ /\-._\\,]+"
_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})"
_LONG_YEAR = "(?P<year>[0-9]{4})"
_DAY, _MONTH = "(?P<day>[0-9]{1,2})", "(?P<month>[0-9]{1,2})"
# Whole texts, tried in this order; a part that a pattern does not name is 0.
_PATTERNS = {
    "dmy": rf"^{_DAY}{_APART}{_MONTH}{_APART}{_YEAR}$",
    "mdy": rf"^{_MONTH}{_APART}{_DAY}{_APART}{_YEAR}$",
    "ymd": rf"^{_LONG_YEAR}{_APART}{_MONTH}{_APART}{_DAY}$",
    "named": rf"^{_DAY}[ .,\-/]*#(?P<month>[0-9]+)#[ .,\-/]*{_YEAR}$",
    "named_first": rf"^#(?P<month>[0-9]+)#[ .\-/]*{_DAY}{_APART}{_YEAR}$",
    "named_month": rf"^#(?P<month>[0-9]+)#[ .,\-/]*{_LONG_YEAR}$",
    "ym": rf"^{_LONG_YEAR}{_APART}{_MONTH}$",
    "my": rf"^{_MONTH}{_APART}{_LONG_YEAR}$",
    "y": rf"^{_LONG_YEAR}$",
}
# In eight digits, a year at the end leaves no month for a year in front (18 to 21 are no months).
_DIGITS_YEAR_LAST = {
    "dmy": r"^(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>(?:189|19[0-9]|20[0-9])[0-9])$",
    "mdy": r"^(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?P<year>(?:189|19[0-9]|20[0-9])[0-9])$",
}
_DIGITS_YEAR_FIRST = "^(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})$"
# The same marks by their distance from the digit 0, and the weight of each digit of YYYYMMDD.
_IS_APART = np.isin(np.arange(256, dtype=np.uint8), [(ord(mark) - ord("0")) % 256 for mark in " /-._\\,"])
_PLACES = 10 ** np.arange(7, -1, -1, dtype=np.int32)
_PREFIX = r"^(?:NEE?|BORN|DOB)?(?:\(E\))?[ :,.]*(?:LE|ON)?[ :,.]+"
_TIME = r"[T ,A]+[0-9]{1,2}[:H][0-9]{2}.*$"
# A French birth date put through JavaScript: local midnight, told in UTC, is the evening before.
_EVENING_BEFORE = r"T2[23]:00:00(?:\.0+)?(?:Z|\+00:?00)$"
_SERIAL = r"^[0-9]{4,5}(?:\.0)?$"
# Day 0 of spreadsheets, whose calendar has a 29 February 1900.
_SERIAL_EPOCH, _LAST_SERIAL = pl.date(1899, 12, 30), 60_000


def read_codes(text: pl.Series, order: DateOrder, reference_year: int) -> pl.Series:
    """Read a column of dates as Int32 YYYYMMDD, null where nothing is read.

    ``order`` settles 01/02/1980; of "serial", a number of 4 or 5 digits is a spreadsheet's day.
    A two-digit year is the latest one not after ``reference_year``.
    """
    ten = text.str.len_bytes() == 10
    plain = pl.repeat(None, text.len(), dtype=pl.Int32, eager=True)
    plain = rewrite(plain, ten, lambda _: _plain_codes(text.filter(ten), order))
    rest = tell(text, VALUE.is_not_null() & pl.lit(plain).is_null())
    return rewrite(plain, rest, lambda _: _read_any(text.filter(rest), order, reference_year))


def _plain_codes(text: pl.Series, order: DateOrder) -> pl.Series:
    """Read 01/02/1980 and 1980-02-01 by their bytes, most dates of a file; null for anything else."""
    digits = square(text, 10) - np.uint8(ord("0"))
    apart = _IS_APART[digits]
    one, other = ((3, 4), (0, 1)) if order == "mdy" else ((0, 1), (3, 4))
    codes = np.zeros(len(digits), dtype=np.int32)
    for marks, places in (((2, 5), (6, 7, 8, 9, *other, *one)), ((4, 7), (0, 1, 2, 3, 5, 6, 8, 9))):
        read = apart[:, marks].all(axis=1) & (digits[:, places] < 10).all(axis=1)
        codes = np.where(read, digits[:, places] @ _PLACES, codes)
    return pl.Series(codes).set(pl.Series(codes == 0), None)


def _read_any(text: pl.Series, order: DateOrder, reference_year: int) -> pl.Series:
    tidy = _tidy(text)
    codes = pl.repeat(None, text.len(), dtype=pl.Int32, eager=True)
    readings = [_serial_code()] if order == "serial" else []
    readings += [_code(pattern, reference_year) for pattern in _patterns(order)]
    for reading in readings:
        # A column mostly has one way of writing: the next one is tried on what is left.
        left = codes.is_null() & tidy.is_not_null()
        if not left.any():
            break
        codes = overlay(codes, left, _apply(reading, tidy.filter(left)))
    late = text.str.contains(_EVENING_BEFORE)
    return rewrite(codes, late, _next_day)


def _patterns(order: DateOrder) -> list[str]:
    plain: Literal["dmy", "mdy"] = "mdy" if order == "mdy" else "dmy"
    other = "dmy" if order == "mdy" else "mdy"
    patterns = [pattern for name, pattern in _PATTERNS.items() if name != other]
    return [*patterns, _DIGITS_YEAR_LAST[plain], _DIGITS_YEAR_FIRST]


def _apply(reading: pl.Expr, text: pl.Series) -> pl.Series:
    return text.to_frame("text").select(reading.alias("code")).to_series()


def _tidy(text: pl.Series) -> pl.Series:
    folded = tell(fold(text), VALUE.str.strip_chars(" '\"").str.replace(_TIME, "").str.strip_suffix(".0"))
    worded = folded.str.contains("[A-Z:]")
    return rewrite(folded, worded, _number_the_names)


def _number_the_names(text: pl.Series) -> pl.Series:
    text = text.str.replace(_PREFIX, "").str.replace_all("([0-9])(?:ER|ST|ND|RD|TH)", "$1")
    return text.str.replace_many(list(_NAMES), list(_NAMES.values()), leftmost=True).str.strip_chars(" ,.")


def _code(pattern: str, reference_year: int) -> pl.Expr:
    groups = pl.col("text").str.extract_groups(pattern)
    parts = {part: pl.lit(0, dtype=pl.Int32) for part in ("day", "month")}
    parts |= {part: groups.struct.field(part).cast(pl.Int32) for part in parts if f"<{part}>" in pattern}
    written = groups.struct.field("year")
    year = written.cast(pl.Int32)
    century = reference_year // 100 * 100
    recent = pl.when(year + century > reference_year).then(year + century - 100).otherwise(year + century)
    year = pl.when(written.str.len_bytes() == 2).then(recent).otherwise(year)
    return (year * 10_000 + parts["month"] * 100 + parts["day"]).cast(pl.Int32)


def _serial_code() -> pl.Expr:
    day = pl.when(pl.col("text").str.contains(_SERIAL)).then("text").cast(pl.Int32, strict=False)
    day = pl.when(day.is_between(1, _LAST_SERIAL)).then(day + (day < 60).cast(pl.Int32))
    return _date_code(_SERIAL_EPOCH + pl.duration(days=day))


def _date_code(date: pl.Expr) -> pl.Expr:
    year, month, day = date.dt.year(), date.dt.month().cast(pl.Int32), date.dt.day().cast(pl.Int32)
    return (year * 10_000 + month * 100 + day).cast(pl.Int32)


def _next_day(codes: pl.Series) -> pl.Series:
    date = codes.cast(pl.String).str.to_date("%Y%m%d", strict=False)
    return date.to_frame("date").select(_date_code(pl.col("date") + pl.duration(days=1))).to_series()


def infer_order(sample: pl.Series) -> DateOrder:
    """Tell how a column writes dates: "dmy", "mdy" (more second than first numbers above 12) or "serial".

    "serial" is a spreadsheet's day number: every value has 4 or 5 digits and most have 5.
    """
    text = fold(sample).str.strip_chars(" ")
    text = text.filter((text != "").fill_null(value=False))
    if not text.is_empty() and text.str.contains(_SERIAL).all():
        return "serial" if int(text.str.contains("^[0-9]{5}").sum()) * 2 > text.len() else "dmy"
    apart = f"(?:{_APART})?"
    groups = text.str.extract_groups(rf"^([0-9]{{1,2}}){apart}([0-9]{{1,2}}){apart}(?:19|20)?[0-9]{{2}}\b")
    first, second = (groups.struct.field(part).cast(pl.Int32) for part in ("1", "2"))
    day_first, day_second = (int(part.is_between(13, 31).sum()) for part in (first, second))
    return "mdy" if day_second > day_first else "dmy"
