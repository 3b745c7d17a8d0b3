"""Where keys occur in the vault: few are asked for, many are met on a walk through all that it holds.

A few keys are joined by the engine, which reads the blocks of their ranges alone. For millions nearly every
block would be read all the same, and hashing each of the vault's keys costs more than reading them: then all
are walked through once, in whatever order they come, and held against a sieve. That is a bit for each leading
part of the keys asked for, eight times as many as there are keys: seven of eight keys of the vault fall
through it at the cost of looking at one bit, near the one before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.loops import loop
from correlate.tokens import Tokens
from correlate.vault import Engine, ahead

__all__ = ["find_hits"]

Numbers = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]

# So many keys and more are met on a walk.
WALKED = 1_000_000
# Keys of the vault that are looked at together.
STEP_ROWS = 1_000_000
KEY_BITS = 64
# Bits of the sieve for a key, as a power of two, and how many of its leading parts share a start.
SIEVE_BITS, START_BITS = 3, 6
LEAST_BITS = 10


def find_hits(engine: Engine, keys: Tokens) -> tuple[Places, Numbers]:
    """The place (h,) among some distinct keys (k,), rising, of each occurrence in the vault, and its record
    (h,); in no order.
    """
    found = list(_walked(engine, keys) if len(keys) >= WALKED else _joined(engine, keys))
    nothing = np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int64)
    places, records = zip(nothing, *found, strict=True)
    return np.concatenate(places), np.concatenate(records)


def _joined(engine: Engine, keys: Tokens) -> Iterator[tuple[Places, Numbers]]:
    sought = pl.DataFrame({"key": keys, "place": np.arange(len(keys), dtype=np.int32)})
    select = "SELECT place, record_id FROM link_key JOIN asked USING (key)"
    for found in engine.joined(select, sought, "key"):
        yield found["place"].to_numpy(), found["record_id"].to_numpy()


def _walked(engine: Engine, keys: Tokens) -> Iterator[tuple[Places, Numbers]]:
    sieve = _Sieve.of(keys)
    chunks = engine.chunks("SELECT key, record_id FROM link_key", rows=STEP_ROWS)
    for chunk in ahead(chunks, threads=engine.limits.threads):
        yield sieve.hits(chunk["key"].to_numpy(), chunk["record_id"].to_numpy())


@dataclass(frozen=True, kw_only=True, eq=False)
class _Sieve:
    """The leading parts of some keys.

    Attributes:
        keys: (k,) rising.
        shift: a key without so many bits at its end is its leading part.
        bits: which leading parts there are.
        starts: the first key of each run of leading parts that share their first bits; one more at the end.
    """

    keys: Tokens
    shift: int
    bits: npt.NDArray[np.uint8]
    starts: Places

    @classmethod
    def of(cls, keys: Tokens) -> Self:
        """Make room for them, and set them."""
        leading = max(LEAST_BITS, len(keys).bit_length() + SIEVE_BITS)
        bits = np.zeros(1 << (leading - 3), dtype=np.uint8)
        starts = np.zeros((1 << (leading - START_BITS)) + 1, dtype=np.int32)
        _set(len(keys))(keys, KEY_BITS - leading, bits, starts)
        return cls(keys=keys, shift=KEY_BITS - leading, bits=bits, starts=np.maximum.accumulate(starts))

    def hits(self, held: Tokens, records: Numbers) -> tuple[Places, Numbers]:
        """The places of those keys of the vault (n,) that are among the keys, and their records."""
        place, record = np.empty(len(held), dtype=np.int32), np.empty(len(held), dtype=np.int64)
        found = _sift(len(held))(self.keys, self.shift, self.bits, self.starts, held, records, place, record)
        return place[:found].copy(), record[:found].copy()


@loop
def _set(keys: Tokens, shift: int, bits: npt.NDArray[np.uint8], starts: Places) -> None:
    """Set the bit of each key's leading part, and behind the start of each run how many keys end with it."""
    # Keys are signed: the lowest of them leads with 0.
    lowest = 1 << (63 - shift)
    for place in range(len(keys)):
        lead = (keys[place] >> shift) + lowest
        bits[lead >> 3] |= 1 << (lead & 7)
        starts[(lead >> START_BITS) + 1] = place + 1


@loop
def _sift(
    keys: Tokens,
    shift: int,
    bits: npt.NDArray[np.uint8],
    starts: Places,
    held: Tokens,
    records: Numbers,
    place: Places,
    record: Numbers,
) -> int:
    """Write down where and of which record the hits are; gives how many there are."""
    lowest = 1 << (63 - shift)
    found = 0
    for turn in range(len(held)):
        key = held[turn]
        lead = (key >> shift) + lowest
        if bits[lead >> 3] & (1 << (lead & 7)):
            for near in range(starts[lead >> START_BITS], starts[(lead >> START_BITS) + 1]):
                if keys[near] >= key:
                    if keys[near] == key:
                        place[found] = near
                        record[found] = records[turn]
                        found += 1
                    break
    return found
