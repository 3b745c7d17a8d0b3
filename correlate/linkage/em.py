"""Expectation-maximisation over agreement patterns: m, h and u probabilities, and the priors.

Three classes compete for each pair (see ``model``). For a pattern with levels l_1..l_k, and log2 of how
common the tokens are that it agrees on summed to T,

    A = p * prod(m[l] / u[l]) / 2^T,    B = q * prod(h[l] / u[l]) / 2^T,
    P = A / (A + B + 1),                Q = B / (A + B + 1)

(expectation). Then m, h, p and q are weighted shares over the candidate pairs, any other pair being taken for
one of strangers, and u is the share among random pairs, each weighted by its chance 1 - P - Q to be one of
strangers (maximisation): candidates are chosen by agreement and would tell u wrong. h is learned last, once
it is clear that there are households at all.

Each probability is drawn towards the starting model, as the mode of a Dirichlet posterior is: a small vault
stays near the defaults, a large one leaves them. Sums run in a fixed order: the same patterns give the same
bits.

Sources: Dempster, Laird and Rubin 1977; Winkler 1988 (EM for Fellegi and Sunter).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

__all__ = ["PRIOR_PAIRS", "PRIOR_SEEN", "Estimate", "Patterns", "Shape", "estimate"]

Floats = npt.NDArray[np.float64]
Tables = tuple[Floats, ...]

# How many pairs of one person the starting model's m counts for, in each context of each comparison.
PRIOR_PAIRS = 20.0
# The same for h and pairs of a household: what tells a household from a record with errors is not left to
# chance.
PRIOR_H = 200.0
# A level seen fewer times than this among random pairs stays near the chance that the starting model gives
# it.
PRIOR_SEEN = 10.0
PRIOR_HOUSEHOLDS = 0.5
HOUSEHOLDS_MIN = 0.02
ROUNDS_MAX = 200
CONVERGED = 1e-6
LEAST = 1e-12


@dataclass(frozen=True, kw_only=True)
class Patterns:
    """Distinct agreement patterns.

    Attributes:
        levels: (comparisons, patterns) the level of each, 0 where missing.
        pairs: (patterns,) how many pairs show it.
        term_bits: (patterns,) log2 of how common the agreeing tokens are, summed.
    """

    levels: npt.NDArray[np.int8]
    pairs: Floats
    term_bits: Floats


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Probabilities, a (levels,) array for each comparison, and what they rest on.

    ``person`` and ``household`` are the shares p and q of all pairs; ``rounds`` says how many it took;
    ``person_pairs`` and ``household_pairs`` are expected numbers.
    """

    m: Tables
    h: Tables
    u: Tables
    person: float
    household: float
    rounds: int = 0
    person_pairs: float = 0.0
    household_pairs: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How the levels hang together, an array for each comparison.

    ``contexts`` (levels,) numbers the contexts within which probabilities add up to 1. ``within`` (levels,
    levels) is 1 where the chance of the column's level is part of the row's token's chance, and all 0 in
    rows of levels without a term.
    """

    contexts: tuple[npt.NDArray[np.int64], ...]
    within: tuple[Floats, ...]


def estimate(
    candidates: Patterns, random: Patterns, *, all_pairs: float, start: Estimate, shape: Shape
) -> Estimate:
    """Iterate from ``start`` until no probability moves by more than 1e-6, 200 times at most.

    Args:
        candidates: every candidate pair.
        random: pairs chosen at random.
        all_pairs: how many pairs there are, candidates or not.
        start: the model to start from and to stay near.
        shape: of the levels.
    """
    known = replace(start, rounds=0)
    found = _iterate(candidates, random, all_pairs, known, start, shape, learn_h=False)
    if found.household < HOUSEHOLDS_MIN * found.person:
        # Any population has about as many pairs of a household as of one person. Where there are next to none
        # the data has one person a household, and records with many errors would pass for a household's.
        alone = replace(found, household=found.person * LEAST)
        return _iterate(candidates, random, all_pairs, alone, start, shape, learn_h=False)
    return _iterate(candidates, random, all_pairs, found, start, shape, learn_h=True)


def _iterate(
    candidates: Patterns,
    random: Patterns,
    all_pairs: float,
    now: Estimate,
    start: Estimate,
    shape: Shape,
    *,
    learn_h: bool,
) -> Estimate:
    households = now.household > now.person * LEAST
    before = PRIOR_HOUSEHOLDS * start.household / start.person
    for _ in range(ROUNDS_MAX):
        person, household = _posterior(candidates, now, shape)
        strangers = 1 - sum(_posterior(random, now, shape))
        persons = max(float((candidates.pairs * person).sum()), LEAST)
        others = float((candidates.pairs * household).sum())
        ratio = (others + before) / (persons + PRIOR_HOUSEHOLDS) if households else LEAST
        h = _shares(candidates, candidates.pairs * household, start.h, shape, PRIOR_H) if learn_h else start.h
        following = Estimate(
            m=_shares(candidates, candidates.pairs * person, start.m, shape, PRIOR_PAIRS),
            h=h,
            u=_rare_shares(random, random.pairs * strangers, start.u, shape),
            person=persons / all_pairs,
            household=ratio * persons / all_pairs,
            rounds=now.rounds + 1,
            person_pairs=persons,
            household_pairs=others,
        )
        still = _distance(now, following) < CONVERGED
        now = following
        if still:
            break
    return now


def _posterior(patterns: Patterns, now: Estimate, shape: Shape) -> tuple[Floats, Floats]:
    """P and Q of each pattern."""
    person: Floats = np.log2(now.person) - patterns.term_bits
    household: Floats = np.log2(now.household) - patterns.term_bits
    for levels, m, h, u, within in zip(patterns.levels, now.m, now.h, now.u, shape.within, strict=True):
        shared = within @ u
        chance = np.log2(np.where(shared > 0, u / np.where(shared > 0, shared, 1.0), u))
        person = person + np.concatenate(([0.0], np.log2(m) - chance))[levels]
        household = household + np.concatenate(([0.0], np.log2(h) - chance))[levels]
    a, b = np.exp2(person), np.exp2(household)
    return a / (a + b + 1), b / (a + b + 1)


def _shares(patterns: Patterns, weights: Floats, before: Tables, shape: Shape, prior: float) -> Tables:
    """The weighted share of each level in its context, drawn towards the starting model's by so many
    pairs.
    """
    out: list[Floats] = []
    for levels, chance, contexts in zip(patterns.levels, before, shape.contexts, strict=True):
        seen, whole, usual = _seen(levels, weights, chance, contexts)
        out.append(np.maximum((seen + prior * usual) / (whole + prior), LEAST))
    return tuple(out)


def _rare_shares(patterns: Patterns, weights: Floats, before: Tables, shape: Shape) -> Tables:
    """The same where rare levels matter: drawn by as many pairs as it takes to see each level ten times."""
    out: list[Floats] = []
    for levels, chance, contexts in zip(patterns.levels, before, shape.contexts, strict=True):
        seen, whole, usual = _seen(levels, weights, chance, contexts)
        rare = (seen + PRIOR_SEEN) / (whole + PRIOR_SEEN / usual)
        # Each level is drawn by itself; the commonest of a context takes what the others leave.
        for context in np.unique(contexts):
            levels_of = np.flatnonzero(contexts == context)
            commonest = levels_of[int(usual[levels_of].argmax())]
            rare[commonest] += 1 - rare[levels_of].sum()
        out.append(np.maximum(rare, LEAST))
    return tuple(out)


def _seen(
    levels: npt.NDArray[np.int8], weights: Floats, chance: Floats, contexts: npt.NDArray[np.int64]
) -> tuple[Floats, Floats, Floats]:
    """By level: its weight, that of all levels of its context, and its share in the starting model."""
    seen: Floats = np.bincount(levels, weights=weights, minlength=len(chance) + 1)[1:].astype(np.float64)
    whole: Floats = np.bincount(contexts, weights=seen)[contexts].astype(np.float64)
    usual: Floats = chance / np.bincount(contexts, weights=chance)[contexts]
    return seen, whole, usual


def _distance(one: Estimate, other: Estimate) -> float:
    tables = zip((*one.m, *one.h, *one.u), (*other.m, *other.h, *other.u), strict=True)
    moved = max(float(np.abs(new - old).max()) for new, old in tables)
    return max(moved, abs(other.person / one.person - 1))
