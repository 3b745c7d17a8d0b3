from __future__ import annotations

import json
import shutil
import stat

import duckdb
import pytest
from typer.testing import CliRunner

from correlate.tokens import DEFAULT_SCHEME
from correlate.vault import Vault, ingest, schema
from correlate.vault.schema import MIGRATIONS, newest
from correlate_cli.app import app
from tests.vault.leaks import FRANCE_TRAVAIL, FREE, key_file, names, people, write


@pytest.fixture(scope="module")
def once(tmp_path_factory, key):
    """A key file, a vault with two breaches of the same hundred people, and some of them who leave."""
    folder = tmp_path_factory.mktemp("world")
    key_file(folder, key)
    with Vault.create(folder / "vault.duckdb", key) as vault:
        ingest(vault, write(people(100), folder / "free.csv"), FREE)
        ingest(vault, write(people(100).drop("mot_de_passe"), folder / "travail.csv"), FRANCE_TRAVAIL)
    write(people(100).head(30), folder / "leavers.csv")
    return folder


@pytest.fixture
def world(once, tmp_path):
    return shutil.copytree(once, tmp_path, dirs_exist_ok=True)


def invoke(world, command, *arguments, vault="vault.duckdb"):
    given = ["vault", command, world / vault, *arguments, "--key", world / "secret.key"]
    return CliRunner().invoke(app, [str(argument) for argument in given])


def test_create_makes_a_vault_for_its_owner_alone(world, key):
    result = invoke(world, "create", vault="new.duckdb")
    assert (result.exit_code, result.stdout) == (0, "")
    assert key.key_id in result.stderr
    assert stat.S_IMODE((world / "new.duckdb").stat().st_mode) == 0o600
    assert invoke(world, "verify", vault="new.duckdb").exit_code == 0


def test_create_never_overwrites(world):
    before = (world / "vault.duckdb").read_bytes()
    result = invoke(world, "create")
    assert result.exit_code == 2
    assert "never overwritten" in result.stderr
    assert (world / "vault.duckdb").read_bytes() == before


def test_create_refuses_a_scheme_that_does_not_exist(world):
    result = invoke(world, "create", "--scheme", "md5", vault="new.duckdb")
    assert result.exit_code == 2
    assert DEFAULT_SCHEME in result.stderr
    assert "new.duckdb" not in names(world)


def test_info_tells_what_is_held(world, key):
    shown = invoke(world, "info").stdout
    for part in (key.key_id, DEFAULT_SCHEME, "200, with", "free-2024", "francetravail-2024"):
        assert part in shown


def test_info_as_json_is_one_object(world, key):
    facts = json.loads(invoke(world, "info", "--json").stdout)
    assert facts["key_id"] == key.key_id
    assert facts["records"] == 200
    assert facts["schema_version"] == newest()
    assert facts["breaches"][1] == {"breach": "free-2024", "files": 1, "records": 100, "rejected": 0}


def test_verify_says_that_a_vault_is_whole(world):
    result = invoke(world, "verify")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "is whole" in result.stderr


def test_verify_ends_with_1_and_names_what_it_found(world):
    with duckdb.connect(str(world / "vault.duckdb")) as connection:
        connection.execute("DELETE FROM link_key WHERE record_id = 1099511627777")
    result = invoke(world, "verify")
    assert result.exit_code == 1
    assert "linkage keys that their records do not make, or lack" in result.stdout


def test_remove_breach_removes_it_and_a_second_time_says_so(world):
    result = invoke(world, "remove-breach", "free-2024")
    assert (result.exit_code, result.stdout) == (0, "Removed 100 records of free-2024.\n")
    again = invoke(world, "remove-breach", "free-2024")
    assert again.exit_code == 0
    assert again.stdout == "The vault holds nothing of free-2024. It holds: francetravail-2024.\n"
    assert invoke(world, "verify").exit_code == 0


def test_forget_erases_people_and_proves_it(world):
    result = invoke(world, "forget", "--subjects", world / "leavers.csv")
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "Erased 60 records of 30 people; 140 records are left. A second search for the same people found 0.\n"
    )
    assert invoke(world, "verify").exit_code == 0
    assert "Erased 0 records" in invoke(world, "forget", "--subjects", world / "leavers.csv").stdout


def test_forget_tells_who_could_not_be_searched_for(world):
    """Else nobody would notice that they are still there."""
    with (world / "leavers.csv").open("a", encoding="utf-8") as file:
        file.write(",,,,,,x\nbroken,row\n")
    rejects = world / "rejects.csv"
    result = invoke(world, "forget", "--subjects", world / "leavers.csv", "--rejects", rejects)
    assert result.exit_code == 1
    assert "Erased 60 records of 30 people" in result.stdout
    assert "2 rows could not be searched for" in " ".join(result.stdout.split())
    assert [line.split(",")[1] for line in rejects.read_text(encoding="utf-8").splitlines()[1:]] == [
        "31",
        "32",
    ]


def test_forget_keeps_its_rejects_off_its_inputs(world):
    result = invoke(world, "forget", "--subjects", world / "leavers.csv", "--rejects", world / "vault.duckdb")
    assert result.exit_code == 2
    assert invoke(world, "verify").exit_code == 0


def test_migrate_brings_an_older_vault_up_to_date(world, monkeypatch):
    later = {**MIGRATIONS, newest() + 1: "ALTER TABLE record ADD COLUMN passport BIGINT"}
    monkeypatch.setattr(schema, "MIGRATIONS", later)
    told = invoke(world, "info")
    assert told.exit_code == 2
    assert "correlate vault migrate" in " ".join(told.stderr.split())
    result = invoke(world, "migrate")
    assert result.exit_code == 0
    assert f"schema version {newest()}" in result.stderr
    assert invoke(world, "verify").exit_code == 0


def test_a_copy_of_a_vault_is_a_vault(world):
    shutil.copy(world / "vault.duckdb", world / "copy.duckdb")
    assert invoke(world, "verify", vault="copy.duckdb").exit_code == 0


def test_nothing_but_the_vault_is_left(world):
    listed = names(world)
    for command in (
        ["verify"],
        ["info"],
        ["forget", "--subjects", world / "leavers.csv"],
        ["remove-breach", "free-2024"],
    ):
        invoke(world, *command)
    assert names(world) == listed
