"""The many exposures that one is compared with: without a breach, with one alone, with surer links only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from correlate.loops import loop
from correlate.risk.arrays import Ints, Mask
from correlate.risk.profile import Profile
from correlate.risk.records import STANDINGS, Records, of_household
from correlate.risk.rows import WHOLE, Rows

__all__ = ["Counterfactuals", "chances", "counterfactuals"]

Words = npt.NDArray[np.uint64]
# Two steps of splitmix64's sequence.
_SALTS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0x3C6EF372FE94F82A))
# Sums of two such words have room in 64 bits with a sign.
_WORD = (1 << 62) - 1

# Kind, chance and words of each row of a block: two of the row as it is, two of it taken for certain.
_Given = tuple[Ints, Ints, Ints]
# Slots of a table of hashes, two words of each content, where its rows lie, these, whether base rates count
# besides; and how many contents and rows there are by now.
_Store = tuple[Ints, Ints, Ints, Ints, Ints, Ints, Mask, Ints]


@dataclass(frozen=True, kw_only=True)
class Counterfactuals:
    """Distinct exposures, each once, and which of them each exposure of a block is compared with.

    The first ``owns`` of ``rows`` are the block's own. ``own``, ``plain``, ``lower`` and ``upper``
    (exposures,) are the exposure as it is, without base rates, with near-certain records only, and with all
    its records taken for the person's. ``stages`` (standings × exposures) has the records of each standing
    and all surer ones, -1 where there are none. ``alone`` and ``left_out`` are of each (exposure, breach)
    pair.
    """

    rows: Rows
    owns: int
    own: Ints
    plain: Ints
    lower: Ints
    upper: Ints
    stages: Ints
    alone: Ints
    left_out: Ints


def chances(records: Records, *, profile: Profile) -> Ints:
    """The chance of each record in parts of ``WHOLE``; the profile knows what a household's is worth."""
    shares = np.where(of_household(records.standing), profile.household_share.value, 1.0)
    return np.rint(records.step / profile.steps * shares * WHOLE).astype(np.int64)


def counterfactuals(block: Records, *, profile: Profile, rated: bool) -> Counterfactuals:
    """Find what each exposure of the block is compared with; base rates count if ``rated``.

    Contents are told apart by 124 bits of two sums of mixed words, which do not depend on an order.
    """
    chance = chances(block, profile=profile)
    edges = block.edges()
    pairs = block.pair_starts()
    pair_edges = np.searchsorted(block.exposure[pairs], np.arange(block.count + 1))
    words = np.stack([_mixed(block.kind, each, salt) for each in (chance, WHOLE) for salt in _SALTS])
    near = block.step >= round(profile.near_certain.value * profile.steps)
    sizes, breaches = np.diff(edges), np.diff(pair_edges)
    many = np.minimum(sizes, len(STANDINGS)) + 4
    contents, owns, of_exposure, stages, of_pair = _found(len(block) + block.count)(
        (block.kind, chance, words),
        edges,
        np.append(pairs, len(block)),
        pair_edges,
        near,
        block.standing,
        rated,
        len(STANDINGS),
        int((many + 2 * breaches).sum()),
        int((sizes * (many + breaches + 1)).sum()),
    )
    rows = Rows(edges=contents[0], kind=contents[1], chance=contents[2], background=contents[3])
    own, plain, lower, upper = of_exposure
    return Counterfactuals(
        rows=rows,
        owns=owns,
        own=own,
        plain=plain,
        lower=lower,
        upper=upper,
        stages=stages,
        alone=of_pair[0],
        left_out=of_pair[1],
    )


def _mixed(kind: Ints, chance: Ints | int, salt: np.uint64) -> Ints:
    """Each row as a word, mixed so that sums of different ones differ (the finaliser of splitmix64; Steele
    2014).
    """
    mixed = ((kind.astype(np.uint64) << np.uint64(32)) | np.asarray(chance).astype(np.uint64)) + salt
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return (mixed ^ mixed >> np.uint64(31)).astype(np.int64) & _WORD


