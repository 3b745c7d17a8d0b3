"""Bank accounts, and the firms a household deals with."""

from __future__ import annotations

import numpy as np
import polars as pl

from correlate.synthesis.chance import Ints, uniform
from correlate.synthesis.churn import version_at
from correlate.synthesis.digits import BANK_CODES, french_iban
from correlate.synthesis.law import Law
from correlate.synthesis.population import Population

__all__ = ["BANKS", "INSURERS", "OPERATORS", "banks", "ibans", "insurers", "operators"]

BANKS = tuple(f"Banque Fictive {letter}" for letter in "ABCDEFGHIJ"[: len(BANK_CODES)])
#: The first insurer is the one whose members are the subjects.
INSURERS = tuple(f"Mutuelle Exemple {number}" for number in range(1, 13))
#: Assumed shares, former customers whose data were kept among them; a household has one operator at a time.
OPERATORS = {"Orange": 0.34, "Free": 0.30, "SFR": 0.19, "Bouygues": 0.17}
_OPERATOR_LAW = Law.of([np.array(list(OPERATORS.values()))])
_JOINT = 0.45
_HOUSEHOLD_ACCOUNTS = 5_000_000_000
_VERSION_STEP = 1_000_000_000


def _holders(people: Population, rows: Ints, day: int) -> Ints:
    """Number the account used: a couple may share one, children use a parent's."""
    seed, kin = people.world.seed, people.kin
    payer = np.where(kin.parent[rows] >= 0, kin.parent[rows], rows)
    household, number = people.household[rows], people.number[payer]
    joint = (kin.partner[payer] >= 0) & (uniform(household, seed, "joint account") < _JOINT)
    holder = np.where(joint, _HOUSEHOLD_ACCOUNTS + household, number)
    age = np.where(joint, people.head_age[rows], people.age[payer])
    return holder + version_at(holder, age, seed, "iban", day) * _VERSION_STEP


def ibans(people: Population, rows: Ints, day: int) -> pl.Series:
    """Give the IBAN each person pays with on a day."""
    return french_iban(_holders(people, rows, day), people.world.seed)[1]


def banks(people: Population, rows: Ints, day: int) -> pl.Series:
    """Give the name of the bank of that account."""
    return pl.Series(BANKS).gather(french_iban(_holders(people, rows, day), people.world.seed)[0])


def operators(people: Population, rows: Ints, day: int) -> Ints:
    """Give the position in ``OPERATORS`` of the household's telephone operator on a day."""
    household, seed = people.household[rows], people.world.seed
    version = version_at(household, people.head_age[rows], seed, "operator", day)
    return _OPERATOR_LAW.draw(uniform(household, seed, "operator", version))


def insurers(people: Population, rows: Ints, day: int) -> Ints:
    """Give the position in ``INSURERS`` on a day; today's members are all of the first."""
    number, household, seed = people.number[rows], people.household[rows], people.world.seed
    version = version_at(household, people.head_age[rows], seed, "insurer", day)
    of_family = uniform(household, seed, "insurer", version)
    today = np.where(
        people.member[rows], 0, 1 + (uniform(number, seed, "insurer") * (len(INSURERS) - 1)).astype(int)
    )
    return np.where(version == 0, today, (of_family * len(INSURERS)).astype(np.int64))
