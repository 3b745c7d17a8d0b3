"""Each breach's exact share of a score: the Shapley value of the game whose players are the breaches.

The share of a player i is Σ over sets S of the others of |S|!(n − |S| − 1)!/n! · (score(S with i) − score(S))
(Shapley, "A value for n-person games", 1953). Shares are at least 0, since a breach more never lowers a
score, and sum to the score. Base rates, where they count, are one player.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from correlate.risk.arrays import Floats, Ints
from correlate.risk.counterfactuals import Counterfactuals
from correlate.risk.profile import Profile
from correlate.risk.records import Records
from correlate.risk.rows import Rows

__all__ = ["PLAYERS_MAX", "shapley_shares", "shapley_weights", "whole_parts"]

# So many breaches have 2 ** PLAYERS_MAX sets. Of more, those that cost the score least play as one.
PLAYERS_MAX = 10
_ROWS_MAX = 2_000_000


def shapley_shares(
    block: Records,
    *,
    raw_score: Callable[[Rows], Floats],
    score: Ints,
    loss: Ints,
    alone: Ints,
    rated: bool,
    profile: Profile,
) -> tuple[Ints, Ints]:
    """The shares in hundredths of a point: of each (exposure, breach) pair, and of base rates in each
    exposure.

    Args:
        block: the exposures.
        raw_score: scores of other exposures made of their rows.
        score: of each exposure, in hundredths; its shares sum to this.
        loss: what each pair costs the score when it is left out, in hundredths.
        alone: the score of each pair alone, in hundredths.
        rated: base rates count besides.
        profile: the figures.
    """
    pairs = block.pair_starts()
    owner = block.exposure[pairs]
    sizes = np.bincount(owner, minlength=block.count)
    share, rate_share = np.zeros(len(pairs), dtype=np.int64), np.zeros(block.count, dtype=np.int64)
    player = _players(owner, loss, sizes, most=PLAYERS_MAX - rated)
    first_pair = np.cumsum(sizes) - sizes
    players = np.minimum(sizes, PLAYERS_MAX - rated)
    for many in np.unique(players).tolist():
        chosen = np.flatnonzero(players == many)
        run = max(1, _ROWS_MAX // ((many + 1) << (many + rated)))
        for start in range(0, len(chosen), run):
            part = chosen[start : start + run]
            values = _values(
                block, part, player, pairs, many=many, rated=rated, profile=profile, raw_score=raw_score
            )
            exact = values @ shapley_weights(many + rated).T
            whole = whole_parts(exact, score[part])
            if rated:
                rate_share[part] = whole[:, many]
            for turn, exposure in enumerate(part.tolist()):
                own = slice(int(first_pair[exposure]), int(first_pair[exposure] + sizes[exposure]))
                share[own] = _handed_out(whole[turn], player[own], alone[own])
    return share, rate_share


def whole_parts(exact: Floats, total: Ints) -> Ints:
    """Round each row of ``exact`` points to hundredths that sum to ``total``, by the largest remainders."""
    # Quantised first, so that no last bit decides who gets a hundredth.
    quanta = np.maximum(np.rint(exact * 1e9).astype(np.int64), 0)
    whole, rest = np.divmod(quanta, 10**7)
    missing = total - whole.sum(axis=1)
    order = np.argsort(-rest, axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(exact.shape[1])[None, :], axis=1)
    rounded: Ints = whole + (rank < missing[:, None])
    return rounded


def _players(owner: Ints, loss: Ints, sizes: Ints, *, most: int) -> Ints:
    """Which player each pair is: its rank by loss, the last for all that are one player together."""
    order = np.lexsort((np.arange(len(owner)), -loss, owner))
    rank = np.empty(len(owner), dtype=np.int64)
    rank[order] = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.minimum(rank, most - 1)


def _values(
    block: Records,
    part: Ints,
    player: Ints,
    pairs: Ints,
    *,
    many: int,
    rated: bool,
    profile: Profile,
    raw_score: Callable[[Rows], Floats],
) -> Floats:
    """The score of every set of players, for each exposure of ``part``: exposures × sets."""
    sets = np.arange(1 << (many + rated))
    edges = np.searchsorted(block.exposure, np.arange(block.count + 1))
    of_row = np.repeat(player, np.diff(pairs, append=len(block)))
    what_if = Counterfactuals(block, profile=profile)
    background = (sets >> many & 1).astype(np.bool_) if rated else np.zeros(len(sets), dtype=np.bool_)
    for exposure in part.tolist():
        rows = np.arange(edges[exposure], edges[exposure + 1])
        chosen, place = np.nonzero(sets[:, None] >> of_row[rows][None, :] & 1)
        what_if.add(rows[place], exposure=chosen, count=len(sets), background=background)
    return raw_score(what_if.rows()).reshape(len(part), len(sets))


def shapley_weights(players: int) -> Floats:
    """What the score of each set counts for each player: players × sets."""
    sets = np.arange(1 << players)
    size = np.array([int(each).bit_count() for each in sets])
    weights = np.zeros((players, len(sets)))
    factorial = [math.factorial(each) for each in range(players + 1)]
    for player in range(players):
        inside = (sets >> player & 1).astype(np.bool_)
        gain = np.array([factorial[s] * factorial[players - s - 1] if s < players else 0 for s in size])
        weights[player, ~inside] = -gain[~inside] / factorial[players]
        weights[player, inside] = gain[sets[inside] ^ 1 << player] / factorial[players]
    return weights


def _handed_out(whole: Ints, player: Ints, alone: Ints) -> Ints:
    """Each pair's hundredths; several that played as one divide theirs as their scores alone stand."""
    shares = whole[player]
    last = np.flatnonzero(player == player.max(initial=0))
    if len(last) > 1:
        total = int(shares[last[0]])
        parts = np.maximum(alone[last], 1) / np.maximum(alone[last], 1).sum()
        shares[last] = whole_parts(parts[None, :] * total / 100, np.array([total]))[0]
    return shares
