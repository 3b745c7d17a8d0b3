"""From feasibilities to a score, rounded so that no machine's last bit can be seen in it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from correlate.risk.availability import Floats
from correlate.risk.profile import Band, Profile
from correlate.risk.scenario_set import ScenarioSet

__all__ = ["bands_of", "hundredths", "raw_score", "ten_thousandths"]

# What two machines may disagree about is far below this, what a person may see far above.
_QUANTA_PER_POINT = 10**9
_QUANTA_PER_HUNDREDTH = _QUANTA_PER_POINT // 100


def raw_score(feasible: Floats, *, scenarios: ScenarioSet, profile: Profile) -> Floats:
    """100·(1 − Π over scenarios of (1 − w·F)), from F as scenarios × exposures.

    Raises:
        UnweightedScenario: the profile gives a scenario no weight.
    """
    spared = np.ones(feasible.shape[1])
    for scenario, row in zip(scenarios, feasible, strict=True):
        spared *= 1.0 - profile.weight_of(scenario.id) * row
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
