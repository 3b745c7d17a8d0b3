from __future__ import annotations

import datetime
from pathlib import Path

import pytest

import correlate.risk
from correlate.catalogue import Catalogue, Scope, Status
from correlate.risk import Profile, RiskFileError, RiskModelError, ScenarioSet, UnknownProfile
from correlate.risk.errors import UnknownHalfLife
from correlate.risk.figure import Figure
from correlate.vocabulary import AttributeClass, Field

SHIPPED = Path(correlate.risk.__file__).parent / "data" / "profiles"

GOOD = """
name = "mine"
dated = 2026-11-22
purpose = "a test"
bands_source = "a guess"
band = [{ name = "low", score_min = 0 }, { name = "high", score_min = 50 }]
probability_grid = { value = 0.01, source = "a guess" }
probability_min = { value = 0.05, source = "a guess" }
feasibility_min = { value = 0.01, source = "a guess" }
near_certain = { value = 0.95, source = "a guess" }
doubtful_share = { value = 0.5, source = "a guess" }
partial_share = { value = 0.3, source = "a guess" }
household_share = { value = 0.5, source = "a guess" }
population = [{ scope = "FR", persons = 69000000, source = "a census" }]
[[half_life]]
classes = ["EMAIL", "PHONE"]
years = 10
source = "a count"
[[circulation]]
status = "confirmed"
factor = 0.8
source = "a guess"
[[weight]]
scenario = "F01"
weight = 0.1
source = "a guess"
"""


def load(tmp_path: Path, text: str) -> Profile:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return Profile.load(path)


def test_a_file_of_ones_own_is_read_whole(tmp_path):
    profile = load(tmp_path, GOOD)
    assert profile.dated == datetime.date(2026, 11, 22)
    assert profile.half_lives[AttributeClass.PHONE] == Figure(value=10.0, source="a count")
    assert profile.weight_of("F01") == 0.1
    assert (profile.steps, profile.step_min) == (100, 5)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('source = "a count"', "", "half_life 1: `source` is missing"),
        ('years = 10\nsource = "a count"', 'years = 10\nsource = ""', "half_life 1: `source` must be a text"),
        ("years = 10", "years = 0", "the half-life of EMAIL must be above 0 years"),
        ("years = 10", "years = nan", "a figure is not a number"),
        ('"PHONE"', '"FAX"', r"half_life 1, `classes`: `FAX` is no attribute class; valid are ADDR,"),
        ('"PHONE"', '"EMAIL"', "half_life 1: EMAIL has a half-life already"),
        ("weight = 0.1", "weight = 1.1", "the weight of F01 must be between 0 and 1"),
        ("factor = 0.8", "factor = -0.8", "the circulation of confirmed must be between 0 and 1"),
        ('"confirmed"', '"rumoured"', "circulation 1: `status` must be one of claimed, combo, confirmed"),
        ("score_min = 50", "score_min = 0", "the bands must begin at 0 and rise"),
        ("score_min = 0 ", "score_min = 1 ", "the bands must begin at 0 and rise"),
        ("score_min = 50", "score_min = 101", "the bands must begin at 0 and rise"),
        ("value = 0.01", "value = 0.3", "the probability grid must divide 1 into equal steps"),
        ("value = 0.01", "value = 0", "the probability grid must divide 1 into equal steps"),
        ("value = 0.01", "value = -0.01", "the probability grid must divide 1 into equal steps"),
        ("value = 0.05", "value = 5", "the minimum probability must be between 0 and 1"),
        ('bands_source = "a guess"', "", "the top level: `bands_source` is missing"),
        ('name = "mine"', 'name = "yours"', "its name must be that of the file, mine"),
        ("dated = 2026-11-22", "dated = 2026", "`dated` must be a date"),
        ("purpose", "purpos", "the top level: `purpose` is missing"),
        (
            "years = 10",
            "years = 10\nmonths = 1",
            "half_life 1: unknown key `months`; known here are classes,",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_the_reason(tmp_path, old, new, reason):
    assert old in GOOD
    with pytest.raises(RiskFileError, match=reason) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert "mine.toml" in str(caught.value)


@pytest.mark.parametrize("table", ["circulation", "weight"])
def test_an_entry_that_stands_twice_is_refused(tmp_path, table):
    entry = GOOD[GOOD.index(f"[[{table}]]") :].split("[[", 2)[1]
    with pytest.raises(RiskFileError, match=f"{table} 2: .* (twice|already)"):
        load(tmp_path, f"{GOOD}\n[[{entry}")


def test_an_unknown_name_lists_the_shipped_ones():
    with pytest.raises(UnknownProfile, match=r"no profile named landlord\. Shipped are insurer-"):
        Profile.load("landlord")


def test_a_name_cannot_lead_out_of_the_shipped_profiles():
    with pytest.raises(UnknownProfile):
        Profile.load("../scenarios")


def test_a_figure_needs_a_source():
    with pytest.raises(RiskModelError, match="a figure has no source"):
        Figure(value=1.0, source="  ")


def test_a_class_that_a_profile_does_not_know_is_named(tmp_path):
    with pytest.raises(UnknownHalfLife, match="mine gives attribute class NIR no half-life"):
        load(tmp_path, GOOD).freshness(AttributeClass.NIR, years=1.0)


def test_a_short_name_is_that_of_the_newest_profile_of_its_family():
    assert [Profile.load(each).name for each in ("research", "insurer", "lender")] == [
        "research-2026-11b",
        "insurer-2026-11",
        "lender-2026-11",
    ]


def test_a_profile_that_extends_another_takes_what_it_does_not_say(tmp_path):
    path = tmp_path / "mine.toml"
    weight = '[[weight]]\nscenario = "F01"\nweight = 0.5\nsource = "our losses"\n'
    path.write_text(f'name = "mine"\ndated = 2026-11-22\npurpose = "a test"\nextends = "research"\n{weight}')
    mine, research = Profile.load(path), Profile.load("research")
    assert (mine.weight_of("F01"), mine.weight_of("F02")) == (0.5, research.weight_of("F02"))
    assert (mine.half_lives, mine.bands, mine.population) == (
        research.half_lives,
        research.bands,
        research.population,
    )


def test_only_a_lender_refuses_the_nir_and_says_under_which_law():
    assert Profile.load("lender").refuses == (Field.nir, Field.national_id)
    assert "2019-341" in Profile.load("lender").refuses_source
    assert Profile.load("research").refuses == Profile.load("insurer").refuses == ()


@pytest.mark.parametrize("shipped", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_profile_covers_the_vocabulary_the_catalogue_and_the_scenarios(shipped):
    profile = Profile.load(shipped.stem)
    assert set(profile.half_lives) == set(AttributeClass)
    assert {status for status, _kind in profile.circulation} == set(Status)
    assert set(profile.population) == set(Scope)
    assert set(profile.weights) == {scenario.id for scenario in ScenarioSet.load()}
    for breach in Catalogue.shipped():
        assert 0.0 <= profile.circulation_of(breach) <= 1.0


def test_what_is_given_at_birth_never_goes_stale():
    profile = Profile.load()
    for attribute in (AttributeClass.NIR, AttributeClass.DOB, AttributeClass.POB, AttributeClass.SEX):
        assert profile.freshness(attribute, years=100.0) == 1.0
