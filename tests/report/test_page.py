from __future__ import annotations

import datetime
import itertools
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.report.page import Page
from correlate.report.words import WORDS
from correlate.risk import ReasonBook, ScenarioSet, SeverityTable
from tests.risk.oracle import Row, World
from tests.risk.test_canonical_case import STEPS, WORLD, records
from tests.risk.worlds import CATALOGUE, FEWER, PROFILE, assess_in, cases

SCENARIOS = ScenarioSet.load()
MODEL = "linkage/research-2026-11b/2026-11b/2026-11-22"


def page(row: dict, **how: object) -> list[str]:
    models = {
        "scenarios": SCENARIOS,
        "profile": PROFILE,
        "reasons": ReasonBook.load(SCENARIOS),
        "severity": SeverityTable.load(),
    }
    return list(Page(**models, **how).lines({**row, "subject_id": "M-1", "model": MODEL}))


def canonical(count: int, *, shares: bool = True) -> dict:
    return assess_in(WORLD, [records(*STEPS[:count])], shares=shares).frame.row(0, named=True)


def section(lines: list[str], title: str) -> list[str]:
    start = lines.index(title) + 1
    return list(itertools.takewhile(bool, lines[start:]))


def test_the_page_tells_the_score_with_its_bounds_and_what_combination_adds():
    row = canonical(3)
    lines = page(row)
    assert lines[0] == "Subject M-1"
    assert lines[1].startswith(f"Score {row['score']:.1f} of 100, critical")
    assert f"{row['uplift']:.1f} points are owed to combination" in "\n".join(lines)


def test_bars_of_shares_stand_in_the_order_of_their_points_and_the_points_sum_to_the_score():
    row = canonical(3)
    shown = section(page(row), "Whose part it is (exact shares, which sum to the score)")
    points = [float(line.split()[2]) for line in shown]
    assert points == sorted(points, reverse=True)
    assert sum(points) == pytest.approx(row["score"], abs=0.05 * len(points))
    lengths = [line.count("█") for line in shown]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] == 32


def test_without_exact_shares_the_page_says_that_it_shows_losses():
    lines = page(canonical(2, shares=False))
    assert "Whose part it is (what the score would lose without it)" in lines


def test_a_scenario_shows_what_it_has_and_one_that_is_near_what_it_lacks():
    lines = page(canonical(3))
    opened = section(lines, "What it makes possible")
    assert any("F02" in line for line in opened)
    near = section(lines, "What lacks one piece only")
    place = next(number for number, line in enumerate(near) if "F11" in line)
    assert near[place + 1].strip() == "lacks Password in the clear or Hashed password"


def test_who_reads_it_is_told_what_they_can_do():
    said = {who: page(canonical(3), audience=who) for who in ("person", "insurer", "bank")}
    titles = {who: f"What the {who} can do" for who in said}
    advice = {who: section(lines, titles[who]) for who, lines in said.items()}
    assert len({tuple(lines) for lines in advice.values()}) == 3


def test_a_person_in_no_breach_is_told_so_and_what_that_does_not_mean():
    lines = page(assess_in(WORLD, [[]]).frame.row(0, named=True))
    assert "In no breach that is known here." in lines
    assert "What this cannot say" in lines


def test_both_languages_have_the_same_words_with_the_same_places():
    def places(text: str) -> set[str | None]:
        return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}

    assert WORDS["en"].keys() == WORDS["fr"].keys()
    for key, text in WORDS["en"].items():
        assert places(text) == places(WORDS["fr"][key]), key


@given(case=cases, language=st.sampled_from(["en", "fr"]), shares=st.booleans(), rates=st.booleans())
@FEWER
def test_any_row_makes_a_page_of_readable_width(case: list[Row], language: str, shares: bool, rates: bool):
    world = World(
        CATALOGUE, SCENARIOS, PROFILE, datetime.date(2026, 11, 22), ("bravo", "delta") if rates else ()
    )
    row = assess_in(world, [case], shares=shares).frame.row(0, named=True)
    lines = page(row, language=language)
    assert all(len(line) <= 110 for line in lines)
