"""Fingerprints: one number for all that a row says, to tell later whether it says the same."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from correlate.tokens.exposed import ClassSets
from correlate.tokens.people import TOKEN_COLUMNS, People
from correlate.tokens.scheme import MISSING
from correlate.vocabulary import AttributeClass

__all__ = ["fingerprints", "mixed"]

Words = npt.NDArray[np.uint64]

_STEP = 0x9E3779B97F4A7C15


def mixed(words: Words) -> Words:
    """Spread every bit of each word over all others: splitmix64's finaliser (Steele, Lea and Flood 2014)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def fingerprints(people: People) -> Words:
    """(n,) one number a row, of its tokens and of the attribute classes that it exposes.

    It is made of keyed tokens, so it tells nothing without the key; two rows that differ have one number once
    in 2^64 pairs.
    """
    out = np.zeros(people.height, dtype=np.uint64)
    for place, name in enumerate((*TOKEN_COLUMNS, "birth_swapped"), 1):
        if (column := people.tokens.get(name)) is not None:
            # A column that is missing says the same as one that is not there.
            out += mixed(column.view(np.uint64) + np.uint64(place * _STEP % 2**64)) * (column != MISSING)
    out += _of_sets(people.classes)[people.classes.of_row]
    return mixed(out + people.nir_own)


def _of_sets(classes: ClassSets) -> Words:
    """(s,) a word for each distinct set: the sum of a word for each class, so order plays no part."""
    words = mixed(np.arange(1, len(AttributeClass) + 1, dtype=np.uint64) * np.uint64(_STEP))
    place = {each: place for place, each in enumerate(AttributeClass)}
    sums = [words[[place[each] for each in members]].sum(dtype=np.uint64) for members in classes.sets]
    return np.array(sums, dtype=np.uint64)
