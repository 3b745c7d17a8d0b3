"""Where the people of a chunk are born."""

from __future__ import annotations

import datetime

import numpy as np

from correlate.synthesis.chance import Flags, Floats, Ints
from correlate.synthesis.days import day_number
from correlate.synthesis.dwelling import residence_at
from correlate.synthesis.kinship import Kinship
from correlate.synthesis.places import Places

__all__ = ["draw_birth_places"]

# Assumptions: share born abroad of adults and of children, and born in the department they live in.
_ABROAD_ADULT, _ABROAD_CHILD = 0.14, 0.04
_HOME = 0.52
_FIRST_OF_1968, _FIRST_OF_1976 = day_number(datetime.date(1968, 1, 1)), day_number(datetime.date(1976, 1, 1))
_ALGERIA_ENDS = day_number(datetime.date(1962, 7, 5))
_ALGERIA_CODE, _PARIS = "99352", "75115"
_OLD_ALGERIA_SHARE = 0.8


def draw_birth_places(
    rng: np.random.Generator, places: Places, kin: Kinship, household: Ints, seed: int
) -> tuple[Ints, Flags]:
    """Give the birth place (position in ``places.codes``) and whether it is abroad; twins share theirs."""
    people = len(kin.birth)
    share = np.where(kin.parent >= 0, _ABROAD_CHILD, _ABROAD_ADULT)
    abroad = rng.random(people) < share
    home = places.residence_department[
        residence_at(places, household, np.zeros(people, dtype=np.int64), seed)
    ]
    row = np.where(rng.random(people) < _HOME, home, places.departments)
    points = rng.random(people)
    place = places.births.draw(points, row)
    place = _as_of_birth(places, place, kin.birth, points)
    place = np.where(abroad, _foreign_place(rng, places, kin.birth), place)
    younger = np.flatnonzero(kin.twin >= 0)
    place[younger], abroad[younger] = place[kin.twin[younger]], abroad[kin.twin[younger]]
    return place, abroad


def _as_of_birth(places: Places, place: Ints, birth: Ints, points: Floats) -> Ints:
    """Use the codes in force at birth: no department of 1968 before it, Corsica as 20 before 1976."""
    paris = int(places.department[places.codes.index_of(_PARIS) or 0])
    moved = (places.young[place] == 1) & (birth < _FIRST_OF_1968)
    place = np.where(moved, places.births.draw(points, paris), place)
    island = (places.corsica[place] >= 0) & (birth < _FIRST_OF_1976)
    return np.where(island, places.corsica[place], place)


def _foreign_place(rng: np.random.Generator, places: Places, birth: Ints) -> Ints:
    country = places.abroad.draw(rng.random(len(birth)))
    algerian = country == places.codes.index_of(_ALGERIA_CODE)
    before = algerian & (birth < _ALGERIA_ENDS) & (rng.random(len(birth)) < _OLD_ALGERIA_SHARE)
    commune = places.algeria[rng.integers(0, len(places.algeria), len(birth))]
    return np.where(before, commune, country)
