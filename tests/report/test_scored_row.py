from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from correlate.pipeline import score_rows, write_scores
from correlate.report import NoSuchSubject, NotScores
from correlate.report.scored_row import scored_row
from tests.risk.test_canonical_case import STEPS, WORLD, records
from tests.risk.worlds import assess_in

SUBJECTS = pl.DataFrame({"subject_id": ["a", "b", "c"], "exposure_no": [1, 0, 1]})


def written(path: Path) -> Path:
    assessed = assess_in(WORLD, [[], records(*STEPS)]).frame
    write_scores(path, SUBJECTS, assessed, key_id="k", model="m/p/s/2026-11-22")
    return path


@pytest.mark.parametrize("ending", ["parquet", "jsonl"])
def test_the_row_of_a_subject_is_read_from_either_format(tmp_path: Path, ending: str):
    assessed = assess_in(WORLD, [[], records(*STEPS)]).frame
    expected = score_rows(SUBJECTS, assessed, key_id="k", model="m/p/s/2026-11-22").row(2, named=True)
    found = scored_row(written(tmp_path / f"scores.{ending}"), "c")
    for row in (expected, found):
        for breach in row["breaches"]:
            breach["date"] = str(breach["date"])
    assert found == expected


def test_a_subject_that_is_not_there_is_not_named_in_the_error(tmp_path: Path):
    with pytest.raises(NoSuchSubject, match="no row for that subject") as caught:
        scored_row(written(tmp_path / "scores.parquet"), "canary-7")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("scores.csv", "subject_id,score\n", "its lists are text"),
        ("scores.txt", "x", "its ending is unknown"),
        ("scores.parquet", "not parquet", "it is damaged"),
        ("missing.parquet", None, "there is no such file"),
    ],
)
def test_a_file_that_is_not_one_of_scores_is_refused(tmp_path: Path, name, content, reason):
    path = tmp_path / name
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(NotScores, match=reason):
        scored_row(path, "a")


def test_scores_of_an_older_version_are_refused_by_the_column_they_lack(tmp_path: Path):
    path = tmp_path / "old.parquet"
    pl.DataFrame({"subject_id": ["a"], "score": [1.0], "key_id": ["k"], "model": ["m"]}).write_parquet(path)
    with pytest.raises(NotScores, match="it has no column attributes"):
        scored_row(path, "a")
