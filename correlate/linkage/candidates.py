"""Candidate pairs: which records are worth comparing with an asking row, and what is not followed.

Linkage keys are stored with every record, and find pairs at any size. A key that too many records share
identifies nobody and is not followed. Nothing here depends on who else is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.linkage.packing import Packing, distinct, places_of, spread
from correlate.tokens import Tokens
from correlate.vault import ROW_BITS, Engine, side_by_side

__all__ = [
    "HOUSEHOLD_RECORDS",
    "Asked",
    "Hits",
    "Lookups",
    "find_hits",
    "found_pairs",
    "frequencies",
]

Numbers = npt.NDArray[np.int64]

# Records of one breach that may share an identifier and still be one household's.
HOUSEHOLD_RECORDS = 5
# Up to so many keys the engine looks up the blocks of the vault that hold them; with more, all are read.
LOOKED_UP = 20_000
# Linkage keys of the vault that are walked through at a time: 16 MB.
CHUNK_KEYS = 1_000_000
# Marks for each key that is asked for, a byte each. Measured: fewer leave more to be searched for, and more
# take longer to be laid out than they spare.
MARKS_PER_KEY, MOST_MARK_BITS = 8, 28
# Hits whose pairs are made at a time.
SLICE_HITS = 2_000_000


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
    def of(cls, askers: pl.DataFrame) -> Asked:
        """Take (key, asker_no) in any order; a pair may stand twice."""
        rows = askers.sort("key")
        every = rows["key"].to_numpy()
        first = np.ones(len(every), dtype=np.bool_)
        first[1:] = every[1:] != every[:-1]
        starts = np.append(np.flatnonzero(first), len(every))
        return cls(keys=every[first], asker_no=rows["asker_no"].to_numpy(), starts=starts)


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

    @property
    def records(self) -> Numbers:
        """(k,) how many records of the vault share each key."""
        return np.bincount(self.place, minlength=len(self.keys))


def find_hits(engine: Engine, keys: Tokens) -> Hits:
    """Find where distinct keys (k,), rising, occur in the vault.

    The vault's keys lie sorted, in one run or a few: both sides are walked through in order, and neither is
    ever held as a hash table.
    """
    places, records = [np.empty(0, dtype=np.int32)], [np.empty(0, dtype=np.int64)]
    for place, record_id in _walked(engine, keys):
        places.append(place)
        records.append(record_id)
    return Hits(keys=keys, place=np.concatenate(places), record_id=np.concatenate(records))


class Lookups:
    """Keys that were looked up, and their hits: none is looked up twice, as whoever walks the vault's keys
    once has seen them all.
    """

    def __init__(self, first: Hits) -> None:
        """Begin with hits that were found."""
        self.found = [first]

    def add(self, engine: Engine, keys: Tokens) -> Hits:
        """Look up those of some distinct keys, rising, that were not looked up yet; gives their hits."""
        for hits in self.found:
            keys = keys[places_of(hits.keys, keys) < 0]
        self.found.append(find_hits(engine, keys))
        return self.found[-1]


def _walked(engine: Engine, keys: Tokens) -> Iterator[tuple[npt.NDArray[np.int32], Numbers]]:
    marked, shift = _marks(keys)

    def met(chunk: pl.DataFrame) -> tuple[npt.NDArray[np.int32], Numbers]:
        held = chunk["key"].to_numpy()
        likely = np.flatnonzero(marked[held >> shift])
        held = held[likely]
        place = np.minimum(np.searchsorted(keys, held), len(keys) - 1)
        same = np.flatnonzero(keys[place] == held)
        return place[same].astype(np.int32), chunk["record_id"].to_numpy()[likely[same]]

    if not len(keys):
        return
    if len(keys) <= LOOKED_UP:
        with engine.given(asked_key=pl.DataFrame({"key": keys})):
            yield met(engine.frame("SELECT key, record_id FROM link_key SEMI JOIN asked_key USING (key)"))
        return
    within = f"WHERE key BETWEEN {keys[0]} AND {keys[-1]}"
    yield from side_by_side(
        met, engine.chunks(f"SELECT key, record_id FROM link_key {within}", rows=CHUNK_KEYS)
    )


def _marks(keys: Tokens) -> tuple[npt.NDArray[np.bool_], int]:
    """What leading bits the keys have, and how far a key is shifted to give them.

    Most keys of a vault are nobody's who asks, and a mark tells that in a tenth of a search's time. A
    negative number counts places from the end, as a shifted negative key does.
    """
    bits = min(MOST_MARK_BITS, (MARKS_PER_KEY * len(keys)).bit_length())
    marked = np.zeros(1 << bits, dtype=np.bool_)
    marked[keys >> (64 - bits)] = True
    return marked, 64 - bits


def frequencies(hits: Hits, breach_of_file: dict[int, int], accepted: dict[int, int]) -> pl.DataFrame:
    """(key, records, share) of the keys that more records share than a household has: how many in all, and
    by how large a share of a breach's records, each of which is a person, a key exceeds a household: the
    largest of any breach, 0 if none does. ``accepted`` are the records that each breach came with.
    """
    crowded = hits.records > HOUSEHOLD_RECORDS
    some = crowded[hits.place]
    files = pl.Series(hits.record_id[some] >> ROW_BITS)
    beyond = (pl.col("len").cast(pl.Int64) - HOUSEHOLD_RECORDS).clip(lower_bound=0)
    every = pl.col("breach_no").replace_strict(accepted, return_dtype=pl.Float64)
    return (
        pl.DataFrame({"place": hits.place[some], "breach_no": files.replace_strict(breach_of_file)})
        .group_by("place", "breach_no")
        .len()
        .group_by("place")
        .agg(records=pl.col("len").sum().cast(pl.Int64), share=(beyond / every).max())
        .sort("place")
        .select(pl.Series("key", hits.keys[crowded], dtype=pl.Int64), "records", "share")
    )


def found_pairs(hits: Hits, asked: Asked, *, records_max: int) -> pl.DataFrame:
    """The distinct pairs (asker_no, record_id), rising, that share a key which no more records share than
    that. Keys that are not asked, or were not looked up, make none.
    """
    at = places_of(asked.keys, hits.keys)
    at[hits.records > records_max] = -1
    key_no = at[hits.place]
    usable = np.flatnonzero(key_no >= 0)
    packing = Packing.of(asked.asker_no, hits.record_id)
    parts = [np.empty(0, dtype=np.int64)]
    for start in range(0, len(usable), SLICE_HITS):
        some = usable[start : start + SLICE_HITS]
        firsts = asked.starts[key_no[some]]
        hit, place = spread(firsts, asked.starts[key_no[some] + 1] - firsts)
        parts.append(distinct(packing.pack(asked.asker_no[place], hits.record_id[some[hit]])))
    asker_no, record_id = packing.unpack(distinct(np.concatenate(parts)))
    return pl.DataFrame({"asker_no": asker_no, "record_id": record_id})
