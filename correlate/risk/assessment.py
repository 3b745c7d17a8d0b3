"""The risk of each distinct exposure: score, uplift, and the breaches, scenarios and attributes behind."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
import polars as pl

from correlate.catalogue import Catalogue
from correlate.risk.availability import AvailabilityModel, Floats
from correlate.risk.exposure import Exposures
from correlate.risk.feasibility import feasibility
from correlate.risk.listing import list_attributes, list_breaches, list_depths, list_scenarios
from correlate.risk.profile import Profile
from correlate.risk.records import Ints, Records, depth_of
from correlate.risk.scenario_set import ScenarioSet
from correlate.risk.score import bands_of, hundredths, raw_score, ten_thousandths

__all__ = ["ASSESSMENT_SCHEMA", "Assessment", "assess"]

# Bounds the memory: the widest array of a block is classes × rows, some 5 MB, and stays in the cache.
_BLOCK_ROWS = 8_192

_BREACH = {
    "breach": pl.String,
    "probability": pl.Float64,
    "date": pl.Date,
    "evidence": pl.String,
    "depth": pl.Int8,
}
_DEPTH = {"depth": pl.Int8, "points": pl.Float64}
_SCENARIO = {"scenario": pl.String, "feasibility": pl.Float64, "combination_only": pl.Boolean}
_ATTRIBUTE = {"attribute": pl.String, "availability": pl.Float64}
ASSESSMENT_SCHEMA = pl.Schema(
    {
        "exposure_id": pl.Int64(),
        "score": pl.Float64(),
        "band": pl.String(),
        "uplift": pl.Float64(),
        "by_depth": pl.List(pl.Struct(_DEPTH)),
        "breaches": pl.List(pl.Struct(_BREACH)),
        "scenarios": pl.List(pl.Struct(_SCENARIO)),
        "attributes": pl.List(pl.Struct(_ATTRIBUTE)),
    }
)


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """One row an exposure, in the order of ``exposure_id``, and what it was assessed with.

    ``score`` and ``uplift`` have two decimals, chances four. ``breaches``, ``scenarios`` and
    ``attributes`` are sorted by falling value, then by name. A scenario is listed from the profile's
    least feasibility; it is ``combination_only`` when no breach alone reaches that. A breach's
    ``probability`` is that of its likeliest record, and ``evidence`` and ``depth`` say of what kind that
    record is and how many links lead to it. ``by_depth`` splits the score: the points of records that one
    link leads to (and of declared ones), then what records over two links add, and so on.
    """

    frame: pl.DataFrame
    profile: str
    scenarios: str
    as_of: datetime.date


def assess(
    exposures: Exposures,
    *,
    catalogue: Catalogue,
    scenarios: ScenarioSet,
    profile: Profile,
    as_of: datetime.date,
) -> Assessment:
    """Assess each exposure on its own: its row is the same whoever else is in ``exposures``.

    Raises:
        UnknownBreach: a breach is not in the catalogue.
        FutureBreach: a breach is dated after ``as_of``.
        UnknownCirculation: the profile does not know a breach's status.
        UnweightedScenario: the profile gives a scenario no weight.
        UnknownHalfLife: the profile does not know a class that a record exposes.
    """
    records = Records.of(exposures, profile=profile)
    model = AvailabilityModel.build(
        records, exposures.class_sets, catalogue=catalogue, profile=profile, as_of=as_of
    )
    dates = pl.Series([catalogue.get(breach).date for breach in records.breaches], dtype=pl.Date)
    kernel = _Kernel(model=model, scenarios=scenarios, profile=profile, as_of=as_of, dates=dates)
    singles, single_of_pair = records.singles()
    alone = kernel.alone(singles)
    frames = [ASSESSMENT_SCHEMA.to_frame()]
    first, first_pair = 0, 0
    for block in records.blocks(rows_max=_BLOCK_ROWS):
        pairs = block.pair_starts()
        numbers = single_of_pair[first_pair : first_pair + len(pairs)]
        best = alone.best(numbers, exposure=block.exposure[pairs], count=block.count)
        frames.append(kernel.assess(block, best, first=first))
        first, first_pair = first + block.count, first_pair + len(pairs)
    frame = pl.concat(frames)
    return Assessment(frame=frame, profile=profile.name, scenarios=scenarios.version, as_of=as_of)


@dataclass(frozen=True, kw_only=True)
class _Alone:
    """What single breaches give: scores in hundredths, feasibilities as scenarios × singles."""

    hundredths: Ints
    feasible: Floats

    def best(self, numbers: Ints, *, exposure: Ints, count: int) -> _Alone:
        """The most that any of an exposure's singles gives; ``exposure`` is sorted, one for each number."""
        scores, feasible = np.zeros(count, dtype=np.int64), np.zeros((len(self.feasible), count))
        present, starts = np.unique(exposure, return_index=True)
        if len(present):
            scores[present] = np.maximum.reduceat(self.hundredths[numbers], starts)
            feasible[:, present] = np.maximum.reduceat(
                np.take(self.feasible, numbers, axis=1), starts, axis=1
            )
        return _Alone(hundredths=scores, feasible=feasible)


