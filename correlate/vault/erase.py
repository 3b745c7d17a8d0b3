"""Taking records out of a vault so that nothing of them stays on the disk.

DuckDB only marks deleted rows; their tokens would lie in the file until overwritten. So what stays is
written to a new file beside the vault, which then takes its name in one step.
"""

from __future__ import annotations

import polars as pl

from correlate.vault.engine import Engine, quote_identifier
from correlate.vault.forms import FORMS
from correlate.vault.replacing import replacement, take_place
from correlate.vault.schema import migrate
from correlate.vault.terms import count_terms
from correlate.vault.vault import Vault

__all__ = ["erase_records", "remove_breach"]

ROWS_PER_CHUNK = 500_000


def remove_breach(vault: Vault, breach: str) -> int | None:
    """Take every record and file of ``breach`` out.

    Returns:
        The number of records, or None if the vault knows no such breach; then it is left alone.
    """
    engine = vault.engine
    number = engine.scalar("SELECT breach_no FROM breach WHERE breach = ?", [breach])
    if number is None:
        return None
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE doomed AS SELECT record_id FROM record WHERE breach_no = ?", [number]
    )
    records = int(engine.scalar("SELECT count(*) FROM doomed"))
    _rewrite(vault, without_breach=int(number))
    return records


def erase_records(vault: Vault, record_ids: pl.Series) -> int:
    """Take records (n,) out by their ids; gives how many there were.

    Their file stays listed with its count of accepted rows and its checksum: it is still known, and cannot
    bring them back.
    """
    with vault.engine.given(doomed_ids=pl.DataFrame({"record_id": record_ids.cast(pl.Int64).unique()})):
        vault.engine.execute("CREATE OR REPLACE TEMP TABLE doomed AS SELECT record_id FROM doomed_ids")
    erased = int(vault.engine.scalar("SELECT count(*) FROM record SEMI JOIN doomed USING (record_id)"))
    if erased:
        _rewrite(vault)
    return erased


def _rewrite(vault: Vault, *, without_breach: int | None = None) -> None:
    """Copy all but the records in ``doomed``, and one breach's rows, to a file in the vault's place."""
    old = vault.engine
    # The rows keep their order: each batch's linkage keys lie sorted, which makes looking one up quick.
    old.execute("SET preserve_insertion_order = true")
    with replacement(old.file, told_as=old.path, limits=old.limits) as fresh:
        fresh.execute("SET preserve_insertion_order = true")
        with fresh.lean(), fresh.transaction():
            migrate(fresh, since=0)
            for table, columns in _tables(old).items():
                _copy(old, fresh, table, _kept(table, columns, without_breach))
            count_terms(fresh)
        take_place(fresh, old.file)
        # The new file is still locked here: nobody else has a log that closing the old one could remove.
        old.disconnect()
    old.reopen()
    vault.forms.clear()


def _tables(engine: Engine) -> dict[str, set[str]]:
    """Every table of the vault, whatever migrations have made, with its columns."""
    rows = engine.rows(
        "SELECT table_name, list(column_name) FROM duckdb_columns() SEMI JOIN "
        "(SELECT table_oid FROM duckdb_tables() WHERE NOT temporary AND NOT internal) USING (table_oid) "
        "WHERE database_name <> 'temp' GROUP BY table_name ORDER BY table_name"
    )
    return {table: set(columns) for table, columns in rows}


def _kept(table: str, columns: set[str], without_breach: int | None) -> str:
    """What a table keeps: its columns tell whether its rows belong to records, or to a breach. Of the forms
    those stay that a record still has.
    """
    if table.removesuffix("_form") in FORMS:
        number = f"{table.removesuffix('_form')}_no"
        return (
            f"SELECT * FROM {quote_identifier(table)} "
            f"SEMI JOIN (SELECT {number} AS no FROM record ANTI JOIN doomed USING (record_id)) USING (no)"
        )
    spared = "ANTI JOIN doomed USING (record_id)" if "record_id" in columns else ""
    others = without_breach is not None and "breach_no" in columns
    condition = f"WHERE breach_no <> {without_breach}" if others else ""
    return f"SELECT * FROM {quote_identifier(table)} {spared} {condition}"


def _copy(old: Engine, fresh: Engine, table: str, select: str) -> None:
    fresh.execute(f"DELETE FROM {quote_identifier(table)}", step=f"emptying {table}")
    for chunk in old.chunks(select, rows=ROWS_PER_CHUNK):
        fresh.append(table, chunk, step=f"copying {table}")
