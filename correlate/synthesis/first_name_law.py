"""First names by sex and year of birth: a modest list with a peak each, and a made-up tail."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from correlate.synthesis.chance import Flags, Floats, Ints, scrambled
from correlate.synthesis.law import Law
from correlate.synthesis.pyramid import FIRST_YEAR
from correlate.synthesis.resources import read_rows, syllables

__all__ = ["LAST_YEAR", "FirstNames", "abroad_weights", "built_in_first_names", "read_first_names"]

LAST_YEAR = 2026
YEARS = LAST_YEAR - FIRST_YEAR + 1
_TAIL = 2_500  # made-up names for each sex
# Share of births whose name is not of the list, by year: the list fades as names diversify (assumption).
_TAIL_SHARE = ([1916, 1950, 1980, 2000, 2026], [0.05, 0.07, 0.14, 0.30, 0.45])
_FLOOR = 0.004  # a name out of fashion is still given now and then

_TAILS = {1: "tails_of_men", 2: "tails_of_women"}


@dataclass(frozen=True, kw_only=True)
class FirstNames:
    """Names and a law over them: a row for each sex and year, then two rows for people born abroad."""

    names: pl.Series
    law: Law

    def draw(self, points: Floats, sex: Ints, year: Ints, abroad: Flags) -> Ints:
        """Draw the positions of first names."""
        at_home = (sex - 1) * YEARS + np.clip(year, FIRST_YEAR, LAST_YEAR) - FIRST_YEAR
        return self.law.draw(points, np.where(abroad, 2 * YEARS + sex - 1, at_home))


def read_first_names() -> pl.DataFrame:
    """Read the list: name, sex, origin, peak year, spread in years, weight at the peak."""
    return read_rows("first_names.csv")


def abroad_weights(listed: pl.DataFrame, size: int) -> list[Floats]:
    """Give two rows of weights, men and women, over the listed names of people born abroad."""
    rows = []
    for sex in (1, 2):
        mask = (listed["sex"] == sex) & (listed["origin"] == "abroad")
        row = np.zeros(size)
        row[: len(listed)] = np.where(mask.to_numpy(), listed["weight"].to_numpy(), 0.0)
        rows.append(row)
    return rows


def built_in_first_names() -> FirstNames:
    """Build the law from the list and the made-up tail."""
    listed = read_first_names()
    names = pl.concat([listed["name"], _forge(1), _forge(2)])
    rows = [_year_row(listed, sex, year) for sex in (1, 2) for year in range(FIRST_YEAR, LAST_YEAR + 1)]
    return FirstNames(names=names, law=Law.of(rows + abroad_weights(listed, len(names))))


def _year_row(listed: pl.DataFrame, sex: int, year: int) -> Floats:
    chosen = ((listed["sex"] == sex) & (listed["origin"] == "france")).to_numpy()
    away = (year - listed["peak"].to_numpy()) / listed["spread"].to_numpy()
    law = np.where(chosen, listed["weight"].to_numpy() * (np.exp(-(away**2) / 2) + _FLOOR), 0.0)
    tail = float(np.interp(year, *_TAIL_SHARE))
    row = np.zeros(len(listed) + 2 * _TAIL)
    row[: len(listed)] = law / law.sum() * (1 - tail)
    start = len(listed) + (sex - 1) * _TAIL
    fade = 1.0 / (np.arange(_TAIL) + 25.0)
    row[start : start + _TAIL] = fade / fade.sum() * tail
    return row


def _forge(sex: int) -> pl.Series:
    heads, middles, tails = (syllables("first_name", part) for part in ("heads", "middles", _TAILS[sex]))
    short = [head + tail for head in heads for tail in tails]
    long = [head + middle + tail for head in heads for middle in middles for tail in tails]
    half = int(np.ceil(np.sqrt(len(long))))
    order = scrambled(np.arange(half * half, dtype=np.int64), sex, "first name", half)
    made = pl.concat([pl.Series(short), pl.Series(long).gather(order[order < len(long)])])
    return made.str.to_titlecase().unique(maintain_order=True).head(_TAIL)
