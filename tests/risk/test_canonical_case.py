"""The case the project is about, on the shipped catalogue, scenarios and profile."""

from __future__ import annotations

import datetime
import itertools
import re
from pathlib import Path

import pytest

from correlate.catalogue import Catalogue
from correlate.risk import Profile, ScenarioSet
from tests.risk.oracle import Row, World
from tests.risk.worlds import assess_in

WORLD = World(Catalogue.shipped(), ScenarioSet.load(), Profile.load(), datetime.date(2026, 11, 22))
STEPS = ["viamedis-almerys-2024", "francetravail-2024", "free-2024", "telegramcombo-2024"]


def records(*breaches: str) -> list[Row]:
    return [Row(one, tuple(WORLD.catalogue.get(one).classes), 1.0) for one in breaches]


@pytest.fixture(scope="module")
def steps() -> list[dict]:
    """The person in the first breach, then in one more at a time."""
    batch = [records(*STEPS[:count]) for count in range(1, len(STEPS) + 1)]
    return assess_in(WORLD, batch, shares=True).frame.to_dicts()


def feasible(row: dict) -> dict[str, float]:
    return {one["scenario"]: one["feasibility"] for one in row["scenarios"]}


def test_the_health_payment_breach_alone_is_hard_to_abuse(steps):
    assert steps[0]["band"] in ("low", "moderate")
    assert steps[0]["uplift"] == 0.0
    assert {"F02", "F03", "F04a", "F05", "F08", "F11", "F17"}.isdisjoint(feasible(steps[0]))
    assert {"F09", "F10", "F20"} <= feasible(steps[0]).keys()


def test_job_seekers_contact_data_open_targeted_phishing(steps):
    assert feasible(steps[1])["F02"] > 0.8
    assert feasible(steps[1])["F17"] > 0.5
    assert {"F03", "F04a", "F05"}.isdisjoint(feasible(steps[1]))
    assert steps[1]["band"] == "high"


def test_a_subscribers_bank_details_open_the_bank_frauds(steps):
    for scenario in ("F03", "F04a", "F05"):
        assert feasible(steps[2])[scenario] > 0.5
    assert steps[2]["band"] == "critical"


def test_a_password_list_opens_account_takeover(steps):
    assert "F11" not in feasible(steps[2])
    assert feasible(steps[3])["F11"] > 0.3
    assert feasible(steps[3])["F08"] > feasible(steps[2])["F08"]
    assert steps[3]["band"] == "critical"


def test_score_and_uplift_rise_with_each_breach(steps):
    for before, after in itertools.pairwise(steps):
        assert after["score"] > before["score"]
        assert after["uplift"] > before["uplift"]


def test_shares_sum_to_the_score_and_a_breach_joined_by_another_keeps_a_part_of_it(steps):
    """What the first breach tells, others tell again, so it keeps a part; Free brings the bank details."""
    for count, row in enumerate(steps, start=1):
        shares = [share_of(row, one) for one in STEPS[:count]]
        assert sum(shares) == pytest.approx(row["score"], abs=1e-9)
        assert min(shares) > 0
    free = {one["breach"]: one for one in steps[2]["breaches"]}["free-2024"]
    assert free["share"] == max(share_of(steps[2], one) for one in STEPS[:3])


def test_only_combination_gives_phishing_a_contact(steps):
    """F02 needs the insurer or the NIR, and a way to reach the person: no single breach of the two has both
    the insurer and a contact.
    """
    alone = assess_in(WORLD, [records(one) for one in STEPS]).frame.to_dicts()
    assert "F02" not in feasible(alone[0])
    assert "F02" not in feasible(alone[2])
    assert feasible(steps[1])["F02"] > feasible(alone[1])["F02"]


def test_exact_matches_are_certain_so_the_bounds_meet(steps):
    assert all(row["score_min"] == row["score"] == row["score_max"] for row in steps)


def share_of(row: dict, breach: str) -> float:
    return next(one["share"] for one in row["breaches"] if one["breach"] == breach)


def test_a_scenario_that_no_breach_opens_alone_is_marked_so():
    """Contact and bank data without a health contract, joined with the contract: F02 is owed to the join."""
    [row] = assess_in(WORLD, [records("viamedis-almerys-2024", "lapostemobile-2022")]).frame.to_dicts()
    only = {one["scenario"] for one in row["scenarios"] if one["combination_only"]}
    assert "F02" in only
    assert not only & {"F03", "F04a", "F09", "F10"}


def test_controls_keep_the_training_account_low_today_and_not_in_2020():
    aphp = [Row("dedalus-2021", tuple(WORLD.catalogue.get("dedalus-2021").classes), 1.0)]
    then = World(WORLD.catalogue, WORLD.scenarios, WORLD.profile, datetime.date(2022, 10, 24))
    [before] = assess_in(then, [aphp]).frame.to_dicts()
    [today] = assess_in(WORLD, [aphp]).frame.to_dicts()
    assert feasible(before)["F01"] > 4 * feasible(today)["F01"]


def test_single_breaches_are_not_piled_up_at_the_ends():
    frame = assess_in(WORLD, [records(one) for one in WORLD.catalogue.ids() if _past(one)]).frame
    assert frame["score"].max() < 80
    assert (frame["score"] > 1).mean() > 0.5
    assert {"low", "moderate", "high"} <= set(frame["band"])


def _past(breach: str) -> bool:
    return WORLD.catalogue.get(breach).date <= WORLD.as_of


@pytest.mark.repository
def test_the_manual_shows_these_very_numbers(steps):
    manual = (Path(__file__).parents[2] / "docs" / "risk-model.md").read_text(encoding="utf-8")
    pattern = r"^\| .+? \| (\d+\.\d\d) \| (\w+) \| (\d+\.\d\d) \| (.+?) \|"
    shown = [
        (score, band, uplift, re.findall(r"\d+\.\d\d", shares))
        for score, band, uplift, shares in re.findall(pattern, manual, flags=re.MULTILINE)
    ]
    expected = [
        (
            f"{row['score']:.2f}",
            row["band"],
            f"{row['uplift']:.2f}",
            [f"{share_of(row, one):.2f}" for one in STEPS[:count]],
        )
        for count, row in enumerate(steps, start=1)
    ]
    assert shown == expected


@pytest.mark.repository
def test_the_manual_lists_every_scenario_with_what_it_needs():
    manual = (Path(__file__).parents[2] / "docs" / "risk-model.md").read_text(encoding="utf-8")
    for scenario in WORLD.scenarios:
        needs = "; ".join(
            (f"{clause.at_least} of " if clause.at_least > 1 else "") + " or ".join(clause.alternatives)
            for clause in scenario.clauses
        )
        assert f"| {scenario.id} | {scenario.name.en} | {needs} |" in manual
