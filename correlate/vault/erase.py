"""Taking records out of a vault so that nothing of them stays on the disk.

DuckDB only marks deleted rows; their tokens would lie in the file until overwritten. So the vault is written
anew without them.
"""

from __future__ import annotations

import polars as pl

from correlate.vault.rewriting import rewrite
from correlate.vault.vault import Vault

__all__ = ["erase_records", "remove_breach"]


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
    rewrite(vault, without_breach=int(number))
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
        rewrite(vault)
    return erased
