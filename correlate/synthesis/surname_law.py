"""The law of French surnames: the fifteen commonest, a bent Zipf-Mandelbrot law, and a rare bucket."""

from __future__ import annotations

import numpy as np

from correlate.synthesis.chance import Floats

__all__ = ["COMMONEST", "LISTED", "RARE", "SURNAME_FIGURES", "surname_shares"]

#: Births 1891-2000 of the commonest surnames (INSEE's surname file, 73 470 900 births in all).
COMMONEST = {
    "MARTIN": 250_013, "BERNARD": 131_330, "THOMAS": 118_331, "PETIT": 115_217, "ROBERT": 112_998,
    "RICHARD": 109_354, "DUBOIS": 108_619, "DURAND": 108_374, "MOREAU": 102_804, "LAURENT": 97_015,
    "SIMON": 96_397, "MICHEL": 93_493, "LEFEBVRE": 91_459, "LEROY": 87_282, "DAVID": 76_085,
}  # fmt: skip
_ALL_BIRTHS = 73_470_900

#: Surnames that INSEE lists one by one, and the share of births of all the others.
LISTED = 218_982
_RARE_SHARE = 0.0745
#: Names the rare bucket is spread over: about 1.3 million surnames exist, half with fewer than ten bearers.
RARE = 1_100_000

# Fitted to the cumulated shares below by random search (largest error 0.3 points): share of rank r is
# proportional to (r + shift)^-slope (1 + r / bend)^-extra. One straight exponent misses them by 11 points.
_SLOPE, _SHIFT, _BEND, _EXTRA = 0.79901, 33.876, 107_220.6, 0.95402

#: INSEE's figures: cumulated share of births of the commonest names, by rank.
SURNAME_FIGURES = {
    10: 0.017, 50: 0.053, 100: 0.082, 500: 0.181, 1_000: 0.240, 5_000: 0.414, 10_000: 0.505,
    50_000: 0.742, 100_000: 0.839, LISTED: 0.9255,
}  # fmt: skip


def surname_shares() -> Floats:
    """Give the share of every rank, the listed names first and the rare ones after them; they sum to 1."""
    top = np.array(list(COMMONEST.values())) / _ALL_BIRTHS
    rank = np.arange(len(top) + 1, LISTED + 1, dtype=np.float64)
    law = (rank + _SHIFT) ** -_SLOPE * (1 + rank / _BEND) ** -_EXTRA
    law *= (1 - _RARE_SHARE - top.sum()) / law.sum()
    rare = np.full(RARE, _RARE_SHARE / RARE)
    return np.concatenate([top, law, rare])
