"""The attack simulation: measures against slow ones, laws, and that it knows nothing of the scorer."""

from __future__ import annotations

import ast
import dataclasses
import datetime
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

benchmarks = pytest.importorskip("benchmarks.attack_world")

from benchmarks import attack  # noqa: E402
from benchmarks import attack_table as table  # noqa: E402
from benchmarks.attack_measures import (  # noqa: E402
    auc,
    average_precision,
    bootstrap_aucs,
    calibration,
    lift,
    roc_points,
    spearman,
    top_overlap,
)
from benchmarks.attack_picture import draw  # noqa: E402
from benchmarks.attack_rankings import OURS, TRUE_LINKS  # noqa: E402
from benchmarks.attack_world import Conduct, World, expected, possession, season, seasons  # noqa: E402
from correlate.catalogue import Catalogue  # noqa: E402
from correlate.synthesis import LEAKS, synthesise  # noqa: E402

pytestmark = pytest.mark.repository

TODAY = datetime.date(2026, 11, 21)
FOLDER = Path(table.__file__).parent
BREACHES = ("viamedis-almerys-2024", "francetravail-2024", "free-2024", "collection1-2019")

cases = st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=30).filter(
    lambda rows: len({victim for _, victim in rows}) == 2
)


def arrays(rows):
    scores, victims = zip(*rows, strict=True)
    return np.array(scores, dtype=np.float64), np.array(victims)


# Measures


@given(cases)
def test_the_area_is_the_share_of_pairs_in_the_right_order_and_ties_count_half(rows):
    scores, victims = arrays(rows)
    pairs = [(a > b) + (a == b) / 2 for a in scores[victims] for b in scores[~victims]]
    assert auc(scores, victims) == pytest.approx(np.mean(pairs))


@given(cases)
def test_turning_a_ranking_round_turns_the_area_round(rows):
    scores, victims = arrays(rows)
    assert auc(-scores, victims) == pytest.approx(1 - auc(scores, victims))


@given(cases)
def test_the_curve_has_the_area_below_it(rows):
    scores, victims = arrays(rows)
    across, up = np.array(roc_points(scores, victims, points=10_000)).T
    assert np.sum(np.diff(across) * (up[1:] + up[:-1]) / 2) == pytest.approx(auc(scores, victims))


def test_a_ranking_that_says_nothing_has_no_lift_and_half_the_area():
    victims = np.arange(100) < 10
    same = np.zeros(100)
    assert auc(same, victims) == 0.5
    assert lift(same, victims, 0.05) == pytest.approx(1.0)
    assert average_precision(same, victims, seed=1) == pytest.approx(0.1, abs=0.12)


def test_a_ranking_that_knows_has_the_greatest_lift():
    victims = np.arange(100) < 10
    assert lift(victims.astype(float), victims, 0.05) == pytest.approx(10.0)
    assert average_precision(victims.astype(float), victims, seed=1) == pytest.approx(1.0)


def test_resamples_lie_around_the_area():
    rng = np.random.default_rng(1)
    victims = rng.random(2_000) < 0.2
    scores = np.round(rng.normal(size=2_000) + victims, 1)
    found = bootstrap_aucs({"one": scores}, victims, rounds=60, seed=1)["one"]
    assert np.quantile(found, 0.05) < auc(scores, victims) < np.quantile(found, 0.95)
    assert found.std() == pytest.approx(0.013, abs=0.006)


def test_what_is_said_as_often_as_it_is_so_has_no_error():
    said = np.array([0.25] * 4 + [0.8] * 5)
    seen = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0])
    error, bins = calibration(said, seen)
    assert error == pytest.approx(0.0)
    assert [one["people"] for one in bins] == [4, 5]
    assert calibration(said, 1 - seen)[0] > 0.5


def test_ranks_that_stay_are_wholly_correlated():
    one = np.arange(100.0)
    assert spearman(one, one**3) == pytest.approx(1.0)
    assert top_overlap(one, -one, 0.1) == 0.0


# The world


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("attack") / "france"
    synthesise(folder, people=4_000, seed=3, breaches=BREACHES)
    dates = {name: Catalogue.shipped().get(name).date for name in BREACHES}
    return World.read(folder, dates, TODAY, 3)


def holding(*files: str, **others) -> Conduct:
    """Fraudsters who hold these files for certain and no others."""
    return Conduct(circulation={name: float(name in files) for name in BREACHES}, **others)


TIRELESS = tuple(dataclasses.replace(one, reach=1.0) for one in table.ATTACKS)


def test_what_is_true_is_held(world):
    assert np.all(world.true & ~world.held == 0)
    assert np.any(world.true != world.held)


def test_what_never_changes_is_true_and_what_does_is_true_of_some(world):
    assert np.all((world.held ^ world.true) & world.bits(("NAME", "DOB")) == 0)
    for name in ("EMAIL", "PHONE", "ADDR", "IBAN", "INSURER", "PW"):
        bit = world.bits((name,))
        held, true = (np.count_nonzero(sets & bit) for sets in (world.held, world.true))
        assert 0 < true < held, name


def test_another_s_number_is_not_the_person_s(world):
    assert np.all(world.true[~world.own_nir] & world.bits(("NIR",)) == 0)
    assert np.count_nonzero(~world.own_nir) > 0


