"""Verify finds what does not hold together."""

from __future__ import annotations

import shutil

import duckdb
import pytest

from correlate.vault import Vault, verify


def findings(path, key):
    with Vault.open(path, key) as vault:
        return {finding.what: finding.rows for finding in verify(vault)}


@pytest.mark.parametrize(
    ("damage", "what", "rows"),
    [
        ("DELETE FROM file WHERE file_no = 2", "records of a file that the vault does not know", 400),
        ("DELETE FROM breach WHERE breach_no = 1", "records of a breach that the vault does not know", 600),
        ("UPDATE record SET class_set_no = 77", "records with unknown attribute classes", 1000),
        ("INSERT INTO record FROM record LIMIT 3", "records that stand twice", 3),
        ("UPDATE file SET rows_read = 1", "files whose rows read are not accepted plus rejected", 2),
        (
            "UPDATE file SET rows_accepted = 1, rows_read = 1",
            "files that hold more records than were accepted",
            2,
        ),
    ],
)
def test_each_damage_is_named_and_counted(filled, tmp_path, key, damage, what, rows):
    path = shutil.copy(filled / "vault.duckdb", tmp_path / "v.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(damage)
    assert findings(path, key)[what] == rows


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM link_key WHERE rowid = 5",
        "INSERT INTO link_key VALUES (12345, 1099511627777)",
        "UPDATE link_key SET key = key + 1 WHERE rowid = 5",
        "UPDATE link_key SET record_id = record_id + 1 WHERE rowid = 5",
        "UPDATE record SET email = email + 1 WHERE rowid = 5",
        "UPDATE record SET nir = NULL WHERE rowid = 5",
    ],
)
def test_a_linkage_key_that_its_record_does_not_make_is_found(filled, tmp_path, key, damage):
    path = shutil.copy(filled / "vault.duckdb", tmp_path / "v.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(damage)
    assert list(findings(path, key)) == ["linkage keys that their records do not make, or lack"]


def test_linkage_keys_without_a_record_are_counted(filled, tmp_path, key):
    path = shutil.copy(filled / "vault.duckdb", tmp_path / "v.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM record WHERE breach_no = 1")
    assert findings(path, key)["linkage keys that point to no record"] > 600


def test_an_empty_vault_is_whole(tmp_path, key):
    with Vault.create(tmp_path / "v.duckdb", key) as vault:
        assert verify(vault) == ()
