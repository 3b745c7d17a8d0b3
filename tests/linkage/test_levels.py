"""Weighing pairs, plain and as machine code, bit for bit; test_link holds it against an oracle."""

from __future__ import annotations

import numpy as np
import pytest

from correlate.linkage import COMPARISONS, load_model
from correlate.linkage.compare import LEVELS, MOST_LEVELS, TERM_OF, TERMS, _weights
from correlate.linkage.levels import weigh
from correlate.linkage.rows import ROW


def rows(count, seed):
    """Few values, so that they meet, and sketches of which a few slots differ."""
    draw = np.random.default_rng(seed)
    out = np.zeros(count, dtype=ROW)
    for name in ROW.names:
        out[name] = draw.integers(0, 4, count)
        if name.endswith("sketch"):
            out[name] = np.where(out[name] > 0, draw.integers(1, 2**40, count) << 24, 0)
    out["nir_own"] = draw.integers(0, 2, count)
    return out


@pytest.mark.parametrize("seed", range(3))
def test_pairs_weigh_the_same_plain_and_compiled(seed):
    count, draw = 400, np.random.default_rng(seed)
    asked, held = rows(50, seed), rows(count, seed + 100)
    place = draw.integers(0, 50, count)
    terms = draw.integers(-400, 1, (50, len(TERMS))).astype(np.int16)
    outs = []
    for run in (weigh.plain, weigh.compiled()):
        levels, shared = np.empty((count, len(LEVELS)), np.int8), np.empty(count, np.int8)
        bits = np.empty((3, count))
        run(asked, place, held, terms, TERM_OF, _weights(load_model()), levels, shared, bits)
        outs.append((levels, shared, bits))
    for one, other in zip(*outs, strict=True):
        assert one.tobytes() == other.tobytes()
    # The levels that are met with are many, and none is out of range.
    assert sum(len(np.unique(column)) for column in outs[0][0].T) > 60


def test_there_is_room_for_every_level():
    assert max(len(comparison.levels) for comparison in COMPARISONS) < MOST_LEVELS
