"""Who is alive on the reference day: births of each year times survival."""

from __future__ import annotations

import numpy as np

from correlate.synthesis.chance import Floats, Ints
from correlate.synthesis.days import DAYS_A_YEAR, REFERENCE_DAY, day_number, first_day
from correlate.synthesis.law import Law

__all__ = ["FIRST_YEAR", "births_a_year", "draw_births", "native_born", "survival"]

FIRST_YEAR = 1916

# Births a year: 1950 to 2022 are the figures of INSEE's first-name file (bearers of a known year); the years
# before and after are rounded assumptions of this project (two wars, and the fall since 2020 carried on).
_BIRTHS = {
    1916: 380_000, 1920: 838_000, 1930: 754_000, 1939: 612_000, 1941: 520_000, 1945: 640_000, 1947: 870_000,
    1950: 884_837, 1964: 908_746, 1974: 824_032, 1980: 816_058, 1990: 782_607, 2000: 799_069, 2010: 820_060,
    2020: 721_147, 2022: 712_473, 2026: 640_000,
}  # fmt: skip

# Gompertz's law with the figures of the project's notes: hazard a.exp(b.age), age moved by two years by sex.
_HAZARD, _AGEING, _SHIFT_YEARS = 9e-5, 0.085, 2.0
_BOYS = 0.512


def births_a_year() -> Floats:
    """Give births from ``FIRST_YEAR`` to the reference year, by straight lines between the known years."""
    years = np.arange(FIRST_YEAR, REFERENCE_DAY.year + 1)
    births: Floats = np.interp(years, list(_BIRTHS), list(_BIRTHS.values()))
    births[-1] *= REFERENCE_DAY.timetuple().tm_yday / DAYS_A_YEAR
    return births


def survival(age: Floats, sex: int) -> Floats:
    """Give the share of a generation alive at an age (years): exp(-a/b (exp(b.age) - 1))."""
    moved = np.maximum(age + (_SHIFT_YEARS if sex == 1 else -_SHIFT_YEARS), 0.0)
    return np.asarray(np.exp(-_HAZARD / _AGEING * np.expm1(_AGEING * moved)), dtype=np.float64)


def _alive() -> tuple[Floats, Floats]:
    births = births_a_year()
    age = REFERENCE_DAY.year + 0.4 - np.arange(FIRST_YEAR, REFERENCE_DAY.year + 1).astype(np.float64)
    return births * _BOYS * survival(age, 1), births * (1 - _BOYS) * survival(age, 2)


def native_born() -> float:
    """Give the people alive that the births imply, to compare with the 57.5 million of the notes."""
    men, women = _alive()
    return float(men.sum() + women.sum())


def draw_births(rng: np.random.Generator, people: int) -> tuple[Ints, Ints]:
    """Draw birth days (numbers) and sexes (1 men, 2 women) of living people."""
    men, women = _alive()
    drawn = Law.of([np.concatenate([men, women])]).draw(rng.random(people))
    sex = np.where(drawn < len(men), 1, 2).astype(np.int64)
    year = FIRST_YEAR + drawn % len(men)
    start = first_day(year)
    span = np.minimum(first_day(year + 1), day_number(REFERENCE_DAY)) - start
    return start + (rng.random(people) * span).astype(np.int64), sex
