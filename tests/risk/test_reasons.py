"""Reason codes: what is listed, in which order, and what each says."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

import correlate.risk
from correlate.catalogue import Catalogue
from correlate.risk import ScenarioSet
from correlate.risk.errors import RiskModelError
from correlate.risk.reasons import Findings, ReasonBook, Threshold, UnknownReason, list_reasons
from correlate.vocabulary import AttributeClass

FILE = Path(correlate.risk.__file__).parent / "data" / "reasons.toml"
RAW = tomllib.loads(FILE.read_text(encoding="utf-8"))
BOOK = ReasonBook.load()
NAMES = {"reasons": pl.Enum(sorted(BOOK.texts))}
SCENARIOS = ("F02", "F03", "F11")
EVIDENCE = ("own", "declared", "linked", "linked", "household", "base_rate")
CODES_MAX = 6
EVIDENCE_CODES_MAX = 2


def findings(count: int = 1, **given: object) -> Findings:
    """Exposures with nothing in them, but for what is given."""
    nothing = {
        "attributes": (),
        "attribute_points": np.zeros((0, count), dtype=np.int64),
        **dict.fromkeys(("score", "uplift", "score_min", "score_max"), np.zeros(count, dtype=np.int64)),
        "evidence": (),
        "evidence_points": np.zeros((0, count), dtype=np.int64),
        "scenarios": (),
        "feasibility": np.zeros((0, count)),
        "combination_only": np.zeros((0, count), dtype=np.bool_),
        "weights": np.zeros(0),
    }
    return Findings(**{**nothing, **given})


def one(**given: object) -> list[str]:
    return list_reasons(findings(**given), book=BOOK, names=NAMES).to_list()[0]


def column(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def oracle(found: Findings, at: int) -> list[str]:
    """One exposure, from the raw file: dictionaries, loops, and no arrays."""
    score = int(found.score[at])
    if score == 0:
        return []
    limits = {
        each["kind"]: (round(each["points_min"] * 100), each["percent_min"]) for each in RAW["threshold"]
    }
    entries: list[tuple[str, str, int]] = []
    for group in RAW["group"]:
        rows = [row for row, name in enumerate(found.attributes) if name in group["classes"]]
        entries.append((group["code"], "data", sum(int(found.attribute_points[row, at]) for row in rows)))
    gives = [
        round(round(float(weight) * float(found.feasibility[row, at]) * 1e9) / 1e5)
        for row, weight in enumerate(found.weights)
    ]
    opened = [points for row, points in enumerate(gives) if found.combination_only[row, at]]
    entries.append(("C-COMBO", "combination", int(found.uplift[at])))
    entries.append(("C-OPENED", "opened", max(opened, default=0)))
    entries.append(("E-UNSURE", "unsure", int(found.score_max[at] - found.score_min[at])))
    for code, kind in (("E-DECLARED", "declared"), ("E-BASE", "base_rate"), ("E-HOUSEHOLD", "household")):
        rows = [row for row, name in enumerate(found.evidence) if name == kind]
        entries.append((code, "evidence", sum(int(found.evidence_points[row, at]) for row in rows)))
    if gives:
        entries.append((f"S-{found.scenarios[gives.index(max(gives))]}", "scenario", max(gives)))
    ranked = []
    for place, (code, kind, points) in enumerate(entries):
        points_min, percent_min = limits[kind]
        if points > 0 and points >= points_min and points * 100 >= percent_min * score:
            ranked.append((-points, place, code))
    listed, sure = [], 0
    for _points, _place, code in sorted(ranked):
        sure += code.startswith("E-")
        if not code.startswith("E-") or sure <= EVIDENCE_CODES_MAX:
            listed.append(code)
    return listed[:CODES_MAX]


@st.composite
def worlds(draw: st.DrawFn) -> Findings:
    seed = draw(st.integers(0, 2**32 - 1))
    # Small ranges, so that ties and thresholds met exactly are common.
    step, count = draw(st.sampled_from([1, 50, 100, 500])), draw(st.integers(0, 6))
    chance = np.random.default_rng(seed)
    names = draw(st.lists(st.sampled_from(list(AttributeClass)), unique=True, max_size=12))

    def points(*shape: int, high: int = 4000) -> np.ndarray:
        return chance.integers(0, high // step + 1, shape) * step

    return Findings(
        attributes=tuple(names),
        attribute_points=points(len(names), count),
        score=points(count),
        uplift=points(count),
        score_min=points(count, high=1000),
        score_max=points(count) + 1000,
        evidence=EVIDENCE,
        evidence_points=points(len(EVIDENCE), count, high=2000),
        scenarios=SCENARIOS,
        feasibility=chance.integers(0, 11, (len(SCENARIOS), count)) / 10,
        combination_only=chance.random((len(SCENARIOS), count)) < 0.4,
        weights=chance.integers(0, 11, len(SCENARIOS)) / 10,
    )


@settings(max_examples=300, deadline=None)
@given(worlds())
def test_reasons_are_what_a_slow_reading_of_the_file_gives(found):
    listed = list_reasons(found, book=BOOK, names=NAMES)
    assert listed.dtype == pl.List(NAMES["reasons"])
    assert listed.to_list() == [oracle(found, at) for at in range(len(found.score))]


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_an_exposures_reasons_do_not_depend_on_the_others(found):
    together = list_reasons(found, book=BOOK, names=NAMES).to_list()
    for at, expected in enumerate(together):
        alone = {
            name: value[..., at : at + 1]
            for name, value in vars(found).items()
            if isinstance(value, np.ndarray) and name != "weights"
        }
        assert list_reasons(Findings(**{**vars(found), **alone}), book=BOOK, names=NAMES).to_list() == [
            expected
        ]


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_every_listed_code_has_a_text_in_both_languages(found):
    for codes in list_reasons(found, book=BOOK, names=NAMES).to_list():
        assert len(codes) == len(set(codes)) <= CODES_MAX
        for code in codes:
            assert BOOK.text(code, "en") != BOOK.text(code, "fr")


def test_a_score_of_zero_has_no_reasons():
    assert one(score_max=column(9000)) == []


def test_no_exposure_has_no_row():
    assert list_reasons(findings(0), book=BOOK, names=NAMES).to_list() == []


def test_the_weightiest_comes_first_and_its_classes_count_together():
    told = one(
        attributes=(AttributeClass.NIR, AttributeClass.EMAIL, AttributeClass.PHONE),
        attribute_points=np.array([[700], [400], [400]]),
        score=column(4000),
        uplift=column(3000),
    )
    assert told == ["C-COMBO", "D-CONTACT", "D-IDNUM"]


def test_only_the_weightiest_scenario_is_told():
    told = one(
        score=column(4000),
        scenarios=SCENARIOS,
        feasibility=np.array([[0.5], [0.9], [1.0]]),
        combination_only=np.array([[True], [False], [False]]),
        weights=np.array([0.3, 0.3, 0.1]),
    )
    assert told == ["S-F03", "C-OPENED"]


def test_how_sure_it_is_does_not_hide_what_it_rests_on():
    told = one(
        score=column(4000),
        score_max=column(9000),
        evidence=EVIDENCE,
        evidence_points=np.array([[0], [1100], [0], [0], [1200], [1700]]),
        attributes=(AttributeClass.IBAN,),
        attribute_points=np.array([[500]]),
    )
    assert told == ["E-UNSURE", "E-BASE", "D-BANK"]


@pytest.mark.parametrize(("points", "told"), [(199, []), (200, ["D-BANK"])])
def test_a_code_is_given_from_its_threshold_on(points, told):
    given = {"attributes": (AttributeClass.IBAN,), "attribute_points": np.array([[points]])}
    assert one(score=column(1000), **given) == told


@pytest.mark.parametrize(("points", "told"), [(999, []), (1000, ["D-BANK"])])
def test_a_code_is_given_from_its_share_of_the_score_on(points, told):
    given = {"attributes": (AttributeClass.IBAN,), "attribute_points": np.array([[points]])}
    assert one(score=column(10000), **given) == told


def test_every_class_of_data_belongs_to_exactly_one_group():
    """Read past the loader."""
    classes = [code for group in RAW["group"] for code in group["classes"]]
    assert sorted(classes) == sorted(AttributeClass)


def test_every_threshold_has_a_source():
    assert all(each["source"].strip() for each in RAW["threshold"])
    assert RAW["codes_max"]["value"] == CODES_MAX
    assert RAW["evidence_codes_max"]["value"] == EVIDENCE_CODES_MAX
    assert RAW["codes_max"]["source"].strip()
    assert RAW["evidence_codes_max"]["source"].strip()


def test_every_shipped_scenario_has_a_sentence_of_its_own():
    assert [each["id"] for each in RAW["scenario"]] == [scenario.id for scenario in ScenarioSet.load()]


def test_texts_are_sentences_without_values_names_of_breaches_or_codes():
    breaches = Catalogue.shipped()
    firms = {breaches.get(one).organisation.casefold() for one in breaches.ids()}
    for code, said in BOOK.texts.items():
        for text in (said.en, said.fr):
            assert text[0].isupper(), code
            assert text.endswith("."), code
            assert not any(digit.isdigit() for digit in text), code
            assert not any(firm in text.casefold() for firm in firms if len(firm) > 4), code
            assert not {word.strip(".,;:") for word in text.split()} & {str(one) for one in AttributeClass}


def test_a_scenario_of_ones_own_is_told_by_its_name(tmp_path):
    shipped = FILE.with_name("scenarios.toml").read_text(encoding="utf-8")
    scenario = shipped[shipped.index("[[scenario]]") : shipped.index("[[scenario]]", shipped.index("F01"))]
    path = tmp_path / "mine.toml"
    path.write_text('version = "mine"\n' + scenario.replace('"F01"', '"X1"'), encoding="utf-8")
    book = ReasonBook.load(ScenarioSet.load(path))
    assert book.text("S-X1", "en").startswith("The data could help with this kind of fraud: Training-account")
    assert book.text("S-X1", "fr").startswith("Ces données pourraient faciliter ce type de fraude : Détourn")
    assert book.text("S-F02", "en") == BOOK.text("S-F02", "en")


def test_a_code_that_is_not_known_is_refused_with_those_that_are():
    with pytest.raises(UnknownReason, match=r"reason D-NOSE in the language en\. Known are D-IDNUM, D-CIVIL"):
        BOOK.text("D-NOSE", "en")
    with pytest.raises(UnknownReason, match="in the language de"):
        BOOK.text("D-BANK", "de")
    with pytest.raises(UnknownReason, match="reason of that form"):
        BOOK.text("somebody@example.org", "en")


def test_a_book_without_a_group_for_a_class_cannot_be_built():
    with pytest.raises(RiskModelError, match="the attribute class DEVICE belongs to no group"):
        ReasonBook(**{**vars(BOOK), "groups": {k: v for k, v in BOOK.groups.items() if k != "DEVICE"}})


def test_a_threshold_outside_its_range_is_refused():
    with pytest.raises(RiskModelError, match="a threshold must lie between 0 and 100"):
        Threshold(points_min=101.0, percent_min=0, source="s")
    with pytest.raises(RiskModelError, match="has no source"):
        Threshold(points_min=1.0, percent_min=0, source="")


def test_a_hundred_thousand_exposures_take_no_time():
    count, chance = 100_000, np.random.default_rng(1)
    scenarios = tuple(scenario.id for scenario in ScenarioSet.load())
    found = Findings(
        attributes=tuple(AttributeClass),
        attribute_points=chance.integers(0, 400, (len(AttributeClass), count)),
        score=chance.integers(0, 10_001, count),
        uplift=chance.integers(0, 5_000, count),
        score_min=chance.integers(0, 5_000, count),
        score_max=chance.integers(5_000, 10_001, count),
        evidence=EVIDENCE,
        evidence_points=chance.integers(0, 2_000, (len(EVIDENCE), count)),
        scenarios=scenarios,
        feasibility=chance.random((len(scenarios), count)),
        combination_only=chance.random((len(scenarios), count)) < 0.1,
        weights=chance.random(len(scenarios)),
    )
    start = time.perf_counter()
    assert len(list_reasons(found, book=BOOK, names=NAMES)) == count
    # Measured 0.3 s; a loop over exposures would take minutes.
    assert time.perf_counter() - start < 5
