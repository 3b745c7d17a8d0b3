"""What links rest on: which keys were looked up for each subject, and which records they led to.

After records have come into a vault, only a subject for whom one of their keys was looked up can have other
links than before; after records have left it, only one who had a link to them, or who met a key that was too
common (docs/decisions/0012).
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.tokens import Tokens
from correlate.vault import ROW_BITS, Engine, Vault

__all__ = ["Trace", "Tracer", "cut_keys", "keys_of_files"]


# Keys of the vault that are looked through at a time.
CHUNK_KEYS = 1_000_000

COUNTS = """
SELECT subject_no, coalesce(links, 0) AS links, coalesce(hop_links, 0) AS hop_links,
    coalesce(household_links, 0) AS household_links
FROM (
    SELECT subject_no, count(*)::INTEGER AS links, count(*) FILTER (depth > 1)::INTEGER AS hop_links
    FROM linked GROUP BY subject_no
) FULL JOIN (
    SELECT subject_no, count(*)::INTEGER AS household_links FROM household GROUP BY subject_no
) USING (subject_no)
"""


def cut_keys(keys: Tokens) -> npt.NDArray[np.uint32]:
    """The upper half of each key: enough to tell almost all keys apart, in half of the room."""
    return (keys.view(np.uint64) >> np.uint64(32)).astype(np.uint32)


def keys_of_files(vault: Vault, files: Set[int]) -> npt.NDArray[np.uint32]:
    """The linkage keys of all records of some files, by file_no: cut, rising and distinct."""
    listed = ", ".join(str(int(no)) for no in sorted(files))
    select = f"SELECT key FROM link_key WHERE record_id >> {ROW_BITS} IN ({listed})"
    chunks = vault.engine.chunks(select, rows=CHUNK_KEYS)
    found = [np.unique(cut_keys(chunk["key"].to_numpy())) for chunk in chunks]
    return np.unique(np.concatenate([np.empty(0, dtype=np.uint32), *found]))


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Of a batch of subjects.

    Attributes:
        keys: (subject_no, key) distinct, of all keys that were looked up for a subject, its own and those of
            records from which its paths were followed; cut (:func:`cut_keys`).
        crowded: the subjects for one of whose keys more records were found than may be followed, or than a
            household has in one breach.
        records: (subject_no, record_id) distinct, of all links, those to others of the household too.
        counts: (subject_no, links, hop_links, household_links) of the subjects that have any.
    """

    keys: pl.DataFrame
    crowded: pl.Series
    records: pl.DataFrame
    counts: pl.DataFrame


@dataclass(kw_only=True)
class Tracer:
    """Collects while links are made."""

    _own: list[pl.DataFrame] = field(default_factory=list)
    _of_records: list[pl.DataFrame] = field(default_factory=list)

    def asked(self, engine: Engine, keys: pl.DataFrame, *, most: int, records: bool = False) -> None:
        """Note keys (key, asker_no) that were looked up just now, the asking side being records or not; a key
        that more than ``most`` records share was not followed.
        """
        crowded = engine.frame("SELECT key FROM key_frequency WHERE records > ? OR share > 0", [most])["key"]
        noted = keys.select(
            "asker_no",
            pl.Series("key", cut_keys(keys["key"].to_numpy())),
            crowded=pl.col("key").is_in(crowded.implode()),
        )
        (self._of_records if records else self._own).append(noted)

    def trace(self, engine: Engine, owner: pl.DataFrame) -> Trace:
        """Bring it together, by the tables that linking has left; ``owner`` (asker_no, subject_no)."""
        found = [part.join(owner, on="asker_no") for part in self._own]
        if self._of_records:
            over = engine.frame("SELECT subject_no, record_id AS asker_no FROM path")
            found += [part.join(over, on="asker_no") for part in self._of_records]
        every = pl.concat([part.select("subject_no", "key", "crowded") for part in found])
        return Trace(
            keys=every.select("subject_no", "key").unique(),
            crowded=every.filter("crowded")["subject_no"].unique(),
            records=engine.frame(
                "SELECT subject_no, record_id FROM linked UNION SELECT subject_no, record_id FROM household"
            ),
            counts=engine.frame(COUNTS),
        )
