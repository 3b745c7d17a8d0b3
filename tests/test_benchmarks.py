"""The benchmarks: they are told of, they run, and their figures are what they say they are."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

harness = pytest.importorskip("benchmarks.harness")

from benchmarks import command, delta, memory, nation  # noqa: E402
from benchmarks.__main__ import TABLES, listing, main  # noqa: E402
from benchmarks.picture import draw  # noqa: E402

pytestmark = pytest.mark.repository

ROOT = Path(harness.__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
INLINE = re.compile(r"`(python -m benchmarks[^`]*)`")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
# Of a nation's files as few as will do: each takes a command of its own. One more, where one is to be added.
BREACHES = ("bouygues-2025", "sfr-2024")


def typed(page: Path) -> list[list[str]]:
    """What a page tells to type after ``python -m benchmarks``, in blocks and in sentences."""
    text = page.read_text(encoding="utf-8")
    lines = "\n".join(BLOCK.findall(text)).replace("\\\n", " ").splitlines() + INLINE.findall(text)
    found = [shlex.split(line, comments=True) for line in lines]
    return [words[3:] for words in found if words[:3] == ["python", "-m", "benchmarks"]]


RUNNABLE = [name for name in TABLES if name != "delta" or delta.lacks() is None]
SMALL = [words for words in typed(PAGE) if "--out" in words and words[0] in RUNNABLE and "300" in words]


# What there is


def test_every_module_that_can_be_run_is_listed():
    runnable = {path.stem for path in (ROOT / "benchmarks").glob("*.py") if "def main(" in path.read_text()}
    assert runnable - {"__main__"} == set(TABLES)


def test_the_list_says_how_to_start_each_table_and_what_it_measures():
    lines = listing().splitlines()
    for name in RUNNABLE:
        (line,) = [line for line in lines if line.startswith(f"python -m benchmarks {name} ")]
        assert line.endswith((".", "?")), line


def test_a_table_that_there_is_not_is_refused_with_the_list(capsys):
    with pytest.raises(SystemExit, match="There is no table frobnicate"):
        main(["frobnicate"])
    assert "python -m benchmarks tokenise" in capsys.readouterr().out


class Parsed(Exception):
    """A command line was understood."""


@pytest.mark.parametrize("page", [PAGE, ROOT / "README.md"], ids=lambda page: page.name)
def test_every_command_of_a_page_is_understood(page, monkeypatch):
    understand = argparse.ArgumentParser.parse_args

    def stop(self, args=None, namespace=None):
        understand(self, args, namespace)
        raise Parsed

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", stop)
    for words in typed(page):
        if words and "--help" not in words:
            with pytest.raises(Parsed):
                main(words)


def test_the_page_shows_a_command_for_every_table():
    assert {words[0] for words in typed(PAGE) if words} == set(TABLES)


# The tables, small


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Where small runs are made: a nation of few leaked files stands there already."""
    folder = tmp_path_factory.mktemp("benchmarks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BENCHMARK_DATA", str(folder / "data"))
        nation.nation(300, BREACHES[: 1 + len(RUNNABLE) // len(TABLES)])
    return folder


@pytest.fixture
def folder(made, monkeypatch):
    monkeypatch.setenv("BENCHMARK_DATA", str(made / "data"))
    monkeypatch.chdir(made)
    return made


@pytest.mark.parametrize("words", SMALL, ids=lambda words: words[0])
def test_a_small_run_of_each_table_gives_figures_and_a_picture(words, folder, capsys):
    main(words)
    printed = capsys.readouterr().out
    report = json.loads((folder / f"small-{words[0]}.json").read_text(encoding="utf-8"))
    assert report["benchmark"] == words[0]
    assert {"processors", "memory_gb", "system", "python", "load_average", "packages"} <= set(
        report["machine"]
    )
    assert {"correlate-risk", "duckdb", "polars"} <= set(report["machine"]["packages"])
    assert report["commit"] is None or re.fullmatch("[0-9a-f]{40}", report["commit"]["id"])
    assert report["sizes"]
    for size in report["sizes"]:
        assert size["failed"] == {}
        assert size["same_outcome"]
        for name, found in size["contenders"].items():
            assert found["seconds"] > 0
            assert found["peak_mb"] > 1
            assert len(found["seconds_of_each_run"]) == report["runs"]
            assert f"{name:34}" in printed
    picture = (folder / f"small-{words[0]}.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(picture)  # noqa: S314 - our own picture
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    said = " ".join(root.itertext())
    assert all(name in said for name in report["sizes"][0]["contenders"])


@pytest.mark.usefixtures("folder")
def test_a_run_that_lacks_memory_is_a_result():
    nation.nation(300).make_vault()
    done = memory.within("1MB")(300)()
    assert done.figures()["finished"] is False
    assert done.same is None
    assert done.took.seconds > 0


# The machinery


def test_a_command_s_memory_is_its_own_and_not_that_of_who_started_it():
    held = np.ones(30_000_000)
    assert command.run("/bin/sh", "-c", "exit 0").peak_mb < 60 < held.nbytes / 2**20


def test_a_command_s_memory_and_time_are_measured():
    took = command.run(sys.executable, "-c", "held = b'x' * 120_000_000; sum(range(2_000_000))")
    assert took.peak_mb > 110
    assert took.cpu_seconds > 0
    assert took.seconds > 0


def test_a_command_that_fails_says_what_it_said():
    with pytest.raises(command.CommandFailed, match="enough") as failed:
        command.run("/bin/sh", "-c", "echo enough >&2; exit 3")
    assert failed.value.code == 3


def contenders(**seconds):
    return {
        name: {"seconds": each, "cpu_seconds": each, "peak_mb": 10.0, "count": 100, "figures": {}}
        for name, each in seconds.items()
    }


def report_of(*sizes, yardsticks=("floor",)):
    report = {
        "benchmark": "toy",
        "unit": "units",
        "yardsticks": list(yardsticks),
        "runs": 1,
        "commit": None,
        "machine": harness.machine(),
        "sizes": [
            {"rows": rows, "contenders": found, "failed": {}, "same_outcome": True} for rows, found in sizes
        ],
        "not installed": [],
    }
    harness._hold_against_each_other(report)
    return report


def test_ratios_are_of_time_for_a_unit():
    found = contenders(ours=3.0, floor=1.0)
    found["ours"]["count"] = 50
    (size,) = report_of((100, found))["sizes"]
    assert size["contenders"]["ours"]["ratios"]["floor"]["seconds"] == 6.0
    assert size["contenders"]["floor"]["ratios"]["floor"]["seconds"] == 1.0


def test_growth_is_against_the_same_contender_at_the_smallest_size():
    large = contenders(ours=8.0, floor=2.0)
    for one in large.values():
        one["count"] = 200
    _, size = report_of((100, contenders(ours=2.0, floor=1.0)), (200, large))["sizes"]
    assert size["contenders"]["ours"]["against_smallest"]["seconds"] == 2.0
    assert size["contenders"]["floor"]["against_smallest"]["seconds"] == 1.0


def test_a_contender_that_failed_at_a_size_is_left_out_there():
    report = report_of((100, contenders(ours=2.0, floor=1.0)), (200, contenders(ours=4.0)))
    report["sizes"][1]["failed"] = {"floor": "ended with 1"}
    assert "floor" in draw(report)
    assert "failed: ended with 1" in harness.table(report)


def test_outcomes_that_differ_are_cried_out():
    report = report_of((100, contenders(ours=2.0, floor=1.0)))
    assert "DIFFER" not in harness.table(report)
    report["sizes"][0]["same_outcome"] = False
    assert "DIFFER" in harness.table(report)


def test_a_picture_is_drawn_though_every_contender_failed():
    for sizes in [(1,), (1, 2)]:
        root = ElementTree.fromstring(draw(report_of(*((rows, {}) for rows in sizes))))  # noqa: S314 - ours
        assert "toy" in " ".join(root.itertext())


def test_names_in_a_picture_are_escaped():
    root = ElementTree.fromstring(draw(report_of((1, contenders(**{"a < b & c": 1.0})), yardsticks=())))  # noqa: S314 - our own picture
    assert "a < b & c" in " ".join(root.itertext())
