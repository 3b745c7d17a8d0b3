"""The engine: what it hands out, what it refuses, what an interrupt and too little memory do to it."""

from __future__ import annotations

import os
import signal
import threading
import time

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.vault import Engine, EngineFailed, Limits, OutOfMemory, OutOfSpace, quote_identifier
from correlate.vault.errors import VaultDamaged, VaultForbidden
from correlate.vault.failures import translated
from tests.vault.leaks import names


@pytest.fixture
def engine(tmp_path):
    with Engine(tmp_path / "e.duckdb", write=True) as made:
        yield made


@pytest.fixture(scope="module")
def shared_engine(tmp_path_factory):
    with Engine(tmp_path_factory.mktemp("engine") / "e.duckdb", write=True) as made:
        yield made


ENDLESS = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"


def interrupt_soon():
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()


@given(
    held=st.lists(st.integers(-3, 3), max_size=30),
    asked=st.lists(st.integers(-4, 4), max_size=30),
    stretch=st.integers(1, 40),
)
def test_a_join_in_stretches_is_the_join(shared_engine, held, asked, stretch):
    """Rows that stand several times are met as often, also where a stretch ends among them."""
    rows = pl.DataFrame({"key": pl.Series(sorted(asked), dtype=pl.Int64), "place": range(len(asked))})
    select = "SELECT key, place FROM held JOIN asked USING (key)"
    values = pl.DataFrame({"key": pl.Series(sorted(held), dtype=pl.Int64)})
    with pytest.MonkeyPatch.context() as patch, shared_engine.given(given_key=values):
        patch.setattr("correlate.vault.engine.STRETCH_ROWS", stretch)
        shared_engine.execute("CREATE OR REPLACE TEMP TABLE held AS FROM given_key")
        found = [row for part in shared_engine.joined(select, rows, "key") for row in part.iter_rows()]
    assert sorted(found) == sorted(row for row in rows.iter_rows() for key in held if key == row[0])


@pytest.mark.parametrize(
    "work",
    [
        lambda engine: engine.execute(f"CREATE TABLE t AS {ENDLESS}"),
        lambda engine: engine.rows(ENDLESS),
        lambda engine: engine.frame(ENDLESS),
        lambda engine: list(engine.chunks(ENDLESS, rows=10)),
        lambda engine: engine.run([("one", "SELECT 1"), ("two", ENDLESS)], into="t"),
    ],
    ids=["execute", "rows", "frame", "chunks", "run"],
)
def test_an_interrupt_stops_a_statement_that_would_run_for_years(engine, work):
    start = time.monotonic()
    interrupt_soon()
    with pytest.raises(KeyboardInterrupt):
        work(engine)
    assert time.monotonic() - start < 30
    assert engine.rows("SELECT 42") == [(42,)]


def test_an_interrupted_transaction_is_undone(engine):
    engine.execute("CREATE TABLE t (i INT)")

    def insert():
        with engine.transaction():
            engine.execute("INSERT INTO t VALUES (1)")
            interrupt_soon()
            engine.rows(ENDLESS)

    with pytest.raises(KeyboardInterrupt):
        insert()
    assert engine.rows("SELECT * FROM t") == []


def test_a_transaction_is_whole_or_not_at_all(engine):
    engine.execute("CREATE TABLE t (i INT PRIMARY KEY)")
    with engine.transaction():
        engine.execute("INSERT INTO t VALUES (1)")

    def insert():
        with engine.transaction():
            engine.execute("INSERT INTO t VALUES (2)")
            engine.execute("INSERT INTO t VALUES (1)")

    with pytest.raises(EngineFailed):
        insert()
    assert engine.rows("SELECT * FROM t") == [(1,)]


def test_the_engines_own_words_are_withheld(engine):
    """They quote the value at fault."""
    with pytest.raises(EngineFailed) as stop:
        engine.execute("SELECT ?::INT", ["Quintefeuille"], step="reading a number")
    assert "Quintefeuille" not in str(stop.value)
    assert stop.value.__cause__ is None
    assert stop.value.__suppress_context__
    assert "reading a number" in str(stop.value)
    assert "ConversionException" in str(stop.value)


def test_frames_go_in_by_name_and_come_out_whole(engine):
    frame = pl.DataFrame({"i": [3, 1, None], "t": ["a", None, "é"]})
    with engine.given(given=frame):
        assert engine.frame("SELECT * FROM given").sort("t").equals(frame.sort("t"))
        parts = list(engine.chunks("SELECT range AS i FROM range(10000)", rows=4096))
    assert pl.concat(parts)["i"].sort().to_list() == list(range(10_000))
    assert max(part.height for part in parts) <= 4096
    with pytest.raises(EngineFailed):
        engine.rows("SELECT * FROM given")
    with pytest.raises(EngineFailed):
        engine.rows("SELECT * FROM frame")


