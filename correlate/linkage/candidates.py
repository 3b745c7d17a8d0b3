"""Candidate pairs: which records are worth comparing with an asking row, and what is not followed.

Linkage keys are stored with every record, and find pairs at any size. A key that too many records share
identifies nobody and is not followed. Nothing here depends on who else is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.linkage.packing import Packing, distinct, places_of, spread
from correlate.tokens import Tokens
from correlate.vault import ROW_BITS, Engine

__all__ = [
    "HOUSEHOLD_RECORDS",
    "Asked",
    "Hits",
    "Lookups",
    "find_hits",
    "found_pairs",
    "frequencies",
    "pairs_together",
]

Numbers = npt.NDArray[np.int64]

# Records of one breach that may share an identifier and still be one household's.
HOUSEHOLD_RECORDS = 5
# Hits that are looked at, and pairs that are made of them, at a time: a key that many ask for makes many.
SLICE = 1_000_000


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

    @cached_property
    def records(self) -> npt.NDArray[np.int32]:
        """(k,) how many records of the vault share each key."""
        return np.bincount(self.place, minlength=len(self.keys)).astype(np.int32)


def find_hits(engine: Engine, keys: Tokens) -> Hits:
    """Find where distinct keys (k,), rising, occur in the vault.

    The vault's keys lie sorted, in one run or a few: both sides are walked through in order, a stretch at a
    time.
    """
    sought = pl.DataFrame({"key": keys, "place": np.arange(len(keys), dtype=np.int32)})
    select = "SELECT place, record_id FROM link_key JOIN asked USING (key)"
    nothing = pl.DataFrame(schema={"place": pl.Int32, "record_id": pl.Int64})
    found = pl.concat([nothing, *engine.joined(select, sought, "key")])
    return Hits(keys=keys, place=found["place"].to_numpy(), record_id=found["record_id"].to_numpy())


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


def _cuts(counts: npt.NDArray[np.intp], most: int) -> list[int]:
    """Where to cut (n,) counts: behind each that brings the sum of all so far to a multiple of ``most``."""
    summed = np.cumsum(counts)
    inner = np.searchsorted(summed, np.arange(most, summed[-1], most)) + 1
    return [0, *distinct(inner[inner < len(counts)]).tolist(), len(counts)]


def found_pairs(
    hits: Hits,
    asked: Asked,
    *,
    records_max: int,
    keep: Callable[[Numbers, Numbers], npt.NDArray[np.bool_]] | None = None,
) -> pl.DataFrame:
    """The distinct pairs (asker_no, record_id), rising, that share a key which no more records share than
    that. Keys that are not asked, or were not looked up, make none; of some pairs (n,) at a time ``keep`` may
    say (n,) which are wanted.
    """
    at = places_of(asked.keys, hits.keys).astype(np.int32)
    at[hits.records > records_max] = -1
    key_no = at[hits.place]
    usable = np.flatnonzero(key_no >= 0)
    packing = Packing.of(asked.asker_no, hits.record_id)
    parts = [np.empty(0, dtype=np.int64)]
    for start in range(0, len(usable), SLICE):
        some = usable[start : start + SLICE]
        firsts = asked.starts[key_no[some]]
        counts = asked.starts[key_no[some] + 1] - firsts
        for first, end in pairwise(_cuts(counts, SLICE)):
            hit, place = spread(firsts[first:end], counts[first:end])
            part = distinct(packing.pack(asked.asker_no[place], hits.record_id[some[first:end][hit]]))
            parts.append(part if keep is None else part[keep(*packing.unpack(part))])
    asker_no, record_id = packing.unpack(distinct(np.concatenate(parts)))
    return pl.DataFrame({"asker_no": asker_no, "record_id": record_id})


def pairs_together(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The distinct pairs (asker_no, record_id), rising, of several frames."""
    every = pl.concat(parts)
    asker_no, record_id = every["asker_no"].to_numpy(), every["record_id"].to_numpy()
    packing = Packing.of(asker_no, record_id)
    asker_no, record_id = packing.unpack(distinct(packing.pack(asker_no, record_id)))
    return pl.DataFrame({"asker_no": asker_no, "record_id": record_id})
