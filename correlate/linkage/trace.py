"""Traces: what the links of each subject hang on, so that a later run may link those alone that can change.

After new records have come into a vault, only subjects can have other links one of whose keys is a key of
a new record; after records have left it, only subjects with a pair with one of them, and those that are
``crowded``, as they are where a breach has grown. What all subjects hang on alike, and no trace tells, is how
common names, dates and places are in the breach that tells it, and whether the vault is small enough for wide
keys.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.linkage.candidates import HOUSEHOLD_RECORDS, Asked, Hits
from correlate.linkage.packing import distinct, places_of
from correlate.tokens import Tokens
from correlate.vault import ROW_BITS, Vault

__all__ = ["CUT_BITS", "Trace", "Tracer", "cut", "keys_of_files"]

Numbers = npt.NDArray[np.int64]

CUT_BITS = 32
"""Of a key so many leading bits are kept: half the room, and one key in a hundred meets another by chance."""
# Keys of the vault that are looked through at a time.
CHUNK_KEYS = 1_000_000

COUNTS = """
SELECT subject_no, coalesce(links, 0) AS links, coalesce(hop_links, 0) AS hop_links,
    coalesce(household_links, 0) AS household_links
FROM (
    SELECT subject_no, count(*)::INTEGER AS links, count(*) FILTER (depth > 1)::INTEGER AS hop_links
    FROM {linked} GROUP BY subject_no
) FULL JOIN (
    SELECT subject_no, count(*)::INTEGER AS household_links FROM {household} GROUP BY subject_no
) USING (subject_no)
"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Trace:
    """What some subjects' links hang on.

    Attributes:
        keys: (subject_no, key) rising, distinct, keys cut: the linkage keys that were looked up on behalf of
            each subject, its own and those of the records that its paths were continued from.
        crowded: (subject_no, crowded), a row a subject: any of its keys is shared by more records than are
            followed, or by more of one breach than a household has people.
        pairs: (subject_no, record_id), rising, of all links, and of others in the household.
        counts: (subject_no, links, hop_links, household_links) of the subjects that have any.
    """

    keys: pl.DataFrame
    crowded: pl.DataFrame
    pairs: pl.DataFrame
    counts: pl.DataFrame


def keys_of_files(vault: Vault, files: Set[int]) -> npt.NDArray[np.uint32]:
    """The linkage keys of all records of some files, by file_no: cut, rising and distinct."""
    listed = ", ".join(str(int(no)) for no in sorted(files))
    select = f"SELECT key FROM link_key WHERE record_id >> {ROW_BITS} IN ({listed})"
    chunks = vault.engine.chunks(select, rows=CHUNK_KEYS)
    found = [cut(chunk["key"].to_numpy()) for chunk in chunks]
    return distinct(np.concatenate([np.empty(0, dtype=np.uint32), *found]))


def cut(keys: Tokens) -> npt.NDArray[np.uint32]:
    """The leading bits of keys, as a trace keeps them."""
    return (keys.view(np.uint64) >> np.uint64(CUT_BITS)).astype(np.uint32)


class Tracer:
    """Takes down what is looked up while subjects are linked."""

    def __init__(self, vault: Vault) -> None:
        """Bind a vault."""
        self._engine = vault.engine
        self._breach_of_file = dict(vault.engine.rows("SELECT file_no, breach_no FROM file"))
        self._keys = [np.empty(0, dtype=np.int64)]
        self._crowded = [np.empty(0, dtype=np.int64)]

    def note(self, asked: Asked, subject_no: Numbers, lookups: Sequence[Hits], *, records_max: int) -> None:
        """Take down keys that are asked for.

        Args:
            asked: the keys and who asks for them; each stands in one of the lookups.
            subject_no: (n,) the subject that the asker of each number asks for; 0 for none.
            lookups: where keys occur.
            records_max: a key that more records share is not followed.
        """
        crowds = np.zeros(len(asked.keys), dtype=np.bool_)
        for hits in lookups:
            place = places_of(asked.keys, hits.keys[self._crowds(hits, records_max)])
            crowds[place[place >= 0]] = True
        subjects = subject_no[asked.asker_no]
        times = np.diff(asked.starts)
        keys = np.repeat(cut(asked.keys), times)
        named = subjects > 0
        self._keys.append(distinct((subjects << CUT_BITS | keys)[named]))
        self._crowded.append(distinct(subjects[np.repeat(crowds, times) & named]))

    def _crowds(self, hits: Hits, records_max: int) -> npt.NDArray[np.bool_]:
        """(k,) whether a key's hits weigh otherwise if one of them goes, beyond the record itself."""
        records = hits.records
        crowds: npt.NDArray[np.bool_] = records > records_max
        some = (records > HOUSEHOLD_RECORDS)[hits.place]
        files = pl.Series(hits.record_id[some] >> ROW_BITS)
        counted = pl.DataFrame(
            {"place": hits.place[some], "breach_no": files.replace_strict(self._breach_of_file)}
        )
        large = counted.group_by("place", "breach_no").len().filter(pl.col("len") > HOUSEHOLD_RECORDS)
        crowds[large["place"].to_numpy()] = True
        return crowds

    def trace(self, subject_no: Numbers, *, linked: str, household: str) -> Trace:
        """What was taken down of subjects, with the pairs of two tables (subject_no, record_id), the first of
        which tells the depth.
        """
        keys = distinct(np.concatenate(self._keys))
        subjects = distinct(subject_no[subject_no > 0])
        crowded = np.isin(subjects, np.concatenate(self._crowded))
        pairs = " UNION ".join(f"SELECT subject_no, record_id FROM {table}" for table in (linked, household))
        return Trace(
            keys=pl.DataFrame({"subject_no": keys >> CUT_BITS, "key": keys.astype(np.uint32)}),
            crowded=pl.DataFrame({"subject_no": subjects, "crowded": crowded}),
            pairs=self._engine.frame(f"FROM ({pairs}) ORDER BY subject_no, record_id"),
            counts=self._engine.frame(COUNTS.format(linked=linked, household=household)),
        )
