"""The claims about writing a user's own catalogue."""

from __future__ import annotations

import dataclasses
import os

import pytest

from correlate.catalogue import Catalogue, CatalogueError, compare, read_breaches, write_user_catalogue


@pytest.fixture(scope="module")
def shipped():
    return Catalogue.shipped()


@pytest.fixture
def new(shipped):
    return dataclasses.replace(shipped.get("free-2024"), id="new-2026")


def test_entries_are_sorted_by_what_they_would_do(shipped, new):
    same = shipped.get("sfr-2024")
    other = dataclasses.replace(shipped.get("free-2024"), persons=1)
    changes = compare([same, new, other], shipped)
    assert (changes.added, changes.changed, changes.unchanged) == ((new,), (other,), (same,))


def test_writing_keeps_what_was_there_and_lets_the_given_win(new, tmp_path):
    path = tmp_path / "own.toml"
    second = dataclasses.replace(new, id="a-2026")
    write_user_catalogue(path, [new])
    write_user_catalogue(path, [second, dataclasses.replace(new, persons=3)])
    assert read_breaches(path) == (second, dataclasses.replace(new, persons=3))


def test_writing_the_same_again_changes_no_byte(new, tmp_path):
    path = tmp_path / "own.toml"
    write_user_catalogue(path, [new])
    before = path.read_bytes()
    write_user_catalogue(path, [new])
    assert path.read_bytes() == before


def test_nothing_is_left_beside_the_file(new, tmp_path):
    write_user_catalogue(tmp_path / "own.toml", [new])
    assert list(tmp_path.iterdir()) == [tmp_path / "own.toml"]


def test_a_link_stays_a_link_and_its_target_keeps_its_mode(new, tmp_path):
    target = tmp_path / "target.toml"
    write_user_catalogue(target, [new])
    target.chmod(0o640)
    link = tmp_path / "own.toml"
    link.symlink_to(target)
    write_user_catalogue(link, [dataclasses.replace(new, persons=3)])
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert read_breaches(target)[0].persons == 3


def test_what_does_not_fit_together_is_not_written(new, tmp_path):
    path = tmp_path / "own.toml"
    write_user_catalogue(path, [new])
    before = path.read_bytes()
    wrong = dataclasses.replace(new, lineage=("nowhere-2020",), compilation=True)
    with pytest.raises(CatalogueError, match="nowhere-2020"):
        write_user_catalogue(path, [wrong])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [tmp_path / "own.toml"]


def test_a_file_that_is_not_valid_is_not_overwritten(new, tmp_path):
    path = tmp_path / "own.toml"
    path.write_text("not a catalogue")
    with pytest.raises(CatalogueError, match=r"own.toml.*no TOML"):
        write_user_catalogue(path, [new])
    assert path.read_text() == "not a catalogue"


def test_a_failure_while_writing_leaves_the_old_file_whole(new, tmp_path, monkeypatch):
    path = tmp_path / "own.toml"
    write_user_catalogue(path, [new])
    before = path.read_bytes()

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_user_catalogue(path, [dataclasses.replace(new, persons=3)])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [tmp_path / "own.toml"]
