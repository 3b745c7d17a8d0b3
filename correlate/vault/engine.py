"""The one object that runs SQL: opens DuckDB, runs named steps, times them, and names what went wrong."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import polars as pl

from correlate.errors import CorrelateError
from correlate.vault.errors import OutOfMemory, OutOfSpace, VaultDamaged, VaultInUse, VaultMissing

__all__ = ["Engine", "EngineFailed", "Limits", "Step", "quote_identifier"]

log = logging.getLogger(__name__)

Step = tuple[str, str]
"""A name, and the SELECT that makes it from the names before it."""


class EngineFailed(CorrelateError):
    """The database engine stopped at {step} with {kind}. Nothing was changed. Its own message is withheld,
    since
    it may hold data; please report this, with the command you ran.
    """


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the engine may use: ``threads`` (None: all cores) and ``memory`` such as "4GB" (None: DuckDB's
    own).
    """

    threads: int | None = None
    memory: str | None = None


class Engine:
    """One DuckDB connection to one file.

    No extension is loaded and no file is opened by SQL: frames are handed over by name. Spill files lie in a
    folder beside the vault and hold tokens only, as the vault does.
    """

    def __init__(self, path: Path, *, write: bool, limits: Limits | None = None) -> None:
        """Open ``path``; raises VaultInUse, VaultDamaged or VaultMissing."""
        self.path, self._write, self._limits = path, write, limits or Limits()
        self._connection = self._connect()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        path = self.path
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "enable_external_access": "false",
            "temp_directory": f"{path}.tmp",
        }
        try:
            connection = duckdb.connect(str(path), read_only=not self._write, config=config)
        except duckdb.Error as error:
            raise _opening_error(path, error) from None
        for name, value in (("threads", self._limits.threads), ("memory_limit", self._limits.memory)):
            if value is not None:
                connection.execute(f"SET {name} = '{value}'")
        # Row order is never relied upon, and keeping it costs memory.
        connection.execute("SET preserve_insertion_order = false")
        return connection

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
        self._connection = self._connect()

    def close(self) -> None:
        """Close the connection; what was not committed is gone."""
        self._connection.close()

    def execute(
        self, sql: str, values: Sequence[object] = (), *, step: str = "a statement"
    ) -> duckdb.DuckDBPyConnection:
        """Run one statement with ``?`` values."""
        with self._named(step):
            return self._connection.execute(sql, list(values))

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a small result."""
        return self.execute(sql, values).fetchall()

    def scalar(self, sql: str, values: Sequence[object] = ()) -> Any:  # noqa: ANN401 (a cell may hold any type)
        """The first cell of a result, or None."""
        # All rows are fetched: a result left open blocks the connection.
        rows = self.rows(sql, values)
        return rows[0][0] if rows else None

    def frame(self, sql: str, values: Sequence[object] = ()) -> pl.DataFrame:
        """A result as a Polars frame."""
        with self._named("a result"):
            return pl.DataFrame(
                pl.from_arrow(self._connection.sql(sql, params=list(values)).to_arrow_table())
            )

    def chunks(self, sql: str, *, rows: int) -> Iterator[pl.DataFrame]:
        """A large result, a frame of at most about ``rows`` rows at a time."""
        with self._named("a result"):
            reader = self._connection.sql(sql).to_arrow_reader(rows)
        for batch in reader:
            yield pl.DataFrame(pl.from_arrow(batch))

    @contextmanager
    def given(self, **frames: pl.DataFrame) -> Iterator[None]:
        """Let SQL read Polars frames by name for a while."""
        for name, frame in frames.items():
            self._connection.register(name, frame)
        try:
            yield
        finally:
            for name in frames:
                self._connection.unregister(name)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self.execute("BEGIN TRANSACTION")
        try:
            yield
        except BaseException:
            try:
                self._connection.execute("ROLLBACK")
            except duckdb.Error:
                log.debug("the transaction was already rolled back")
            raise
        self.execute("COMMIT", step="the commit")

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

    @contextmanager
    def _named(self, step: str) -> Iterator[None]:
        try:
            yield
        except duckdb.OutOfMemoryException:
            raise OutOfMemory(path=self.path) from None
        except duckdb.Error as error:
            if "No space left" in str(error):
                raise OutOfSpace(path=self.path) from None
            raise EngineFailed(step=step, kind=type(error).__name__) from None


def quote_identifier(name: str) -> str:
    """A name made safe inside SQL."""
    return '"' + name.replace('"', '""') + '"'


def _opening_error(path: Path, error: duckdb.Error) -> CorrelateError:
    """Tell from DuckDB's message why a file did not open; the message itself holds paths only."""
    text = str(error)
    if not path.exists():
        return VaultMissing(path=path, reason="no such file")
    if path.is_dir():
        return VaultMissing(path=path, reason="it is a folder")
    if "lock" in text or isinstance(error, duckdb.ConnectionException):
        return VaultInUse(path=path)
    if "Permission" in text or "permission" in text:
        return VaultMissing(path=path, reason="it may not be read or written by this user")
    return VaultDamaged(path=path, reason="it is not a whole DuckDB database of a version this program reads")
