"""What is erased is gone from the disk, and all else is what it was."""

from __future__ import annotations

import importlib
import os
import shutil
import stat
import subprocess
import sys

import duckdb
import polars as pl
import pytest

from correlate.vault import ROW_BITS, Limits, Vault, erase_records, ingest, remove_breach, replacing, verify
from tests.vault.leaks import FRANCE_TRAVAIL, FREE, found_in, is_whole, names, people, tables, write

TOKENS = "SELECT nir, email, phone FROM record WHERE breach_no = 1 ORDER BY record_id"


@pytest.fixture
def path(filled, tmp_path):
    return shutil.copy(filled / "vault.duckdb", tmp_path / "vault.duckdb")


def uncompressed(path, key):
    """Store the vault so that each token stands in the file as its eight bytes."""
    with Vault.open(path, key, write=True) as vault:
        vault.engine.execute("SET force_compression = 'uncompressed'")
        for table in ("record", "link_key"):
            vault.engine.execute(f"CREATE TABLE copied AS FROM {table}")
            vault.engine.execute(f"DROP TABLE {table}")
            vault.engine.execute(f"ALTER TABLE copied RENAME TO {table}")
        vault.engine.execute("CHECKPOINT")


def without(held, doomed):
    """What the tables should be, worked out row by row."""
    record_ids = {row[0] for row in held["record"] if doomed(row[0])}
    kept = dict(held)
    kept["record"] = [row for row in held["record"] if row[0] not in record_ids]
    kept["link_key"] = [row for row in held["link_key"] if row[1] not in record_ids]
    return kept


def test_erased_tokens_are_no_longer_in_the_file_and_the_others_are(path, key):
    uncompressed(path, key)
    with Vault.open(path, key) as vault:
        rows = vault.engine.rows(TOKENS)
        ids = vault.engine.frame("SELECT record_id FROM record WHERE breach_no = 1 ORDER BY record_id")
    gone = [token for row in rows[:100] for token in row]
    kept = [token for row in rows[100:] for token in row]
    assert found_in(path, gone) == len(gone) == 300
    with Vault.open(path, key, write=True) as vault:
        # Even as they would be most easily found.
        assert erase_records(vault, ids["record_id"].head(100)) == 100
    uncompressed(path, key)
    assert found_in(path, gone) == 0
    assert found_in(path, kept) == len(kept) == 1500
    assert names(path.parent) == {path.name}


def test_a_mere_deletion_would_leave_the_tokens_in_the_file(path, key):
    """Why the file is written anew: this is what the engine does by itself."""
    uncompressed(path, key)
    with Vault.open(path, key) as vault:
        gone = [token for row in vault.engine.rows(TOKENS)[:100] for token in row]
    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM record WHERE breach_no = 1 AND (record_id & 1048575) <= 100")
        connection.execute("CHECKPOINT")
    assert found_in(path, gone) > 0


def test_erasing_records_leaves_everything_else_identical(path, key):
    before = tables(path, key)
    doomed = [row[0] for row in before["record"]][::3]
    with Vault.open(path, key, write=True) as vault:
        # Ids that stand twice or that the vault does not hold do no harm.
        assert erase_records(vault, pl.Series([*doomed, *doomed, 5])) == len(doomed)
        assert verify(vault) == ()
    assert tables(path, key) == without(before, set(doomed).__contains__)


def test_erasing_nothing_does_not_touch_the_file(path, key):
    before = path.stat().st_ino
    with Vault.open(path, key, write=True) as vault:
        assert erase_records(vault, pl.Series([5], dtype=pl.Int64)) == 0
        assert erase_records(vault, pl.Series([], dtype=pl.Int64)) == 0
    assert path.stat().st_ino == before


def test_erased_records_do_not_come_back_with_their_file(path, key, filled):
    with Vault.open(path, key, write=True) as vault:
        erase_records(vault, vault.engine.frame("SELECT record_id FROM record LIMIT 10")["record_id"])
        assert ingest(vault, filled / "free.csv", FREE).already_held
        assert vault.info().records == 990


def test_removing_a_breach_leaves_everything_else_identical(path, key):
    before = tables(path, key)
    with Vault.open(path, key, write=True) as vault:
        assert remove_breach(vault, FREE.id) == 600
        assert verify(vault) == ()
        assert [held.breach for held in vault.info().breaches] == [FRANCE_TRAVAIL.id]
    expected = without(before, lambda record: record >> 40 == 1)
    expected["breach"] = [row for row in before["breach"] if row[1] != FREE.id]
    expected["file"] = [row for row in before["file"] if row[0] != 1]
    assert tables(path, key) == expected


