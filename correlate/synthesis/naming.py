"""Who is called what: birth names, names in use after a marriage, first names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from correlate.synthesis.chance import Flags, Ints, normal
from correlate.synthesis.days import DAYS_A_YEAR, REFERENCE_DAY, ages, day_number, day_parts
from correlate.synthesis.kinship import Kinship
from correlate.synthesis.names import Names

__all__ = ["NO_NAME", "Surnames", "draw_first_names", "draw_surnames"]

NO_NAME = -1
# Assumptions, except the shares of married women's names, which are published (project's notes, 2.1):
# husband's name .60 / .90, own .26 / .05, both .13 / .05 at 25 / 65 years and over.
_FOREIGN_DESCENT = 0.08
_FATHER_KNOWN, _FATHER_ALIKE = (
    0.12,
    0.02,
)  # adults whose father is in the chunk; of his sons, those named as he
_NAME_AGES = [25.0, 65.0]
_HUSBANDS, _BOTH = [0.60, 0.90], [0.13, 0.05]
_MARRIED = ([20, 30, 45, 65, 80], [0.10, 0.35, 0.60, 0.85, 0.95])
_WAS_MARRIED = ([30, 45, 65, 85], [0.05, 0.30, 0.60, 0.90])
_MEN_BOTH = 0.02
_BOTH_PARENTS, _MOTHERS = 0.10, 0.07  # children born from 2005 on
_LAW_OF_2005 = 2005


@dataclass(frozen=True, kw_only=True)
class Surnames:
    """Positions in the table of surnames, each name with a second part or ``NO_NAME``.

    ``used_since`` is the day from which the name in use is borne.
    """

    birth: Ints
    birth_second: Ints
    usage: Ints
    usage_second: Ints
    used_since: Ints


def draw_surnames(rng: np.random.Generator, names: Names, kin: Kinship, abroad: Flags) -> Surnames:
    """Draw birth names (children take a parent's) and the names in use of those who married."""
    people = len(kin.birth)
    descent = abroad | (rng.random(people) < _FOREIGN_DESCENT)
    birth = names.draw_surnames(rng.random(people), descent)
    second = np.full(people, NO_NAME, dtype=np.int64)
    sons, fathers = _grown_children(rng, kin)
    birth[sons] = birth[fathers]
    _copy_twins(kin, birth)
    _name_children(rng, names, kin, birth, second)
    usage, usage_second, since = _names_in_use(rng, names, kin, birth)
    return Surnames(
        birth=birth, birth_second=second, usage=usage, usage_second=usage_second, used_since=since
    )


def _grown_children(rng: np.random.Generator, kin: Kinship) -> tuple[Ints, Ints]:
    """Give pairs of an adult under 45 and a man some thirty years older who is taken for the father."""
    age = ages(kin.birth, day_number(REFERENCE_DAY))
    adult = (kin.parent < 0) & (age < 45) & (rng.random(len(age)) < _FATHER_KNOWN)
    children = np.flatnonzero(adult)
    men = np.flatnonzero((kin.sex == 1) & (age >= 45))
    if len(men) == 0 or len(children) == 0:
        return children[:0], men[:0]
    men = men[np.argsort(kin.birth[men], kind="stable")]
    wanted = kin.birth[children] - normal(rng, 31, 5, len(children), 19, 48) * DAYS_A_YEAR
    place = np.searchsorted(kin.birth[men], wanted)
    fathers = men[np.clip(place, 0, len(men) - 1)]
    fits = kin.birth[children] - kin.birth[fathers] > 18 * DAYS_A_YEAR
    return children[fits], fathers[fits]


def _copy_twins(kin: Kinship, birth: Ints) -> None:
    younger = np.flatnonzero((kin.twin >= 0) & (kin.parent < 0))
    birth[younger] = birth[kin.twin[younger]]


def _name_children(rng: np.random.Generator, names: Names, kin: Kinship, birth: Ints, second: Ints) -> None:
    """Name all children of a household alike: after the father, the mother, or both since 2005."""
    children = np.flatnonzero(kin.parent >= 0)
    if len(children) == 0:
        return
    chance, other = (
        rng.random(kin.households),
        names.draw_surnames(rng.random(kin.households), np.zeros(kin.households, bool)),
    )
    household, mother = kin.household[children], kin.parent[children]
    partner = kin.partner[mother]
    absent = np.where(kin.sex[mother] == 1, birth[mother], other[household])
    father = np.where(partner >= 0, birth[partner], absent)
    drawn = chance[household]
    eldest = np.full(kin.households, 9999, dtype=np.int64)
    np.minimum.at(eldest, household, day_parts(kin.birth[children])[0])
    recent = eldest[household] >= _LAW_OF_2005
    both, mothers = recent & (drawn < _BOTH_PARENTS), drawn > 1 - np.where(partner >= 0, _MOTHERS, 0.4)
    birth[children] = np.where(mothers, birth[mother], father)
    second[children] = np.where(both & (father != birth[mother]), birth[mother], NO_NAME)


def _names_in_use(
    rng: np.random.Generator, names: Names, kin: Kinship, birth: Ints
) -> tuple[Ints, Ints, Ints]:
    people = len(birth)
    age = ages(kin.birth, day_number(REFERENCE_DAY))
    coupled = kin.partner >= 0
    # Both of a couple must agree on being married: the one draw of the household decides.
    chance = rng.random(kin.households)[kin.household]
    woman_age = np.where(kin.sex == 2, age, age[kin.partner])
    married = coupled & (chance < np.interp(woman_age, *_MARRIED))
    alone = ~coupled & (kin.parent < 0) & (kin.sex == 2) & (chance < np.interp(age, *_WAS_MARRIED))
    former = names.draw_surnames(rng.random(people), np.zeros(people, dtype=bool))
    spouse = np.where(married, birth[kin.partner], former)
    draw = rng.random(people)
    husbands, both = np.interp(age, _NAME_AGES, _HUSBANDS), np.interp(age, _NAME_AGES, _BOTH)
    woman = (kin.sex == 2) & (married | alone)
    takes, joins = woman & (draw < husbands), woman & (draw >= husbands) & (draw < husbands + both)
    joins = (joins | ((kin.sex == 1) & married & (draw < _MEN_BOTH))) & (spouse != birth)
    usage = np.where(takes, spouse, np.where(joins, birth, NO_NAME))
    usage_second = np.where(joins, spouse, NO_NAME)
    wedding = kin.birth + normal(rng, 30, 6, people, 18, 60) * DAYS_A_YEAR
    latest = day_number(REFERENCE_DAY) - 1
    past = kin.birth + (18 + rng.random(people) * np.maximum(age - 18, 0)) * DAYS_A_YEAR
    since = np.where(wedding <= latest, wedding, past).astype(np.int64)
    return usage, usage_second, since


def draw_first_names(
    rng: np.random.Generator, names: Names, kin: Kinship, abroad: Flags
) -> tuple[Ints, Ints]:
    """Draw first and second given names; a few sons bear their father's, twins of one sex never the same."""
    people = len(kin.birth)
    year = day_parts(kin.birth)[0]
    law = names.first_name_law
    first = law.draw(rng.random(people), kin.sex, year, abroad)
    second = law.draw(rng.random(people), kin.sex, year - 30, abroad)
    mother = np.where(kin.parent >= 0, kin.parent, 0)
    father = np.where(kin.sex[mother] == 1, mother, kin.partner[mother])
    junior = (kin.parent >= 0) & (kin.sex == 1) & (father >= 0) & (rng.random(people) < _FATHER_ALIKE)
    first[junior] = first[father[junior]]
    again = law.draw(rng.random(people), kin.sex, year, abroad)
    same = (kin.twin >= 0) & (first == first[kin.twin])
    first[same] = again[same]
    still = np.flatnonzero((kin.twin >= 0) & (first == first[kin.twin]))
    first[still], second[still] = second[still], first[still]
    return first, second
