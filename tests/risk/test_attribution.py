from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.catalogue import Catalogue
from correlate.risk.attribution import PLAYERS_MAX, shapley_weights, whole_parts
from correlate.risk.rows import WHOLE, Rows, distinct_exposures
from tests.risk.oracle import Row
from tests.risk.test_assessment import WORLD
from tests.risk.worlds import FEWER, A, assess_in, cases, worlds


@given(players=st.integers(1, 6), seed=st.integers(0, 10_000))
def test_shares_are_the_average_over_all_orders_of_what_a_player_adds(players: int, seed: int):
    """To 1e-9, against every order enumerated, for any game."""
    game = np.random.default_rng(seed).uniform(0, 100, 1 << players)
    game[0] = 0.0
    expected = np.zeros(players)
    for order in itertools.permutations(range(players)):
        held = 0
        for player in order:
            expected[player] += game[held | 1 << player] - game[held]
            held |= 1 << player
    exact = game @ shapley_weights(players).T
    assert exact == pytest.approx(expected / math.factorial(players), abs=1e-9)
    assert exact.sum() == pytest.approx(game[-1], abs=1e-9)


@given(
    exact=st.lists(st.floats(0, 30), min_size=1, max_size=8).map(lambda parts: np.array([parts])),
)
def test_whole_hundredths_sum_to_the_total_and_are_off_by_less_than_one(exact: np.ndarray):
    total = np.rint(np.rint(exact.sum(axis=1) * 1e9) / 1e7).astype(np.int64)
    whole = whole_parts(exact, total)
    assert whole.sum() == total[0]
    assert (np.abs(whole / 100 - exact) <= 0.01 + 1e-9).all()


@given(world=worlds(), case=cases)
@FEWER
def test_shares_sum_to_the_score_and_none_is_negative(world, case):
    row = assess_in(world, [case], shares=True).frame.row(0, named=True)
    found = [one["share"] for one in row["breaches"]]
    assert all(one >= 0 for one in found)
    assert math.isclose(sum(found), row["score"], abs_tol=1e-9)


def test_a_person_in_more_breaches_than_can_play_alone_still_has_shares_that_sum_to_the_score():
    names = ["adecco-fr-2022", "viamedis-almerys-2024", "francetravail-2024", "free-2024", "sfr-2024"]
    catalogue = Catalogue.shipped()
    names += [one.id for one in catalogue if one.date <= WORLD.as_of and one.id not in names][:10]
    assert len(names) > PLAYERS_MAX
    world = dataclasses.replace(WORLD, catalogue=catalogue)
    case = [Row(one, tuple(catalogue.get(one).classes), 0.9) for one in names]
    row = assess_in(world, [case], shares=True).frame.row(0, named=True)
    assert len(row["breaches"]) == len(names)
    assert sum(one["share"] for one in row["breaches"]) == pytest.approx(row["score"], abs=1e-9)


def test_what_one_breach_alone_tells_is_wholly_its_share():
    case = [Row("alpha", (A.NAME, A.DOB, A.NIR, A.INSURER), 1.0)]
    row = assess_in(WORLD, [case], shares=True).frame.row(0, named=True)
    [one] = row["breaches"]
    assert one["share"] == one["alone"] == one["points"] == row["score"] > 0


def test_exposures_of_other_content_are_told_apart_and_equal_ones_are_not():
    rows = Rows(
        exposure=np.array([0, 0, 1, 1, 2, 4, 5]),
        kind=np.array([1, 2, 1, 2, 2, 2, 2]),
        chance=np.array([WHOLE, 5, WHOLE, 5, 5, 5, 5]),
        background=np.array([False, False, False, False, False, True]),
    )
    once, number = distinct_exposures(rows)
    assert number[0] == number[1]
    assert number[2] == number[4]
    assert len({number[0], number[2], number[3], number[5]}) == once.count == 4
