"""Birth date, sex and NIR of a batch, and which NIR is whose."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.normalise import birth, nir, sex
from correlate.normalise.birth import DateOrder
from correlate.tokens.batch import Batch, Reading
from correlate.tokens.civil_status import UNKNOWN, CivilStatus, Numbers, is_own
from correlate.tokens.distinct import as_it_is, distinct
from correlate.tokens.scheme import MISSING, column_tokens
from correlate.vocabulary import Field

__all__ = ["read_birth"]

# Of the hundred years that two digits tell apart, as a NIR does.
YEARS = 100
MONTHS = 12
DAYS = 31
SEXES = 2
# Historical files hold people born long before anyone who lives.
EARLIEST = 1500


def read_birth(batch: Batch, order: DateOrder) -> npt.NDArray[np.bool_]:
    """Birth date, its exchanged form and its parts, sex and NIR. An own NIR stands in for what the row lacks.

    Of the parts, two at a time are a token: that finds a date of which the third is wrong. A NIR tells year
    and month, and no day.

    Returns:
        (n,) False where birth date or sex contradict the NIR. There the class NIR is not counted as
        exposed: the number that is out is the insured's, not this person's.
    """
    told, day = _told(batch, order)
    _put_days(batch, told, day)
    own = np.ones(batch.frame.height, dtype=np.bool_)
    for column in batch.columns(Field.nir)[:1]:
        reading = batch.read(column, as_it_is(batch.raw(column)), nir.normalise, "nir")
        batch.tokens["nir"] = batch.tokenised("nir", reading, "nir")
        numbered = _by_nir(reading)
        own = is_own(told, numbered)
        batch.exposed.unmark(column, ~own)
        told = told.completed(numbered, where=own)
    _put_pair(batch, "birth_yymm", (told.year, YEARS), (_from_zero(told.month), MONTHS))
    _put_small(batch, "sex", told.sex, SEXES)
    return own


def _told(batch: Batch, order: DateOrder) -> tuple[CivilStatus, Numbers]:
    """Year, month and sex by the row's own columns, and the day (n,), 1 to 31."""
    year, month, day, gender = (np.full(batch.frame.height, UNKNOWN, dtype=np.int16) for _ in range(4))

    def read(raw: pl.Series) -> pl.DataFrame:
        return birth.normalise(raw, order, earliest=EARLIEST)

    for column in batch.columns(Field.birth_date)[:1]:
        coded = distinct(batch.raw(column))
        reading = batch.read(column, coded, read, "birth_year")
        batch.tokens["birth_date"] = batch.tokenised("birth_date", reading, "birth_date")
        batch.tokens["birth_swapped"] = batch.tokenised("birth_date", reading, "birth_swapped")
        year = _numbers(reading, reading.canonical["year_part"] % YEARS)
        month = _numbers(reading, reading.canonical["month_part"])
        day = _numbers(reading, reading.canonical["day_part"])
    for column in batch.columns(Field.birth_year)[:1]:
        # Presence is what is exposed, readable or not; and a date's own year goes before.
        coded = distinct(batch.raw(column))
        reading = Reading(coded=coded, canonical=read(coded.values))
        year = np.where(year == UNKNOWN, _numbers(reading, reading.canonical["year_part"] % YEARS), year)
    for column in batch.columns(Field.sex)[:1]:
        reading = batch.read(column, distinct(batch.raw(column)), sex.normalise, "sex")
        gender = _numbers(reading, reading.canonical["sex"] == "F")
    return CivilStatus(year=year, month=month, sex=gender), day


def _by_nir(reading: Reading) -> CivilStatus:
    canonical = reading.canonical
    return CivilStatus(
        year=_numbers(reading, canonical["birth_year"]),
        month=_numbers(reading, canonical["birth_month"]),
        sex=_numbers(reading, canonical["sex"] == "F"),
    )


def _numbers(reading: Reading, values: pl.Series) -> Numbers:
    """Small whole numbers (n,), UNKNOWN for null. Only this batch ever sees them."""
    numbers = values.cast(pl.Int16, strict=False)
    if numbers.null_count():
        numbers = numbers.fill_null(UNKNOWN)
    return reading.coded.spread(numbers.to_numpy())


def _put_days(batch: Batch, told: CivilStatus, day: Numbers) -> None:
    """Day with year, and day with month, by the birth date alone."""
    of_month = (_from_zero(day), DAYS)
    _put_pair(batch, "birth_yydd", (told.year, YEARS), of_month)
    _put_pair(batch, "birth_mmdd", (_from_zero(told.month), MONTHS), of_month)


def _from_zero(numbers: Numbers) -> Numbers:
    return np.where(numbers == UNKNOWN, UNKNOWN, numbers - 1).astype(np.int16)


def _put_pair(batch: Batch, name: str, one: tuple[Numbers, int], other: tuple[Numbers, int]) -> None:
    """Tokens of two numbers together, each from 0 and with the count of what it can be."""
    (first, firsts), (second, seconds) = one, other
    known = (first != UNKNOWN) & (second != UNKNOWN)
    _put_small(batch, name, np.where(known, first * seconds + second, UNKNOWN), firsts * seconds)


def _put_small(batch: Batch, name: str, numbers: Numbers, count: int) -> None:
    """Tokens of the numbers 0 to count - 1: each is tokenised once, whatever the rows."""
    table = column_tokens(batch.scheme, name, pl.int_range(count, eager=True).cast(pl.String))
    batch.tokens[name] = np.append(table, MISSING)[numbers]
