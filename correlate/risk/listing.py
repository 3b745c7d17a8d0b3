"""The lists that stand in each row of an assessment, each by falling value and then by name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from correlate.risk.exposure import EVIDENCE
from correlate.risk.records import ORIGINS, Ints, Records, depth_of, evidence_of

__all__ = ["list_attributes", "list_breaches", "list_depths", "list_scenarios"]

_WHOLE = 10_000


def list_breaches(records: Records, *, dates: pl.Series) -> pl.Series:
    """Each exposure's breaches with the probability, date, evidence and depth of their likeliest record."""
    pairs = records.pair_starts()
    ranked = records.step * ORIGINS + records.origin
    best = np.maximum.reduceat(ranked, pairs) if len(pairs) else pairs
    step, origin = np.divmod(best, ORIGINS)
    exposure, breach = records.exposure[pairs], records.breach[pairs]
    # Breaches are numbered in the order of their ids.
    order = _ranking(exposure, step, breach, value_max=records.steps)
    listed = pl.DataFrame(
        {
            "breach": pl.Series(records.breaches, dtype=pl.String).gather(breach[order]),
            "probability": step[order] / records.steps,
            "date": dates.gather(breach[order]),
            "evidence": pl.Series(EVIDENCE).gather(evidence_of(origin[order])),
            "depth": depth_of(origin[order]),
        }
    )
    return _nested(exposure[order], listed, count=records.count)


def list_scenarios(feasible: Ints, alone: Ints, *, names: Sequence[str], least: int) -> pl.Series:
    """Each exposure's scenarios from ``least`` on; both arrays are scenarios × exposures, in 1/10,000.

    ``alone`` is the most that any single breach gives.
    """
    scenario, exposure = np.nonzero(feasible >= max(least, 1))
    order = _ranking(exposure, feasible[scenario, exposure], scenario, value_max=_WHOLE)
    scenario, exposure = scenario[order], exposure[order]
    listed = pl.DataFrame(
        {
            "scenario": pl.Series(names, dtype=pl.String).gather(scenario),
            "feasibility": feasible[scenario, exposure] / _WHOLE,
            "combination_only": alone[scenario, exposure] < max(least, 1),
        }
    )
    return _nested(exposure, listed, count=feasible.shape[1])


def list_attributes(availability: Ints, *, names: Sequence[str]) -> pl.Series:
    """Each exposure's attribute classes, from attributes × exposures in 1/10,000."""
    attribute, exposure = np.nonzero(availability)
    order = _ranking(exposure, availability[attribute, exposure], attribute, value_max=_WHOLE)
    attribute, exposure = attribute[order], exposure[order]
    listed = pl.DataFrame(
        {
            "attribute": pl.Series(names, dtype=pl.String).gather(attribute),
            "availability": availability[attribute, exposure] / _WHOLE,
        }
    )
    return _nested(exposure, listed, count=availability.shape[1])


def list_depths(scores: Sequence[Ints]) -> pl.Series:
    """What each depth adds to each exposure's score; ``scores`` are those by records up to depth 1, 2, ...,
    in hundredths, rising. Depths that add nothing are left out.
    """
    added = np.diff(np.stack([np.zeros_like(scores[0]), *scores]), axis=0)
    depth, exposure = np.nonzero(added)
    order = np.lexsort((depth, exposure))
    listed = pl.DataFrame({"depth": depth[order] + 1, "points": added[depth[order], exposure[order]] / 100})
    return _nested(exposure[order], listed, count=len(scores[0]))


def _ranking(exposure: Ints, value: Ints, name: Ints, *, value_max: int) -> Ints:
    """The order by exposure, falling value and name; one integer key sorts faster than three columns."""
    names = int(name.max(initial=0)) + 1
    return np.argsort((exposure * (value_max + 1) + value_max - value) * names + name)


def _nested(exposure: Ints, listed: pl.DataFrame, *, count: int) -> pl.Series:
    """One list of structs for each of 0 .. count - 1, empty for those not in ``exposure`` (sorted)."""
    rows = pl.DataFrame({"exposure": exposure, "listed": listed.to_struct()})
    grouped = rows.group_by("exposure", maintain_order=True).agg("listed")
    every = pl.DataFrame({"exposure": np.arange(count)})
    return every.join(grouped, on="exposure", how="left", maintain_order="left")["listed"].fill_null([])
