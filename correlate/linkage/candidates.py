"""Candidate pairs: which records are worth comparing with an asking row, and what is not followed.

Linkage keys are stored with every record, and find pairs at any size. A key that too many records share
identifies nobody and is not followed. Nothing here depends on who else is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.linkage.packing import Packing, distinct, once, spread
from correlate.linkage.walk import find_hits
from correlate.tokens import Tokens
from correlate.vault import ROW_BITS, Engine, sorted_run

__all__ = [
    "HOUSEHOLD_RECORDS",
    "Asked",
    "FoundPairs",
    "Hits",
    "find_pairs",
    "frequencies",
]

Numbers = npt.NDArray[np.int64]
Wanted = Callable[[Numbers, Numbers], npt.NDArray[np.bool_]]
"""Of pairs, as askers (n,) and records (n,), which (n,) are wanted."""

# Records of one breach that may share an identifier and still be one household's.
HOUSEHOLD_RECORDS = 5
# Pairs that are made at a time: a key that many ask for makes many. So many are gathered, each as often as it
# shares a key, before those that stand several times are let go.
SLICE, TOGETHER = 1_000_000, 12_000_000
# Keys without so many bits at their end are their leading ones: a part of the range.
LEADING_SHIFT = 61


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks for which keys.

    Attributes:
        keys: (k,) the distinct keys, rising.
        asker_no: (a,) who asks for them, key by key; ``starts`` (k + 1,) is where each key's askers start.
    """

    keys: Tokens
    asker_no: Numbers
    starts: npt.NDArray[np.intp]

    @classmethod
    def of(cls, keys: Tokens, asker_no: Numbers) -> Asked:
        """Take keys (a,) and who asks for each (a,), in any order; a pair may stand twice."""
        every, askers = np.empty_like(keys), np.empty_like(asker_no)
        leading = (keys >> LEADING_SHIFT).astype(np.int8)
        done = 0
        # A part of the range at a time: what sorting takes besides is not needed for all at once.
        for lead in range(-(1 << 63 >> LEADING_SHIFT), 1 << 63 >> LEADING_SHIFT):
            some = np.flatnonzero(leading == lead)
            run, end = sorted_run([(keys[some], asker_no[some])]), done + len(some)
            every[done:end], askers[done:end] = run["key"].to_numpy(), run["record_id"].to_numpy()
            done = end
        first = np.ones(len(every), dtype=np.bool_)
        first[1:] = every[1:] != every[:-1]
        starts = np.append(np.flatnonzero(first), len(every))
        return cls(keys=every[first], asker_no=askers, starts=starts)


@dataclass(frozen=True, kw_only=True)
class Hits:
    """Where some keys occur in the vault.

    Attributes:
        keys: (k,) the distinct keys, rising.
        place: (h,) which key each hit is of, and ``record_id`` (h,) the record that has it.
    """

    keys: Tokens
    place: npt.NDArray[np.int32]
    record_id: Numbers

    @cached_property
    def records(self) -> npt.NDArray[np.int32]:
        """(k,) how many records of the vault share each key."""
        return np.bincount(self.place, minlength=len(self.keys)).astype(np.int32)


@dataclass(frozen=True, kw_only=True)
class FoundPairs:
    """What some keys have found.

    Attributes:
        asker_no, record_id: (n,) the distinct pairs, by rising record.
        crowds: where the keys occur that more records share than a household has, or than are followed.
        keys_capped: how many keys too many records share to be followed.
    """

    asker_no: Numbers
    record_id: Numbers
    crowds: Hits
    keys_capped: int


def find_pairs(engine: Engine, asked: Asked, *, records_max: int, keep: Wanted | None = None) -> FoundPairs:
    """Find the pairs (asker_no, record_id) that share a key which no more records share than that; of some
    pairs (n,) at a time ``keep`` may say (n,) which are wanted.
    """
    place, record_id = find_hits(engine, asked.keys)
    records = np.bincount(place, minlength=len(asked.keys)).astype(np.int32)
    pairs = _DistinctPairs(keep)
    for start in range(0, len(place), SLICE):
        some = slice(start, start + SLICE)
        usable = np.flatnonzero(records[place[some]] <= records_max)
        pairs.make(asked, place[some][usable], record_id[some][usable])
    crowds = _hits_of(records > min(HOUSEHOLD_RECORDS, records_max), asked.keys, place, record_id)
    del place, record_id
    found_records, asker_no = pairs.distinct()
    return FoundPairs(
        asker_no=asker_no,
        record_id=found_records,
        crowds=crowds,
        keys_capped=int((records > records_max).sum()),
    )


