from __future__ import annotations

import json
import shutil

import polars as pl
import pytest
from typer.testing import CliRunner

from correlate.vault import Vault
from correlate_cli.app import app
from tests.vault.leaks import key_file, names, people, tables, write

BREACH = "--breach=free-2024"


@pytest.fixture
def world(once_empty, tmp_path, key):
    key_file(tmp_path, key)
    shutil.copy(once_empty, tmp_path / "vault.duckdb")
    return tmp_path


def invoke(world, *arguments):
    given = ["ingest", world / "vault.duckdb", *arguments, "--key", world / "secret.key"]
    return CliRunner().invoke(app, [str(argument) for argument in given])


def test_ingest_counts_what_it_read_accepted_and_rejected(world):
    file = write(people(20), world / "a.csv")
    with file.open("a", encoding="utf-8") as more:
        more.write(",,,,,,x\n")
    result = invoke(world, file, BREACH)
    assert result.exit_code == 0
    assert result.stdout.startswith("a.csv: 21 rows read, 20 accepted, 1 rejected (")
    assert "--rejects" in result.stderr


def test_fields_that_could_not_be_used_are_told_without_their_values(world):
    junk = pl.when(pl.int_range(20) < 3).then(pl.lit("Quintefeuille at home")).otherwise("email")
    result = invoke(world, write(people(20).with_columns(email=junk), world / "a.csv"), BREACH)
    assert result.exit_code == 0
    assert "email: 3 unusable" in result.stderr
    assert "Quintefeuille" not in result.output


def test_the_same_file_again_changes_nothing_and_says_so(world, key):
    file = write(people(20), world / "a.csv")
    invoke(world, file, BREACH)
    before = tables(world / "vault.duckdb", key)
    result = invoke(world, file, BREACH)
    assert (result.exit_code, result.stdout) == (
        0,
        "a.csv: already in the vault as free-2024; nothing was changed.\n",
    )
    assert tables(world / "vault.duckdb", key) == before


def test_several_files_have_one_list_of_rejects(world):
    files = [write(people(5, seed=n), world / f"{n}.csv") for n in (1, 2)]
    for file in files:
        with file.open("a", encoding="utf-8") as more:
            more.write(",,,,,,x\n")
    result = invoke(world, *files, BREACH, "--rejects", world / "rejects.csv")
    assert result.exit_code == 0
    assert (world / "rejects.csv").read_text(encoding="utf-8").splitlines() == [
        "file,row,column,reason",
        "1.csv,6,,nothing-identifying",
        "2.csv,6,,nothing-identifying",
    ]


def test_a_mapping_and_classes_of_the_catalogue_are_taken(world, key):
    (world / "map.toml").write_text('[columns]\n"x1" = "nir"\n', encoding="utf-8")
    file = write(people(5).select(x1="nir"), world / "a.csv")
    result = invoke(world, file, BREACH, "--map", world / "map.toml", "--assume-classes")
    assert result.exit_code == 0
    with Vault.open(world / "vault.duckdb", key) as vault:
        [classes] = vault.class_sets().values()
    assert {"NIR", "IBAN", "PHONE"} <= set(classes)


def test_a_breach_of_ones_own_catalogue_is_known(world):
    (world / "own.toml").write_text(
        """
        [[breach]]
        id = "mutuelle-fictive-2026"
        organisation = "Mutuelle fictive"
        date = 2026-01-02
        date_kind = "breach"
        status = "confirmed"
        scope = "FR"
        persons_kind = "unknown"
        classes = ["NAME", "NIR"]
        sources = ["https://example.org/"]
        """,
        encoding="utf-8",
    )
    file = write(people(5), world / "a.csv")
    arguments = [file, "--breach=mutuelle-fictive-2026"]
    assert invoke(world, *arguments).exit_code == 2
    result = invoke(world, *arguments, "--catalogue", world / "own.toml")
    assert result.exit_code == 0, result.output
    shown = CliRunner().invoke(
        app, ["vault", "info", str(world / "vault.duckdb"), "--json", "--key", str(world / "secret.key")]
    )
    assert [held["breach"] for held in json.loads(shown.stdout)["breaches"]] == ["mutuelle-fictive-2026"]


def test_threads_and_memory_are_limits_and_change_nothing(world, key):
    file = write(people(200), world / "a.csv")
    assert invoke(world, file, BREACH, "--threads", "1", "--memory", "512MB").exit_code == 0
    limited = tables(world / "vault.duckdb", key)
    (world / "vault.duckdb").unlink()
    Vault.create(world / "vault.duckdb", key).close()
    assert invoke(world, file, BREACH).exit_code == 0
    assert tables(world / "vault.duckdb", key) == limited


def test_nothing_but_the_vault_and_the_rejects_is_left(world):
    file = write(people(20), world / "a.csv")
    listed = names(world)
    invoke(world, file, BREACH, "--rejects", world / "rejects.csv")
    assert names(world) == listed | {"rejects.csv"}
