"""The surname somebody goes by on a day."""

from __future__ import annotations

import numpy as np

from correlate.synthesis.chance import Ints
from correlate.synthesis.naming import NO_NAME
from correlate.synthesis.population import Population

__all__ = ["married_names", "names_in_use"]


def married_names(people: Population, rows: Ints, day: int) -> tuple[Ints, Ints]:
    """Give the name in use (two parts) where it is not the birth name, else ``NO_NAME``."""
    bears = people.surnames.used_since[rows] <= day
    usage = np.where(bears, people.surnames.usage[rows], NO_NAME)
    return usage, np.where(bears, people.surnames.usage_second[rows], NO_NAME)


def names_in_use(people: Population, rows: Ints, day: int) -> tuple[Ints, Ints]:
    """Give the name (two parts) somebody is called by: the name in use, or else the birth name."""
    usage, second = married_names(people, rows, day)
    own = usage == NO_NAME
    return (
        np.where(own, people.surnames.birth[rows], usage),
        np.where(own, people.surnames.birth_second[rows], second),
    )
