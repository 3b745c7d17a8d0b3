"""Hands worked out side by side, each in a lane of its own: what they leave missing, and what that makes
feasible.

Every step goes over all lanes, or over all terms, at once. So it is a step of the processor's vectors where
it is compiled, and one of numpy's where it is not.
"""

from __future__ import annotations

import numpy as np

from correlate.loops import loop
from correlate.risk.arrays import Floats, Ints

__all__ = ["lift", "work_out"]

# So many hands are worked out side by side, or all of one exposure: what they take stays near the
# processor.
_LANES = 64
# So many are turned from rows into columns together: a line of the processor's memory. The width of a table
# is no power of 2 then, of which all columns would fall on few lines.
_TURNED = 8
# The hands of an exposure resemble those of its neighbour in the same places, up to so many.
_STACKS = 4
# So many factors are kept once they are worked out: some megabytes.
_FACTORS = 2048

# Arrays of ``Hands``: edges, starts and factor; and of its factors, with a row of base rates, -1 for none, in
# the place of what is taken.
Dealt = tuple[Ints, Ints, Ints]
Factors = tuple[Ints, Ints, Ints, Floats]
# Kinds × terms, what a kind brings; rows × terms, what base rates leave missing; the term of each class
# alone.
Tables = tuple[Floats, Floats, Ints]
# Sums by row: where each begins, and of each summand the term and its coefficient.
Sums = tuple[Ints, Ints, Floats]
# Where the boosts of each scenario begin, the class and the boost of each; what controls let pass.
Boosts = tuple[Ints, Ints, Floats, Floats]
# Feasibility, availability, feasibility without a class: columns are exposures.
Best = tuple[Floats, Floats, Floats]


@loop
def work_out(
    exposures: tuple[int, int],
    hands: Dealt,
    factors: Factors,
    tables: Tables,
    sums: tuple[Sums, Sums],
    boosts: Boosts,
    lacking: Ints,
    asked: bool,
    best: Best,
) -> None:
    """Write the best of the hands of each exposure from the first to before the second into ``best``;
    ``lacking`` has a row (scenario, class) for each of the second sums. These, and availability, only if they
    are ``asked`` for.
    """
    edges, exposure, end = hands[0], exposures[0], exposures[1]
    most, terms = np.diff(edges).max(), tables[0].shape[1]
    width = min(edges[end] - edges[exposure], max(_LANES, most)) + _TURNED
    stacks = np.ones((_STACKS, np.diff(hands[1]).max() + 1, terms), dtype=np.float64)
    some, missing = np.ones((_TURNED, terms)), np.ones((terms, width))
    before, held = np.full(_STACKS, -1), np.empty((len(tables[2]), width))
    # Factors that were worked out, in places by their numbers.
    places = min(len(factors[1]), _FACTORS)
    leaving, inside, other = np.empty((places, terms)), np.full(places, -1), np.empty(terms)
    owner = np.empty(width, dtype=np.int64)
    chance, part, without = np.empty(width), np.empty(width), np.empty(width)
    while exposure < end:
        lanes = 0
        while exposure < end and lanes + edges[exposure + 1] - edges[exposure] <= width - _TURNED:
            for hand in range(edges[exposure], edges[exposure + 1]):
                stack = min(hand - edges[exposure], _STACKS - 1)
                depth = _multiply(
                    hand, before[stack], hands, factors, tables, stacks[stack], leaving, inside, other
                )
                before[stack] = hand
                some[lanes % _TURNED] = stacks[stack, depth]
                owner[lanes] = exposure
                lanes += 1
                if lanes % _TURNED == 0:
                    missing[:, lanes - _TURNED : lanes] = some.T
            exposure += 1
        # The last lanes may be of no hand, or of one that was: nobody owns them.
        missing[:, lanes - lanes % _TURNED : lanes - lanes % _TURNED + _TURNED] = some.T
        for place in range(len(held)):
            np.subtract(1.0, missing[tables[2][place]], held[place])
            if asked:
                _keep(best[1][place], held[place], owner[:lanes])
        for scenario in range(len(boosts[3])):
            _add_up(scenario, sums[0], missing, chance, part)
            lift(chance, held, scenario, -1, boosts, part, without)
            _keep(best[0][scenario], chance, owner[:lanes])
        for row in range(len(lacking) if asked else 0):
            _add_up(row, sums[1], missing, chance, part)
            lift(chance, held, lacking[row, 0], lacking[row, 1], boosts, part, without)
            _keep(best[2][row], chance, owner[:lanes])


