from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from correlate.pipeline import write_scores
from correlate.report import MadeWithAnother, NotScores, explain_lines
from correlate.risk import Profile, ScenarioSet
from tests.risk.test_canonical_case import STEPS, WORLD, records
from tests.risk.worlds import assess_in

SCENARIOS = ScenarioSet.load()
MODEL = f"linkage/insurer-2026-11+base-rates/{SCENARIOS.version}/2026-11-22"


def written(folder: Path, model: str = MODEL) -> Path:
    path = folder / "scores.parquet"
    subjects = pl.DataFrame({"subject_id": ["a"], "exposure_no": [0]})
    assessed = assess_in(WORLD, [records(*STEPS)]).frame
    write_scores(path, subjects, assessed, key_id="k", model=model)
    return path


def lines(path: Path, **how: object) -> list[str]:
    return list(explain_lines(path, "a", **{"key_id": "k", "scenarios": SCENARIOS, **how}))


def test_the_profile_of_the_file_says_who_is_told_what_to_do(tmp_path: Path):
    assert "What the insurer can do" in lines(written(tmp_path))
    lender = MODEL.replace("insurer", "lender")
    assert "What the bank can do" in lines(written(tmp_path, lender))
    assert "What the person can do" in lines(written(tmp_path), audience="person")


def test_a_file_made_with_another_key_is_refused(tmp_path: Path):
    with pytest.raises(MadeWithAnother, match="was made with key k, and this is other"):
        lines(written(tmp_path), key_id="other")


def test_a_file_made_with_another_profile_or_other_scenarios_is_refused(tmp_path: Path):
    with pytest.raises(MadeWithAnother, match="profile insurer-2026-11, and this is research"):
        lines(written(tmp_path), profile=Profile.load("research"))
    with pytest.raises(MadeWithAnother, match="scenarios 2025, and this is"):
        lines(written(tmp_path, MODEL.replace(SCENARIOS.version, "2025")))


@pytest.mark.parametrize("model", ["m", "a/b/c/d", "a/b/c/2026-11-22/e"])
def test_a_file_that_does_not_say_how_it_was_made_is_refused(tmp_path: Path, model: str):
    with pytest.raises(NotScores, match="its column model does not name"):
        lines(written(tmp_path, model))
