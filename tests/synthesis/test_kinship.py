"""Households hold together: couples, children, siblings and twins."""

from __future__ import annotations

import numpy as np
import pytest

from correlate.synthesis.days import DAYS_A_YEAR, REFERENCE_DAY, day_number
from correlate.synthesis.kinship import draw_kinship


@pytest.fixture(scope="module")
def kin():
    return draw_kinship(np.random.default_rng(4), 30_000)


def test_partners_have_each_other_and_one_household(kin):
    one = np.flatnonzero(kin.partner >= 0)
    other = kin.partner[one]
    assert (kin.partner[other] == one).all()
    assert (kin.household[other] == kin.household[one]).all()
    assert (kin.sex[other] != kin.sex[one]).all()
    assert 0.3 < len(one) / len(kin.sex) < 0.6


def test_children_live_with_a_parent_at_least_fifteen_years_older(kin):
    child = np.flatnonzero(kin.parent >= 0)
    parent = kin.parent[child]
    assert (kin.household[child] == kin.household[parent]).all()
    assert (kin.parent[parent] == -1).all()
    years = (kin.birth[child] - kin.birth[parent]) / DAYS_A_YEAR
    assert years.min() >= 14.99
    assert years.max() < 50


def test_households_are_numbered_without_gaps(kin):
    assert set(kin.household.tolist()) == set(range(kin.households))


def test_siblings_are_ten_months_apart_or_twins(kin):
    child = np.flatnonzero(kin.parent >= 0)
    order = child[np.lexsort((kin.birth[child], kin.parent[child]))]
    same = kin.parent[order][1:] == kin.parent[order][:-1]
    gap = np.diff(kin.birth[order])[same]
    assert ((gap >= 270) | (gap == 0)).mean() > 0.995


def test_twins_share_birth_day_and_household_as_children(kin):
    younger = np.flatnonzero(kin.twin >= 0)
    elder = kin.twin[younger]
    assert (kin.birth[younger] == kin.birth[elder]).all()
    assert (kin.twin[elder] == -1).all()
    home = kin.parent[younger] >= 0
    assert (kin.household[younger[home]] == kin.household[elder[home]]).all()


def test_sixteen_deliveries_in_a_thousand_give_twins(kin):
    twins = (kin.twin >= 0).sum()
    assert 0.013 < twins / (len(kin.twin) - twins) < 0.019


def test_nobody_is_born_after_the_reference_day(kin):
    assert kin.birth.max() < day_number(REFERENCE_DAY)


@pytest.mark.parametrize("people", [1, 2, 5, 40])
def test_a_handful_of_people_are_settled_too(people):
    for seed in range(30):
        kin = draw_kinship(np.random.default_rng(seed), people)
        assert len(kin.birth) == people
        assert kin.household.min() == 0