def _hits_of(
    wanted: npt.NDArray[np.bool_], keys: Tokens, place: npt.NDArray[np.int32], record_id: Numbers
) -> Hits:
    """The hits of some keys alone."""
    some = np.flatnonzero(wanted[place])
    renumbered = np.cumsum(wanted, dtype=np.int32) - np.int32(1)
    return Hits(keys=keys[wanted], place=renumbered[place[some]], record_id=record_id[some])


class _DistinctPairs:
    """Pairs (record_id, asker_no), each once however many keys it shares."""

    def __init__(self, keep: Wanted | None) -> None:
        self._keep = keep
        self._parts: list[tuple[Numbers, Numbers]] = []
        self._fresh = 0

    def make(self, asked: Asked, place: npt.NDArray[np.int32], record_id: Numbers) -> None:
        """Pair the records of hits (h,) with those who ask for the keys at their places."""
        firsts = asked.starts[place]
        counts = asked.starts[place + np.int32(1)] - firsts
        for first, end in pairwise(_cuts(counts, SLICE)):
            hit, askers = spread(firsts[first:end], counts[first:end])
            records, asker_no = record_id[first:end][hit], asked.asker_no[askers]
            if self._keep is not None:
                wanted = self._keep(asker_no, records)
                records, asker_no = records[wanted], asker_no[wanted]
            self._add(records, asker_no)

    def _add(self, record_id: Numbers, asker_no: Numbers) -> None:
        self._parts.append((record_id, asker_no))
        self._fresh += len(record_id)
        if self._fresh > TOGETHER:
            self._parts, self._fresh = [self.distinct()], 0

    def distinct(self) -> tuple[Numbers, Numbers]:
        """The records and the askers of all pairs, rising."""
        nothing = np.empty(0, dtype=np.int64)
        record_id = np.concatenate([nothing, *(records for records, _ in self._parts)])
        asker_no = np.concatenate([nothing, *(askers for _, askers in self._parts)])
        self._parts.clear()
        packing = Packing.of(record_id, asker_no)
        packed = packing.pack(record_id, asker_no)
        del record_id, asker_no
        packed.sort()
        return packing.unpack(once(packed))


def frequencies(hits: Hits, breach_of_file: dict[int, int], accepted: dict[int, int]) -> pl.DataFrame:
    """(key, records, share) of the keys that more records share than a household has: how many in all, and
    by how large a share of a breach's records, each of which is a person, a key exceeds a household: the
    largest of any breach, 0 if none does. ``accepted`` are the records that each breach came with.
    """
    records, breaches = hits.records, sorted(accepted)
    of_file = np.zeros(max(breach_of_file, default=0) + 1, dtype=np.int64)
    for file_no, breach_no in breach_of_file.items():
        of_file[file_no] = breaches.index(breach_no)
    # Of each key and breach side by side: counting places takes a tenth of the time of grouping rows.
    counts = np.zeros(len(hits.keys) * len(breaches), dtype=np.int32)
    np.add.at(counts, hits.place.astype(np.int64) * len(breaches) + of_file[hits.record_id >> ROW_BITS], 1)
    share = np.zeros(len(hits.keys))
    for place, breach_no in enumerate(breaches):
        count = counts[place :: len(breaches)]
        np.maximum(share, np.maximum(count - HOUSEHOLD_RECORDS, 0) / accepted[breach_no], out=share)
    every = pl.DataFrame({"key": hits.keys, "records": records.astype(np.int64), "share": share})
    return every.filter(pl.Series(records > HOUSEHOLD_RECORDS))


def _cuts(counts: npt.NDArray[np.intp], most: int) -> list[int]:
    """Where to cut (n,) counts: behind each that brings the sum of all so far to a multiple of ``most``."""
    if not len(counts):
        return [0]
    summed = np.cumsum(counts)
    inner = np.searchsorted(summed, np.arange(most, summed[-1], most)) + 1
    return [0, *distinct(inner[inner < len(counts)]).tolist(), len(counts)]
