"""The list of rejected rows: in order, without values, and only when the work ended well."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from correlate.reading import Reject, RejectsWriter


def test_rejects_are_written_in_row_order_under_the_files_base_name(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    with RejectsWriter(path) as writer:
        writer.write(
            Path("/a/b/members, 2024.csv"), [Reject(7, "nir-key", "nir"), Reject(2, "too-few-fields")]
        )
        writer.write("other.csv", [Reject(1, "encoding")])
        assert not path.exists()
    with path.open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["file", "row", "column", "reason"],
            ["members, 2024.csv", "2", "", "too-few-fields"],
            ["members, 2024.csv", "7", "nir", "nir-key"],
            ["other.csv", "1", "", "encoding"],
        ]
    assert writer.count == 3


def test_nothing_is_left_when_the_work_fails(tmp_path: Path) -> None:
    def fail_half_way() -> None:
        with RejectsWriter(tmp_path / "rejects.csv") as writer:
            writer.write("a.csv", [Reject(1, "encoding")])
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail_half_way()
    assert list(tmp_path.iterdir()) == []
