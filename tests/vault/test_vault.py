"""Making and opening vaults: what is refused, with which words, and that refusing changes nothing."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys

import duckdb
import polars as pl
import pytest

from correlate.errors import VaultError
from correlate.tokens import SecretKey, UnknownScheme
from correlate.vault import (
    Limits,
    Vault,
    VaultDamaged,
    VaultExists,
    VaultInUse,
    VaultMissing,
    VaultTooNew,
    WrongKey,
    ingest,
)
from tests.vault.leaks import FREE, is_whole, names, people, tables, write

OTHER_KEY = SecretKey(secret=bytes(range(1, 33)))


@pytest.fixture(scope="module")
def once(tmp_path_factory, key):
    folder = tmp_path_factory.mktemp("few")
    with Vault.create(folder / "vault.duckdb", key) as made:
        ingest(made, write(people(20), folder / "a.csv"), FREE)
    return folder / "vault.duckdb"


@pytest.fixture
def path(once, tmp_path):
    """A vault with a few records, closed."""
    return shutil.copy(once, tmp_path / "vault.duckdb")


def refused(path, key, *, write=False, **settings):
    """Try to open; give the error after making sure that nothing was touched."""
    before = path.read_bytes() if path.is_file() else None
    listed = names(path.parent)
    with pytest.raises(VaultError) as stop:
        Vault.open(path, key, write=write, **settings)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert names(path.parent) == listed
    return stop


def test_a_new_vault_is_empty_and_for_its_owner_alone(tmp_path, key):
    with Vault.create(tmp_path / "v.duckdb", key) as vault:
        assert (vault.key_id, vault.info().records, vault.info().breaches) == (key.key_id, 0, ())
    assert stat.S_IMODE((tmp_path / "v.duckdb").stat().st_mode) == 0o600
    assert names(tmp_path) == {"v.duckdb"}
    assert is_whole(tmp_path / "v.duckdb", key)


def test_a_vault_is_never_overwritten(path, key):
    before = path.read_bytes()
    with pytest.raises(VaultExists):
        Vault.create(path, key)
    assert path.read_bytes() == before


def test_a_vault_is_not_made_beside_the_log_of_another(tmp_path, key):
    (tmp_path / "v.duckdb.wal").write_bytes(b"left by a vault that was deleted")
    with pytest.raises(VaultExists, match=r"v\.duckdb\.wal"):
        Vault.create(tmp_path / "v.duckdb", key)


def test_an_unknown_scheme_leaves_no_file(tmp_path, key):
    with pytest.raises(UnknownScheme):
        Vault.create(tmp_path / "v.duckdb", key, scheme="rot13")
    assert names(tmp_path) == set()


def test_a_vault_is_not_made_in_a_folder_that_does_not_exist(tmp_path, key):
    with pytest.raises(VaultMissing, match="create it first"):
        Vault.create(tmp_path / "no" / "v.duckdb", key)


@pytest.mark.parametrize("name", [":memory:", "md:vault", "a vault'; --.duckdb", "données.csv"])
def test_a_name_that_means_something_to_the_engine_is_only_a_name(name, tmp_path, key, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Vault.create(tmp_path.joinpath(name).relative_to(tmp_path), key):
        pass
    assert names(tmp_path) == {name}
    assert is_whole(tmp_path / name, key)


@pytest.mark.parametrize("write", [False, True])
def test_another_key_is_refused_naming_both(path, key, write):
    stop = refused(path, OTHER_KEY, write=write)
    assert stop.type is WrongKey
    assert key.key_id in str(stop.value)
    assert OTHER_KEY.key_id in str(stop.value)


@pytest.mark.parametrize("write", [False, True])
def test_a_newer_schema_is_refused_by_name(path, key, write):
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE meta SET content = '9999' WHERE name = 'schema_version'")
    stop = refused(path, key, write=write)
    assert stop.type is VaultTooNew
    assert "9999" in str(stop.value)


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no DuckDB database"),
        (b"nir,nom\n" * 1000, "no DuckDB database"),
        (b"SQLite format 3\0" + bytes(8000), "no DuckDB database"),
        (bytes(8) + b"DUCK" + bytes(8000), "cut short, damaged, or of a DuckDB newer"),
    ],
    ids=["empty", "text", "SQLite", "a header alone"],
)
def test_a_file_that_is_no_database_is_refused(content, reason, write, tmp_path, key):
    (tmp_path / "v.duckdb").write_bytes(content)
    stop = refused(tmp_path / "v.duckdb", key, write=write)
    assert stop.type is VaultDamaged
    assert reason in str(stop.value)


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize(
    "script",
    ["CREATE TABLE t (i INT)", "CREATE TABLE meta (x INT)", "CREATE TABLE meta (name TEXT, content TEXT)"],
)
def test_a_database_that_is_no_vault_is_refused(script, write, tmp_path, key):
    with duckdb.connect(str(tmp_path / "v.duckdb")) as connection:
        connection.execute(script)
    stop = refused(tmp_path / "v.duckdb", key, write=write)
    assert stop.type is VaultDamaged
    assert "no vault" in str(stop.value)


def test_a_csv_file_is_not_taken_for_a_vault(tmp_path, key):
    """The engine itself would open it, and offer its rows as a table."""
    stop = refused(write(people(3), tmp_path / "leak.csv"), key)
    assert stop.type is VaultDamaged


def test_a_folder_and_a_missing_file_are_told(tmp_path, key):
    assert "it is a folder" in str(refused(tmp_path, key).value)
    assert "no such file" in str(refused(tmp_path / "none.duckdb", key).value)


def test_a_vault_cut_short_is_told(path, key):
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(VaultDamaged):
        is_whole(path, key)


def test_a_flipped_bit_is_told(path, key):
    """Every block has a checksum; a byte of each is damaged in turn."""
    whole = path.read_bytes()
    told = 0
    for place in range(4096 * 3 + 100, len(whole), 262_144):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            is_whole(path, key)
        except VaultDamaged:
            told += 1
    assert told
    path.write_bytes(whole)
    assert is_whole(path, key)


@pytest.mark.parametrize("write", [False, True])
def test_a_vault_open_for_writing_is_in_use(path, key, write):
    with Vault.open(path, key, write=True):
        stop = refused(path, key, write=write)
    assert stop.type is VaultInUse


def test_readers_share_a_vault_and_keep_writers_out(path, key):
    with Vault.open(path, key) as one, Vault.open(path, key) as other:
        assert one.info() == other.info()
        assert refused(path, key, write=True).type is VaultInUse


def test_a_log_that_is_not_the_vaults_own_is_told(path, tmp_path, key):
    dies = (
        "import duckdb, os\n"
        "duckdb.connect('other.duckdb').execute('CREATE TABLE t (i INT)').execute('CHECKPOINT')\n"
        "connection = duckdb.connect('other.duckdb')\n"
        "connection.execute('INSERT INTO t VALUES (1)')\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", dies], cwd=tmp_path, check=True)
    (tmp_path / "other.duckdb.wal").rename(tmp_path / "vault.duckdb.wal")
    stop = refused(path, key)
    assert stop.type is VaultDamaged
    assert "vault.duckdb.wal" in str(stop.value)


def test_a_link_leads_to_the_vault(path, tmp_path, key):
    (tmp_path / "link").symlink_to(path)
    with Vault.open(tmp_path / "link", key) as vault:
        assert vault.info().records == 20


def test_what_a_killed_process_left_is_cleared_away_on_opening_to_write(path, tmp_path, key):
    for name in ("vault.duckdb.rewriting", "vault.duckdb.rewriting.wal"):
        (tmp_path / name).write_bytes(b"left")
    for name in ("vault.duckdb.tmp", "vault.duckdb.rewriting.tmp"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "spilled").write_bytes(b"left")
    before = tables(path, key)
    assert len(names(tmp_path)) == 5
    Vault.open(path, key, write=True).close()
    assert names(tmp_path) == {"vault.duckdb"}
    assert tables(path, key) == before


def test_info_counts_what_is_held(filled, key):
    with Vault.open(filled / "vault.duckdb", key) as vault:
        info = vault.info()
    assert (info.records, info.key_id, info.size_bytes) == (
        1000,
        key.key_id,
        (filled / "vault.duckdb").stat().st_size,
    )
    assert [(b.breach, b.files, b.records, b.rejected) for b in info.breaches] == [
        ("francetravail-2024", 1, 400, 0),
        ("free-2024", 1, 600, 0),
    ]


@pytest.mark.parametrize("settings", [{"threads": 0}, {"memory": "4"}, {"memory": "0GB"}, {"memory": "many"}])
def test_limits_that_mean_nothing_are_refused(settings):
    with pytest.raises(ValueError, match=r"threads|memory"):
        Limits(**settings)


def test_limits_reach_the_engine_which_gets_its_part_of_the_memory(path, key):
    with Vault.open(path, key, limits=Limits(threads=1, memory="128MB")) as vault:
        assert vault.engine.rows(
            "SELECT current_setting('threads')::INT, current_setting('memory_limit')"
        ) == [(1, "45.7 MiB")]


def test_only_tokens_numbers_and_class_codes_are_stored(filled, key):
    """No text column but those whose every value we wrote ourselves."""
    with Vault.open(filled / "vault.duckdb", key) as vault:
        texts = vault.engine.rows(
            "SELECT table_name || '.' || column_name FROM duckdb_columns() "
            "WHERE data_type NOT IN ('BIGINT', 'INTEGER', 'SMALLINT', 'BOOLEAN') AND NOT internal ORDER BY 1"
        )
        spread = vault.engine.frame("SELECT COLUMNS('nir|email|phone|surname') FROM record_token")
    assert [name for (name,) in texts] == [
        "breach.breach",
        "class_set.classes",
        "file.checksum",
        "file.name",
        "meta.content",
        "meta.name",
        "term.field",
    ]
    # Tokens fill the whole of 64 bits: no number of the data does.
    assert spread.select(pl.col("nir", "email", "phone").abs().median() > 2**60).row(0) == (True, True, True)
