"""A leaked file as a declaration: who is in it, how many, and which columns it has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from correlate.synthesis.accounts import OPERATORS, operators
from correlate.synthesis.chance import Flags, uniform
from correlate.synthesis.column import Column
from correlate.synthesis.days import ages
from correlate.synthesis.population import Population
from correlate.vocabulary import AttributeClass

__all__ = ["POPULATION_OF_FRANCE", "Eligible", "Leak", "aged", "customers_of", "parents_of"]

#: Inhabitants of the communes, the base of every coverage (etalab 6.0.0, project's notes 2).
POPULATION_OF_FRANCE = 68_952_941

#: Who may be in a file on a day.
Eligible = Callable[[Population, int], Flags]


@dataclass(frozen=True, kw_only=True)
class Leak:
    """One breach's file.

    Attributes:
        breach: the id in the catalogue, which gives the date.
        columns: the columns in their order; their headers say which classes they carry.
        eligible: who may be in it.
        share: the share of the whole population that is in it; ``None`` to take the catalogue's persons.
        together: how far the members of a household are in it together, 0 to 1.
        family_nir: whether dependents stand under the NIR of the insured.
        repeated: the share of people with a second row.
        stale: by how many years at most the data are older than the breach.
    """

    breach: str
    columns: tuple[Column, ...]
    eligible: Eligible
    share: float | None = None
    together: float = 0.0
    family_nir: bool = False
    repeated: float = 0.0
    stale: float = 0.0

    @property
    def classes(self) -> tuple[AttributeClass, ...]:
        """Give the attribute classes of all columns, each once, in the order of the columns."""
        return tuple(dict.fromkeys(found for column in self.columns for found in column.classes))

    def select(self, people: Population, day: int, share: float) -> Flags:
        """Say who of a chunk is in the file, so that ``share`` of all people are."""
        seed, eligible = people.world.seed, self.eligible(people, day) & (people.kin.birth < day)
        chance = uniform(people.number, seed, self.breach)
        if self.together:
            apart = uniform(people.number, seed, f"{self.breach} apart") >= self.together
            chance = np.where(apart, chance, uniform(people.household, seed, self.breach))
        chosen: Flags = eligible & (chance * max(float(eligible.mean()), 1e-9) < share)
        return chosen


def aged(low: float, high: float = 130.0) -> Eligible:
    """Take people of these ages on the day."""

    def eligible(people: Population, day: int) -> Flags:
        age = ages(people.kin.birth, day)
        return (age >= low) & (age < high)

    return eligible


def customers_of(operator: str) -> Eligible:
    """Take grown-up customers of a telephone operator."""
    place = list(OPERATORS).index(operator)

    def eligible(people: Population, day: int) -> Flags:
        everybody = np.arange(len(people), dtype=np.int64)
        theirs: Flags = operators(people, everybody, day) == place
        return aged(16)(people, day) & theirs

    return eligible


def parents_of(low: float, high: float) -> Eligible:
    """Take the adults who live with a child of these ages."""

    def eligible(people: Population, day: int) -> Flags:
        kin = people.kin
        child = (kin.parent >= 0) & aged(low, high)(people, day)
        homes = np.zeros(kin.households, dtype=bool)
        homes[kin.household[child]] = True
        return (kin.parent < 0) & homes[kin.household]

    return eligible
