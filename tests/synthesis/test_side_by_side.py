"""Chunks may be made in any order and by any number of threads: the bytes are the same."""

from __future__ import annotations

import hashlib

import polars as pl
import pytest

from correlate.synthesis import NATION_BREACHES, synthesise
from correlate.synthesis.days import REFERENCE_DAY, day_number
from correlate.synthesis.leaks import find_leaks
from correlate.synthesis.population import drawn, numbered, populate
from correlate.synthesis.records import make_records
from correlate.synthesis.tables import Tables

SIZE, CHUNKS = 600, 4
DAY = day_number(REFERENCE_DAY) - 400


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    for room in ("dataset", "population"):
        monkeypatch.setattr(f"correlate.synthesis.{room}.CHUNK", SIZE)


def digests(directory):
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.rglob("*")
        if path.is_file()
    }


def test_people_drawn_in_any_order_are_the_same_once_numbered_in_theirs(new_world):
    one, other = new_world(seed=4), new_world(seed=4)
    straight = [populate(one, chunk, SIZE) for chunk in range(CHUNKS)]
    backwards = [drawn(other, chunk, SIZE) for chunk in reversed(range(CHUNKS))]
    for chunk, people in zip(straight, map(numbered, reversed(backwards)), strict=True):
        assert people.nir.equals(chunk.nir)
        assert (people.kin.birth == chunk.kin.birth).all()
        assert people.member_id.equals(chunk.member_id, null_equal=True)


@pytest.mark.parametrize("breach", NATION_BREACHES)
def test_the_rows_of_a_file_do_not_depend_on_what_was_made_before(new_world, breach):
    people = populate(new_world(seed=4), 0, SIZE)
    (leak,) = find_leaks([breach])
    first = make_records(leak, people, 0, DAY, 0.2)
    for further in find_leaks(NATION_BREACHES):
        make_records(further, people, 0, DAY, 0.2)
    again = make_records(leak, people, 0, DAY, 0.2)
    assert again.rows.equals(first.rows)
    assert again.truth.equals(first.truth)


@pytest.mark.parametrize(("kind", "threads"), [("parquet", 7), ("csv", 2)])
def test_any_number_of_threads_writes_the_same_bytes(tmp_path, monkeypatch, kind, threads):
    for name, count in (("alone", 1), ("many", threads)):
        monkeypatch.setattr("os.cpu_count", lambda count=count: count)
        synthesise(tmp_path / name, people=SIZE * CHUNKS - 300, seed=4, breaches=NATION_BREACHES, format=kind)
    assert digests(tmp_path / "many") == digests(tmp_path / "alone")


def test_no_more_than_two_chunks_wait_to_be_written(tmp_path, monkeypatch):
    waiting, most = [], []

    def append(self, people, chunk, real=Tables.append):
        waiting.append(chunk)
        real(self, people, chunk)
        most.append(len(waiting))

    def write(self, made, real=Tables._write):
        real(self, made)
        waiting.pop()

    monkeypatch.setattr(Tables, "append", append)
    monkeypatch.setattr(Tables, "_write", write)
    synthesise(tmp_path / "set", people=SIZE * 6, seed=4, breaches=("linkedin-2012",))
    assert len(most) == 6
    assert max(most) <= 2
    assert waiting == []


def test_a_list_of_words_is_read_back_as_text(tmp_path):
    synthesise(tmp_path / "set", people=500, seed=4, breaches=("free-2024",))
    truth = pl.read_parquet(tmp_path / "set" / "truth.parquet")
    assert truth.schema["classes"] == pl.List(pl.String)
    assert truth.schema["breach"] == truth.schema["relation"] == pl.String
