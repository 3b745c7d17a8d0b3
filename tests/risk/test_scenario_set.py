from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest

import correlate.risk
from correlate.risk import Profile, RiskFileError, RiskModelError, ScenarioSet
from correlate.risk.figure import Figure
from correlate.vocabulary import AttributeClass

SHIPPED = Path(correlate.risk.__file__).parent / "data" / "scenarios.toml"

# What the sources say each fraud needs, written down apart from the file: every group of the first column in
# a clause of its own, "a|b" where any of them will do; what helps in the second.
NEEDS = {
    "F01": ("BIRTHNAME NIR", "DOB EMAIL PHONE"),
    "F02": ("NAME EMAIL|PHONE|ADDR INSURER|NIR|HEALTH|REIMB", "POLICY FAMILY DOB"),
    "F03": ("NAME PHONE IBAN|BANKNAME|CARDPART|STATEMENT", "DOB ADDR EMAIL PURCH"),
    "F04a": ("IBAN NAME", "ADDR EMAIL"),
    "F04b": ("IBAN NAME ADDR|EMAIL|PHONE", "DOB"),
    "F05": ("NAME PHONE OPERATOR DOB|ADDR|TELCONTRACT|EMAIL", "IDDOC PUK SIM PW"),
    "F06a": ("NAME DOB ADDR PHONE|EMAIL IDDOC|DOCNUM", "POB IBAN INCOME EMPLOYER"),
    "F06b": ("NAME DOB ADDR IDDOC PAYSLIP|TAXDOC TAXDOC|STATEMENT IBAN", "POB EMPLOYER PHONE EMAIL"),
    "F07": ("NAME DOB POB IDDOC SELFIE|ADDR", "TAXDOC NAT"),
    "F08": ("NIR PW|PWHASH", "EMAIL PHONE"),
    "F09": ("NAME DOB NIR POLICY|INSURER", "ADDR EMAIL PHONE FAMILY"),
    "F10": ("NIR DOB INSURER POLICY", "RANK NAME"),
    "F11": ("EMAIL PW|PWHASH", "USER PWHINT"),
    "F12": ("FISCALID PW|TAXDOC", "EMAIL PHONE"),
    "F13": ("NAME DOB POB ADDR IDDOC NIR|NAT", "IBAN EMPLOYER"),
    "F14a": ("NAME DOB POB ADDR IDDOC|TAXDOC|STATEMENT", "SEX"),
    "F14b": ("PLATE VIN", "ADDR"),
    "F15": ("NAME PHONE ADDR|PARCEL|PURCH", "EMAIL"),
    "F16": ("NAME IDDOC PAYSLIP|TAXDOC|IBAN", "ADDR EMPLOYER"),
    "F17": ("NAME EMAIL|PHONE EMPSTATUS|FTID|CAFID|FISCALID", "NIR DOB"),
    "F18": ("NAME ADDR WEALTHSIGNAL|ASSETS|PURCH", "PHONE"),
    "F19": ("NAME DOB NIR CAFID|FTID|ADDR", "INCOME"),
    "F20": ("NAME DOB ADDR|POB|NIR|IBAN|POLICY|PHONE", "FAMILY"),
}
# What a clause takes besides, each with its reason in the file.
BESIDES = {
    ("F01", "NAME"),
    ("F04a", "IBAN"),
    ("F05", "TELCONTRACT"),
    ("F06b", "ADDR"),
    ("F08", "EMAIL"),
    ("F08", "PHONE"),
    ("F14a", "ADDR"),
}

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
bank = { en = "e", fr = "f" }
"""
ALONE = GOOD.replace('version = "mine"', 'version = "mine"\nreplace = true')
SHIPPED_VERSION = "2026-11b"


def load(tmp_path: Path, text: str) -> ScenarioSet:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return ScenarioSet.load(path)


def table(text: str) -> str:
    """The one scenario of ``text``, without what stands above it."""
    return text[text.index("[[scenario]]") :]


def test_a_file_of_ones_own_is_read_whole(tmp_path):
    [scenario] = load(tmp_path, ALONE)
    assert scenario.id == "X1"
    assert scenario.name.fr == "Un"
    assert scenario.clauses[0].alternatives == {AttributeClass.NAME: 1.0, AttributeClass.EMAIL: 0.5}
    assert scenario.controls[0].in_force.isoformat() == "2022-10-25"
    assert scenario.protections.insurer.en == "c"
    assert scenario.protections.bank.fr == "f"


def test_the_order_in_the_file_does_not_matter(tmp_path):
    second = table(GOOD).replace("X1", "W1")
    assert [one.id for one in load(tmp_path, f"{ALONE}\n{second}")] == ["W1", "X1"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            "NAME = 1.0",
            "NOME = 1.0",
            r"scenario X1, clause 1, `any`: `NOME` is no attribute class; near it are INCOME, NAME, INE",
        ),
        (
            "NAME = 1.0",
            "Q7 = 1.0",
            r"scenario X1, clause 1, `any`: `Q7` is no attribute class; valid are ADDR,",
        ),
        ("DOB = 0.2", "DBO = 0.2", r"scenario X1, `boosts`: `DBO` is no attribute class; near it are DOB"),
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
            "scenario X1, control 1: the factor of the control a check must be between 0 and 1",
        ),
        ("in_force = 2022-10-25", 'in_force = "2022-10-25"', "`in_force` must be a date .*, without quotes"),
        ('basis = "somebody\'s report"', "", "scenario X1: `basis` is missing"),
        ('evidence = ["a case"]', "evidence = []", "scenario X1: `evidence` must be a list of texts"),
        ('fr = "Un"', 'fr = ""', "scenario X1, `name`: `fr` must be a text"),
        ("any = {", "all = {", "scenario X1, clause 1: a clause names no attribute class"),
        ("version", "versoin", "the top level: `version` is missing"),
        ("[[scenario.clause]]", "[[scenario.clauses]]", "scenario X1: `clause` is missing"),
        ('id = "X1"', 'id = "X1', "it is not TOML"),
        ('id = "X1"', 'id = "X|1"', "its id must be 1 to 40 letters, digits"),
        ('bank = { en = "e", fr = "f" }', "", "scenario X1, `protections`: `bank` is missing"),
        (
            'id = "X1"',
            'id = "X1"\nweight = 1.5\nweight_source = "s"',
            "scenario X1: the weight must be between",
        ),
        (
            'id = "X1"',
            'id = "X1"\nweight = nan\nweight_source = "s"',
            "scenario X1: the weight must be between",
        ),
        ('id = "X1"', 'id = "X1"\nweight = 0.5', "scenario X1: `weight_source` is missing"),
        ('id = "X1"', 'id = "X1"\nweight_source = "s"', "scenario X1: `weight_source` stands without a"),
        ('version = "mine"', 'version = "mi/ne"', "`version` must be 1 to 40 letters"),
        (
            'version = "mine"',
            'version = "mine"\noff = ["F99"]',
            "`off`: there is no scenario F99; shipped are F01,",
        ),
        ('version = "mine"', 'version = "mine"\noff = "F18"', "the top level: `off` must be a list of texts"),
        (
            'version = "mine"',
            'version = "mine"\nreplace = 1',
            "the top level: `replace` must be true or false",
        ),
        (
            "[[scenario]]",
            "[[scenarios]]\n[[scenario]]",
            "the top level: unknown key `scenarios`; known here are",
        ),
        (
            'version = "mine"',
            'version = "mine"\nreplace = true\noff = ["F18"]',
            "`off` has nothing to leave out where `replace`",
        ),
        (
            'version = "mine"',
            f'version = "{SHIPPED_VERSION}"\nreplace = true',
            "`version` must not be 2026-11b: results of the shipped file bear it",
        ),
        (
            'version = "mine"',
            'version = "mine"\noff = ["F18"]\n' + table(GOOD).replace("X1", "F18"),
            "`off`: scenario F18 is left out and defined in the same file",
        ),
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
        load(tmp_path, f"{GOOD}\n{table(GOOD)}")


def test_a_file_that_changes_nothing_is_refused(tmp_path):
    with pytest.raises(RiskFileError, match=r"it neither has a \[\[scenario\]\] nor leaves one out"):
        load(tmp_path, 'version = "mine"')
    with pytest.raises(RiskFileError, match="neither has"):
        load(tmp_path, 'version = "mine"\nreplace = true')


def test_no_scenario_at_all_is_refused(tmp_path):
    every = [scenario.id for scenario in ScenarioSet.load()]
    with pytest.raises(RiskFileError, match="no scenario is left"):
        load(tmp_path, f'version = "mine"\noff = {every}')


def test_a_users_scenario_joins_the_shipped_ones(tmp_path):
    shipped, ours = ScenarioSet.load(), load(tmp_path, GOOD)
    assert [each for each in ours if each.id != "X1"] == list(shipped)
    assert ours.version == f"{SHIPPED_VERSION}+mine"


def test_a_users_scenario_takes_the_place_of_the_one_with_its_id(tmp_path):
    """As a whole: no clause, boost or control of the shipped one is left."""
    shipped, ours = ScenarioSet.load(), load(tmp_path, GOOD.replace("X1", "F18"))
    assert [each.id for each in ours] == [each.id for each in shipped]
    [changed] = [each for each in ours if each not in shipped.scenarios]
    assert changed.id == "F18"
    assert changed.name.en == "One"
    assert len(changed.clauses) == 1


def test_a_user_switches_shipped_scenarios_off(tmp_path):
    ours = load(tmp_path, 'version = "mine"\noff = ["F18", "F04a"]')
    assert {each.id for each in ScenarioSet.load()} - {each.id for each in ours} == {"F18", "F04a"}
    assert ours.version == f"{SHIPPED_VERSION}+mine"
    assert ours.weights == {}


def test_a_users_file_may_stand_alone(tmp_path):
    ours = load(tmp_path, ALONE)
    assert [each.id for each in ours] == ["X1"]
    assert ours.version == "mine"


def test_a_weight_of_the_users_comes_with_its_source(tmp_path):
    ours = load(tmp_path, GOOD.replace('id = "X1"', 'id = "X1"\nweight = 0.1\nweight_source = "our losses"'))
    assert ours.weights == {"X1": Figure(value=0.1, source="our losses")}


def test_the_shipped_scenarios_have_no_weights_of_their_own():
    """Those stand in profiles, where they can be compared."""
    assert ScenarioSet.load().weights == {}
    assert ScenarioSet.load().version == SHIPPED_VERSION


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
    assert shipped == set(NEEDS)
    assert shipped == set(Profile.load().weights)


@pytest.mark.parametrize("scenario", ScenarioSet.load().scenarios, ids=lambda scenario: scenario.id)
def test_a_shipped_scenario_needs_what_its_sources_say(scenario):
    needs, helps = NEEDS[scenario.id]
    assert len(scenario.clauses) == len(needs.split())
    for clause, group in zip(scenario.clauses, needs.split(), strict=True):
        more = {str(one) for one in clause.alternatives} - set(group.split("|"))
        assert set(group.split("|")) <= {str(one) for one in clause.alternatives}
        assert {(scenario.id, one) for one in more} <= BESIDES
        assert max(clause.alternatives[AttributeClass(one)] for one in group.split("|")) == max(
            clause.alternatives.values()
        )
    assert {str(one) for one in scenario.boosts} == set(helps.split())
    assert [clause.at_least for clause in scenario.clauses][-1] == (2 if scenario.id == "F20" else 1)


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
        said = scenario.protections
        for text in (scenario.name, said.person, said.insurer, said.bank):
            assert text.en
            assert text.fr
            assert text.en != text.fr
