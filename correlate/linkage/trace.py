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
from correlate.linkage.packing import Packing, distinct, places_of
from correlate.tokens import Tokens
from correlate.vault import ROW_BITS, Vault

__all__ = ["CUT_BITS", "Trace", "Tracer", "cut", "keys_of_files"]

Numbers = npt.NDArray[np.int64]

CUT_BITS = 32
"""Of a key so many leading bits are kept: half the room, and one key in a hundred meets another by chance."""
# Keys of the vault that are looked through at a time.
CHUNK_KEYS = 1_000_000


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
    # By stretches of record_ids: the engine knows the least and the most of each block, and reads few.
    stretches = [(no << ROW_BITS, ((no + 1) << ROW_BITS) - 1) for no in sorted(files)]
    named = " OR ".join(f"record_id BETWEEN {first} AND {last}" for first, last in stretches) or "false"
    select = f"SELECT key FROM link_key WHERE {named}"
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
        if crowds.any():
            self._crowded.append(distinct(subjects[np.repeat(crowds, times)]))
        # What stands twice, and what nobody asked for, is left out at the end, in one go.
        packed: Numbers = subjects << CUT_BITS
        packed |= np.repeat(cut(asked.keys), times)
        self._keys.append(packed)

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
        self._keys = [keys := keys[np.searchsorted(keys, 1 << CUT_BITS) :]]
        subjects = distinct(subject_no[subject_no > 0])
        crowded = np.zeros(int(subject_no.max(initial=0)) + 1, dtype=np.bool_)
        crowded[np.concatenate(self._crowded)] = True
        links = self._engine.frame(f"SELECT subject_no, record_id, depth FROM {linked}")
        others = self._engine.frame(f"SELECT subject_no, record_id FROM {household}")
        return Trace(
            keys=pl.DataFrame({"subject_no": keys >> CUT_BITS, "key": keys.astype(np.uint32)}),
            crowded=pl.DataFrame({"subject_no": subjects, "crowded": crowded[subjects]}),
            pairs=_pairs(links, others),
            counts=_counts(links, others),
        )


def _pairs(links: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """(subject_no, record_id) of both, rising, each once."""
    subject_no, record_id = (
        np.concatenate([links[name].to_numpy(), others[name].to_numpy()])
        for name in ("subject_no", "record_id")
    )
    packing = Packing.of(subject_no, record_id)
    subject_no, record_id = packing.unpack(distinct(packing.pack(subject_no, record_id)))
    return pl.DataFrame({"subject_no": subject_no, "record_id": record_id})


def _counts(links: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """How many of each a subject has, of those that have any."""
    parts = {"links": links, "hop_links": links.filter(pl.col("depth") > 1), "household_links": others}
    numbers = {name: part["subject_no"].to_numpy() for name, part in parts.items()}
    last = max(int(each.max(initial=0)) for each in numbers.values())
    counts = {name: np.bincount(each, minlength=last + 1) for name, each in numbers.items()}
    some = np.flatnonzero(counts["links"] + counts["household_links"])
    columns = {name: each[some].astype(np.int32) for name, each in counts.items()}
    return pl.DataFrame({"subject_no": some, **columns})
