"""Output files are whole or not there."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from correlate.reading import OutputError, atomic_output, check_writable


def test_the_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with atomic_output(path) as part:
        part.write_text("whole")
        assert part.parent == tmp_path
        assert not path.exists()
    assert path.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")

    def stop_half_way() -> None:
        with atomic_output(path) as part:
            part.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop_half_way()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_an_output_error(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with pytest.raises(OutputError, match=r"out\.csv.*disk is full"), atomic_output(path):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [("absent/out.csv", "no folder"), ("file/out.csv", "is not a folder"), ("folder", "is a folder")],
)
def test_a_place_that_cannot_hold_the_file_is_refused_at_once(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match=reason):
        check_writable(tmp_path / name)


def test_a_folder_that_cannot_be_written_to_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Permissions do not bind the superuser, as whom tests may run.
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(OutputError, match="cannot be written"):
        check_writable(tmp_path / "out.csv")


def test_the_file_is_its_owners_only(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with atomic_output(path):
        pass
    assert path.stat().st_mode & 0o777 == 0o600
