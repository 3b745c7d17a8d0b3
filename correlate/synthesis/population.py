"""One chunk of the population: everything about its people that no file changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from correlate.synthesis.chance import Flags, Floats, Ints, scrambled, stream, uniform
from correlate.synthesis.days import REFERENCE_DAY, ages, day_number, day_parts
from correlate.synthesis.digits import nir_text
from correlate.synthesis.fixed import digits, fixed_text
from correlate.synthesis.kinship import Kinship, draw_kinship
from correlate.synthesis.names import Names
from correlate.synthesis.naming import Surnames, draw_first_names, draw_surnames
from correlate.synthesis.nativity import draw_birth_places
from correlate.synthesis.orders import OrderBook
from correlate.synthesis.places import Places

__all__ = ["CHUNK", "Population", "World", "drawn", "numbered", "populate"]

#: People made at a time. Part of what a seed means: another size gives other people.
CHUNK = 100_000

_COVERED_UNTIL, _COVERED_SPREAD = 16.0, 2.0
_FATHERS_CARD = 0.45
_MEMBER_HALF = 10_000  # member numbers have eight digits


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
    """A chunk: arrays a person long; ``number`` counts people from 0 over all chunks.

    ``nir`` is empty until the people are numbered.
    """

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

    @cached_property
    def member_id(self) -> pl.Series:
        """The insurer's numbers of its members, unrelated to the order of people; null for others."""
        drawn = scrambled(self.number, self.world.seed, "member", _MEMBER_HALF)
        return fixed_text("M", digits(drawn, 8)).set(pl.Series(~self.member), None)

    def bearer(self, day: int) -> Ints:
        """Give whose NIR each person is insured under on a day: a parent's until 16 to 18, then one's own."""
        bearer = np.arange(len(self), dtype=np.int64)
        small = np.flatnonzero(self.kin.parent >= 0)
        until = _COVERED_UNTIL + _COVERED_SPREAD * uniform(self.number[small], self.world.seed, "covered")
        child = small[ages(self.kin.birth[small], day) < until]
        parent = self.kin.parent[child]
        father = self.kin.partner[parent]
        card = uniform(self.household[child], self.world.seed, "card")
        bearer[child] = np.where((father >= 0) & (card < _FATHERS_CARD), father, parent)
        return bearer


def populate(world: World, chunk: int, people: int) -> Population:
    """Make the people of one chunk; chunks of one world must come in their order."""
    return numbered(drawn(world, chunk, people))


def drawn(world: World, chunk: int, people: int) -> Population:
    """Draw the people of one chunk; the same seed, chunk and size give the same people, in any order."""
    rng = stream(world.seed, chunk, "people")
    kin = draw_kinship(rng, people)
    number = chunk * CHUNK + np.arange(people, dtype=np.int64)
    household = chunk * CHUNK + kin.household
    place, abroad = draw_birth_places(rng, world.places, kin, household, world.seed)
    surnames = draw_surnames(rng, world.names, kin, abroad)
    first, second = draw_first_names(rng, world.names, kin, abroad)
    return Population(
        world=world,
        number=number,
        household=household,
        kin=kin,
        surnames=surnames,
        first_name=first,
        second_name=second,
        birth_place=place,
        nir=pl.Series([], dtype=pl.String),
        head_age=_head_age(kin),
        member=_members(world, number, household),
    )


def numbered(people: Population) -> Population:
    """Give the people of a chunk their NIRs, by what the register of births counted before: keep to order."""
    kin, places, place = people.kin, people.world.places, people.birth_place.copy()
    year, month, _ = day_parts(kin.birth)
    order = people.world.orders.number(kin.sex, year, month, place)
    while len(left := np.flatnonzero(order == 0)):
        # Of tens of millions, a large town has more than a register holds: who is left is born next to it.
        place[left] = places.beside(place[left])
        order[left] = people.world.orders.number(kin.sex[left], year[left], month[left], place[left])
    head = kin.sex * 10_000 + year % 100 * 100 + month
    nir = nir_text(head, places.code_letters[place], places.code_numbers[place], order)
    return replace(people, nir=nir, birth_place=place)


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
