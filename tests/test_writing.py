"""Scores in files: the same rows and types whatever they are held in while they are written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

from correlate.pipeline import results, score_rows, write_scores
from correlate.reading import OutputError
from tests.risk.test_canonical_case import STEPS, WORLD, records
from tests.risk.worlds import assess_in

NAMES = {"key_id": "k", "model": "m/p/s/2026-11-22"}
EXPOSURES = [[], records(*STEPS), records(*STEPS[:2]), records(STEPS[2])]
FOUND = assess_in(WORLD, EXPOSURES)
ASSESSED, PACKED = FOUND.frame, FOUND.packed


@pytest.fixture(autouse=True)
def _small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "ROWS_PER_GROUP", 1_000)


def subjects(count: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "subject_id": [f"s{number:07}" for number in range(count)],
            "exposure_no": pl.Series(
                [7 * number % len(EXPOSURES) for number in range(count)], dtype=pl.Int32
            ),
        }
    )


@pytest.mark.parametrize("assessed", [ASSESSED, PACKED], ids=["as assessed", "packed"])
@pytest.mark.parametrize("count", [0, 1, 2_500])
def test_a_parquet_file_holds_the_rows_with_plain_strings(tmp_path: Path, count: int, assessed: pl.DataFrame):
    expected = score_rows(subjects(count), ASSESSED, **NAMES)
    write_scores(tmp_path / "s.parquet", subjects(count), assessed, **NAMES)
    found = pl.read_parquet(tmp_path / "s.parquet")
    assert found.schema == expected.schema
    assert found.equals(expected)
    assert pq.read_table(tmp_path / "s.parquet").schema.field("band").type == "large_string"
    assert len(duckdb.sql(f"FROM '{tmp_path / 's.parquet'}'").fetchall()) == count


def test_a_part_is_a_row_group(tmp_path: Path):
    write_scores(tmp_path / "s.parquet", subjects(2_500), PACKED, **NAMES)
    written = pq.read_metadata(tmp_path / "s.parquet")
    groups = [written.row_group(place).num_rows for place in range(written.num_row_groups)]
    assert groups == [1_000, 1_000, 500]


SAME_BYTES = """
import sys
from pathlib import Path
from correlate.pipeline import results, write_scores
from tests.test_writing import NAMES, PACKED, subjects
results.ROWS_PER_GROUP = 1_000
write_scores(Path(sys.argv[1]), subjects(2_500), PACKED, **NAMES)
"""


def test_the_bytes_do_not_depend_on_threads(tmp_path: Path):
    root = Path(__file__).parents[1]
    written = []
    for threads in ("1", "3"):
        path = tmp_path / f"{threads}.parquet"
        environment = {**os.environ, "POLARS_MAX_THREADS": threads, "PYTHONPATH": str(root)}
        subprocess.run([sys.executable, "-c", SAME_BYTES, path], check=True, env=environment, cwd=root)
        written.append(path.read_bytes())
    assert written[0] == written[1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_disk_that_fills_up_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_arguments: object, **_options: object) -> tuple[int, str]:
        (tmp_path / "part").symlink_to("/dev/full")
        return os.open(os.devnull, os.O_RDONLY), str(tmp_path / "part")

    monkeypatch.setattr("tempfile.mkstemp", full)
    with pytest.raises(OutputError, match="the disk is full"):
        write_scores(tmp_path / "s.parquet", subjects(10), PACKED, **NAMES)
    assert not list(tmp_path.iterdir())