@loop
def _found(
    given: _Given,
    edges: Ints,
    pairs: Ints,
    pair_edges: Ints,
    near: Mask,
    standing: Ints,
    rated: bool,
    standings: int,
    contents_max: int,
    rows_max: int,
) -> tuple[tuple[Ints, Ints, Ints, Mask], int, Ints, Ints, Ints]:
    """The contents, how many are the exposures' own, and the numbers of those that each exposure and each
    pair is compared with.
    """
    count = len(edges) - 1
    store = _store(contents_max, rows_max)
    chosen = np.empty(len(given[0]), dtype=np.int64)
    of_exposure = np.empty((4, count), dtype=np.int64)
    stages = np.empty((standings, count), dtype=np.int64)
    of_pair = np.empty((2, len(pairs) - 1), dtype=np.int64)
    # Exposures come in an order in which neighbours are alike. So what is alike of neighbours comes together,
    # the own first, and the factors that it begins with are multiplied once.
    for certain, background, found in ((False, rated, 0), (False, False, 1), (True, rated, 3)):
        for exposure in range(count):
            many = _rows(chosen, edges[exposure], edges[exposure + 1], 0, 0)
            of_exposure[found, exposure] = _number(chosen, many, certain, background, given, store)
        if found == 0:
            owns = store[-1][0]
    for exposure in range(count):
        many = 0
        for row in range(edges[exposure], edges[exposure + 1]):
            if near[row]:
                chosen[many] = row
                many += 1
        of_exposure[2, exposure] = _number(chosen, many, False, False, given, store)
    for exposure in range(count):
        first, last = edges[exposure], edges[exposure + 1]
        _staged(stages[:, exposure], standing, first, last, chosen, given, store)
    for pair in range(len(pairs) - 1):
        many = _rows(chosen, pairs[pair], pairs[pair + 1], 0, 0)
        of_pair[0, pair] = _number(chosen, many, False, False, given, store)
    for turn in range(np.diff(pair_edges).max()) if count else range(0):
        for exposure in range(count):
            pair = pair_edges[exposure] + turn
            if pair < pair_edges[exposure + 1]:
                many = _rows(chosen, edges[exposure], edges[exposure + 1], pairs[pair], pairs[pair + 1])
                of_pair[1, pair] = _number(chosen, many, False, rated, given, store)
    contents, rows = store[-1]
    kept = (store[3][: contents + 1], store[4][:rows], store[5][:rows], store[6][:contents])
    return kept, owns, of_exposure, stages, of_pair


def _store(contents_max: int, rows_max: int) -> _Store:
    """A table with room for so many contents, and for the rows of all of them together."""
    slots = 4
    while slots < 2 * contents_max:
        slots *= 2
    return (
        np.zeros(slots, dtype=np.int64),
        np.empty(contents_max, dtype=np.int64),
        np.empty(contents_max, dtype=np.int64),
        np.zeros(contents_max + 1, dtype=np.int64),
        np.empty(rows_max, dtype=np.int64),
        np.empty(rows_max, dtype=np.int64),
        np.empty(contents_max, dtype=np.bool_),
        np.zeros(2, dtype=np.int64),
    )


def _rows(chosen: Ints, first: int, last: int, without: int, to: int) -> int:
    """Choose the rows from ``first`` to ``last`` but those from ``without`` to ``to``."""
    many = 0
    for row in range(first, last):
        if not without <= row < to:
            chosen[many] = row
            many += 1
    return many


def _staged(
    stages: Ints, standing: Ints, first: int, last: int, chosen: Ints, given: _Given, store: _Store
) -> None:
    """The content of the records of each standing and all surer ones; -1 where there is none so sure."""
    number, before = -1, -1
    while True:
        reached = len(stages)
        for row in range(first, last):
            if before < standing[row] < reached:
                reached = standing[row]
        stages[max(before, 0) : reached] = number
        if reached == len(stages):
            return
        many = 0
        for row in range(first, last):
            if standing[row] <= reached:
                chosen[many] = row
                many += 1
        number, before = _number(chosen, many, False, False, given, store), reached


def _number(chosen: Ints, many: int, certain: bool, background: bool, given: _Given, store: _Store) -> int:
    """The number of the content of the rows chosen; they are kept if they are the first of this content."""
    salt = 2 if certain else 0
    one = other = 1 if background else 0
    for place in range(many):
        one = (one + given[2][salt, chosen[place]]) & _WORD
        other = (other + given[2][salt + 1, chosen[place]]) & _WORD
    slot = one & (len(store[0]) - 1)
    while store[0][slot] > 0:
        number = store[0][slot] - 1
        if store[1][number] == one and store[2][number] == other:
            return int(number)
        slot = (slot + 1) & (len(store[0]) - 1)
    number, end = store[7][0], store[7][1]
    store[0][slot] = number + 1
    store[1][number], store[2][number], store[6][number] = one, other, background
    for place in range(many):
        store[4][end] = given[0][chosen[place]]
        store[5][end] = WHOLE if certain else given[1][chosen[place]]
        end += 1
    store[3][number + 1] = end
    store[7][0], store[7][1] = number + 1, end
    return int(number)
