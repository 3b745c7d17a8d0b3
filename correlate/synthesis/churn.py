"""What has changed since a breach: moves, new numbers, new banks."""

from __future__ import annotations

import numpy as np

from correlate.synthesis.chance import Floats, Ints, uniform
from correlate.synthesis.days import DAYS_A_YEAR, REFERENCE_DAY, day_number

__all__ = ["RATES", "VERSIONS", "Rate", "version_at"]

from dataclasses import dataclass

#: Versions kept of an attribute: the present one, the one before, and one for all earlier times.
VERSIONS = 3


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Changes a year: in general, under 25 years of age, and from 60 on (the notes' published churn)."""

    general: float
    young: float
    old: float

    def at(self, age: Floats) -> Floats:
        """Give the rate of each age (years)."""
        return np.where(age < 25, self.young, np.where(age >= 60, self.old, self.general))


RATES = {
    "address": Rate(general=0.11, young=0.34, old=0.04),
    "mobile": Rate(general=0.06, young=0.08, old=0.05),
    "email": Rate(general=0.05, young=0.08, old=0.04),
    "work email": Rate(general=0.22, young=0.25, old=0.22),
    "iban": Rate(general=0.05, young=0.084, old=0.03),
    "operator": Rate(general=0.08, young=0.10, old=0.05),
    "insurer": Rate(general=0.15, young=0.20, old=0.08),
    "password": Rate(general=0.20, young=0.20, old=0.15),
}


def version_at(numbers: Ints, age: Floats, seed: int, attribute: str, day: int) -> Ints:
    """Give how many changes lie between ``day`` and the reference day, at most ``VERSIONS - 1``.

    ``numbers`` identify who or what changes, ``age`` is today's. Times between changes are exponential.
    """
    years_back = (day_number(REFERENCE_DAY) - day) / DAYS_A_YEAR
    version = np.zeros(len(numbers), dtype=np.int64)
    if years_back <= 0:
        return version
    rate = RATES[attribute].at(age)
    # Only who changed once can have changed twice.
    changed, elapsed = np.arange(len(numbers)), np.zeros(len(numbers))
    for change in range(VERSIONS - 1):
        points = uniform(numbers[changed], seed, f"{attribute} changes", change)
        elapsed = elapsed - np.log1p(-points) / rate[changed]
        before = elapsed < years_back
        changed, elapsed = changed[before], elapsed[before]
        version[changed] += 1
    return version
