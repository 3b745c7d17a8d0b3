"""The lists that stand in each row of an assessment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.risk.arrays import Floats, Ints, Mask
from correlate.risk.exposure import EVIDENCE
from correlate.risk.packed import BASE_RATES, Names, codes_of, lists
from correlate.risk.records import STANDINGS, Records, depth_of, evidence_of

__all__ = [
    "ATTRIBUTE",
    "BREACH",
    "EVIDENCE_POINTS",
    "SCENARIO",
    "list_attributes",
    "list_breaches",
    "list_evidence",
    "list_scenarios",
]

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
# A chance in 1/10,000 fits into so many bits.
_CHANCE_BITS = 14
_NONE = np.iinfo(np.int64).max


def list_breaches(
    records: Records,
    frame: pl.DataFrame,
    *,
    shown: Sequence[str],
    dates: pl.Series,
    steps: int,
    names: Names,
) -> pl.Series:
    """Each exposure's breaches, by falling probability, then number.

    ``frame`` has alone, points, share and severity of each (exposure, breach) pair, in hundredths; after the
    pairs a row of base rates for each exposure, if these count. ``shown`` and ``dates`` are of each breach.
    """
    pairs = records.pair_starts()
    ranked = records.step * len(STANDINGS) + len(STANDINGS) - 1 - records.standing
    best = np.maximum.reduceat(ranked, pairs) if len(pairs) else pairs
    step, standing = best // len(STANDINGS), len(STANDINGS) - 1 - best % len(STANDINGS)
    breach = records.breach[pairs]
    listed = pl.DataFrame(
        {
            "breach": codes_of(shown, names["breach"])[breach],
            "probability": _whole(np.arange(steps + 1) / steps * _WHOLE)[step],
            "date": dates.gather(breach),
            "evidence": codes_of(EVIDENCE, names["evidence"])[evidence_of(standing)],
            "depth": depth_of(standing).astype(np.int8),
        }
    )
    exposure = records.exposure[pairs]
    rated = frame.height - len(pairs)
    if rated:
        names_held = {name: codes_of([BASE_RATES], names[name]) for name in ("breach", "evidence")}
        unknown = {"probability": [None], "date": [None], "depth": [0]}
        rates = pl.DataFrame({**names_held, **unknown}, schema_overrides=listed.schema)
        listed = pl.concat((listed, rates.select(listed.columns)[np.zeros(rated, dtype=np.int64)]))
        exposure = np.concatenate((exposure, np.arange(rated)))
        step = np.concatenate((step, np.full(rated, -1)))
        breach = np.concatenate((breach, np.zeros(rated, dtype=np.int64)))
    # Base rates come last.
    order = np.argsort((exposure * (steps + 2) + steps - step) * (int(breach.max(initial=0)) + 1) + breach)
    lengths = np.bincount(exposure, minlength=records.count)
    return lists(listed.hstack(frame)[order].to_struct(), lengths=lengths, names=names)


def list_evidence(points: Ints, *, standings: Sequence[tuple[str, int]], names: Names) -> pl.Series:
    """Each exposure's points by what they rest on, from standings × exposures in hundredths, without
    zeros.
    """
    exposure, standing = np.nonzero(points.T)
    listed = pl.DataFrame(
        {
            "evidence": codes_of((each for each, _depth in standings), names["evidence"])[standing],
            "depth": np.array([depth for _each, depth in standings], dtype=np.int8)[standing],
            "points": _whole(points[standing, exposure]),
        }
    )
    lengths = np.bincount(exposure, minlength=points.shape[1])
    return lists(listed.to_struct(), lengths=lengths, names=names)


def list_scenarios(
    feasible: Ints, alone: Ints, *, scenarios: Sequence[str], least: int, names: Names
) -> pl.Series:
    """Each exposure's scenarios from ``least`` on; both arrays are exposures × scenarios, in 1/10,000.

    ``alone`` is the most that any single breach gives.
    """
    least = max(least, 1)
    feasibility, ending, lengths = _ranked(feasible, alone < least, feasible >= least)
    scenario, combination_only = ending >> 1, (ending & 1).astype(np.bool_)
    listed = pl.DataFrame(
        {
            "scenario": codes_of(scenarios, names["scenario"])[scenario],
            "feasibility": _whole(feasibility),
            "combination_only": combination_only,
        }
    )
    return lists(listed.to_struct(), lengths=lengths, names=names)


def list_attributes(
    availability: Ints, points: Ints, *, attributes: Sequence[str], names: Names
) -> pl.Series:
    """Each exposure's attribute classes, the weightiest first, from exposures × attributes: availability in
    1/10,000 and points in hundredths.
    """
    weight, ending, lengths = _ranked(
        points << _CHANCE_BITS | availability, np.zeros_like(availability, dtype=np.bool_), availability > 0
    )
    listed = pl.DataFrame(
        {
            "attribute": codes_of(attributes, names["attribute"])[ending >> 1],
            "availability": _whole(weight & ((1 << _CHANCE_BITS) - 1)),
            "points": _whole(weight >> _CHANCE_BITS),
        }
    )
    return lists(listed.to_struct(), lengths=lengths, names=names)


def _ranked(value: Ints, mark: Mask, listed: Mask) -> tuple[Ints, Ints, Ints]:
    """What is ``listed`` of exposures × names, by falling value, then place: the values, twice the places
    with the marks added, and how many each exposure has.
    """
    # As one number each, which are sorted faster than they are told to their places.
    bits = (2 * value.shape[1]).bit_length()
    keys = np.where(listed, -value << bits | np.arange(value.shape[1]) << 1 | mark, _NONE)
    keys.sort(axis=1)
    keys = keys[keys != _NONE]
    return -(keys >> bits), keys & ((1 << bits) - 1), listed.sum(axis=1)


def _whole(figures: Ints | Floats) -> npt.NDArray[np.int16]:
    whole: npt.NDArray[np.int16] = np.rint(figures).astype(np.int16)
    return whole