@pytest.mark.parametrize(
    "attack",
    [
        "COPY (SELECT 1) TO '{}'",
        "SELECT * FROM read_csv('{}')",
        "ATTACH '{}'",
        "INSTALL httpfs",
        "LOAD httpfs",
    ],
)
def test_sql_reaches_no_other_file_and_no_extension(engine, tmp_path, attack):
    (tmp_path / "other.csv").write_text("i\n1\n", encoding="utf-8")
    with pytest.raises(EngineFailed):
        engine.execute(attack.format(tmp_path / "other.csv"))
    assert (tmp_path / "other.csv").read_text(encoding="utf-8") == "i\n1\n"


def test_running_step_by_step_gives_the_same(engine):
    steps = [("one", "SELECT range AS i FROM range(5)"), ("two", "SELECT i * 2 AS i FROM one WHERE i > 1")]
    assert engine.run(steps, into="whole") == engine.run(steps, into="stepwise", stepwise=True) == 3
    assert engine.rows("FROM whole ORDER BY i") == engine.rows("FROM stepwise ORDER BY i")


def test_names_are_quoted():
    assert quote_identifier('a"; DROP TABLE b; --') == '"a""; DROP TABLE b; --"'


SORTED = "SELECT hash(range) AS h, range AS r FROM range(2000000) ORDER BY h"


def test_work_beyond_the_memory_goes_to_the_disk_and_leaves_nothing_there(tmp_path):
    spilt = set()
    with Engine(tmp_path / "e.duckdb", write=True, limits=Limits(memory="80MB", threads=2)) as engine:
        rows = 0
        for part in engine.chunks(SORTED, rows=100_000):
            rows += part.height
            spilt |= names(tmp_path)
    assert rows == 2_000_000
    assert "e.duckdb.tmp" in spilt
    assert names(tmp_path) == {"e.duckdb"}


@pytest.mark.parametrize("memory", ["1KB", "1MB", "10MB"])
def test_too_little_memory_is_told_with_the_option_that_gives_more(tmp_path, memory):
    def work():
        with Engine(tmp_path / "e.duckdb", write=True, limits=Limits(memory=memory, threads=2)) as engine:
            engine.execute(f"CREATE TABLE t AS {SORTED}")

    with pytest.raises(OutOfMemory, match="--memory 8GB"):
        work()


def test_nothing_is_ever_drawn_on_the_terminal(engine, capfd):
    engine.rows("SELECT current_setting('enable_progress_bar')")
    assert engine.scalar("SELECT current_setting('enable_progress_bar')") is False
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (duckdb.IOException("IO Error: Could not write file: No space left on device"), OutOfSpace),
        (duckdb.IOException("IO Error: Could not write file: Disk quota exceeded"), OutOfSpace),
        (duckdb.OutOfMemoryException("failed to offload: the 'max_temp_directory_size' setting"), OutOfSpace),
        (duckdb.OutOfMemoryException("could not allocate block"), OutOfMemory),
        (duckdb.TransactionException("Failed to commit: could not allocate block of size 1"), OutOfMemory),
        (duckdb.IOException("Cannot open file: Read-only file system"), VaultForbidden),
        (duckdb.Error("Corrupt database file: computed checksum 1 ... in block 2"), VaultDamaged),
        (duckdb.ConversionException("Could not convert string 'Zabulon'"), EngineFailed),
    ],
)
def test_each_failure_is_told_by_its_kind(error, kind, tmp_path):
    told = translated(error, path=tmp_path / "v.duckdb", step="a step")
    assert type(told) is kind
    assert "Zabulon" not in str(told)


def test_where_no_memory_was_given_work_is_bounded_for_a_while(tmp_path):
    """And what was given stays as it was given."""

    def limit(engine):
        return engine.scalar("SELECT current_setting('memory_limit')")

    with Engine(tmp_path / "free.duckdb", write=True) as engine:
        free = limit(engine)
        with engine.bounded(8_000_000_000):
            assert limit(engine) == "1.4 GiB", "a fifth of it"
            with engine.shrunk():
                assert limit(engine) == "762.9 MiB", "half of that"
            assert limit(engine) == "1.4 GiB"
        assert limit(engine) == free
    with Engine(tmp_path / "given.duckdb", write=True, limits=Limits(memory="4GB")) as engine:
        given = limit(engine)
        with engine.bounded(8_000_000_000):
            assert limit(engine) == given
        assert limit(engine) == given
