"""A vault of an older version is migrated when opened to write, and otherwise told what to do."""

from __future__ import annotations

import shutil

import pytest

from correlate.vault import EngineFailed, Vault, VaultTooNew, VaultTooOld, ingest, remove_breach, schema
from correlate.vault.schema import MIGRATIONS, newest, read_migrations
from tests.vault.leaks import FRANCE_TRAVAIL, FREE, is_whole, names, people, tables, write

ADDITIONS = """
-- What a later version might add.
ALTER TABLE record ADD COLUMN passport BIGINT;
CREATE TABLE note (record_id BIGINT NOT NULL, shade VARCHAR NOT NULL);
INSERT INTO note SELECT record_id, 'grey' FROM record;
"""


@pytest.fixture
def old(filled, tmp_path):
    return shutil.copy(filled / "vault.duckdb", tmp_path / "old.duckdb")


@pytest.fixture
def later(monkeypatch, tmp_path_factory):
    """A program that knows one version more, read from a file as ours are."""
    folder = tmp_path_factory.mktemp("sql")
    for version, script in MIGRATIONS.items():
        (folder / f"{version:04}_as_shipped.sql").write_text(script, encoding="utf-8")
    (folder / f"{newest() + 1:04}_additions.sql").write_text(ADDITIONS, encoding="utf-8")
    (folder / "notes.txt").write_text("no migration", encoding="utf-8")
    monkeypatch.setattr(schema, "MIGRATIONS", read_migrations(folder))


def test_shipped_migrations_are_numbered_without_a_gap():
    assert sorted(MIGRATIONS) == list(range(1, newest() + 1))


@pytest.mark.usefixtures("later")
def test_a_new_vault_has_the_newest_version(tmp_path, key):
    with Vault.create(tmp_path / "v.duckdb", key) as vault:
        assert vault.info().schema_version == newest()
        assert vault.engine.rows("SELECT passport FROM record") == []


@pytest.mark.usefixtures("later")
def test_an_older_vault_is_migrated_when_opened_to_write(old, key):
    with Vault.open(old, key, write=True) as vault:
        assert vault.info().schema_version == newest()
        assert vault.engine.scalar("SELECT count(*) FROM note") == 1000
    assert is_whole(old, key)
    Vault.open(old, key, write=True).close()
    with Vault.open(old, key) as vault:
        assert vault.engine.scalar("SELECT count(*) FROM note") == 1000


@pytest.mark.usefixtures("later")
def test_an_older_vault_is_not_read_and_the_error_says_what_to_do(old, key):
    before = old.read_bytes()
    with pytest.raises(VaultTooOld, match=r"`correlate vault migrate .*old\.duckdb`"):
        Vault.open(old, key)
    assert old.read_bytes() == before


@pytest.mark.usefixtures("later")
def test_a_newer_vault_is_refused_by_an_older_program(old, key, monkeypatch):
    Vault.open(old, key, write=True).close()
    before = old.read_bytes()
    monkeypatch.setattr(schema, "MIGRATIONS", MIGRATIONS)
    for writing in (False, True):
        with pytest.raises(VaultTooNew, match=f"version {newest() + 1}"):
            Vault.open(old, key, write=writing)
    assert old.read_bytes() == before


def test_a_migration_that_fails_leaves_the_vault_as_it_was(old, key, monkeypatch):
    before = tables(old, key)
    broken = {**MIGRATIONS, newest() + 1: ADDITIONS + "SELECT 1 / 'a word'::INT;"}
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", broken)
        with pytest.raises(EngineFailed, match=f"migration {newest()}"):
            Vault.open(old, key, write=True)
    assert tables(old, key) == before
    assert names(old.parent) == {"old.duckdb"}


@pytest.mark.usefixtures("later")
def test_what_a_later_version_added_survives_the_erasing_of_something_else(old, key, tmp_path):
    with Vault.open(old, key, write=True) as vault:
        ingest(vault, write(people(5, seed=3), tmp_path / "c.csv"), FREE)
        vault.engine.execute("UPDATE record SET passport = record_id")
        remove_breach(vault, FRANCE_TRAVAIL.id)
        assert vault.engine.rows("SELECT count(*), count(passport) FROM record") == [(605, 605)]
        assert vault.engine.scalar("SELECT count(*) FROM note SEMI JOIN record USING (record_id)") == 600
        assert vault.engine.scalar("SELECT count(*) FROM note") == 600