def test_the_tokens_of_a_removed_breach_are_no_longer_in_the_file(path, key):
    uncompressed(path, key)
    with Vault.open(path, key, write=True) as vault:
        gone = [token for row in vault.engine.rows(TOKENS) for token in row]
        remove_breach(vault, FREE.id)
    uncompressed(path, key)
    assert found_in(path, gone) == 0


def test_a_removed_breach_can_be_ingested_again_and_is_the_same(path, key, filled):
    before = tables(path, key)
    with Vault.open(path, key, write=True) as vault:
        remove_breach(vault, FRANCE_TRAVAIL.id)
        assert not ingest(vault, filled / "travail.parquet", FRANCE_TRAVAIL).already_held
    after = tables(path, key)
    # No file gets the number of one that was removed.
    assert [row[0] for row in after["file"]] == [1, 3]
    moved = {3: 2}
    for name in ("record", "link_key"):
        place = 0 if name == "record" else 1
        after[name] = [
            (*row[:place], row[place] - ((number - moved.get(number, number)) << ROW_BITS), *row[place + 1 :])
            for row in after[name]
            for number in [row[place] >> ROW_BITS]
        ]
    after["file"] = [(moved.get(row[0], row[0]), *row[1:]) for row in after["file"]]
    assert {name: sorted(rows, key=str) for name, rows in after.items()} == before


def test_a_breach_that_the_vault_does_not_hold_is_not_removed(path, key):
    before = path.stat().st_ino
    with Vault.open(path, key, write=True) as vault:
        assert remove_breach(vault, "nobody-1999") is None
    assert path.stat().st_ino == before


def test_linkage_keys_keep_their_order(path, key):
    with Vault.open(path, key, write=True) as vault:
        before = vault.engine.frame("SELECT * FROM link_key WHERE record_id >> 40 = 1")
        remove_breach(vault, FRANCE_TRAVAIL.id)
        assert vault.engine.frame("SELECT * FROM link_key").equals(before)


def test_the_vault_stays_open_after_erasing(path, key, tmp_path):
    with Vault.open(path, key, write=True) as vault:
        remove_breach(vault, FREE.id)
        ingest(vault, write(people(10, seed=3), tmp_path / "c.csv"), FREE)
        assert vault.info().records == 410
    assert is_whole(path, key)


def test_owner_and_permissions_stay(path, key):
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 1234, 1234)
    before = path.stat()
    with Vault.open(path, key, write=True) as vault:
        remove_breach(vault, FREE.id)
    after = path.stat()
    assert (after.st_uid, after.st_gid, stat.S_IMODE(after.st_mode)) == (before.st_uid, before.st_gid, 0o640)


def test_erasing_through_a_link_erases_in_the_file_itself(path, key, tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "link.duckdb").symlink_to(path)
    with Vault.open(folder / "link.duckdb", key, write=True) as vault:
        remove_breach(vault, FREE.id)
    assert (folder / "link.duckdb").is_symlink()
    assert names(folder) == {"link.duckdb"}
    with Vault.open(path, key) as vault:
        assert vault.info().records == 400


def test_no_other_process_can_open_the_vault_while_it_is_written_anew(path, key, monkeypatch):
    """Not even in the instant after the new file has taken the old one's name."""
    module = importlib.import_module("correlate.vault.rewriting")
    attempt = [sys.executable, "-c", "import duckdb, sys; duckdb.connect(sys.argv[1])", str(path)]
    refusals = []

    def take_place(engine, file):
        refusals.append(subprocess.run(attempt, capture_output=True, text=True, check=False).stderr)
        replacing.take_place(engine, file)
        refusals.append(subprocess.run(attempt, capture_output=True, text=True, check=False).stderr)

    monkeypatch.setattr(module, "take_place", take_place)
    with Vault.open(path, key, write=True) as vault:
        remove_breach(vault, FREE.id)
    assert len(refusals) == 2
    assert all("Could not set lock" in refusal for refusal in refusals)
    assert subprocess.run(attempt, check=False).returncode == 0


def test_little_memory_is_enough(path, key, tmp_path):
    with Vault.open(path, key, write=True, limits=Limits(memory="64MB", threads=1)) as vault:
        ingest(vault, write(people(20_000, seed=3), tmp_path / "c.parquet"), FREE)
        assert remove_breach(vault, FRANCE_TRAVAIL.id) == 400
        assert verify(vault) == ()
