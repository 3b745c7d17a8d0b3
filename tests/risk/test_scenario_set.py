from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest

import correlate.risk
from correlate.risk import Profile, RiskFileError, RiskModelError, ScenarioSet
from correlate.vocabulary import AttributeClass

SHIPPED = Path(correlate.risk.__file__).parent / "data" / "scenarios.toml"
WANTED = {"F01", "F02", "F03", "F04a", "F04b", "F05", "F06a", "F08", "F09", "F10", "F11", "F17", "F20"}

GOOD = """
version = "mine"

[[scenario]]
id = "X1"
name = { en = "One", fr = "Un" }
basis = "somebody's report"
evidence = ["a case"]
boosts = { DOB = 0.2 }
boosts_source = "somebody's guess"
[[scenario.clause]]
any = { NAME = 1.0, EMAIL = 0.5 }
source = "somebody's count"
[[scenario.control]]
name = "a check"
factor = 0.5
in_force = 2022-10-25
source = "a decree"
[scenario.protections]
person = { en = "a", fr = "b" }
insurer = { en = "c", fr = "d" }
"""


def load(tmp_path: Path, text: str) -> ScenarioSet:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return ScenarioSet.load(path)


def test_a_file_of_ones_own_is_read_whole(tmp_path):
    [scenario] = load(tmp_path, GOOD)
    assert scenario.id == "X1"
    assert scenario.name.fr == "Un"
    assert scenario.clauses[0].alternatives == {AttributeClass.NAME: 1.0, AttributeClass.EMAIL: 0.5}
    assert scenario.controls[0].in_force.isoformat() == "2022-10-25"
    assert scenario.protections.insurer.en == "c"


def test_the_order_in_the_file_does_not_matter(tmp_path):
    second = GOOD.split("\n\n")[1].replace("X1", "W1")
    assert [one.id for one in load(tmp_path, f"{GOOD}\n{second}")] == ["W1", "X1"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            "NAME = 1.0",
            "NOME = 1.0",
            r"scenario X1, clause 1, `any`: `NOME` is no attribute class; valid are ADDR,",
        ),
        ("DOB = 0.2", "DOB = 1.2", "scenario X1: the boost of DOB must be between 0 and 1"),
        ("EMAIL = 0.5", "EMAIL = -0.5", "scenario X1, clause 1: the effectiveness of EMAIL must be between"),
        ("EMAIL = 0.5", 'EMAIL = "half"', "scenario X1, clause 1: `EMAIL` must be a number"),
        ("{ NAME = 1.0, EMAIL = 0.5 }", "{}", "scenario X1, clause 1: a clause names no attribute class"),
        ('source = "somebody\'s count"', "", "scenario X1, clause 1: an effectiveness below 1 has no source"),
        (
            'source = "somebody\'s count"',
            'source = "s"\nat_least = 3',
            "clause 1: at_least must lie between 1 and",
        ),
        ('boosts_source = "somebody\'s guess"', "", "scenario X1: its list of boosts has no source"),
        ('source = "a decree"', "", "scenario X1, control 1: `source` is missing"),
        (
            "factor = 0.5",
            "factor = 5",
            "scenario X1: the factor of the control a check must be between 0 and 1",
        ),
        ("in_force = 2022-10-25", 'in_force = "2022-10-25"', "`in_force` must be a date .*, without quotes"),
        ('basis = "somebody\'s report"', "", "scenario X1: `basis` is missing"),
        ('evidence = ["a case"]', "evidence = []", "scenario X1: `evidence` must be a list of texts"),
        ('fr = "Un"', 'fr = ""', "scenario X1, `name`: `fr` must be a text"),
        ("any = {", "all = {", "scenario X1, clause 1: a clause names no attribute class"),
        ("version", "versoin", "the top level: `version` is missing"),
        ("[[scenario.clause]]", "[[scenario.clauses]]", "scenario X1: `clause` is missing"),
        ('id = "X1"', 'id = "X1', "it is not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_the_reason(tmp_path, old, new, reason):
    assert old in GOOD
    with pytest.raises(RiskFileError, match=reason) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert "mine.toml" in str(caught.value)


def test_a_misspelt_key_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(
        RiskFileError, match=r"scenario X1: unknown key `notes`; known here are basis, boosts"
    ):
        load(tmp_path, GOOD.replace('basis = "', 'notes = "n"\nbasis = "'))


def test_an_id_that_stands_twice_is_refused(tmp_path):
    with pytest.raises(RiskFileError, match="two scenarios have the id X1"):
        load(tmp_path, f"{GOOD}\n{GOOD.split(chr(10) * 2)[1]}")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(RiskFileError, match=r"none\.toml is not a usable risk file: No such file"):
        ScenarioSet.load(tmp_path / "none.toml")


def test_a_file_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(RiskFileError, match="it is not UTF-8"):
        ScenarioSet.load(tmp_path / "mine.toml")


def test_a_scenario_that_needs_nothing_cannot_be_built():
    shipped = ScenarioSet.load().scenarios[0]
    with pytest.raises(RiskModelError, match="it has no clause, so everybody would be open to it"):
        dataclasses.replace(shipped, clauses=())


def test_the_shipped_scenarios_cover_the_documented_frauds():
    shipped = {scenario.id for scenario in ScenarioSet.load()}
    assert shipped >= WANTED
    assert shipped == set(Profile.load().weights)


def test_every_figure_of_the_shipped_scenarios_has_a_source():
    """Read past the loader, so that a loader grown lenient would be noticed."""
    for scenario in tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["scenario"]:
        assert scenario["basis"].strip()
        assert all(each.strip() for each in scenario["evidence"])
        assert scenario.get("boosts_source") or not scenario.get("boosts")
        assert all(control["source"] for control in scenario.get("control", []))
        for clause in scenario["clause"]:
            assert clause.get("source") or set(clause["any"].values()) == {1.0}


def test_the_shipped_texts_are_there_in_both_languages():
    for scenario in ScenarioSet.load():
        for text in (scenario.name, scenario.protections.person, scenario.protections.insurer):
            assert text.en
            assert text.fr
            assert text.en != text.fr
