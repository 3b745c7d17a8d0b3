"""The one object that runs SQL: named steps, timed, that an interrupt stops at once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import duckdb
import polars as pl
import pyarrow as pa

from correlate.errors import CorrelateError
from correlate.vault.connection import Limits, connect, engine_bytes
from correlate.vault.failures import translated

__all__ = ["Engine", "Step", "quote_identifier"]

log = logging.getLogger(__name__)

WAKE_SECONDS = 0.2
LEAN_MEMORY = "256MB"
# An engine that is told to shrink keeps so much at most, and half of what it had where that is less.
SHRUNK_BYTES = 1_000_000_000
# Rows that are sought in a sorted table at a time: few enough to stay near the processor, many enough that
# planning is nothing.
STRETCH_ROWS = 400_000
Result = TypeVar("Result")
Step = tuple[str, str]
"""A name, and the SELECT that makes it from the names before it."""


class Engine:
    """One DuckDB connection to one file.

    Frames are handed over by name, and no file is opened by SQL. Statements run in a thread of their own,
    one after the other: DuckDB looks for Ctrl-C only between its tasks, which may be minutes apart, and the
    caller's thread can tell it to stop.
    """

    def __init__(
        self, path: Path, *, write: bool, limits: Limits | None = None, told_as: Path | None = None
    ) -> None:
        """Open ``path``, called ``told_as`` in errors; raises what ``connect`` raises."""
        self.path = told_as or path
        self.limits = limits or Limits()
        # A link is followed once: what takes the vault's place has to take the place of the file itself.
        self.file = path.resolve()
        self._write = write
        # What the whole process is bound to, in bytes, if to anything.
        self._memory = self.limits.memory_bytes
        self._connection = connect(self.file, write=write, limits=self.limits, told_as=self.path)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self.close()

    def reopen(self) -> None:
        """Connect anew: the file at the path has been replaced. Temporary tables are gone."""
        self._connection.close()
        self._connection = connect(self.file, write=self._write, limits=self.limits, told_as=self.path)

    def disconnect(self) -> None:
        """Let go of the file for a while; only ``reopen`` and ``close`` may follow."""
        self._connection.close()

    def close(self) -> None:
        """Close the connection; what was not committed is gone."""
        self._worker.shutdown()
        self._connection.close()

    def execute(self, sql: str, values: Sequence[object] = (), *, step: str = "a statement") -> None:
        """Run one statement, or a script, with ``?`` values."""
        self._run(lambda: self._connection.execute(sql, list(values)), step)

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a small result."""
        return self._run(lambda: self._connection.execute(sql, list(values)).fetchall(), "a query")

    def scalar(self, sql: str, values: Sequence[object] = ()) -> Any:  # noqa: ANN401 (a cell may hold any type)
        """The first cell of a result, or None."""
        # All rows are fetched: a result left open blocks the connection.
        rows = self.rows(sql, values)
        return rows[0][0] if rows else None

    def frame(self, sql: str, values: Sequence[object] = ()) -> pl.DataFrame:
        """A result as a Polars frame."""
        table = self._run(lambda: self._connection.sql(sql, params=list(values)).to_arrow_table(), "a query")
        return pl.DataFrame(pl.from_arrow(table))

    def chunks(self, sql: str, *, rows: int) -> Iterator[pl.DataFrame]:
        """A large result, a frame of about ``rows`` rows at a time; no other statement until it ends."""
        reader = self._run(lambda: self._connection.sql(sql).to_arrow_reader(rows), "a query")
        while (batch := self._run(lambda: next(reader, None), "a query")) is not None:
            yield pl.DataFrame(pl.from_arrow(batch))

    def joined(self, select: str, asked: pl.DataFrame, by: str) -> Iterator[pl.DataFrame]:
        """Join rows, rising by a column, with a table that lies in the order of that column as well, stretch
        by stretch.

        Only the blocks of a stretch are read, and of these only what passes the engine's own sieve of the
        rows that are sought: a third of the time of one join with all.

        Args:
            select: a SELECT without WHERE, FROM the table JOIN asked USING the column.
            asked: the rows, called ``asked`` in SQL.
            by: the column, of whole numbers.

        Yields:
            The result, in no order; other statements may run in between.
        """
        for some in asked.iter_slices(STRETCH_ROWS):
            with self.given(asked=some):
                found = self.frame(f"{select} WHERE {by} BETWEEN {some[by][0]} AND {some[by][-1]}")
            yield found

    @contextmanager
    def given(self, **frames: pl.DataFrame) -> Iterator[None]:
        """Let SQL read Polars frames by name for a while."""
        for name, frame in frames.items():
            self._connection.register(name, frame)
        try:
            yield
        finally:
            # A database that has failed takes no more calls, and what failed is already on its way.
            with suppress(duckdb.Error):
                for name in frames:
                    self._connection.unregister(name)

    def append(self, table: str, frame: pl.DataFrame, *, step: str) -> None:
        """Add a frame's rows to a table by the names of columns; those that the frame lacks stay null.

        Not through a registered name: DuckDB holds on to what was registered in a transaction until it ends,
        and memory would grow with the file.
        """
        columns = [name for name, *_ in self.rows(f"DESCRIBE {quote_identifier(table)}")]
        held = frame.with_columns(pl.lit(None).alias(name) for name in columns if name not in frame.columns)
        rows = held.select(columns).to_arrow()
        self._run(lambda: self._connection.from_arrow(rows).insert_into(table), step)

    @contextmanager
    def lean(self) -> Iterator[None]:
        """Keep little while rows only pass through: DuckDB keeps what it writes while there is room.

        A limit that was given stays.
        """
        if self.limits.memory is not None:
            yield
            return
        self.execute(f"SET memory_limit = '{LEAN_MEMORY}'")
        try:
            yield
        finally:
            with suppress(CorrelateError):
                self.execute("RESET memory_limit")

    def drop_temporary(self, *, keep: str = "") -> None:
        """Drop every temporary table, but for one that may still be needed: nothing else lets go of them."""
        for (table,) in self.rows("SELECT table_name FROM duckdb_tables() WHERE temporary"):
            if table != keep:
                self.execute(f"DROP TABLE temp.{quote_identifier(table)}", step="dropping a temporary table")

    @contextmanager
    def bounded(self, memory: int) -> Iterator[None]:
        """Take so many bytes for what the whole process may use, if nothing was said of that."""
        if self._memory is not None:
            yield
            return
        self._memory = memory
        self.execute(f"SET memory_limit = '{engine_bytes(memory) // 1000}KB'")
        try:
            yield
        finally:
            self._memory = None
            with suppress(CorrelateError):
                self.execute("RESET memory_limit")

    @contextmanager
    def shrunk(self) -> Iterator[None]:
        """Let go of what was read of the file: others need the room. Where there is no bound all stays."""
        if self._memory is None:
            yield
            return
        own = engine_bytes(self._memory)
        # It may hold more that it cannot let go of.
        with suppress(CorrelateError):
            self.execute(f"SET memory_limit = '{min(own // 2, SHRUNK_BYTES) // 1000}KB'")
        try:
            yield
        finally:
            with suppress(CorrelateError):
                self.execute(f"SET memory_limit = '{own // 1000}KB'")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self.execute("BEGIN TRANSACTION")
        try:
            yield
            self.execute("COMMIT", step="the commit")
        except BaseException:
            # A failed commit has rolled back already.
            with suppress(duckdb.Error):
                self._connection.execute("ROLLBACK")
            raise

    def run(self, steps: Sequence[Step], *, into: str, stepwise: bool = False) -> int:
        """Run named steps and keep the last as the temporary table ``into``.

        Args:
            steps: each a name and a SELECT over earlier names; together one statement.
            into: the table to make (an older one of that name is dropped).
            stepwise: run each by itself into a table of its own, so that each can be looked at and is timed
                by itself; the result is the same.

        Returns:
            The number of rows of the last step.
        """
        target = quote_identifier(into)
        if stepwise:
            for name, select in steps:
                self._timed(name, name, select)
            return self._timed(into, into, f"SELECT * FROM {quote_identifier(steps[-1][0])}")
        *first, (_, last) = steps
        ctes = ",\n".join(f"{quote_identifier(name)} AS (\n{select}\n)" for name, select in first)
        return self._timed(into, into, f"WITH {ctes}\n{last}" if first else last, target)

    def _timed(self, step: str, table: str, select: str, quoted: str | None = None) -> int:
        start = time.perf_counter()
        name = quoted or quote_identifier(table)
        self.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}", step=step)
        rows = int(self.scalar(f"SELECT count(*) FROM {name}"))
        log.debug("step %s: %d rows in %.3f s", step, rows, time.perf_counter() - start)
        return rows

    def _run(self, work: Callable[[], Result], step: str) -> Result:
        """Run ``work`` in the engine's thread; an interrupt stops it, and waits until it has stopped."""
        try:
            future = self._worker.submit(work)
            try:
                # The system may hand the signal to another thread: then only waking up shows it to this one.
                while not future.done():
                    wait([future], timeout=WAKE_SECONDS)
            except KeyboardInterrupt:
                self._connection.interrupt()
                wait([future])
                raise
            return future.result()
        except duckdb.InterruptException:
            raise KeyboardInterrupt from None
        except (duckdb.Error, pa.ArrowException) as error:
            raise translated(error, path=self.path, step=step) from None


def quote_identifier(name: str) -> str:
    """A name made safe inside SQL."""
    return '"' + name.replace('"', '""') + '"'
