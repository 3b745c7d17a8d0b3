"""Compacting puts linkage keys in one order and changes nothing else."""

from __future__ import annotations

import shutil
from collections import namedtuple

import pytest

from correlate.vault import TooLittleSpace, Vault, compact, ingest, remove_breach, verify
from tests.vault.leaks import FREE, names, people, tables, write


@pytest.fixture
def path(filled, tmp_path):
    return shutil.copy(filled / "vault.duckdb", tmp_path / "v.duckdb")


def in_order(vault):
    vault.engine.execute("SET preserve_insertion_order = true")
    return [key for (key,) in vault.engine.rows("SELECT key FROM link_key")]


def test_keys_lie_in_order_and_everything_else_is_as_it_was(path, key):
    before = tables(path, key)
    with Vault.open(path, key, write=True) as vault:
        scattered = in_order(vault)
        report = compact(vault)
        assert in_order(vault) == sorted(scattered) != scattered
        assert verify(vault) == ()
        assert report.link_keys == len(scattered)
        assert report.bytes_after == path.stat().st_size
    assert tables(path, key) == before
    assert names(path.parent) == {"v.duckdb"}


def test_each_file_leaves_its_own_keys_in_order(tmp_path, key):
    """So that a block of keys holds a narrow range of them, without anything being written anew."""
    with Vault.create(tmp_path / "v.duckdb", key) as vault:
        ingest(vault, write(people(300, seed=1), tmp_path / "a.csv"), FREE)
        first = in_order(vault)
        ingest(vault, write(people(300, seed=2), tmp_path / "b.csv"), FREE)
        both = in_order(vault)
    assert first == sorted(first)
    assert both[: len(first)] == first
    assert both[len(first) :] == sorted(both[len(first) :])


@pytest.fixture
def no_room(monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage(10**9, 10**9 - 5, 5))


@pytest.mark.usefixtures("no_room")
@pytest.mark.parametrize("work", [compact, lambda vault: remove_breach(vault, FREE.id)])
def test_too_little_room_is_told_at_the_start_and_changes_nothing(path, key, work):
    before = path.read_bytes()
    with (
        Vault.open(path, key, write=True) as vault,
        pytest.raises(TooLittleSpace, match=r"0\.0 kB free, and the work needs at least about [0-9.]+ [kM]B"),
    ):
        work(vault)
    assert path.read_bytes() == before
    assert names(path.parent) == {"v.duckdb"}


@pytest.mark.usefixtures("no_room")
def test_ingest_tells_it_too(path, key, tmp_path):
    file = write(people(50, seed=3), tmp_path / "new.csv")
    with Vault.open(path, key, write=True) as vault, pytest.raises(TooLittleSpace):
        ingest(vault, file, FREE)
    with Vault.open(path, key) as vault:
        assert vault.info().records == 1000
