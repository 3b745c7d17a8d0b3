"""Expectation-maximisation against one that goes pair by pair, and against models that are known."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from correlate.linkage.em import Estimate, Patterns, Shape, estimate

# Three comparisons: one with a token on its first level; one with two contexts; one whose first two levels
# share a token's chance.
SHAPE = Shape(
    contexts=(np.array([0, 0, 0]), np.array([0, 0, 1, 1]), np.array([0, 0, 0])),
    within=(
        np.array([[1.0, 0, 0], [0, 0, 0], [0, 0, 0]]),
        np.zeros((4, 4)),
        np.array([[1.0, 1, 0], [1, 1, 0], [0, 0, 0]]),
    ),
)
CONTEXTS = [[[0, 1, 2]], [[0, 1], [2, 3]], [[0, 1, 2]]]
SHARE_A_TOKEN = [{0: [0]}, {}, {0: [0, 1], 1: [0, 1]}]
START = Estimate(
    m=(np.array([0.8, 0.1, 0.1]), np.array([0.9, 0.1, 0.95, 0.05]), np.array([0.6, 0.2, 0.2])),
    h=(np.array([0.6, 0.1, 0.3]), np.array([0.1, 0.9, 0.1, 0.9]), np.array([0.8, 0.15, 0.05])),
    u=(np.array([0.01, 0.05, 0.94]), np.array([0.02, 0.98, 0.1, 0.9]), np.array([0.05, 0.05, 0.9])),
    person=0.01,
    household=0.02,
)
Pair = tuple[tuple[int, ...], float]


@dataclass
class Plain:
    """A model in dictionaries: chances by (comparison, level)."""

    m: dict[tuple[int, int], float]
    h: dict[tuple[int, int], float]
    u: dict[tuple[int, int], float]
    person: float
    household: float
    person_pairs: float = 0.0
    household_pairs: float = 0.0
    rounds: int = 0

    @classmethod
    def of(cls, given_model: Estimate) -> Plain:
        tables = [
            {(c, level): float(chance) for c, array in enumerate(table) for level, chance in enumerate(array)}
            for table in (given_model.m, given_model.h, given_model.u)
        ]
        return cls(*tables, person=given_model.person, household=given_model.household)


def posterior(pair: Pair, now: Plain) -> tuple[float, float]:
    levels, term_bits = pair
    person, household = math.log(now.person), math.log(now.household)
    for comparison, level in enumerate(levels):
        if level:
            at = (comparison, level - 1)
            chance = math.log(now.u[at])
            if siblings := SHARE_A_TOKEN[comparison].get(level - 1):
                chance -= math.log(sum(now.u[comparison, sibling] for sibling in siblings))
            person += math.log(now.m[at]) - chance
            household += math.log(now.h[at]) - chance
    person, household = (math.exp(x - term_bits * math.log(2)) for x in (person, household))
    whole = person + household + 1
    return person / whole, household / whole


def shares(pairs, weights, before, prior_of):
    """Weighted shares within each context, drawn towards those before as if so many pairs had shown them."""
    out = {}
    for comparison, contexts in enumerate(CONTEXTS):
        for context in contexts:
            seen = dict.fromkeys(context, 0.0)
            for (levels, _), weight in zip(pairs, weights, strict=True):
                if levels[comparison] - 1 in seen:
                    seen[levels[comparison] - 1] += weight
            usual = sum(before[comparison, level] for level in context)
            for level in context:
                share = before[comparison, level] / usual
                prior = prior_of(share)
                whole = sum(seen.values()) + prior
                out[comparison, level] = (seen[level] + prior * share) / whole
            # The commonest level takes what the others leave; of shares that add up, nothing is left over.
            commonest = max(context, key=lambda level: before[comparison, level])
            out[comparison, commonest] += 1 - sum(out[comparison, level] for level in context)
            for level in context:
                out[comparison, level] = max(1e-12, out[comparison, level])
    return out


def iterate(candidates, random, all_pairs, now, start, learn_h):
    households = now.household > now.person * 1e-12
    for _ in range(200):
        told = [posterior(pair, now) for pair in candidates]
        persons = max(1e-12, math.fsum(p for p, _ in told))
        others = math.fsum(q for _, q in told)
        strangers = [1 - sum(posterior(pair, now)) for pair in random]
        ratio = (others + 0.5 * start.household / start.person) / (persons + 0.5) if households else 1e-12
        following = Plain(
            m=shares(candidates, [p for p, _ in told], start.m, lambda _: 20),
            h=shares(candidates, [q for _, q in told], start.h, lambda _: 200) if learn_h else start.h,
            u=shares(random, strangers, start.u, lambda share: 10 / share),
            person=persons / all_pairs,
            household=ratio * persons / all_pairs,
            person_pairs=persons,
            household_pairs=others,
            rounds=now.rounds + 1,
        )
        tables = ((now.m, following.m), (now.h, following.h), (now.u, following.u))
        moved = max(abs(new[at] - old[at]) for old, new in tables for at in old)
        still = max(moved, abs(following.person / now.person - 1)) < 1e-6
        now = following
        if still:
            break
    return now


def plain_estimate(candidates, random, all_pairs, start):
    found = iterate(candidates, random, all_pairs, start, start, learn_h=False)
    if found.household < 0.02 * found.person:
        alone = replace(found, household=found.person * 1e-12)
        return iterate(candidates, random, all_pairs, alone, start, learn_h=False)
    return iterate(candidates, random, all_pairs, found, start, learn_h=True)


def patterns(pairs: list[Pair], order=None) -> Patterns:
    """Pairs as distinct patterns and their numbers."""
    counts: dict[Pair, int] = {}
    for pair in pairs:
        counts[pair] = counts.get(pair, 0) + 1
    distinct = sorted(counts)
    if order is not None:
        distinct = [distinct[place] for place in order.permutation(len(distinct))]
    return Patterns(
        levels=np.array([levels for levels, _ in distinct], dtype=np.int8).reshape(-1, 3).T,
        pairs=np.array([counts[pair] for pair in distinct], dtype=np.float64),
        term_bits=np.array([bits for _, bits in distinct], dtype=np.float64),
    )


def figures(found: Estimate) -> list[float]:
    tables = [float(chance) for table in (found.m, found.h, found.u) for array in table for chance in array]
    return [*tables, found.person, found.household, found.person_pairs, found.household_pairs]


def plain_figures(found: Plain) -> list[float]:
    tables = [chance for table in (found.m, found.h, found.u) for _, chance in sorted(table.items())]
    return [*tables, found.person, found.household, found.person_pairs, found.household_pairs]


def with_term(levels: tuple[int, ...], bits: int) -> Pair:
    """A pair, with how common the tokens are that it agrees on."""
    agrees = (levels[0] == 1) + (levels[2] in (1, 2))
    return levels, -float(bits) * agrees / 4


PAIRS = st.lists(
    st.builds(
        with_term,
        st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 3)),
        st.integers(8, 40),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=8, phases=(Phase.explicit, Phase.generate))
@given(PAIRS, PAIRS, st.integers(1, 50))
def test_patterns_give_what_going_pair_by_pair_gives(candidates, random, times):
    all_pairs = float(len(candidates) * times)
    found = estimate(patterns(candidates), patterns(random), all_pairs=all_pairs, start=START, shape=SHAPE)
    expected = plain_estimate(candidates, random, all_pairs, Plain.of(START))
    assert figures(found) == pytest.approx(plain_figures(expected), rel=1e-9, abs=1e-15)
    assert found.rounds == expected.rounds


@settings(max_examples=20)
@given(PAIRS, PAIRS, st.integers(0, 2**32))
def test_the_order_of_patterns_changes_nothing_that_matters(candidates, random, seed):
    """And the same order gives the same bits."""
    order = np.random.default_rng(seed)
    one, again, other = (
        estimate(
            patterns(candidates, mixed), patterns(random, mixed), all_pairs=999.0, start=START, shape=SHAPE
        )
        for mixed in (None, None, order)
    )
    assert figures(one) == figures(again)
    assert figures(other) == pytest.approx(figures(one), rel=1e-10, abs=1e-12)


@settings(max_examples=20)
@given(PAIRS, PAIRS)
def test_m_and_h_of_one_context_add_up_to_one_and_every_chance_is_one(candidates, random):
    found = estimate(patterns(candidates), patterns(random), all_pairs=999.0, start=START, shape=SHAPE)
    for table in (found.m, found.h):
        for array, contexts in zip(table, CONTEXTS, strict=True):
            assert [sum(array[levels]) for levels in contexts] == pytest.approx([1] * len(contexts), abs=1e-9)
    for array in (*found.m, *found.h, *found.u):
        assert 0 < array.min() <= array.max() <= 1


# A known model of eight comparisons with three levels each, and of three classes that differ in kind: a
# household shares the last three fields and a person nearly all.
M = [[0.9, 0.06, 0.04], [0.85, 0.1, 0.05], [0.95, 0.03, 0.02], [0.8, 0.05, 0.15]] * 2
H = [[0.02, 0.08, 0.9]] * 4 + [[0.05, 0.1, 0.85]] + [[0.9, 0.06, 0.04]] * 3
U = [[0.02, 0.08, 0.9], [0.05, 0.05, 0.9], [0.01, 0.09, 0.9], [0.1, 0.1, 0.8]] * 2
WIDE = Shape(contexts=(np.zeros(3, dtype=np.int64),) * 8, within=(np.zeros((3, 3)),) * 8)


def drawn(chances, pairs, draw):
    """(pairs, 8) levels from 1, each field by itself."""
    return np.stack([draw.choice(3, pairs, p=chance) + 1 for chance in chances], axis=1)


def counted(levels) -> Patterns:
    distinct, pairs = np.unique(levels, axis=0, return_counts=True)
    return Patterns(
        levels=distinct.T.astype(np.int8), pairs=pairs.astype(float), term_bits=np.zeros(len(pairs))
    )


def tables(chances, mixed=0.0):
    """Tables that lie so far from the truth towards knowing nothing."""
    return tuple((1 - mixed) * np.array(chance) + mixed / 3 for chance in chances)


@pytest.mark.parametrize("seed", [1, 2])
def test_data_of_a_known_model_give_the_model_back(seed):
    """From a start that is off by up to a tenth: m within four standard errors, u and the priors likewise."""
    draw = np.random.default_rng(seed)
    persons, others, strangers = 4_000, 5_000, 60_000
    levels = np.concatenate(
        [drawn(chances, pairs, draw) for chances, pairs in ((M, persons), (H, others), (U, strangers))]
    )
    random = drawn(U, 60_000, draw)
    pairs = float(persons + others + strangers)
    start = Estimate(m=tables(M, 0.15), h=tables(H, 0.02), u=tables(U, 0.15), person=0.02, household=0.02)
    found = estimate(counted(levels), counted(random), all_pairs=pairs, start=start, shape=WIDE)
    for learned, truth, count in ((found.m, M, persons), (found.u, U, 60_000)):
        error = np.sqrt(np.array(truth) * (1 - np.array(truth)) / count)
        # What the start weighs comes on top: 20 pairs, or for u ten of the rarest level.
        drawn_to = {persons: 20 / persons, 60_000: 0.005}[count] * 0.3
        assert (np.abs(np.array(learned) - np.array(truth)) < 4 * error + drawn_to + 0.002).all()
    assert found.person_pairs == pytest.approx(persons, rel=0.03)
    assert found.household_pairs == pytest.approx(others, rel=0.03)
    assert found.person == pytest.approx(persons / pairs, rel=0.03)
    assert found.household / found.person == pytest.approx(others / persons, rel=0.05)


def test_where_nobody_shares_a_household_nobody_is_taken_for_a_relative():
    draw = np.random.default_rng(3)
    levels = np.concatenate([drawn(M, 3_000, draw), drawn(U, 50_000, draw)])
    start = Estimate(m=tables(M, 0.1), h=tables(H), u=tables(U, 0.1), person=0.02, household=0.02)
    found = estimate(
        counted(levels), counted(drawn(U, 50_000, draw)), all_pairs=53_000.0, start=start, shape=WIDE
    )
    assert found.household <= found.person * 1e-11
    assert found.person_pairs == pytest.approx(3_000, rel=0.03)


def test_little_data_leave_the_start_nearly_as_it_was():
    """Five pairs against the twenty that the start weighs, though all of them speak against it."""
    clear = [((2, 1, 1), 0.0)] * 5
    found = estimate(patterns(clear), patterns(clear), all_pairs=1e6, start=START, shape=SHAPE)
    for one, other in zip(found.m, START.m, strict=True):
        assert np.abs(one - other).max() <= 5 / 25
    for one, other in zip(found.u, START.u, strict=True):
        # Five pairs against the ten that it takes to see a rare level.
        assert (one[other < 0.2] / other[other < 0.2]).max() <= 15 / 10


@pytest.mark.parametrize("pairs", [1, 100, 10_000])
def test_much_data_leave_the_start_behind(pairs):
    """The weight of the start is that of twenty pairs."""
    clear = Patterns(
        levels=np.array([[2], [1], [1]], dtype=np.int8),
        pairs=np.array([float(pairs)]),
        term_bits=np.array([-40.0]),
    )
    none = Patterns(levels=np.zeros((3, 1), dtype=np.int8), pairs=np.ones(1), term_bits=np.zeros(1))
    sure = replace(START, household=1e-15)
    found = estimate(clear, none, all_pairs=float(pairs), start=sure, shape=SHAPE)
    assert found.m[0][1] == pytest.approx((pairs + 20 * 0.1) / (pairs + 20), rel=1e-3)
