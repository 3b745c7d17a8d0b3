"""The demonstration leaves what it says it leaves, and comes as near to the truth as it must."""

from __future__ import annotations

import polars as pl
import pytest

from correlate.demonstration import AS_OF, FolderNotEmpty, accuracy, demonstrate
from correlate.linkage import load_model
from correlate.report import example_lines, summary_lines
from correlate.tokens import load_key
from correlate.vault import Vault


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return demonstrate(tmp_path_factory.mktemp("demo") / "here", people=3_000, seed=4)


def test_it_leaves_the_files_it_names(report):
    left = {path.name for path in report.folder.iterdir()}
    named = {"key", "vault.duckdb", "breaches", "subjects.parquet", "truth.parquet", "scores.parquet"}
    assert named <= left
    assert len(list((report.folder / "breaches").iterdir())) == len(report.ingested) == 5
    assert load_key(report.folder / "key").key_id == report.key_id


def test_direct_links_are_as_near_to_the_truth_as_promised(report):
    assert report.accuracy.precision >= 0.99
    assert report.accuracy.recall >= 0.90


def test_the_accuracy_is_that_of_the_truth_file(report):
    """A truth in which half of the pairs are another's halves the precision: the measure can fail."""
    truth = pl.read_parquet(report.folder / "truth.parquet")
    wrong = truth.with_columns(
        row=pl.when(pl.col("row") % 2 == 0).then(pl.col("row") + 1).otherwise(pl.col("row") - 1)
    )
    wrong.write_parquet(report.folder / "wrong.parquet")
    with Vault.open(report.folder / "vault.duckdb", load_key(report.folder / "key")) as vault:
        found = accuracy(
            vault, report.folder / "subjects.parquet", report.folder / "wrong.parquet", model=load_model()
        )
    assert found.links == report.accuracy.links
    assert found.precision < 0.5


def test_every_row_is_accounted_for(report):
    for one in report.ingested:
        assert one.read == one.accepted + one.rejected
        assert one.read == report.synthesis.rows[one.breach]


def test_scores_are_of_the_fixed_day(report):
    """The same seed gives the same scores on any day."""
    assert report.scores.model.endswith(AS_OF.isoformat())


def test_the_summary_tells_bands_scenarios_and_reasons(report):
    text = "\n".join(summary_lines(report.scores))
    for band, count in report.scores.bands.items():
        assert f"{band:<9} {count:>11,}" in text
    assert "Targeted phishing" in text
    lines = "\n".join("\n".join(example_lines(one)) for one in report.examples)
    assert lines.count("score ") == 3
    assert "no single breach opens it" in lines or "stands in" in lines


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(FolderNotEmpty, match="--out"):
        demonstrate(tmp_path, people=1_000)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
