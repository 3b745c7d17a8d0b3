"""Candidate pairs: which records are worth comparing with an asking row, and what is not followed.

Linkage keys are stored with every record, and find pairs at any size. A key that too many records share
identifies nobody and is not followed. Nothing here depends on who else is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.linkage.packing import Packing, once
from correlate.linkage.walk import find_hits
from correlate.loops import loop
from correlate.tokens import Tokens
from correlate.vault import ROW_BITS, Engine, side_by_side, sorted_run

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
# Hits that one thread takes, and pairs that are made at a time: a key that many ask for makes many. So many
# are gathered, each as often as it shares a key, before those that stand several times are let go.
HITS, PAIRS, TOGETHER = 1_000_000, 250_000, 24_000_000
# Keys without so many bits at their end are their leading ones: a part of the range. Few are not parted.
LEADING_SHIFT, PARTED = 61, 1_000_000


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
    def of(cls, keys: Tokens, asker_no: Numbers, *, threads: int | None = None) -> Asked:
        """Take keys (a,) and who asks for each (a,), in any order; a pair may stand twice. Of ``threads`` see
        :func:`correlate.vault.side_by_side`.
        """
        every, askers = np.empty_like(keys), np.empty_like(asker_no)
        done = 0
        for run_keys, run_askers in side_by_side(_in_order, _parted(keys, asker_no), threads=threads):
            end = done + len(run_keys)
            every[done:end], askers[done:end] = run_keys, run_askers
            done = end
        first = np.ones(len(every), dtype=np.bool_)
        first[1:] = every[1:] != every[:-1]
        starts = np.append(np.flatnonzero(first), len(every))
        return cls(keys=every[first], asker_no=askers, starts=starts)


def _parted(keys: Tokens, asker_no: Numbers) -> Iterator[tuple[Tokens, Numbers]]:
    """The keys of one part of the range after another: what sorting takes besides is not needed for all at
    once.
    """
    if len(keys) < PARTED:
        yield keys, asker_no
        return
    leading = (keys >> LEADING_SHIFT).astype(np.int8)
    for lead in range(-(1 << 63 >> LEADING_SHIFT), 1 << 63 >> LEADING_SHIFT):
        some = np.flatnonzero(leading == lead)
        yield keys[some], asker_no[some]


def _in_order(part: tuple[Tokens, Numbers]) -> tuple[Tokens, Numbers]:
    run = sorted_run([part])
    return run["key"].to_numpy(), run["record_id"].to_numpy()


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
    pairs (n,) at a time ``keep`` may say (n,) which are wanted, in two threads.
    """
    place, record_id = find_hits(engine, asked.keys)
    records = np.bincount(place, minlength=len(asked.keys)).astype(np.int32)
    found, asker_no = _paired(
        asked, place, record_id, records, records_max, keep, threads=engine.limits.threads
    )
    return FoundPairs(
        asker_no=asker_no,
        record_id=found,
        crowds=_hits_of(records > min(HOUSEHOLD_RECORDS, records_max), asked.keys, place, record_id),
        keys_capped=int((records > records_max).sum()),
    )


def _hits_of(
    wanted: npt.NDArray[np.bool_], keys: Tokens, place: npt.NDArray[np.int32], record_id: Numbers
) -> Hits:
    """The hits of some keys alone."""
    some = np.flatnonzero(wanted[place])
    renumbered = np.cumsum(wanted, dtype=np.int32) - np.int32(1)
    return Hits(keys=keys[wanted], place=renumbered[place[some]], record_id=record_id[some])


def _paired(
    asked: Asked,
    place: npt.NDArray[np.int32],
    record_id: Numbers,
    records: npt.NDArray[np.int32],
    records_max: int,
    keep: Wanted | None,
    *,
    threads: int | None,
) -> tuple[Numbers, Numbers]:
    """The records and the askers of the distinct pairs that hits (h,) make, rising."""
    packing = Packing.of(record_id, asked.asker_no)

    def packed(start: int) -> list[Numbers]:
        some, out = slice(start, start + HITS), []
        for found, askers in _pairs_of(asked, place[some], record_id[some], records, records_max):
            wanted = slice(None) if keep is None else keep(askers, found)
            out.append(packing.pack(found[wanted], askers[wanted]))
        return out

    pairs = _DistinctPairs()
    for made in side_by_side(packed, iter(range(0, len(place), HITS)), threads=threads):
        pairs.add(made)
    return packing.unpack(pairs.distinct())


def _pairs_of(
    asked: Asked,
    place: npt.NDArray[np.int32],
    record_id: Numbers,
    records: npt.NDArray[np.int32],
    records_max: int,
) -> Iterator[tuple[Numbers, Numbers]]:
    """The records (n,) of hits (h,) and who asks (n,) for the keys at their places, some pairs at a time."""
    hit = turn = 0
    while hit < len(place):
        room = np.empty((2, PAIRS), dtype=np.int64)
        hit, turn, made = _pair(len(place))(
            place, record_id, records, records_max, asked.starts, asked.asker_no, hit, turn, room
        )
        yield room[0, :made], room[1, :made]


@loop
def _pair(
    place: npt.NDArray[np.int32],
    record_id: Numbers,
    records: npt.NDArray[np.int32],
    records_max: int,
    starts: npt.NDArray[np.intp],
    asker_no: Numbers,
    hit: int,
    turn: int,
    room: Numbers,
) -> tuple[int, int, int]:
    """Pair hits with those who ask for their keys, from that hit and that one of its askers on, as long as
    there is ``room`` (2, n); gives where to go on, and how many pairs there are.
    """
    made = 0
    while hit < len(place):
        key = place[hit]
        if records[key] <= records_max:
            first = starts[key]
            for asker in range(first + turn, starts[key + 1]):
                if made == room.shape[1]:
                    return hit, asker - first, made
                room[0, made], room[1, made] = record_id[hit], asker_no[asker]
                made += 1
        hit, turn = hit + 1, 0
    return hit, turn, made


class _DistinctPairs:
    """Packed pairs, each once however many keys it shares."""

    def __init__(self) -> None:
        self._parts: list[Numbers] = []
        self._fresh = 0

    def add(self, made: list[Numbers]) -> None:
        """Add some pairs; one may stand several times."""
        self._parts += made
        self._fresh += sum(map(len, made))
        if self._fresh > TOGETHER:
            self._parts, self._fresh = [self.distinct()], 0

    def distinct(self) -> Numbers:
        """All pairs, rising."""
        packed = np.concatenate([np.empty(0, dtype=np.int64), *self._parts])
        self._parts.clear()
        packed.sort()
        return once(packed)


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