def _multiply(
    hand: int,
    before: int,
    hands: Dealt,
    factors: Factors,
    tables: Tables,
    stack: Floats,
    leaving: Floats,
    inside: Ints,
    other: Floats,
) -> int:
    """Multiply the factors of a hand, one upon the other in ``stack``, where those of the hand ``before`` it,
    if there was any (-1), stand already. Gives how many there are.
    """
    starts, factor = hands[1], hands[2]
    first, many, same = starts[hand], starts[hand + 1] - starts[hand], 0
    if before >= 0:
        start, limit = starts[before], min(many, starts[before + 1] - starts[before])
        while same < limit and factor[first + same] == factor[start + same]:
            same += 1
    for depth in range(same, many):
        number = factor[first + depth]
        place = number % len(inside)
        if inside[place] != number:
            _leave(number, factors, tables, leaving[place], other)
            inside[place] = number
        np.multiply(stack[depth], leaving[place], stack[depth + 1])
    return int(many)


def _leave(number: int, factors: Factors, tables: Tables, leaving: Floats, other: Floats) -> None:
    """The chance that what a factor stands for leaves all classes of a term missing, for each term."""
    rows, rates, kind, held = factors
    first, last = rows[number], rows[number + 1]
    if first == last:
        leaving[:] = tables[1][rates[number]]
        return
    np.multiply(tables[0][kind[first]], held[first], leaving)
    for row in range(first + 1, last):
        np.multiply(tables[0][kind[row]], held[row], other)
        np.add(leaving, other, leaving)
    np.subtract(1.0, leaving, leaving)
    if rates[number] >= 0:
        np.divide(leaving, tables[1][rates[number]], leaving)


def _add_up(row: int, sums: Sums, missing: Floats, chance: Floats, part: Floats) -> None:
    """The chance that requirements are met, from what is missing."""
    starts, term, coefficient = sums
    chance[:] = 0.0
    for place in range(starts[row], starts[row + 1]):
        np.multiply(missing[term[place]], coefficient[place], part)
        np.add(chance, part, chance)
    np.clip(chance, 0.0, 1.0, chance)


def lift(
    chance: Floats, held: Floats, scenario: int, lack: int, boosts: Boosts, part: Floats, without: Floats
) -> None:
    """Lift, in its place, the chance that a scenario's requirements are met, for somebody who lacks a class
    (-1 for none); ``held`` is classes × lanes. See :mod:`correlate.risk.feasibility` for the formula.
    """
    starts, place, boost, residual = boosts
    without[:] = 1.0
    for each in range(starts[scenario], starts[scenario + 1]):
        if place[each] != lack:
            np.multiply(held[place[each]], boost[each], part)
            np.subtract(1.0, part, part)
            np.multiply(without, part, without)
    np.subtract(1.0, without, without)
    np.subtract(1.0, chance, part)
    np.multiply(without, part, part)
    np.add(1.0, part, part)
    np.multiply(chance, part, chance)
    np.multiply(chance, residual[scenario], chance)


def _keep(best: Floats, of_lane: Floats, owner: Ints) -> None:
    """Keep the best hand of each owner."""
    for lane in range(len(owner)):
        if of_lane[lane] > best[owner[lane]]:
            best[owner[lane]] = of_lane[lane]
