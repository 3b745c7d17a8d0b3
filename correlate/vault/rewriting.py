"""Writing a vault anew, to a new file beside it that then takes its name in one step."""

from __future__ import annotations

from correlate.vault.engine import Engine, quote_identifier
from correlate.vault.forms import FORMS
from correlate.vault.replacing import replacement, take_place
from correlate.vault.schema import migrate
from correlate.vault.space import check_space
from correlate.vault.terms import count_terms
from correlate.vault.vault import Vault

__all__ = ["rewrite"]

ROWS_PER_CHUNK = 500_000


def rewrite(vault: Vault, *, without_breach: int | None = None, sort_keys: bool = False) -> None:
    """Copy all but the records in the temporary table ``doomed`` (record_id), and one breach's rows, to a
    file in the vault's place.

    Args:
        vault: open for writing.
        without_breach: its number.
        sort_keys: make one sorted run of all linkage keys; else they keep their order.

    Raises:
        TooLittleSpace: there is no room for both files.
    """
    old = vault.engine
    records = int(old.scalar("SELECT count(*) FROM record"))
    kept = int(old.scalar("SELECT count(*) FROM record ANTI JOIN doomed USING (record_id)"))
    size = old.file.stat().st_size
    check_space(old.file, needed=size * kept // max(1, records) // 2, told_as=old.path)
    # The rows keep their order: each batch's linkage keys lie sorted, which makes looking one up quick.
    old.execute("SET preserve_insertion_order = true")
    with replacement(old.file, told_as=old.path, limits=old.limits) as fresh:
        fresh.execute("SET preserve_insertion_order = true")
        with fresh.lean(), fresh.transaction():
            migrate(fresh, since=0)
            for table, columns in _tables(old).items():
                order = " ORDER BY key" if sort_keys and table == "link_key" else ""
                _copy(old, fresh, table, _kept(table, columns, without_breach) + order)
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
