"""Does a vault hold together? Counts, references, and every linkage key worked out anew from its tokens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from correlate.tokens import linkage_keys, mixed
from correlate.vault.forms import FORMS, RECORD_COLUMNS, FormBook
from correlate.vault.terms import terms_sql
from correlate.vault.vault import Vault

__all__ = ["Finding", "verify"]

ROWS_PER_CHUNK = 500_000

CHECKS: tuple[tuple[str, str], ...] = (
    (
        "records of a file that the vault does not know",
        "SELECT count(*) FROM record WHERE (record_id >> 40) NOT IN (SELECT file_no FROM file)",
    ),
    (
        "records of a breach that the vault does not know",
        "SELECT count(*) FROM record ANTI JOIN breach USING (breach_no)",
    ),
    (
        "records with unknown attribute classes",
        "SELECT count(*) FROM record ANTI JOIN class_set USING (class_set_no)",
    ),
    (
        "records that stand twice",
        "SELECT count(*) - count(DISTINCT record_id) FROM record",
    ),
    *(
        (
            f"records with an unknown {form.replace('_', ' ')}",
            f"SELECT count(*) FROM record ANTI JOIN {form}_form ON no = {form}_no WHERE {form}_no <> 0",
        )
        for form in FORMS
    ),
    (
        "linkage keys that point to no record",
        "SELECT count(*) FROM link_key ANTI JOIN record USING (record_id)",
    ),
    (
        "files whose rows read are not accepted plus rejected",
        "SELECT count(*) FROM file WHERE rows_read <> rows_accepted + rows_rejected",
    ),
    (
        "files that hold more records than were accepted",
        """
        WITH holding AS (SELECT record_id >> 40 AS file_no, count(*) AS held FROM record GROUP BY 1)
        SELECT count(*) FROM file JOIN holding USING (file_no) WHERE held > rows_accepted
        """,
    ),
    (
        "term frequencies that their records do not make",
        f"""
        WITH made AS ({terms_sql()})
        SELECT (SELECT count(*) FROM (FROM made EXCEPT ALL FROM term))
            + (SELECT count(*) FROM (FROM term EXCEPT ALL FROM made))
        """,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One way in which the vault does not hold together, and how often."""

    what: str
    rows: int


def verify(vault: Vault) -> tuple[Finding, ...]:
    """Every finding; none means that the vault is whole."""
    findings = [Finding(what=what, rows=int(vault.engine.scalar(sql))) for what, sql in CHECKS]
    findings.append(
        Finding(what="linkage keys that their records do not make, or lack", rows=_wrong_keys(vault))
    )
    return tuple(finding for finding in findings if finding.rows)


def _wrong_keys(vault: Vault) -> int:
    """Compare, by an order-free sum over hashed pairs, the stored linkage keys with those made anew."""
    columns = ", ".join(RECORD_COLUMNS)
    # Read anew: what this connection has read before may not be what the file holds.
    book = FormBook(vault.engine)
    for form in FORMS:
        book.table(form)
    stored: npt.NDArray[np.uint64] = np.zeros(2, dtype=np.uint64)
    for chunk in vault.engine.chunks("SELECT key, record_id FROM link_key", rows=ROWS_PER_CHUNK):
        stored += _fingerprint(chunk["key"].to_numpy(), chunk["record_id"].to_numpy())
    made: npt.NDArray[np.uint64] = np.zeros(2, dtype=np.uint64)
    for chunk in vault.engine.chunks(f"SELECT record_id, {columns} FROM record", rows=ROWS_PER_CHUNK):
        keys, rows = linkage_keys(vault.tokeniser.scheme, book.tokens(chunk))
        made += _fingerprint(keys, chunk["record_id"].to_numpy()[rows])
    if (stored == made).all():
        return 0
    return max(1, abs(int(stored[0]) - int(made[0])))


def _fingerprint(keys: npt.NDArray[np.int64], records: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """The number of pairs, and a sum modulo 2^64 over a mixing of each pair."""
    pairs = mixed(keys.view(np.uint64) ^ (records.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)))
    return np.array([len(pairs), pairs.sum(dtype=np.uint64)], dtype=np.uint64)
