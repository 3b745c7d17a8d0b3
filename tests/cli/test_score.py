"""The score command: a summary on stdout, the scores in their file, and no input overwritten."""

from __future__ import annotations

import shutil

import polars as pl
import pytest
from typer.testing import CliRunner

from correlate_cli.app import app


@pytest.fixture
def folder(small_france, tmp_path):
    shutil.copy(small_france.subjects, tmp_path / "members.parquet")
    shutil.copy(small_france.vault, tmp_path / "vault.duckdb")
    key = tmp_path / "secret.key"
    key.write_text(small_france.key.secret.hex() + "\n")
    key.chmod(0o600)
    return tmp_path


def run(folder, *more):
    key = ("--key", str(folder / "secret.key"))
    return CliRunner().invoke(
        app, ["score", str(folder / "vault.duckdb"), str(folder / "members.parquet"), *key, *more]
    )


def test_it_writes_the_scores_and_tells_the_bands(folder):
    result = run(folder, "--id", "member_id", "-o", str(folder / "scores.csv"), "--as-of", "2026-11-01")
    assert result.exit_code == 0, result.output
    assert "subjects scored" in result.stdout
    assert pl.read_csv(folder / "scores.csv").height == pl.read_parquet(folder / "members.parquet").height


@pytest.mark.parametrize("option", ["--output", "--rejects"])
def test_no_input_is_overwritten(folder, option):
    before = (folder / "members.parquet").read_bytes()
    others = [] if option == "--output" else ["--output", str(folder / "scores.csv")]
    result = run(folder, "--id", "member_id", option, str(folder / "members.parquet"), *others)
    assert result.exit_code == 2
    assert option in result.stderr
    assert (folder / "members.parquet").read_bytes() == before


def test_profile_scenarios_base_rates_and_shares_are_asked_for_by_name(folder):
    """What was asked for stands in the column ``model``; a file of scenarios changes that too."""
    (folder / "mine.toml").write_text('version = "mine"\noff = ["F01"]\n')
    own = str(folder / "mine.toml")
    pl.read_parquet(folder / "members.parquet").drop("nir").write_parquet(folder / "members.parquet")
    names = []
    for place, more in enumerate(
        ((), ("--profile", "lender", "--scenarios", own, "--base-rates", "--shares"))
    ):
        output = folder / f"{place}.parquet"
        result = run(folder, "--id", "member_id", "-o", str(output), "--as-of", "2026-11-01", *more)
        assert result.exit_code == 0, result.output
        names.append(pl.read_parquet(output)["model"].unique().item())
    assert names[0] != names[1]
    assert "/lender-2026-11" in names[1]
    assert "mine" in names[1]
    breaches = pl.read_parquet(output)["breaches"].explode().struct.unnest()
    assert breaches["share"].null_count() == 0


@pytest.mark.parametrize(
    ("option", "given"), [("--profile", "lander"), ("--profile", "none.toml"), ("--scenarios", "none.toml")]
)
def test_a_model_that_is_not_there_is_told(folder, option, given):
    result = run(folder, "--id", "member_id", "-o", str(folder / "s.csv"), option, given)
    assert result.exit_code == 2
    assert not (folder / "s.csv").exists()
