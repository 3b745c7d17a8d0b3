"""The fit command, and --model wherever a linkage model is used."""

from __future__ import annotations

import json
import shutil

import polars as pl
import pytest
from typer.testing import CliRunner

from correlate.catalogue import Catalogue
from correlate.linkage import load_model
from correlate.vault import Vault, ingest
from correlate_cli.app import app
from tests.evaluation.labelled import values


@pytest.fixture(scope="module")
def folder(small_france, tmp_path_factory):
    made = tmp_path_factory.mktemp("fit")
    shutil.copy(small_france.subjects, made / "members.parquet")
    shutil.copy(small_france.vault, made / "vault.duckdb")
    key = made / "secret.key"
    key.write_text(small_france.key.secret.hex() + "\n")
    key.chmod(0o600)
    result = fit(made, made / "mine.toml", "--subjects", made / "members.parquet", "--name", "mine-1")
    assert result.exit_code == 0, result.output
    (made / "told").write_text(result.output, encoding="utf-8")
    return made


def run(command, *arguments, stdin=None):
    return CliRunner().invoke(app, [command, *map(str, arguments)], input=stdin)


def fit(folder, out, *more, vault="vault.duckdb"):
    return run("fit", folder / vault, "--out", out, "--key", folder / "secret.key", *more)


def refused(result, *parts):
    assert (result.exit_code, result.stdout) == (2, "")
    told = " ".join(result.stderr.replace("│", " ").split())
    for part in parts:
        assert part in told


def test_it_tells_the_counts_and_what_moved(folder):
    told = (folder / "told").read_text(encoding="utf-8")
    for part in ("rows asked", "of one person", "rounds", "before   after  change", "the model mine-1"):
        assert part in told
    assert not {value for value in values(pl.read_parquet(folder / "members.parquet")) if value in told}


def test_the_file_is_a_model_with_its_source(folder):
    model = load_model(folder / "mine.toml")
    assert model.name == "mine-1"
    assert set(model.sources.values()) == {model.sources["surname"]}
    assert "correlate fit" in model.sources["surname"]


def test_without_subjects_and_name_it_learns_from_the_records(folder, tmp_path, small_france):
    result = fit(folder, tmp_path / "own.toml")
    assert result.exit_code == 0, result.output
    with Vault.open(small_france.vault, small_france.key) as vault:
        records = vault.info().records
    assert load_model(tmp_path / "own.toml").name == f"fit-{small_france.key.key_id}-{records}"


def test_it_overwrites_nothing(folder):
    before = (folder / "mine.toml").read_bytes()
    refused(fit(folder, folder / "mine.toml"), "mine.toml", "never overwritten", "--out")
    assert (folder / "mine.toml").read_bytes() == before


def test_it_refuses_a_folder_that_is_not_there(folder, tmp_path):
    refused(fit(folder, tmp_path / "none" / "mine.toml"), "there is no folder")


@pytest.mark.parametrize("name", ["a/b", "", "two words", "x" * 65])
def test_it_refuses_a_name_that_results_cannot_bear(folder, tmp_path, name):
    refused(fit(folder, tmp_path / "mine.toml", "--name", name), "--name", "letters, digits")


def test_a_map_without_subjects_is_refused(folder, tmp_path):
    (tmp_path / "map.toml").write_text('[columns]\nnom = "surname"\n', encoding="utf-8")
    refused(fit(folder, tmp_path / "mine.toml", "--map", tmp_path / "map.toml"), "--map", "--subjects")


def test_an_unknown_mapping_column_is_refused(folder, tmp_path):
    (tmp_path / "map.toml").write_text('[columns]\ncourrier = "email"\n', encoding="utf-8")
    asked = ("--subjects", folder / "members.parquet", "--map", tmp_path / "map.toml")
    refused(fit(folder, tmp_path / "mine.toml", *asked), "members.parquet", "“courrier”", "It has")
    assert not (tmp_path / "mine.toml").exists()


def test_a_vault_too_small_is_refused(folder, small_france, tmp_path):
    rows = pl.read_parquet(small_france.folder / "breaches" / "free-2024.parquet").head(20)
    for name, frame in (("small", rows), ("empty", None)):
        with Vault.create(tmp_path / f"{name}.duckdb", small_france.key) as vault:
            if frame is not None:
                ingest(vault, frame, Catalogue.shipped().get("free-2024"))
    small = fit(folder, tmp_path / "mine.toml", vault=tmp_path / "small.duckdb")
    refused(small, "cannot be learned here", "30 are needed", "--subjects")
    refused(fit(folder, tmp_path / "mine.toml", vault=tmp_path / "empty.duckdb"), "holds no record", "ingest")
    assert not (tmp_path / "mine.toml").exists()


def test_score_names_the_model_it_was_given(folder, tmp_path):
    out = tmp_path / "scores.csv"
    asked = [folder / "vault.duckdb", folder / "members.parquet", "--key", folder / "secret.key", "-o", out]
    result = run("score", *asked, "--model", folder / "mine.toml", "--as-of", "2026-11-01")
    assert result.exit_code == 0, result.output
    assert pl.read_csv(out)["model"].str.starts_with("mine-1/").all()


def test_check_names_the_model_it_was_given(folder):
    person = {"nom": "Zabulon", "prenom": "Ysoline", "date_naissance": "1970-02-03"}
    asked = [folder / "vault.duckdb", "--key", folder / "secret.key", "--model", folder / "mine.toml"]
    result = run("check", *asked, stdin=json.dumps(person))
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["model"].startswith("mine-1/")


def test_demo_uses_the_model_it_was_given(folder, tmp_path):
    asked = ["--people", "200", "--out", tmp_path / "demo", "--model", folder / "mine.toml"]
    result = run("demo", *asked)
    assert result.exit_code == 0, result.output
    assert pl.read_parquet(tmp_path / "demo" / "scores.parquet")["model"].str.starts_with("mine-1/").all()


@pytest.mark.parametrize("command", ["score", "check", "demo"])
def test_a_model_of_another_version_is_refused(folder, tmp_path, command):
    (tmp_path / "old.toml").write_text('format = 1\nname = "old"\n', encoding="utf-8")
    files = [folder / "vault.duckdb", "--key", folder / "secret.key"]
    asked = {
        "score": [*files, folder / "members.parquet", "-o", tmp_path / "scores.csv"],
        "check": files,
        "demo": ["--people", "200", "--out", tmp_path / "demo"],
    }[command]
    result = run(command, *asked, "--model", tmp_path / "old.toml", stdin="{}")
    refused(result, "old.toml", "format 1", "correlate fit")
    assert not (tmp_path / "demo").exists()


def test_score_overwrites_no_model(folder):
    out = ["-o", folder / "mine.toml", "--model", folder / "mine.toml", "--key", folder / "secret.key"]
    refused(run("score", folder / "vault.duckdb", folder / "members.parquet", *out), "would overwrite")
