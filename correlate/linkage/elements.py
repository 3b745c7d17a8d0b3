"""Elements of exposures: breach, class set, where that is known from and hundredths, in one integer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from correlate.linkage.distinct_lists import Lists
from correlate.linkage.packing import distinct

__all__ = [
    "BREACH_SHIFT",
    "CLASS_SET_SHIFT",
    "DECLARED",
    "OF_HOUSEHOLD",
    "ORIGIN_SHIFT",
    "OWN",
    "elements_of",
    "likeliest",
    "needed",
]

Numbers = npt.NDArray[np.int64]

# An element is breach_no, class_set_no, origin and hundredths side by side.
BREACH_SHIFT, CLASS_SET_SHIFT, ORIGIN_SHIFT = 44, 12, 7
# An origin: the depth of a linked record, or one of these.
OWN, DECLARED, OF_HOUSEHOLD = 0, 30, 31

ORIGINS = 1 << (CLASS_SET_SHIFT - ORIGIN_SHIFT)
# By how near each is: what was told of a subject comes after its own row and before any path.
ORIGIN_OF = np.array([OWN, DECLARED, *range(1, DECLARED), OF_HOUSEHOLD])
NEARNESS = np.argsort(ORIGIN_OF)


def elements_of(breach_no: Numbers, class_set_no: Numbers, origin: int, percent: Numbers | int) -> Numbers:
    """(n,) elements."""
    packed: Numbers = (breach_no << BREACH_SHIFT) + (class_set_no << CLASS_SET_SHIFT)
    packed += (origin << ORIGIN_SHIFT) + percent
    return packed


def needed(owner: Numbers, elements: Numbers, owners: int) -> Lists:
    """Of what was found of each owner, the elements that say more than nearer ones do.

    The best of an owner's links to a breach and class set by origin; its own row counts as certain. A link
    that a shorter path makes as likely adds nothing.

    Args:
        owner: (n,) whose each is, from 0 to before ``owners``.
        elements: (n,) with at least one hundredth each; any may come several times.
        owners: how many there are.

    Returns:
        A rising list for each owner.
    """
    packing = _Packing(elements)
    found = distinct(packing.pack(owner, elements, NEARNESS))
    same = found >> CLASS_SET_SHIFT
    fresh = np.ones(len(found), dtype=np.bool_)
    fresh[1:] = same[1:] != same[:-1]
    percent = found & ((1 << ORIGIN_SHIFT) - 1)
    # The most so far of each breach and class set: a later one of them starts above all that came before.
    base = np.cumsum(fresh) << ORIGIN_SHIFT
    most = np.maximum.accumulate(base + percent)
    nearer = np.zeros(len(found), dtype=np.int64)
    nearer[1:] = most[:-1]
    kept = _last(found >> ORIGIN_SHIFT) & (base + percent > nearer)
    return packing.lists(found[kept], owners, ORIGIN_OF)


def likeliest(owner: Numbers, elements: Numbers, owners: int) -> Lists:
    """The best of each owner's elements by breach, class set and origin; see :func:`needed`."""
    packing = _Packing(elements)
    found = np.sort(packing.pack(owner, elements, None))
    return packing.lists(found[_last(found >> ORIGIN_SHIFT)], owners, None)


def _last(rising: Numbers) -> npt.NDArray[np.bool_]:
    """(n,) whether a number is the last of its like."""
    last = np.ones(len(rising), dtype=np.bool_)
    last[:-1] = rising[1:] != rising[:-1]
    return last


class _Packing:
    """Owners and elements in one integer, breach and class set by the rank of both: what occurs is little."""

    def __init__(self, elements: Numbers) -> None:
        self._sources = distinct(elements >> CLASS_SET_SHIFT)
        # Owners and sources are fewer than the elements in memory are, so that 63 bits suffice.
        self._owner_shift = CLASS_SET_SHIFT + len(self._sources).bit_length()

    def pack(self, owner: Numbers, elements: Numbers, code_of: Numbers | None) -> Numbers:
        """(n,) integers in the order of owner, breach, class set, origin (or its code) and hundredths."""
        packed: Numbers = np.searchsorted(self._sources, elements >> CLASS_SET_SHIFT) << CLASS_SET_SHIFT
        packed |= owner << self._owner_shift
        packed |= _recoded(elements, code_of) & ((1 << CLASS_SET_SHIFT) - 1)
        return packed

    def lists(self, packed: Numbers, owners: int, origin_of: Numbers | None) -> Lists:
        """The elements again, of integers that rise: a rising list for each owner."""
        plain = _recoded(packed, origin_of)
        if np.any(plain[1:] < plain[:-1]):
            plain = np.sort(plain)
        counts = np.bincount(plain >> self._owner_shift, minlength=owners)
        source = plain >> CLASS_SET_SHIFT & ((1 << (self._owner_shift - CLASS_SET_SHIFT)) - 1)
        items = self._sources[source] << CLASS_SET_SHIFT
        items |= plain & ((1 << CLASS_SET_SHIFT) - 1)
        return Lists(items, np.concatenate([[0], np.cumsum(counts)]))


def _recoded(elements: Numbers, codes: Numbers | None) -> Numbers:
    """The same with another number for each origin."""
    if codes is None:
        return elements
    origin = elements >> ORIGIN_SHIFT & (ORIGINS - 1)
    recoded: Numbers = elements + ((codes[origin] - origin) << ORIGIN_SHIFT)
    return recoded
