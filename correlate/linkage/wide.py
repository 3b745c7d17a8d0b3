"""Wide keys: equalities of a few columns, which find pairs with several errors at once.

They are not stored, and cost a look at every record: they are followed in small vaults alone. As with linkage
keys, a value that too many records share is not followed, and nothing depends on who else is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from correlate.linkage.packing import Packing, distinct, places_of, spread
from correlate.tokens import Tokens

__all__ = ["WIDE_KEYS", "wide_pairs"]

Numbers = npt.NDArray[np.int64]

MISSING = 0
# Asking rows at a time: each may meet a hundred records, most of them several times.
TOGETHER = 50_000
QUARTER_BITS = 16


class Part(NamedTuple):
    """A column of the asking row and one of the record that have to be equal, or a quarter of them."""

    asked: str
    held: str
    quarter: int | None = None


WideKey = tuple[Part, ...]


def _same(*columns: str) -> WideKey:
    return tuple(Part(column, column) for column in columns)


WIDE_KEYS: tuple[WideKey, ...] = (
    _same("birth_date"),
    _same("street"),
    _same("phonetic", "first_phonetic"),
    (Part("phonetic", "first_phonetic"), Part("first_phonetic", "phonetic")),
    _same("postcode", "city"),
    _same("first_phonetic", "postcode"),
    _same("first_phonetic", "city"),
    _same("phonetic", "postcode"),
    _same("phonetic", "city"),
    _same("birth_yymm", "postcode"),
    _same("birth_yydd", "postcode"),
    _same("birth_mmdd", "postcode"),
    _same("phonetic", "birth_yymm"),
    _same("first_phonetic", "birth_yymm"),
    _same("first_phonetic", "birth_mmdd"),
    _same("phonetic", "department"),
    _same("phonetic", "birth_place"),
    _same("first_phonetic", "birth_place"),
    # Streets that are spelt alike: four of a sketch's sixteen slots.
    *((Part("street_sketch", "street_sketch", quarter),) for quarter in range(4)),
)
"""Chosen on labelled data, docs/decisions/0007."""


def wide_pairs(
    askers: Mapping[str, Tokens], records: Mapping[str, Tokens], *, records_max: int
) -> tuple[Numbers, Numbers]:
    """The places of asking rows and of records that share a wide key, each pair once, rising.

    Args:
        askers: token columns (a,) of the asking rows, 0 where missing.
        records: token columns (r,) of all records of the vault.
        records_max: a value that more records share is not followed.
    """
    rows, held = (len(next(iter(side.values()))) for side in (askers, records))
    packing, found = Packing.of(np.array([rows]), np.array([held])), [np.empty(0, dtype=np.int64)]
    for start in range(0, rows, TOGETHER):
        some = {name: column[start : start + TOGETHER] for name, column in askers.items()}
        pairs = [_pairs(*_numbered(key, some, records), records_max) for key in WIDE_KEYS]
        found.append(distinct(np.concatenate([packing.pack(one + start, other) for one, other in pairs])))
    return packing.unpack(np.concatenate(found))


def _numbered(
    key: WideKey, askers: Mapping[str, Tokens], records: Mapping[str, Tokens]
) -> tuple[Numbers, Numbers]:
    """The number (a,) and (r,) of each row's value of a key: the same for the same value, -1 for none."""
    asked = np.zeros(len(askers[key[0].asked]), dtype=np.int64)
    held = np.zeros(len(records[key[0].held]), dtype=np.int64)
    for part in key:
        mine, theirs = askers[part.asked], records[part.held]
        asked[mine == MISSING] = held[theirs == MISSING] = -1
        if part.quarter is not None:
            mine, theirs = _quarter(mine, part.quarter), _quarter(theirs, part.quarter)
        values, numbers = np.unique(theirs, return_inverse=True)
        _count_on(held, numbers, len(values))
        place = places_of(values, mine)
        asked[place < 0] = -1
        _count_on(asked, place, len(values))
    return asked, held


def _quarter(sketches: Tokens, place: int) -> Tokens:
    return sketches >> QUARTER_BITS * place & (1 << QUARTER_BITS) - 1


def _count_on(numbers: Numbers, further: npt.NDArray[np.intp], values: int) -> None:
    """Make one number of two, in place, of which the second is below ``values``; -1 stays what it is."""
    known = numbers >= 0
    numbers[known] = numbers[known] * values + further[known]


def _pairs(asked: Numbers, held: Numbers, records_max: int) -> tuple[Numbers, Numbers]:
    order = np.argsort(held, kind="stable")
    rising = held[order]
    first, end = np.searchsorted(rising, asked), np.searchsorted(rising, asked, side="right")
    count = np.where((asked >= 0) & (end - first <= records_max), end - first, 0)
    asker, place = spread(first, count)
    return asker, order[place]
