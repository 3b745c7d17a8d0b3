"""An explanation adds up: its steps are the judgement, for pairs that are compared and for any other."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from correlate.evaluation import RowOutOfRange, SameRow, explain_link
from correlate.evaluation.explain import explain_pair
from correlate.evaluation.trial import trial
from correlate.linkage import COMPARISONS, MISSING_LEVEL, load_model
from tests.evaluation.labelled import register, survey

pytestmark = pytest.mark.long

MODEL = load_model()


@pytest.fixture(scope="module")
def files(small_france, tmp_path_factory):
    folder = tmp_path_factory.mktemp("labelled")
    register(small_france.folder).head(300).write_csv(folder / "register.csv")
    survey(small_france.folder).write_csv(folder / "survey.csv")
    return folder / "register.csv", folder / "survey.csv"


@pytest.fixture(scope="module", params=[False, True], ids=["as-shipped", "learned"])
def opened(files, request):
    subjects, records = files
    with trial(subjects, [records], model=MODEL, learn=request.param) as made:
        yield made


def odds(found):
    """The probabilities, from the steps alone."""
    person, household = found.prior_bits, found.household_prior_bits
    for step in found.steps:
        person += math.log2(step.m / step.u)
        household += math.log2(step.h / step.u)
    a, b = 2.0**person, 2.0**household
    return a / (a + b + 1), b / (a + b + 1), 1 / (a + b + 1)


@pytest.fixture(scope="module")
def explained(opened, files):
    """Pairs that the run compared and any others, explained; and what the run told of those it compared."""
    draw = np.random.default_rng(1)
    known = {(row["subject_row"], row["record_row"]): row for row in opened.pairs().to_dicts()}
    some = [list(known)[place] for place in draw.integers(0, len(known), 8)]
    rows = opened.vault.engine.scalar("SELECT rows_read FROM file")
    others = zip(draw.integers(1, 301, 3).tolist(), draw.integers(1, rows + 1, 3).tolist(), strict=True)
    return {pair: explain_pair(opened, files[0], *pair) for pair in [*some, *others]}, known


def test_the_steps_add_up_to_the_judgement_of_any_pair(explained):
    every, known = explained
    assert {pair in known for pair in every} == {True, False}
    for pair, found in every.items():
        told = (found.probability, found.household_probability, found.strangers_probability)
        assert told == pytest.approx(odds(found), abs=1e-12)
        assert sum(told) == pytest.approx(1, abs=1e-12)
        assert found.compared == (pair in known)


def test_a_compared_pair_is_judged_as_in_any_run(explained):
    every, known = explained
    for pair in every.keys() & known.keys():
        found, judged = every[pair], known[pair]
        assert found.probability == pytest.approx(judged["probability"], abs=1e-12)
        assert found.household_probability == pytest.approx(judged["household_probability"], abs=1e-12)
        for step, comparison in zip(found.steps, COMPARISONS, strict=True):
            names = (MISSING_LEVEL, *(level.name for level in comparison.levels))
            assert step.level == names[judged[f"{comparison.field}_level"]]


def test_two_rows_of_one_file_give_the_same_either_way_round(files):
    _, records = files
    there = explain_link(records, 3, None, 40, learn=False)
    back = explain_link(records, 40, records, 3, learn=False)
    assert there == back
    assert (there.subject_row, there.record_row) == (3, 40)


def test_a_row_is_not_held_against_itself(files):
    with pytest.raises(SameRow):
        explain_link(files[1], 3, None, 3, learn=False)


@pytest.mark.parametrize(("subject_row", "record_row"), [(0, 1), (301, 1), (1, 10**6), (1, 0), (2**70, 1)])
def test_a_row_that_is_not_there_is_told(opened, files, subject_row, record_row):
    with pytest.raises(
        RowOutOfRange, match=f"no usable row {subject_row if subject_row != 1 else record_row}"
    ):
        explain_pair(opened, files[0], subject_row, record_row)


def test_a_row_that_was_rejected_is_told(files, tmp_path):
    """A record that identifies nobody is in no vault, and a row that cannot be read asks for nobody."""
    subjects, records = files
    lines = records.read_text(encoding="utf-8").splitlines()
    lines[5] = "," * lines[0].count(",")
    lines[7] += ",one,too,many"
    (tmp_path / "broken.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for row in (5, 7):
        with pytest.raises(RowOutOfRange):
            explain_link(subjects, 1, tmp_path / "broken.csv", row, learn=False)
    with pytest.raises(RowOutOfRange):
        explain_link(tmp_path / "broken.csv", 7, subjects, 1, learn=False)


def test_the_json_has_every_figure(files):
    found = explain_link(files[0], 1, files[1], 1, learn=False)
    plain = found.as_json()
    assert set(plain) == {one.name for one in dataclasses.fields(found)} | {"strangers_probability"}
    assert [step["field"] for step in plain["steps"]] == [comparison.field for comparison in COMPARISONS]
