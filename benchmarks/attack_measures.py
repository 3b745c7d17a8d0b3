"""How well a ranking finds those who fall victim: areas, lifts, calibration. Ties count as a toss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "auc",
    "average_precision",
    "bootstrap_aucs",
    "calibration",
    "lift",
    "ranks",
    "roc_points",
    "spearman",
    "top_overlap",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_TOSSES = 20


def ranks(values: Floats) -> Floats:
    """Ranks from 1, those of equal values their mean."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    mean: Floats = ((last - count + 1 + last) / 2.0)[place]
    return mean


def auc(scores: Floats, victims: Flags) -> float:
    """The chance that a victim is ranked before another; equal scores count one half."""
    there = int(victims.sum())
    others = len(victims) - there
    if not there or not others:
        return 0.5
    return float((ranks(scores)[victims].sum() - there * (there + 1) / 2) / (there * others))


def bootstrap_aucs(
    rankings: dict[str, Floats], victims: Flags, *, rounds: int, seed: int
) -> dict[str, Floats]:
    """The area of each ranking on the same ``rounds`` resamples of the people."""
    rng = np.random.default_rng([seed, 4])
    size = len(victims)
    weights = [rng.multinomial(size, np.full(size, 1 / size)) for _ in range(rounds)]
    found = {}
    for name, scores in rankings.items():
        values, place = np.unique(scores, return_inverse=True)
        areas = np.empty(rounds)
        for turn, weight in enumerate(weights):
            hit = np.bincount(place, weights=weight * victims, minlength=len(values))
            spared = np.bincount(place, weights=weight * ~victims, minlength=len(values))
            below = np.cumsum(spared) - spared / 2
            pairs = hit.sum() * spared.sum()
            areas[turn] = (hit * below).sum() / pairs if pairs else 0.5
        found[name] = areas
    return found


def lift(scores: Floats, victims: Flags, share: float) -> float:
    """How many times the average share of victims stands in the top ``share``, equal scores in any order."""
    wanted = max(1, round(share * len(scores)))
    edge = np.partition(scores, -wanted)[-wanted]
    above, tied = scores > edge, scores == edge
    hit = victims[above].sum() + victims[tied].mean() * (wanted - above.sum())
    return float(hit / wanted / victims.mean()) if victims.any() else 1.0


def average_precision(scores: Floats, victims: Flags, *, seed: int) -> float:
    """The mean of the precision at each victim, over some random orders of equal scores."""
    rng, found = np.random.default_rng([seed, 5]), []
    for _ in range(_TOSSES):
        order = np.lexsort((rng.random(len(scores)), -scores))
        hit = victims[order]
        precision = np.cumsum(hit) / np.arange(1, len(hit) + 1)
        found.append(precision[hit].mean() if hit.any() else 0.0)
    return float(np.mean(found))


def roc_points(scores: Floats, victims: Flags, *, points: int = 120) -> list[tuple[float, float]]:
    """The curve as (share of others, share of victims), from (0, 0) to (1, 1)."""
    values, place = np.unique(-scores, return_inverse=True)
    hit = np.r_[0.0, np.cumsum(np.bincount(place, weights=victims, minlength=len(values)))]
    spared = np.r_[0.0, np.cumsum(np.bincount(place, weights=~victims, minlength=len(values)))]
    across, up = spared / spared[-1], hit / hit[-1]
    # Even steps along the curve, so that neither its flat nor its upright parts lose their corners.
    kept = np.unique(np.r_[np.searchsorted(across + up, np.linspace(0, 2, points)), 0, len(across) - 1])
    kept = kept[kept < len(across)]
    return [(float(across[at]), float(up[at])) for at in kept]


def spearman(one: Floats, other: Floats) -> float:
    """Correlation of ranks."""
    return float(np.corrcoef(ranks(one), ranks(other))[0, 1])


def top_overlap(one: Floats, other: Floats, share: float) -> float:
    """The share of the top ``share`` by one that is in the top by the other; ties go by place."""
    wanted = max(1, round(share * len(one)))
    tops = [set(np.argsort(-scores, kind="stable")[:wanted].tolist()) for scores in (one, other)]
    return len(tops[0] & tops[1]) / wanted


def calibration(said: Floats, seen: Floats, *, bins: int = 10) -> tuple[float, list[dict[str, float]]]:
    """Expected calibration error and, per bin of what was said: count, mean said, mean seen."""
    place = np.minimum((said * bins).astype(np.int64), bins - 1)
    count = np.bincount(place, minlength=bins)
    means = [np.bincount(place, weights=each, minlength=bins) / np.maximum(count, 1) for each in (said, seen)]
    error = float((count * np.abs(means[0] - means[1])).sum() / max(len(said), 1))
    table = [
        {
            "people": int(count[at]),
            "said": round(float(means[0][at]), 4),
            "seen": round(float(means[1][at]), 4),
        }
        for at in range(bins)
        if count[at]
    ]
    return error, table
