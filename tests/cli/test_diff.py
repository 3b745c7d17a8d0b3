"""The diff command: a table on stdout, the changes in their file, and 2 for files that do not fit."""

from __future__ import annotations

import json
import subprocess
import sys

import polars as pl
import pytest
from typer.testing import CliRunner

from correlate_cli.app import app
from tests.test_changes import EARLIER, NEW, OLD, OTHER_PROFILE, frame, written


@pytest.fixture
def folder(tmp_path):
    written(tmp_path, "old.parquet", OLD, model=EARLIER)
    written(tmp_path, "new.parquet", NEW)
    return tmp_path


def run(folder, *more, old="old.parquet", new="new.parquet"):
    return CliRunner().invoke(app, ["diff", str(folder / old), str(folder / new), *map(str, more)])


def process(folder, *arguments):
    """The command as a shell starts it."""
    code = "from correlate_cli.app import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "diff", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_prints_who_crossed_and_why(folder):
    result = run(folder)
    assert result.exit_code == 0, result.output
    assert (
        result.stdout
        == f"""\
OLD  old.parquet: 5 subjects, {EARLIER}
NEW  new.parquet: 5 subjects, {EARLIER.replace("-05-", "-11-")}

6 subjects changed. 4 are in both files:
  mean score 40.25 before, 46.50 now (+6.25)
  1 crossed into a higher band, 2 into a lower one

before                low     moderate         high     critical         gone  now
low                     0            0            0            0            1
moderate                0            0            0            1            0
high                    0            2            0            0            0
critical                0            0            0            1            0
not there               0            0            0            1            0

main cause        subjects     crossed  mean change   named for
new breach               1           1       +45.00           1
new link                 1           0        +2.00           1
link changed             0           0                        1
breach gone              1           1       -20.00           1
new subject              1           0                        1
subject gone             1           0                        1
decay                    1           1        -2.00           1

The greatest changes across a band (3 of 3):
subject_id  before     now  change  bands and causes
a            20.00   65.00  +45.00  moderate to critical: new breach
b            40.00   20.00  -20.00  high to moderate: breach gone, link changed
e            31.00   29.00   -2.00  high to moderate: decay
"""
    )


def test_few_are_shown_and_the_rest_is_told_of(folder):
    shown = run(folder, "--limit", 1).stdout
    assert "(1 of 3; --limit shows more, -o FILE writes all):" in shown
    assert "The greatest changes" not in run(folder, "--limit", 0).stdout


def test_json_holds_the_same_figures(folder):
    told = json.loads(run(folder, "--json", "--limit", 1).stdout)
    assert (told["changed"], told["crossed_up"], told["crossed_down"]) == (6, 1, 2)
    assert [one["subject_id"] for one in told["crossings"]] == ["a"]
    assert told["old"]["model"] == EARLIER


@pytest.mark.parametrize(("more", "subjects"), [((), list("abcdef")), (("--crossed",), list("abe"))])
def test_the_changes_are_written(folder, more, subjects):
    result = run(folder, "-o", folder / "changes.csv", *more)
    assert f"Written to {folder / 'changes.csv'}" in result.stdout
    assert pl.read_csv(folder / "changes.csv")["subject_id"].to_list() == subjects


def test_an_id_cannot_steer_the_terminal(folder):
    """What is not printable is replaced, and what is long is cut; the file keeps it whole."""
    name = "\x1b[2Jx" + "y" * 80
    written(folder, "old.parquet", {name: (500, ())})
    written(folder, "new.parquet", {name: (5000, ())})
    result = run(folder, "-o", folder / "changes.jsonl")
    assert "\x1b" not in result.stdout
    assert "\N{REPLACEMENT CHARACTER}[2Jx" in result.stdout
    assert "y" * 50 not in result.stdout
    assert json.loads((folder / "changes.jsonl").read_text())["subject_id"] == name


@pytest.mark.parametrize("taken", ["old.parquet", "new.parquet"])
def test_neither_input_is_overwritten(folder, taken):
    before = (folder / taken).read_bytes()
    result = run(folder, "-o", folder / taken)
    assert result.exit_code == 2
    assert "--output" in result.stderr
    assert (folder / taken).read_bytes() == before


class TestAsAProcess:
    def test_it_works(self, folder):
        done = process(folder, "old.parquet", "new.parquet", "-o", "changes.parquet")
        assert (done.returncode, "Traceback" in done.stderr) == (0, False)
        assert pl.read_parquet(folder / "changes.parquet").height == 6

    def test_the_same_twice_is_the_same_to_the_byte(self, folder):
        """In two processes, each of which hashes in its own way."""
        process(folder, "old.parquet", "new.parquet", "-o", "one.parquet")
        run(folder, "-o", folder / "two.parquet")
        assert (folder / "one.parquet").read_bytes() == (folder / "two.parquet").read_bytes()

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ("none.parquet", "there is no such file"),
            ("flat.csv", "CSV does not tell"),
            ("cut.parquet", "it is damaged, cut short"),
            ("key.parquet", "was made with key k1"),
            ("model.parquet", "add --across-models"),
            ("column.parquet", "it has no column band"),
            ("twice.jsonl", "one subject_id in rows 1 and 6"),
        ],
    )
    def test_files_that_do_not_fit_end_with_2_and_leave_the_output_alone(self, folder, wrong, reason):
        frame(NEW).drop("breaches").write_csv(folder / "flat.csv")
        (folder / "cut.parquet").write_bytes((folder / "new.parquet").read_bytes()[:-9])
        written(folder, "key.parquet", NEW, key_id="k2")
        written(folder, "model.parquet", NEW, model=OTHER_PROFILE)
        frame(NEW).drop("band").write_parquet(folder / "column.parquet")
        pl.concat([frame(NEW), frame({"a": (0, ())})]).write_ndjson(folder / "twice.jsonl")
        (folder / "changes.csv").write_text("from before")
        done = run(folder, "-o", folder / "changes.csv", new=wrong)
        assert (done.exit_code, done.stdout) == (2, "")
        told = " ".join(done.stderr.split())
        assert reason in told
        assert wrong in told
        assert "Traceback" not in told
        assert (folder / "changes.csv").read_text() == "from before"
        assert not list(folder.glob(".*.part"))

    def test_another_model_may_be_asked_for(self, folder):
        written(folder, "model.parquet", NEW, model=OTHER_PROFILE)
        done = run(folder, "--across-models", new="model.parquet")
        assert done.exit_code == 0
        assert "model" in done.stdout
