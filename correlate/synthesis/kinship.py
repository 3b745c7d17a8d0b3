"""Couples, children and twins: who lives with whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from correlate.synthesis.chance import Flags, Floats, Ints, normal
from correlate.synthesis.days import DAYS_A_YEAR, REFERENCE_DAY, ages, day_number
from correlate.synthesis.pyramid import draw_births

__all__ = ["Kinship", "draw_kinship"]

#: Of a hundred deliveries, those that give twins (recalled figure of the project's notes).
TWIN_DELIVERIES = 0.016
_SAME_SEX_TWINS = 0.64
# Assumptions: share living as a couple by age, and age of the mother at a birth.
_COUPLE_AGES = ([18, 25, 30, 40, 65, 75, 85, 100], [0.06, 0.32, 0.64, 0.74, 0.75, 0.66, 0.40, 0.10])
_MOTHER_AGE, _MOTHER_SPREAD = 30.5, 5.2
_LONE_MOTHER, _LONE_FATHER = 0.28, 0.06
_OLDEST_PARENT = 72
_GAP_DAYS = 300


@dataclass(frozen=True, kw_only=True)
class Kinship:
    """One chunk's people; every array is a person long, links are positions in it, -1 for none.

    ``parent`` is the adult a child lives with (of a couple the mother), ``twin`` the elder twin.
    """

    birth: Ints
    sex: Ints
    household: Ints
    partner: Ints
    parent: Ints
    twin: Ints

    @property
    def households(self) -> int:
        """Count the households."""
        return int(self.household.max()) + 1


def draw_kinship(rng: np.random.Generator, people: int) -> Kinship:
    """Draw exactly ``people`` people and settle them in households."""
    birth, sex = draw_births(rng, people)
    age = ages(birth, day_number(REFERENCE_DAY))
    at_home = (age < 18) | ((age < 25) & (rng.random(people) < 0.6))
    if not (~at_home & (age < _OLDEST_PARENT)).any():
        at_home[:] = False
        birth = np.where(age < 18, birth - int(30 * DAYS_A_YEAR), birth)
    twin = np.full(people, -1, dtype=np.int64)
    adults, children = np.flatnonzero(~at_home), np.flatnonzero(at_home)
    _make_twins(rng, adults, twin)
    _make_twins(rng, children, twin)
    _copy_twins(rng, twin, birth, sex)
    partner = _pair(rng, adults, birth, sex, twin)
    household = _number_households(adults, partner, people)
    parent = _settle_children(rng, children, adults, birth, sex, partner, twin)
    household[children] = household[parent[children]]
    return Kinship(birth=birth, sex=sex, household=household, partner=partner, parent=parent, twin=twin)


def _make_twins(rng: np.random.Generator, pool: Ints, twin: Ints) -> None:
    pairs = rng.binomial(len(pool) // 2, min(2 * TWIN_DELIVERIES / (1 + TWIN_DELIVERIES), 1.0))
    drawn = rng.permutation(pool)[: 2 * pairs]
    twin[drawn[pairs:]] = drawn[:pairs]


def _copy_twins(rng: np.random.Generator, twin: Ints, birth: Ints, sex: Ints) -> None:
    younger = np.flatnonzero(twin >= 0)
    birth[younger] = birth[twin[younger]]
    alike = rng.random(len(younger)) < _SAME_SEX_TWINS
    sex[younger] = np.where(alike, sex[twin[younger]], 3 - sex[twin[younger]])


def _pair(rng: np.random.Generator, adults: Ints, birth: Ints, sex: Ints, twin: Ints) -> Ints:
    """Pair men and women who want a partner in the order of their ages, with some noise."""
    partner = np.full(len(birth), -1, dtype=np.int64)
    age = ages(birth[adults], day_number(REFERENCE_DAY))
    willing = adults[rng.random(len(adults)) < np.interp(age, *_COUPLE_AGES)]
    men, women = willing[sex[willing] == 1], willing[sex[willing] == 2]
    count = min(len(men), len(women))
    men, women = rng.permutation(men)[:count], rng.permutation(women)[:count]
    men = men[np.argsort(birth[men], kind="stable")]
    wished = birth[women] - (2.3 + rng.normal(0, 3.0, count)) * DAYS_A_YEAR
    women = women[np.argsort(wished, kind="stable")]
    strangers = (twin[men] != women) & (twin[women] != men)
    partner[men[strangers]] = women[strangers]
    partner[women[strangers]] = men[strangers]
    return partner


def _number_households(adults: Ints, partner: Ints, people: int) -> Ints:
    household = np.full(people, -1, dtype=np.int64)
    first = adults[(partner[adults] < 0) | (adults < partner[adults])]
    household[first] = np.arange(len(first))
    second = adults[household[adults] < 0]
    household[second] = household[partner[second]]
    return household


def _settle_children(
    rng: np.random.Generator, children: Ints, adults: Ints, birth: Ints, sex: Ints, partner: Ints, twin: Ints
) -> Ints:
    parent = np.full(len(birth), -1, dtype=np.int64)
    eldest = children[twin[children] < 0]
    if len(eldest) == 0:
        return parent
    pool, weight = _parents(rng, adults, birth, sex, partner)
    chosen = pool[_choose_parent(rng, birth[eldest], birth[pool], weight)]
    parent[eldest] = chosen
    birth[eldest] = _plausible_birth(rng, birth[eldest], birth[chosen])
    _space_siblings(rng, eldest, parent, birth)
    younger = children[twin[children] >= 0]
    parent[younger] = parent[twin[younger]]
    birth[younger] = birth[twin[younger]]
    return parent


def _parents(
    rng: np.random.Generator, adults: Ints, birth: Ints, sex: Ints, partner: Ints
) -> tuple[Ints, Floats]:
    """Give possible parents in the order of their births."""
    pool = adults[ages(birth[adults], day_number(REFERENCE_DAY)) < _OLDEST_PARENT]
    heads: Flags = (sex[pool] == 2) | (partner[pool] < 0)
    pool = pool[heads] if heads.any() else pool
    pool = pool[np.argsort(birth[pool], kind="stable")]
    lone = np.where(sex[pool] == 2, _LONE_MOTHER, _LONE_FATHER)
    return pool, rng.gamma(20.0, 1.0, len(pool)) * np.where(partner[pool] >= 0, 1.0, lone)


def _choose_parent(rng: np.random.Generator, child: Ints, parent: Ints, weight: Floats) -> Ints:
    """Choose, for each child, a parent by weight among those within a year of the age wanted."""
    wanted = child - normal(rng, _MOTHER_AGE, _MOTHER_SPREAD, len(child), 19, 44) * DAYS_A_YEAR
    total = np.concatenate([[0.0], np.cumsum(weight)])
    low = total[np.searchsorted(parent, wanted - DAYS_A_YEAR)]
    high = total[np.searchsorted(parent, wanted + DAYS_A_YEAR)]
    found = np.searchsorted(total, low + rng.random(len(child)) * (high - low), side="right") - 1
    nearest = np.searchsorted(parent, wanted)
    return np.asarray(np.clip(np.where(high > low, found, nearest), 0, len(parent) - 1), dtype=np.int64)


def _plausible_birth(rng: np.random.Generator, child: Ints, parent: Ints) -> Ints:
    """Move a birth that falls outside the parent's seventeenth to forty-eighth year."""
    low = parent + int(17 * DAYS_A_YEAR)
    high = np.minimum(parent + int(46 * DAYS_A_YEAR), day_number(REFERENCE_DAY) - 1)
    other = low + (rng.random(len(child)) * np.maximum(high - low, 1)).astype(np.int64)
    return np.where((child < low) | (child > high), other, child)


def _space_siblings(rng: np.random.Generator, eldest: Ints, parent: Ints, birth: Ints) -> None:
    """Move elder siblings back until births of one household are at least ten months apart."""
    order = eldest[np.lexsort((-birth[eldest], parent[eldest]))]
    starts = np.concatenate([[True], parent[order][1:] != parent[order][:-1]])
    rank = np.arange(len(order)) - np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
    gap = _GAP_DAYS + rng.integers(0, 240, len(order))
    for place in range(1, int(rank.max(initial=0)) + 1):
        here = np.flatnonzero(rank == place)
        latest = birth[order[here - 1]] - gap[here]
        floor = birth[parent[order[here]]] + int(15 * DAYS_A_YEAR)
        birth[order[here]] = np.maximum(np.minimum(birth[order[here]], latest), floor)
