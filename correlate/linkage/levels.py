"""The level of each comparison for a pair of rows, and what the pair weighs: one loop over pairs.

A pair is an asking row ``s`` and a record ``r``, each with its tokens by name. A token of 0 is missing and
equals nothing. The levels are numbered from 1 in the order of ``COMPARISONS``; 0 is missing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from correlate.loops import loop

__all__ = ["weigh"]

Row = Any
"""A row of a structured array, token columns by name."""
Numbers = npt.NDArray[np.int64]
Small = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]

# Equal slots of two sketches, of 16. Two unrelated names share 1 to 2 slots; one letter changed in eight
# leaves some 11. Held against labelled data in docs/decisions/0007.
CLOSE_SLOTS, SIMILAR_SLOTS = 9, 6
SLOTS, SLOT_BITS = 16, 4


@loop
def weigh(
    askers: npt.NDArray[np.void],
    of_pair: Numbers,
    records: npt.NDArray[np.void],
    terms: npt.NDArray[np.int16],
    term_of: Small,
    weights: Floats,
    levels: Small,
    shared: Small,
    bits: Floats,
) -> None:
    """Compare n pairs and add their weights up.

    Args:
        askers: (a,) asking rows.
        of_pair: (n,) the asking row of each pair.
        records: (n,) the record of each pair.
        terms: (a, t) how common each asking row's own tokens are: log2, in sixteenths.
        term_of: (comparisons, levels) which of the terms a level takes, -1 for none.
        weights: (2, comparisons + 1, levels) what each level weighs, in bits, for one person and for one
            household against strangers; the priors in the first place behind the comparisons.
        levels: (n, comparisons), filled with the level of each comparison.
        shared: (n,), filled with what both rows bear, by the bits of ``compare.SHARED``.
        bits: (3, n), filled with log2 of how common the agreeing tokens are, summed, and the two sums of
            weights, added in the order of the comparisons, so that a sum is the same to the last bit.
    """
    count = term_of.shape[0]
    for pair in range(len(of_pair)):
        asker = of_pair[pair]
        s, r, found = askers[asker], records[pair], levels[pair]
        _compare(s, r, found)
        shared[pair] = _shared(s, r)
        rarity = 0
        for place in range(count):
            term = term_of[place, found[place]]
            if term >= 0:
                rarity += int(terms[asker, term])
        common = rarity / 16.0
        person, household = weights[0, count, 0] - common, weights[1, count, 0] - common
        for place in range(count):
            person += weights[0, place, found[place]]
            household += weights[1, place, found[place]]
        bits[0, pair], bits[1, pair], bits[2, pair] = common, person, household


def _compare(s: Row, r: Row, found: Small) -> None:
    """The level of every comparison, in order."""
    surname, first_name = _names(s, r)
    found[0] = _nir(s, r)
    found[1] = _plain(s["national_id"], r["national_id"])
    found[2] = surname
    found[3] = first_name
    found[4] = _birth_date(s, r)
    found[5] = _plain(s["birth_place"], r["birth_place"])
    found[6] = _plain(s["sex"], r["sex"])
    found[7] = _either(s["email"], s["email_alt"], r["email"], r["email_alt"])
    found[8] = _either(s["phone"], s["phone_alt"], r["phone"], r["phone_alt"])
    found[9] = _plain(s["iban"], r["iban"])
    found[10] = _place(s, r)
    found[11] = _street(s, r)
    found[12] = _plain(s["occupation"], r["occupation"])


def _same(one: int, other: int) -> bool:
    return one != 0 and one == other


def _plain(one: int, other: int) -> int:
    """Exact, differs."""
    if one == 0 or other == 0:
        return 0
    return 1 if one == other else 2


def _meet(one: int, one_alt: int, other: int, other_alt: int) -> bool:
    """Any of a field's two tokens is any of the other's."""
    return _same(one, other) or _same(one, other_alt) or _same(one_alt, other) or _same(one_alt, other_alt)


def _either(one: int, one_alt: int, other: int, other_alt: int) -> int:
    """Exact, differs, of fields of two tokens."""
    if _meet(one, one_alt, other, other_alt):
        return 1
    return 2 if one != 0 and other != 0 else 0


def _slots(one: int, other: int) -> int:
    """How many slots two sketches have in common; none where one is missing."""
    if one == 0 or other == 0:
        return 0
    differ, count = one ^ other, 0
    for _ in range(SLOTS):
        if differ & 15 == 0:
            count += 1
        differ >>= SLOT_BITS
    return count


def _nir(s: Row, r: Row) -> int:
    if s["nir"] == 0 or r["nir"] == 0:
        return 0
    agree = s["nir"] == r["nir"]
    # A bare NIR is taken to be the asker's own; beside a name it may be the insured's, and only a date tells.
    if r["birth_mmdd"] == 0 or (s["birth_mmdd"] == 0 and s["first_initial"] != 0):
        return 1 if agree else 2
    both, one = s["nir_own"] and r["nir_own"], s["nir_own"] or r["nir_own"]
    if agree:
        return 3 if both else 4 if one else 5
    return 6 if both else 7


def _names(s: Row, r: Row) -> tuple[int, int]:
    """The levels of surname and first name. Names in each other's column are told by the surname's level; the
    first name's then says nothing.
    """
    first = _first_name(s, r)
    if _meet(s["surname"], s["surname_alt"], r["surname"], r["surname_alt"]):
        return 1, first
    if _meet(s["phonetic"], s["phonetic_alt"], r["phonetic"], r["phonetic_alt"]):
        return 2, first
    agrees = _same(s["first_name"], r["first_name"]) or _same(s["first_phonetic"], r["first_phonetic"])
    there, back = _same(s["surname"], r["first_name"]), _same(s["first_name"], r["surname"])
    near = _slots(s["surname_sketch"], r["surname_sketch"])
    close = (
        _slots(s["surname_sketch"], r["first_sketch"]) >= SIMILAR_SLOTS
        and _slots(s["first_sketch"], r["surname_sketch"]) >= SIMILAR_SLOTS
    )
    if (there or back or close) and not agrees and near < CLOSE_SLOTS:
        first = 0
    if there and back:
        return 3, first
    if near >= CLOSE_SLOTS:
        return 4, first
    if close:
        return 5, first
    if (there or back) and not agrees:
        return 6, first
    if near >= SIMILAR_SLOTS:
        return 7, first
    return 8 if s["surname"] != 0 and r["surname"] != 0 else 0, first


def _first_name(s: Row, r: Row) -> int:
    if _same(s["first_name"], r["first_name"]):
        return 1
    if _same(s["first_phonetic"], r["first_phonetic"]):
        return 2
    near = _slots(s["first_sketch"], r["first_sketch"])
    if near >= SIMILAR_SLOTS:
        return 3 if near >= CLOSE_SLOTS else 4
    if s["first_initial"] == 0 or r["first_initial"] == 0:
        return 0
    return 5 if s["first_initial"] == r["first_initial"] else 6


def _birth_date(s: Row, r: Row) -> int:
    if _same(s["birth_date"], r["birth_date"]):
        return 1
    if _same(s["birth_swapped"], r["birth_date"]):
        return 2
    months, days = _same(s["birth_yymm"], r["birth_yymm"]), s["birth_mmdd"] != 0 and r["birth_mmdd"] != 0
    if months and days:
        return 3
    if _same(s["birth_yydd"], r["birth_yydd"]):
        return 4
    if days:
        return 5 if s["birth_mmdd"] == r["birth_mmdd"] else 6
    if months:
        return 0 if _same(s["nir"], r["nir"]) else 7
    return 8 if s["birth_yymm"] != 0 and r["birth_yymm"] != 0 else 0


def _place(s: Row, r: Row) -> int:
    postcodes, cities = s["postcode"] != 0 and r["postcode"] != 0, s["city"] != 0 and r["city"] != 0
    postcode = postcodes and s["postcode"] == r["postcode"]
    city = cities and s["city"] == r["city"]
    if postcode and cities:
        return 1 if city else 2
    if postcodes and city:
        return 3
    near = _slots(s["city_sketch"], r["city_sketch"])
    if postcodes and near >= SIMILAR_SLOTS:
        return 4 if near >= CLOSE_SLOTS else 5
    if postcode:
        return 8
    department = _same(s["department"], r["department"])
    if postcodes:
        if department:
            return 6 if cities else 9
        return 7 if cities else 10
    if department:
        return 6 if cities else 9
    if city:
        return 11
    if near >= SIMILAR_SLOTS:
        return 12 if near >= CLOSE_SLOTS else 13
    return 14 if cities else 0


def _street(s: Row, r: Row) -> int:
    if s["street"] == 0 or r["street"] == 0:
        near = _slots(s["street_sketch"], r["street_sketch"])
        exact, known = False, False
    else:
        exact, known = s["street"] == r["street"], True
        near = SLOTS if exact else _slots(s["street_sketch"], r["street_sketch"])
    if _same(s["postcode"], r["postcode"]) or _same(s["city"], r["city"]):
        if exact:
            return 1
        if near >= SIMILAR_SLOTS:
            return 2 if near >= CLOSE_SLOTS else 3
        return 4 if known else 0
    if exact:
        return 5
    if near >= CLOSE_SLOTS:
        return 6
    return 7 if known else 0


def _shared(s: Row, r: Row) -> int:
    """Which values both rows bear; a NIR only where it is the asking row's own."""
    out = 0
    if s["nir_own"] and _same(s["nir"], r["nir"]):
        out |= 1
    if _meet(s["phone"], s["phone_alt"], r["phone"], r["phone_alt"]):
        out |= 2
    if _same(s["iban"], r["iban"]):
        out |= 4
    if _meet(s["email"], s["email_alt"], r["email"], r["email_alt"]):
        out |= 8
    if _same(s["street"], r["street"]) and _same(s["postcode"], r["postcode"]):
        out |= 16
    return out
