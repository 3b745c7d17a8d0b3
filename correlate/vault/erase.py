"""Taking records out of a vault so that nothing of them stays on the disk.

DuckDB only marks deleted rows; their tokens would lie in the file until overwritten. So what stays is
written to
a new file beside the vault, which then takes its name in one step: a crash leaves the old vault or the new
one.
"""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl

from correlate.vault.engine import Engine
from correlate.vault.errors import OutOfSpace
from correlate.vault.schema import migrate
from correlate.vault.vault import Vault

__all__ = ["erase_records", "remove_breach"]

SMALL_TABLES = ("meta", "breach", "file", "class_set")
ROWS_PER_CHUNK = 1_000_000


def remove_breach(vault: Vault, breach: str) -> int:
    """Take every record and file of ``breach`` out; returns the number of records, 0 if it held none."""
    engine = vault.engine
    number = engine.scalar("SELECT breach_no FROM breach WHERE breach = ?", [breach])
    if number is None:
        return 0
    records = int(engine.scalar("SELECT count(*) FROM record WHERE breach_no = ?", [number]))
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE doomed AS SELECT record_id FROM record WHERE breach_no = ?", [number]
    )
    _rewrite(
        vault,
        conditions={"breach": f"breach_no <> {int(number)}", "file": f"breach_no <> {int(number)}"},
    )
    return records


def erase_records(vault: Vault, record_ids: pl.Series) -> int:
    """Take records (n,) out by their ids; the file's count of accepted rows keeps what was once ingested."""
    with vault.engine.given(doomed_ids=pl.DataFrame({"record_id": record_ids.cast(pl.Int64).unique()})):
        vault.engine.execute("CREATE OR REPLACE TEMP TABLE doomed AS SELECT record_id FROM doomed_ids")
    erased = int(vault.engine.scalar("SELECT count(*) FROM record SEMI JOIN doomed USING (record_id)"))
    if erased:
        _rewrite(vault, conditions={})
    return erased


def _rewrite(vault: Vault, *, conditions: dict[str, str]) -> None:
    """Copy everything but the table ``doomed`` to a new file and put it in the vault's place."""
    path = vault.path
    fresh = path.with_name(f"{path.name}.rewriting")
    fresh.unlink(missing_ok=True)
    try:
        with Engine(fresh, write=True) as target:
            with target.transaction():
                migrate(target, since=0)
                target.execute("DELETE FROM meta")
                for table in SMALL_TABLES:
                    _copy(
                        vault.engine,
                        target,
                        table,
                        f"SELECT * FROM {table} WHERE {conditions.get(table, 'true')}",
                    )
                for table in ("record", "link_key"):
                    _copy(
                        vault.engine,
                        target,
                        table,
                        f"SELECT * FROM {table} ANTI JOIN doomed USING (record_id)",
                    )
            target.execute("CHECKPOINT")
        vault.engine.execute("CHECKPOINT")
        _take_place(fresh, path)
        vault.engine.reopen()
    except OSError:
        raise OutOfSpace(path=path) from None
    finally:
        fresh.unlink(missing_ok=True)


def _copy(source: Engine, target: Engine, table: str, select: str) -> None:
    for chunk in source.chunks(select, rows=ROWS_PER_CHUNK):
        with target.given(chunk=chunk):
            target.execute(f"INSERT INTO {table} SELECT * FROM chunk", step=f"copying {table}")


def _take_place(fresh: Path, path: Path) -> None:
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
