"""Bringing the linkage keys of many files into one order, and the file to its least size."""

from __future__ import annotations

import time
from dataclasses import dataclass

from correlate.timings import timed
from correlate.vault.rewriting import rewrite
from correlate.vault.vault import Vault

__all__ = ["CompactReport", "compact"]


@dataclass(frozen=True, kw_only=True)
class CompactReport:
    """What became of the file: bytes before and after, and the linkage keys that were put in order."""

    bytes_before: int
    bytes_after: int
    link_keys: int
    seconds: float


def compact(vault: Vault) -> CompactReport:
    """Write the vault anew with all its linkage keys sorted as one, and without forms that no record has.

    Each ingest leaves its keys as sorted runs of their own. A look-up reads a block of every run; after this
    there is one. Nothing else changes, and a crash leaves the vault as before or after.

    Raises:
        TooLittleSpace: there is no room for both files.
    """
    start, before = time.perf_counter(), vault.engine.file.stat().st_size
    keys = int(vault.engine.scalar("SELECT count(*) FROM link_key"))
    with timed("sorting the vault", rows_in=keys) as step:
        vault.engine.execute("CREATE OR REPLACE TEMP TABLE doomed (record_id BIGINT)")
        rewrite(vault, sort_keys=True)
        after = vault.engine.file.stat().st_size
        step.rows_out, step.bytes = keys, after
    return CompactReport(
        bytes_before=before, bytes_after=after, link_keys=keys, seconds=time.perf_counter() - start
    )
