"""``correlate synth`` parses, makes, and tells."""

from __future__ import annotations

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from correlate.synthesis import FURTHER_LEAKS, LEAKS, NATION_BREACHES
from correlate_cli.synth import synth


@pytest.fixture
def run():
    app = typer.Typer()
    app.command()(synth)
    return lambda *words: CliRunner().invoke(app, list(words))


def test_it_makes_the_breaches_asked_for(run, tmp_path):
    result = run(
        str(tmp_path / "set"), "--people", "400", "--seed", "3", "--breach", "free-2024", "--format", "csv"
    )
    assert result.exit_code == 0
    assert "400 people" in result.stdout
    made = [path.name for path in (tmp_path / "set" / "breaches").iterdir()]
    assert made == ["free-2024.csv"]
    assert pl.read_csv(tmp_path / "set" / "people.csv").height == 400


def test_a_nation_is_its_fourteen_files_and_those_asked_for_besides(run, tmp_path):
    words = ("--people", "300", "--nation", "--breach", "viamedis-almerys-2024")
    assert run(str(tmp_path / "set"), *words).exit_code == 0
    made = {path.stem for path in (tmp_path / "set" / "breaches").iterdir()}
    assert made == {*NATION_BREACHES, "viamedis-almerys-2024"}


def test_it_shows_the_fit_without_writing(run, tmp_path):
    result = run("--fit")
    assert result.exit_code == 0
    assert "two people share one" in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_it_lists_what_it_can_make(run):
    assert run("--list").stdout.split() == sorted(LEAKS | FURTHER_LEAKS)


def test_it_asks_for_a_directory(run):
    result = run("--people", "10")
    assert result.exit_code == 2
    assert "name the directory" in result.stderr
