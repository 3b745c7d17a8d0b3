"""The lists that stand in each row of an assessment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from correlate.risk.arrays import Ints
from correlate.risk.exposure import EVIDENCE
from correlate.risk.records import STANDINGS, Records, depth_of, evidence_of

__all__ = [
    "ATTRIBUTE",
    "BASE_RATES",
    "BREACH",
    "EVIDENCE_POINTS",
    "SCENARIO",
    "list_attributes",
    "list_breaches",
    "list_evidence",
    "list_scenarios",
    "lists",
]

# What stands for all breaches that count with their base rate, as a breach and as a kind of evidence.
BASE_RATES = "base_rate"
BREACH = {
    "breach": pl.String,
    "probability": pl.Float64,
    "date": pl.Date,
    "evidence": pl.String,
    "depth": pl.Int8,
    "alone": pl.Float64,
    "points": pl.Float64,
    "share": pl.Float64,
    "severity": pl.Float64,
}
EVIDENCE_POINTS = {"evidence": pl.String, "depth": pl.Int8, "points": pl.Float64}
SCENARIO = {"scenario": pl.String, "feasibility": pl.Float64, "combination_only": pl.Boolean}
ATTRIBUTE = {"attribute": pl.String, "availability": pl.Float64, "points": pl.Float64}

_WHOLE = 10_000


def list_breaches(
    records: Records, frame: pl.DataFrame, *, names: Sequence[str], dates: pl.Series, steps: int
) -> pl.Series:
    """Each exposure's breaches, by falling probability, then name.

    ``frame`` has alone, points, share and severity of each (exposure, breach) pair; after the pairs a row of
    base rates for each exposure, if these count.
    """
    pairs = records.pair_starts()
    ranked = records.step * len(STANDINGS) + len(STANDINGS) - 1 - records.standing
    best = np.maximum.reduceat(ranked, pairs) if len(pairs) else pairs
    step, standing = best // len(STANDINGS), len(STANDINGS) - 1 - best % len(STANDINGS)
    breach = records.breach[pairs]
    listed = pl.DataFrame(
        {
            "breach": pl.Series(names, dtype=pl.String).gather(breach),
            "probability": step / steps,
            "date": dates.gather(breach),
            "evidence": pl.Series(EVIDENCE).gather(evidence_of(standing)),
            "depth": pl.Series(depth_of(standing), dtype=pl.Int8),
        }
    )
    exposure = records.exposure[pairs]
    rated = frame.height - len(pairs)
    if rated:
        unknown = pl.DataFrame(
            {
                "breach": [BASE_RATES] * rated,
                "probability": pl.Series([None] * rated, dtype=pl.Float64),
                "date": pl.Series([None] * rated, dtype=pl.Date),
                "evidence": [BASE_RATES] * rated,
                "depth": pl.Series([0] * rated, dtype=pl.Int8),
            }
        )
        listed = pl.concat((listed, unknown))
        exposure = np.concatenate((exposure, np.arange(rated)))
        step = np.concatenate((step, np.full(rated, -1)))
        breach = np.concatenate((breach, np.zeros(rated, dtype=np.int64)))
    # Breaches are numbered in the order of their ids; base rates come last.
    order = _ranking(exposure, step + 1, breach, value_max=steps + 1)
    return _nested(exposure[order], listed.hstack(frame)[order], count=records.count)


def list_evidence(points: Ints, *, standings: Sequence[tuple[str, int]]) -> pl.Series:
    """Each exposure's points by what they rest on, from standings × exposures in hundredths, without
    zeros.
    """
    exposure, standing = np.nonzero(points.T)
    listed = pl.DataFrame(
        {
            "evidence": pl.Series([each for each, _depth in standings], dtype=pl.String).gather(standing),
            "depth": pl.Series([depth for _each, depth in standings], dtype=pl.Int8).gather(standing),
            "points": points[standing, exposure] / 100,
        }
    )
    return _nested(exposure, listed, count=points.shape[1])


def list_scenarios(feasible: Ints, alone: Ints, *, names: Sequence[str], least: int) -> pl.Series:
    """Each exposure's scenarios from ``least`` on; both arrays are exposures × scenarios, in 1/10,000.

    ``alone`` is the most that any single breach gives.
    """
    exposure, scenario = np.nonzero(feasible >= max(least, 1))
    order = _ranking(exposure, feasible[exposure, scenario], scenario, value_max=_WHOLE)
    scenario, exposure = scenario[order], exposure[order]
    listed = pl.DataFrame(
        {
            "scenario": pl.Series(names, dtype=pl.String).gather(scenario),
            "feasibility": feasible[exposure, scenario] / _WHOLE,
            "combination_only": alone[exposure, scenario] < max(least, 1),
        }
    )
    return _nested(exposure, listed, count=len(feasible))


def list_attributes(availability: Ints, points: Ints, *, names: Sequence[str]) -> pl.Series:
    """Each exposure's attribute classes, the weightiest first, from exposures × attributes: availability in
    1/10,000 and points in hundredths.
    """
    exposure, attribute = np.nonzero(availability)
    weight = points[exposure, attribute] * (_WHOLE + 1) + availability[exposure, attribute]
    order = _ranking(exposure, weight, attribute, value_max=_WHOLE * (_WHOLE + 2))
    attribute, exposure = attribute[order], exposure[order]
    listed = pl.DataFrame(
        {
            "attribute": pl.Series(names, dtype=pl.String).gather(attribute),
            "availability": availability[exposure, attribute] / _WHOLE,
            "points": points[exposure, attribute] / 100,
        }
    )
    return _nested(exposure, listed, count=len(availability))


def _ranking(exposure: Ints, value: Ints, name: Ints, *, value_max: int) -> Ints:
    """The order by exposure, falling value and name; one integer key sorts faster than three columns."""
    names = int(name.max(initial=0)) + 1
    return np.argsort((exposure * (value_max + 1) + value_max - value) * names + name)


def _nested(exposure: Ints, listed: pl.DataFrame, *, count: int) -> pl.Series:
    """One list of structs for each of 0 .. count - 1, empty for those not in ``exposure`` (sorted)."""
    return lists(listed.to_struct(), lengths=np.bincount(exposure, minlength=count))


def lists(values: pl.Series, *, lengths: Ints) -> pl.Series:
    """``values`` cut into lists of these lengths."""
    every = values.rechunk().to_arrow()
    offsets = pa.array(np.concatenate(([0], np.cumsum(lengths))), type=pa.int64())
    cut = pl.from_arrow(pa.LargeListArray.from_arrays(offsets, every))
    return pl.Series(cut, dtype=pl.List(values.dtype))
