"""A column of a leaked file: its header, and how it is filled from a view of the population."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from correlate.synthesis.chance import Ints
from correlate.synthesis.churn import version_at
from correlate.synthesis.dwelling import residence_at
from correlate.synthesis.noise import CLEAN, Noise, disturb
from correlate.synthesis.population import Population
from correlate.vocabulary import FIELDS, AttributeClass, Field, recognise

__all__ = ["Builder", "Column", "View"]


@dataclass(frozen=True, kw_only=True)
class View:
    """The people a file has rows for (positions in a chunk), the day of its data, and its own chance."""

    people: Population
    rows: Ints
    day: int
    rng: np.random.Generator
    family_nir: bool = False

    @property
    def number(self) -> Ints:
        """Give the numbers of the people, counted over all chunks."""
        return self.people.number[self.rows]

    @property
    def seed(self) -> int:
        """Give the seed of the population."""
        return self.people.world.seed

    @cached_property
    def home(self) -> tuple[Ints, Ints]:
        """Give the household of each row and the version of its address on the day."""
        household = self.people.household[self.rows]
        age = self.people.head_age[self.rows]
        return household, version_at(household, age, self.seed, "address", self.day)

    @cached_property
    def residence(self) -> Ints:
        """Give the position among residences of each row."""
        return residence_at(self.people.world.places, *self.home, self.seed)

    @cached_property
    def bearer(self) -> Ints:
        """Give whose NIR stands in each row."""
        return self.people.bearer(self.day)[self.rows] if self.family_nir else self.rows


Builder = Callable[[View], pl.Series]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: ``missing`` is the share of rows without a value, ``noise`` the errors in the others."""

    header: str
    build: Builder
    missing: float = 0.0
    noise: Noise = CLEAN

    def fill(self, view: View) -> pl.Series:
        """Give the column as text, a row for each row of the view."""
        values = disturb(self.build(view), view.rng, self.noise)
        if self.missing:
            values = values.set(pl.Series(view.rng.random(len(values)) < self.missing), None)
        return values.alias(self.header)

    @cached_property
    def nir(self) -> bool:
        """Say whether the column holds the NIR."""
        return recognise(self.header) is Field.nir

    @cached_property
    def classes(self) -> tuple[AttributeClass, ...]:
        """Give the attribute classes the column exposes, by its header alone: none for an unknown header."""
        meaning = recognise(self.header)
        if meaning is None:
            return ()
        return FIELDS[meaning].classes if isinstance(meaning, Field) else (meaning,)