@dataclass(frozen=True, kw_only=True)
class _Kernel:
    """What stays the same from block to block."""

    model: AvailabilityModel
    scenarios: ScenarioSet
    profile: Profile
    as_of: datetime.date
    dates: pl.Series

    def alone(self, singles: Records) -> _Alone:
        """Score each breach on its own."""
        scores, feasible = [np.empty(0, dtype=np.int64)], [np.empty((len(self.scenarios), 0))]
        for block in singles.blocks(rows_max=_BLOCK_ROWS):
            found = self._feasible(self.model.availability(block))
            scores.append(self._hundredths(found))
            feasible.append(found)
        return _Alone(hundredths=np.concatenate(scores), feasible=np.concatenate(feasible, axis=1))

    def assess(self, block: Records, best: _Alone, *, first: int) -> pl.DataFrame:
        """Assess the exposures of one block, numbered from ``first``; ``best`` is what one breach gives."""
        availability = self.model.availability(block)
        feasible = self._feasible(availability)
        score = self._hundredths(feasible)
        bands = pl.Series([band.name for band in self.profile.bands], dtype=pl.String)
        frame = pl.DataFrame(
            {
                "exposure_id": np.arange(first, first + block.count),
                "score": score / 100,
                "band": bands.gather(bands_of(score / 100, bands=self.profile.bands)),
                # The last bit of a boost's formula may fall as its input rises: never show that.
                "uplift": np.maximum(score - best.hundredths, 0) / 100,
                "by_depth": list_depths(self._by_depth(block, score)),
                "breaches": list_breaches(block, dates=self.dates),
                "scenarios": list_scenarios(
                    ten_thousandths(feasible),
                    ten_thousandths(best.feasible),
                    names=[scenario.id for scenario in self.scenarios],
                    least=round(self.profile.feasibility_min.value * 10_000),
                ),
                "attributes": list_attributes(ten_thousandths(availability), names=self.model.attributes),
            }
        )
        return frame.cast(ASSESSMENT_SCHEMA)

    def _by_depth(self, block: Records, score: Ints) -> list[Ints]:
        """The score by records up to each depth, in hundredths; the last is the score itself."""
        deepest = int(depth_of(block.origin).max(initial=1))
        part = [
            self._hundredths(self._feasible(self.model.availability(block.up_to(depth))))
            for depth in range(1, deepest)
        ]
        # The last bit of a boost's formula may fall as its input rises: never show that.
        rising = np.maximum.accumulate([*part, score]) if part else [score]
        return [np.minimum(each, score) for each in rising]

    def _feasible(self, availability: Floats) -> Floats:
        return feasibility(availability, self.model.attributes, scenarios=self.scenarios, as_of=self.as_of)

    def _hundredths(self, feasible: Floats) -> Ints:
        return hundredths(raw_score(feasible, scenarios=self.scenarios, profile=self.profile))
