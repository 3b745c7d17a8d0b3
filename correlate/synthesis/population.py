"""One chunk of the population: everything about its people that no file changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from correlate.synthesis.chance import Flags, Floats, Ints, stream, uniform
from correlate.synthesis.days import REFERENCE_DAY, ages, day_number, day_parts
from correlate.synthesis.digits import nir_text
from correlate.synthesis.kinship import Kinship, draw_kinship
from correlate.synthesis.names import Names
from correlate.synthesis.naming import Surnames, draw_first_names, draw_surnames
from correlate.synthesis.nativity import draw_birth_places
from correlate.synthesis.orders import OrderBook
from correlate.synthesis.places import Places

__all__ = ["CHUNK", "Population", "World", "populate"]

#: People made at a time. Part of what a seed means: another size gives other people.
CHUNK = 100_000

_COVERED_UNTIL, _COVERED_SPREAD = 16.0, 2.0
_FATHERS_CARD = 0.45


@dataclass(frozen=True, kw_only=True)
class World:
    """What all chunks share: the seed, the names, the places and the register of order numbers."""

    seed: int
    names: Names
    places: Places
    orders: OrderBook
    members: float


@dataclass(frozen=True, kw_only=True)
class Population:
    """A chunk: arrays a person long; ``number`` counts people from 0 over all chunks."""

    world: World
    number: Ints
    household: Ints
    kin: Kinship
    surnames: Surnames
    first_name: Ints
    second_name: Ints
    birth_place: Ints
    nir: pl.Series
    head_age: Floats
    member: Flags

    def __len__(self) -> int:
        """Count the people."""
        return len(self.number)

    @property
    def age(self) -> Floats:
        """Ages in years on the reference day."""
        return ages(self.kin.birth, day_number(REFERENCE_DAY))

    def bearer(self, day: int) -> Ints:
        """Give whose NIR each person is insured under on a day: a parent's until 16 to 18, then one's own."""
        until = _COVERED_UNTIL + _COVERED_SPREAD * uniform(self.number, self.world.seed, "covered")
        child = (self.kin.parent >= 0) & (ages(self.kin.birth, day) < until)
        father = self.kin.partner[self.kin.parent]
        on_fathers = (father >= 0) & (uniform(self.household, self.world.seed, "card") < _FATHERS_CARD)
        return np.where(child, np.where(on_fathers, father, self.kin.parent), np.arange(len(self)))


def populate(world: World, chunk: int, people: int) -> Population:
    """Make the people of one chunk; the same seed, chunk and size give the same people."""
    rng = stream(world.seed, chunk, "people")
    kin = draw_kinship(rng, people)
    number = chunk * CHUNK + np.arange(people, dtype=np.int64)
    household = chunk * CHUNK + kin.household
    place, abroad = draw_birth_places(rng, world.places, kin, household, world.seed)
    surnames = draw_surnames(rng, world.names, kin, abroad)
    first, second = draw_first_names(rng, world.names, kin, abroad)
    year, month, _ = day_parts(kin.birth)
    order = world.orders.number(kin.sex, year, month, place)
    return Population(
        world=world,
        number=number,
        household=household,
        kin=kin,
        surnames=surnames,
        first_name=first,
        second_name=second,
        birth_place=place,
        nir=nir_text(kin.sex, year, month, world.places.codes.gather(place), order),
        head_age=_head_age(kin),
        member=_members(world, number, household),
    )


def _head_age(kin: Kinship) -> Floats:
    """Give the age of the eldest of each household to all who live in it."""
    eldest = np.zeros(kin.households)
    np.maximum.at(eldest, kin.household, ages(kin.birth, day_number(REFERENCE_DAY)))
    return eldest[kin.household]


def _members(world: World, number: Ints, household: Ints) -> Flags:
    """Say who is insured by the insurer: most families are insured together."""
    alone = uniform(number, world.seed, "insured alone") < 0.08
    by_family = uniform(household, world.seed, "insured") < world.members
    return np.where(alone, uniform(number, world.seed, "insured") < world.members, by_family)