def test_a_namesake_is_another_person(world):
    named = world.namesake >= 0
    assert named.any()
    assert np.all(world.namesake[named] != world.person[named])


def test_who_holds_no_file_defrauds_nobody(world):
    times, frauds = seasons(world, holding(attacks=TIRELESS), runs=10, seed=1)
    assert not times.any()
    assert not any(frauds.values())


def test_only_people_in_a_held_file_are_defrauded(world):
    times, _ = seasons(world, holding("collection1-2019", attacks=TIRELESS), runs=40, seed=1)
    there = np.unique(world.person[world.breach == world.breaches.index("collection1-2019")])
    assert times.any()
    assert set(np.flatnonzero(times)) <= set(there.tolist())


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), held=st.sets(st.sampled_from(BREACHES)), more=st.sampled_from(BREACHES))
def test_one_more_file_never_spares_a_victim(world, seed, held, more):
    """With the same luck, and time for everybody."""
    found = [
        season(world, holding(*files, attacks=TIRELESS), np.random.default_rng(seed))
        for files in (held, held | {more})
    ]
    less, rest = (set(zip(one.victims.tolist(), one.attacks.tolist(), strict=True)) for one in found)
    assert less <= rest


def test_minors_are_spared_what_takes_an_account_of_one_s_own(world):
    adults_only = tuple(one for one in TIRELESS if one.adults)
    times, _ = seasons(world, holding(*BREACHES, attacks=adults_only), runs=20, seed=1)
    assert times.any()
    assert not times[~world.adult].any()


def test_a_season_is_the_same_for_the_same_seed(world):
    conduct = Conduct(circulation=table.CIRCULATION)
    first, again, other = (seasons(world, conduct, runs=5, seed=seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_chance_of_each_is_what_many_seasons_come_to(world):
    conduct = Conduct(circulation=table.CIRCULATION, attacks=TIRELESS)
    often = sum(seasons(world, conduct, runs=150, seed=1)[1].values()) / 150
    assert expected(world, conduct, runs=40, seed=1).sum() == pytest.approx(often, rel=0.2)


def test_a_file_always_held_and_well_joined_gives_every_true_value(world):
    people = np.arange(world.people)
    sure = holding("free-2024", misses=(0.0, 0.0), wrong=(0.0, 0.0))
    held = possession(world, sure, people, runs=2, seed=1)
    rows = (world.breach == world.breaches.index("free-2024")) & ~world.mate
    true = np.zeros(world.people, dtype=np.int64)
    np.bitwise_or.at(true, world.person[rows], world.true[rows])
    for place in range(len(world.classes)):
        assert np.array_equal(held[:, place], ((true >> place) & 1).astype(float))


def test_a_row_of_a_household_shows_what_its_members_share_and_no_more(world):
    shared = world.bits(("ADDR", "ZIP", "IBAN", "BANKNAME", "PHONE"))
    assert world.mate.any()
    assert np.all(world.held[world.mate] & ~shared == 0)
    assert np.all(world.true[world.mate] == world.held[world.mate])


def test_half_of_the_links_missed_halves_what_is_held(world):
    people = np.arange(world.people)
    email = world.classes.index("EMAIL")
    means = [
        possession(world, holding("free-2024", misses=each, wrong=(0.0, 0.0)), people, runs=20, seed=1)
        for each in ((0.0, 0.0), (0.5, 0.5))
    ]
    assert means[1][:, email].mean() == pytest.approx(means[0][:, email].mean() / 2, rel=0.05)


# The table and what it must not know


def test_every_trade_has_a_source_and_shares_are_shares():
    for one in table.ATTACKS:
        assert one.source.strip(), one.name
        assert 0 < one.reach <= 1, one.name
        assert 0 < one.success <= 1, one.name
    assert sum(one.trade for one in table.ATTACKS) == pytest.approx(100)
    assert set(LEAKS) <= set(table.CIRCULATION)


@pytest.mark.parametrize("module", ["attack_world", "attack_table", "attack_measures"])
def test_the_simulation_shares_no_code_with_the_scorer(module):
    tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
    names = {
        name
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert not {name for name in names if name.startswith("correlate")}


def test_the_picture_is_well_formed():
    one = {"auc": 0.8, "auc_95": [0.79, 0.81], "roc": [(0.0, 0.0), (0.5, 0.8), (1.0, 1.0)]}
    found = {
        "members": 10,
        "victims": 2,
        "rankings": {"our score": one, "number of <breaches>": one},
        "targets": {"best_without_our_model": {"ranking": "number of <breaches>"}},
    }
    assert ElementTree.fromstring(draw(found)).tag.endswith("svg")  # noqa: S314 - our own text


def test_a_whole_measurement_has_every_figure(tmp_path, monkeypatch):
    monkeypatch.setattr(attack, "FACTORS", (1.5,))
    found = attack.measure(tmp_path, people=2_000, seed=2, runs=40, breaches=BREACHES)
    area = {name: one["auc"] for name, one in found["rankings"].items()}
    assert area[attack.BEST] > 0.7
    assert area[OURS] > 0.6
    assert area[TRUE_LINKS] > 0.6
    assert 0 < found["victims"] < found["members"]
    assert 0.0 <= found["availability"]["ece"] < 0.2
    assert len(found["spread"]["deciles"]) == 11
