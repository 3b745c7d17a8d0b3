"""From feasibilities to a score, rounded so that no machine's last bit can be seen in it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from correlate.risk.arrays import Floats
from correlate.risk.holding import Found
from correlate.risk.profile import Band

__all__ = ["bands_of", "hundredths", "raw_score", "raw_score_lacking", "ten_thousandths"]

# What two machines may disagree about is far below this, what a person may see far above.
_QUANTA_PER_POINT = 10**9
_QUANTA_PER_HUNDREDTH = _QUANTA_PER_POINT // 100


def raw_score(found: Found, *, weights: Floats) -> Floats:
    """100·(1 − Π over scenarios of (1 − w·F)) of each distinct exposure, from its F and w (scenarios,)."""
    spared = np.ones(len(found.feasible))
    for weight, column in zip(weights, found.feasible.T, strict=True):
        spared *= 1.0 - weight * column
    return 100.0 * (1.0 - spared)


def raw_score_lacking(
    found: Found, lacking: tuple[tuple[int, int], ...], *, weights: Floats, attributes: int
) -> Floats:
    """The score if a class had not leaked, for each class, of the distinct exposures that were asked for:
    asked × attributes.
    """
    asked = len(found.lacking)
    spared = np.ones((attributes, asked)).T
    columns = {pair: place for place, pair in enumerate(lacking)}
    for scenario, weight in enumerate(weights):
        with_all = 1.0 - weight * found.feasible[:asked, scenario]
        for attribute in range(attributes):
            place = columns.get((scenario, attribute))
            spared[:, attribute] *= with_all if place is None else 1.0 - weight * found.lacking[:, place]
    return 100.0 * (1.0 - spared)


def hundredths(raw: Floats) -> npt.NDArray[np.int64]:
    """Scores as whole hundredths of a point: quantised first, then rounded half to even in integers."""
    quanta = np.rint(raw * _QUANTA_PER_POINT).astype(np.int64)
    whole, rest = np.divmod(quanta, _QUANTA_PER_HUNDREDTH)
    half = _QUANTA_PER_HUNDREDTH // 2
    up = (rest > half) | ((rest == half) & (whole % 2 == 1))
    rounded: npt.NDArray[np.int64] = whole + up
    return rounded


def ten_thousandths(chances: Floats) -> npt.NDArray[np.int64]:
    """Chances as whole ten-thousandths, quantised first as scores are."""
    return np.rint(np.rint(chances * 1e9) / 1e5).astype(np.int64)


def bands_of(score: Floats, *, bands: tuple[Band, ...]) -> npt.NDArray[np.int64]:
    """The place of each score's band in ``bands``."""
    starts = np.array([band.score_min for band in bands])
    return np.searchsorted(starts, score, side="right").astype(np.int64) - 1
