"""Columns that carry an attribute and identify nobody by themselves: contracts, passwords, offers."""

from __future__ import annotations

import numpy as np
import polars as pl

from correlate.synthesis.accounts import INSURERS, OPERATORS, insurers, operators
from correlate.synthesis.chance import mixed, uniform
from correlate.synthesis.churn import version_at
from correlate.synthesis.column import Builder, View
from correlate.synthesis.contacts import EMPLOYERS, employers
from correlate.synthesis.days import day_texts
from correlate.synthesis.digits import serial
from correlate.synthesis.fixed import digits, fixed_text

__all__ = [
    "choice",
    "date_before",
    "employer",
    "insurer",
    "numbered",
    "operator",
    "password",
    "password_hash",
]

# Share of people who use a password in several places (Google and Harris, 2019).
_REUSES = 0.52


def numbered(pattern: str) -> Builder:
    """Fill with a serial number of the person's own; ``#`` stand for its digits, an even number of them."""
    return lambda view: serial(view.number, view.seed, pattern, pattern)


def choice(*options: str) -> Builder:
    """Fill with one of some words."""
    words = pl.Series(options)

    def build(view: View) -> pl.Series:
        drawn = mixed(view.number, view.seed, "choice of " + options[0]) % np.uint64(len(options))
        return words.gather(drawn.astype(np.int64))

    return build


def date_before(years: float, pattern: str = "%d/%m/%Y") -> Builder:
    """Fill with a day in the years before the data were taken."""
    return lambda view: day_texts(
        view.day - (view.rng.random(len(view.rows)) * years * 365).astype(np.int64), pattern
    )


def insurer(view: View) -> pl.Series:
    """Fill with the name of the complementary health insurer on the day."""
    return pl.Series(INSURERS).gather(insurers(view.people, view.rows, view.day))


def operator(view: View) -> pl.Series:
    """Fill with the name of the telephone operator on the day."""
    return pl.Series(list(OPERATORS)).gather(operators(view.people, view.rows, view.day))


def employer(view: View) -> pl.Series:
    """Fill with the name of the employer on the day, of those too who have none."""
    return EMPLOYERS.gather(employers(view.people, view.rows, view.day))


def password(place: str) -> Builder:
    """Fill with a placeholder that stands for a password, the same elsewhere for those who reuse theirs."""
    return lambda view: _secret(view, place, "MDP-SYNTHETIQUE-")


def password_hash(place: str, scheme: str) -> Builder:
    """Fill with a placeholder that stands for a password's hash, one value a person and file."""
    return lambda view: _secret(view, place, f"SYNTHETIC-{scheme}-")


def _secret(view: View, place: str, head: str) -> pl.Series:
    version = version_at(view.number, view.people.age[view.rows], view.seed, "password", view.day)
    reuses = uniform(view.number, view.seed, "reuses password") < _REUSES
    shared = mixed(view.number, view.seed, "password", version)
    own = mixed(view.number, view.seed, f"password {place}", version)
    drawn = np.where(reuses, shared, own) % np.uint64(10**12)
    return fixed_text(head, digits(drawn.astype(np.int64), 12))
