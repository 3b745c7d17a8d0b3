"""Birth date, sex and NIR of a batch, and which NIR is whose."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.normalise import birth, nir, sex
from correlate.normalise.birth import DateOrder
from correlate.tokens.batch import Batch, judged
from correlate.tokens.civil_status import UNKNOWN, CivilStatus, Numbers, is_own
from correlate.tokens.memory import Table
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
        reading = batch.count(column, batch.each(column, lambda values: _nirs(batch, values)))
        batch.tokens["nir"] = reading.rows("nir")
        numbered = CivilStatus(
            year=reading.rows("year"), month=reading.rows("month"), sex=reading.rows("sex")
        )
        own = is_own(told, numbered)
        batch.exposed.unmark(column, ~own)
        told = told.completed(numbered, where=own)
    _put_pair(batch, "birth_yymm", (told.year, YEARS), (_from_zero(told.month), MONTHS))
    _put_small(batch, "sex", told.sex, SEXES)
    return own


def _told(batch: Batch, order: DateOrder) -> tuple[CivilStatus, Numbers]:
    """Year, month and sex by the row's own columns, and the day (n,), 1 to 31."""
    year, month, day, gender = (np.full(batch.frame.height, UNKNOWN, dtype=np.int16) for _ in range(4))

    def of_dates(values: pl.Series) -> Table:
        return _dates(batch, birth.normalise(values, order, earliest=EARLIEST))

    kind = f"birth_date/{order}"
    for column in batch.columns(Field.birth_date)[:1]:
        reading = batch.count(column, batch.repeating(kind, column, of_dates))
        batch.tokens["birth_date"] = reading.rows("birth_date")
        batch.tokens["birth_swapped"] = reading.rows("birth_swapped")
        year, month, day = (reading.rows(part) for part in ("year", "month", "day"))
    for column in batch.columns(Field.birth_year)[:1]:
        # Presence is what is exposed, readable or not; and a date's own year goes before.
        of_year = batch.repeating(kind, column, of_dates).rows("year")
        year = np.where(year == UNKNOWN, of_year, year)
    for column in batch.columns(Field.sex)[:1]:
        gender = batch.count(column, batch.repeating("sex", column, _sexes)).rows("sex")
    return CivilStatus(year=year, month=month, sex=gender), day


def _dates(batch: Batch, canonical: pl.DataFrame) -> Table:
    return {
        "birth_date": batch.tokenised("birth_date", canonical["birth_date"]),
        "birth_swapped": batch.tokenised("birth_date", canonical["birth_swapped"]),
        "year": _numbers(canonical["year_part"] % YEARS),
        "month": _numbers(canonical["month_part"]),
        "day": _numbers(canonical["day_part"]),
        **judged(canonical, "birth_year"),
    }


def _sexes(values: pl.Series) -> Table:
    canonical = sex.normalise(values)
    return {"sex": _numbers(canonical["sex"] == "F"), **judged(canonical, "sex")}


def _nirs(batch: Batch, values: pl.Series) -> Table:
    canonical = nir.normalise(values)
    return {
        "nir": batch.tokenised("nir", canonical["nir"]),
        "year": _numbers(canonical["birth_year"]),
        "month": _numbers(canonical["birth_month"]),
        "sex": _numbers(canonical["sex"] == "F"),
        **judged(canonical, "nir"),
    }


def _numbers(values: pl.Series) -> Numbers:
    """Small whole numbers, UNKNOWN for null. Only this file's batches ever see them."""
    numbers = values.cast(pl.Int16, strict=False)
    if numbers.null_count():
        numbers = numbers.fill_null(UNKNOWN)
    return numbers.to_numpy()


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
    """Tokens of the numbers 0 to count - 1: each is tokenised once, whatever the batches."""
    if name not in batch.small:
        table = column_tokens(batch.scheme, name, pl.int_range(count, eager=True).cast(pl.String))
        batch.small[name] = np.append(table, MISSING)
    batch.tokens[name] = batch.small[name][numbers]
