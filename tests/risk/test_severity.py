"""ENISA's severity: the worked figures, the laws, and what the table must bear."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import correlate.risk
from correlate.risk import RiskFileError, RiskModelError
from correlate.risk.implication import closure
from correlate.risk.severity import (
    STOLEN,
    Circumstances,
    Severity,
    SeverityTable,
    se_of_columns,
    severities,
    severity,
)
from correlate.vocabulary import AttributeClass

A = AttributeClass
TABLE = SeverityTable.load()
SHIPPED = (Path(correlate.risk.__file__).parent / "data" / "severity.toml").read_text(encoding="utf-8")
VIAMEDIS = (A.NIR, A.NAME, A.DOB, A.INSURER, A.POLICY, A.FAMILY)
FREE = (A.NAME, A.DOB, A.POB, A.EMAIL, A.PHONE, A.ADDR, A.IBAN)
class_sets = st.frozensets(st.sampled_from(list(A)))
contexts = st.lists(st.sampled_from(sorted(TABLE.contexts)), unique=True)


@pytest.mark.parametrize(
    ("contexts", "dpc", "se", "level"),
    [
        ((), 1, 2.0, "medium"),
        (("status_assumption",), 2, 3.0, "high"),
        (("health_assumption",), 3, 4.0, "very high"),
    ],
)
def test_viamedis_and_almerys_are_dpc_plus_one(contexts, dpc, se, level):
    found = severity(VIAMEDIS, table=TABLE, contexts=contexts)
    assert found == Severity(dpc=dpc, ei=1.0, cb=1.0, se=se, level=level)


def test_a_stolen_file_of_ibans_is_as_severe_as_can_be():
    assert severity(FREE, table=TABLE) == Severity(dpc=4, ei=1.0, cb=1.0, se=5.0, level="very high")


def test_viamedis_joined_with_ibans_takes_the_severity_of_the_union():
    union = {*VIAMEDIS, *FREE}
    assert severity(union, table=TABLE).se == 5.0 > severity(VIAMEDIS, table=TABLE).se


def test_a_common_name_sent_to_one_known_recipient_is_low():
    mistake = Circumstances(confidentiality="known", intent="accident")
    found = severity([A.NAME], table=TABLE, circumstances=mistake)
    assert found == Severity(dpc=1, ei=0.25, cb=0.25, se=0.5, level="low")


def test_no_class_is_no_breach():
    assert severity([], table=TABLE) == Severity(dpc=0, ei=0.0, cb=0.0, se=0.0, level="low")


def test_a_password_alone_opens_less_than_with_its_address():
    assert severity([A.PW], table=TABLE).se < severity([A.PW, A.EMAIL], table=TABLE).se


def test_an_old_card_is_less_severe_than_a_valid_one():
    old = severity([A.NAME, A.CARD], table=TABLE, contexts=("old_financial",))
    assert old.dpc == 2 < severity([A.NAME, A.CARD], table=TABLE).dpc


@given(classes=class_sets, more=class_sets, contexts=contexts)
def test_adding_a_class_never_lowers_the_severity(classes, more, contexts):
    less = severity(classes, table=TABLE, contexts=contexts)
    assert severity(classes | more, table=TABLE, contexts=contexts).se >= less.se


@given(classes=class_sets, contexts=contexts)
def test_the_parts_stay_in_their_ranges_and_the_level_follows_the_thresholds(classes, contexts):
    found = severity(classes, table=TABLE, contexts=contexts)
    assert found.se == found.dpc * found.ei + found.cb
    if classes:
        assert found.dpc in (1, 2, 3, 4)
        assert found.ei in (0.25, 0.5, 0.75, 1.0)
    level = "low" if found.se < 2 else "medium" if found.se < 3 else "high" if found.se < 4 else "very high"
    assert found.level == level


@given(sets=st.lists(class_sets, max_size=8))
def test_many_sets_get_what_each_gets_alone(sets):
    assert severities(sets, table=TABLE) == [severity(one, table=TABLE) for one in sets]


@given(sets=st.lists(class_sets.map(closure), max_size=8))
def test_columns_of_sets_get_what_each_set_gets_alone(sets):
    columns = {each: np.array([each in one for one in sets], dtype=np.bool_) for each in AttributeClass}
    assert se_of_columns(columns, table=TABLE).tolist() == [severity(one, table=TABLE).se for one in sets]


@given(classes=class_sets.filter(bool))
def test_what_implies_a_class_is_no_less_severe_than_the_class(classes):
    """A NIR tells sex and year of birth: naming them beside it changes nothing."""
    told = severity({*classes, A.NIR}, table=TABLE)
    assert severity({*classes, A.NIR, A.SEX, A.YOB, A.POB}, table=TABLE) == told


def test_a_stolen_file_that_circulates_adds_one():
    assert sum(TABLE.circumstance(kind, name) for kind, name in STOLEN.named()) == 1.0


def test_an_unknown_context_or_circumstance_is_refused_and_the_known_ones_are_listed():
    with pytest.raises(RiskModelError, match="health_assumption"):
        severity(VIAMEDIS, table=TABLE, contexts=("health",))
    with pytest.raises(RiskModelError, match="kept, known, unknown"):
        severity(VIAMEDIS, table=TABLE, circumstances=Circumstances(confidentiality="some"))


def refused(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RiskFileError) as caught:
        SeverityTable.load(path)
    return str(caught.value)


def test_every_figure_needs_a_source(tmp_path):
    """Whichever source is taken away, the table is refused."""
    lines = SHIPPED.splitlines()
    places = [place for place, line in enumerate(lines) if line.startswith("source = ")]
    assert len(places) > 40
    for place in places:
        without = "\n".join(lines[:place] + lines[place + 1 :])
        assert "`source` is missing" in refused(tmp_path, without)
        emptied = "\n".join([*lines[:place], 'source = " "', *lines[place + 1 :]])
        assert "source" in refused(tmp_path, emptied)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"PWHASH", "PWHINT"', '"PWHINT"', "PWHASH stands in no group"),
        ('"PWHASH", "PWHINT"', '"PWHASH", "PWHINT", "NIR"', "NIR stands in a group already"),
        ('"PWHASH", "PWHINT"', '"PWHASH", "PWHINT", "SHOE"', "`SHOE` is no attribute class"),
        ("dpc = 4\nsource", "dpc = 5\nsource", "goes from 1 to 4"),
        ("dpc = 4\nsource", "dpc = 3.5\nsource", "whole number"),
        ("dpc = 4\nsource", "source", "`dpc` is missing"),
        ("se_min = 2", "se_min = 7", "rise"),
        ("value = 0.75", "value = 1.5", "ease of identification"),
        ('value = 0.5\nsource = "ENISA 2013, table 3', 'value = 0.6\nsource = "ENISA 2013, table 3', "0.5"),
        ('category = "sensitive"', 'category = "secret"', "simple, behavioural, financial, sensitive"),
        ('name = "safety"', 'name = "safety"\nfoo = 1', "unknown key `foo`"),
        ("shift = 3", "", "`shift` is missing"),
        ("NAME and DOB", "NAME und DOB", "no attribute class"),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_the_reason(tmp_path, old, new, said):
    assert old in SHIPPED
    assert said in refused(tmp_path, SHIPPED.replace(old, new, 1))
