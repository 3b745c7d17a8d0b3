"""The risk of each distinct exposure: score, bounds, uplift, and what each of its parts is owed to."""

from __future__ import annotations

import copy
import datetime
import functools
import itertools
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

import numpy as np
import polars as pl

from correlate.catalogue import Catalogue
from correlate.risk.arrays import Floats, Ints, keep_most
from correlate.risk.attribution import shapley_shares
from correlate.risk.base_rates import background
from correlate.risk.counterfactuals import Counterfactuals
from correlate.risk.exposure import Exposures
from correlate.risk.feasibility import Lift
from correlate.risk.holding import Background, Found, Holding
from correlate.risk.kinds import Kinds
from correlate.risk.listing import (
    ATTRIBUTE,
    BREACH,
    EVIDENCE_POINTS,
    SCENARIO,
    list_attributes,
    list_breaches,
    list_evidence,
    list_scenarios,
)
from correlate.risk.packed import BASE_RATES, WITHHELD, Names, codes_of, names_of, packed_schema, unpacked
from correlate.risk.profile import Profile
from correlate.risk.reasons import Findings, ReasonBook, list_reasons
from correlate.risk.records import STANDINGS, Records, kept
from correlate.risk.rows import Rows
from correlate.risk.scenario_set import ScenarioSet
from correlate.risk.score import bands_of, hundredths, raw_score, raw_score_lacking, ten_thousandths
from correlate.risk.severities import Severities
from correlate.risk.severity import SeverityTable
from correlate.risk.terms import Terms
from correlate.vocabulary import AttributeClass

__all__ = ["ASSESSMENT_SCHEMA", "Assessment", "assess"]

# So many rows make some ten times as many once breaches are left out and taken alone: some 100 MB.
_BLOCK_ROWS = 50_000

_STANDINGS = (*STANDINGS, (BASE_RATES, 0))

ASSESSMENT_SCHEMA = pl.Schema(
    {
        "exposure_id": pl.Int64(),
        "score": pl.Float64(),
        "band": pl.String(),
        "score_min": pl.Float64(),
        "score_max": pl.Float64(),
        "uplift": pl.Float64(),
        "evidence": pl.List(pl.Struct(EVIDENCE_POINTS)),
        "breaches": pl.List(pl.Struct(BREACH)),
        "scenarios": pl.List(pl.Struct(SCENARIO)),
        "attributes": pl.List(pl.Struct(ATTRIBUTE)),
        "reasons": pl.List(pl.String()),
        "severity": pl.Float64(),
    }
)


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """One row an exposure, in the order of ``exposure_id``, and what it was assessed with.

    ``packed`` is how it is held, ``frame`` what it says (columns of ``ASSESSMENT_SCHEMA``).

    Scores and points have two decimals, chances four. ``score_min`` counts only near-certain links,
    ``score_max`` every candidate link as true. ``evidence`` splits the score by what it rests on, the surest
    first: each part is what it adds to those before. ``breaches`` are sorted by falling probability, that of
    their likeliest record, of which ``evidence`` and ``depth`` tell; ``alone`` is the score of that breach
    alone, ``points`` what the score loses without it, ``share`` its exact share, null unless asked for. Base
    rates, where they count, are one entry without probability and date. A scenario is listed from the
    profile's least feasibility; it is ``combination_only`` when no breach alone reaches that. ``attributes``
    have the points that the score loses if the class had not leaked, and are sorted by these. ``reasons`` are
    codes, the weightiest first. ``severity`` is ENISA's SE of all that probably leaked of the person, taken
    together, and of each breach alone.
    """

    packed: pl.DataFrame
    profile: str
    scenarios: str
    as_of: datetime.date

    @functools.cached_property
    def frame(self) -> pl.DataFrame:
        """The rows, unpacked."""
        return unpacked(self.packed)


def assess(
    exposures: Exposures,
    *,
    catalogue: Catalogue,
    scenarios: ScenarioSet,
    profile: Profile,
    as_of: datetime.date,
    base_rates: Sequence[str] = (),
    withheld: Collection[str] = (),
    shares: bool = False,
    threads: int = 1,
) -> Assessment:
    """Assess each exposure on its own: its row is the same whoever else is in ``exposures``.

    Args:
        exposures: the distinct sets of records that people stand in.
        catalogue: knows their breaches.
        scenarios: the frauds to consider.
        profile: the figures.
        as_of: the day to assess at.
        base_rates: breaches that count for everybody with the share of people they concern.
        withheld: breaches whose effect counts, but whose name does not show, nor their date, which would tell
            the name.
        shares: work out each breach's exact Shapley share too.
        threads: how many share the work; the result is the same.

    Raises:
        UnknownBreach: a breach is not in the catalogue.
        FutureBreach: a breach is dated after ``as_of``.
        UnknownCirculation: the profile does not know a breach's status.
        UnknownPopulation: the profile does not know the scope of a breach with a base rate.
        UnweightedScenario: the profile gives a scenario no weight.
        UnknownHalfLife: the profile does not know a class that a record exposes.
    """
    frame = kept(exposures, profile=profile)
    breaches = sorted({*frame["breach"].unique().to_list(), *base_rates})
    kinds = Kinds(breaches, catalogue=catalogue, profile=profile, as_of=as_of)
    records = Records.of(frame, exposures, kinds=kinds)
    rates = background(sorted(base_rates), kinds=kinds, catalogue=catalogue, profile=profile)
    attributes = tuple(sorted(frozenset[AttributeClass]().union(*map(kinds.classes, range(len(kinds))))))
    terms = Terms.of(scenarios, attributes)
    lift = Lift.build(scenarios, attributes, as_of=as_of)
    reasons = ReasonBook.load(scenarios)
    names = names_of(
        catalogue,
        bands=(band.name for band in profile.bands),
        scenarios=(scenario.id for scenario in scenarios),
        reasons=reasons.texts,
    )
    dates = [None if breach in withheld else catalogue.get(breach).date for breach in breaches]
    kernel = _Kernel(
        holding=Holding(kinds, terms, lift, background=rates),
        terms=terms,
        rates=rates,
        rate_breach=kinds.breach_of()[rates.kind],
        scenarios=scenarios,
        profile=profile,
        weights=np.array([_weight(scenario.id, scenarios, profile) for scenario in scenarios]),
        reasons=reasons,
        names=names,
        severity=Severities(kinds, SeverityTable.load(), steps=profile.steps),
        shown=tuple(WITHHELD if breach in withheld else breach for breach in breaches),
        dates=pl.Series(dates, dtype=pl.Date),
        shares=shares,
    )
    found = _assessed(records, kernel, threads=threads)
    packed = pl.concat([packed_schema(ASSESSMENT_SCHEMA, names).to_frame(), *found], rechunk=False)
    return Assessment(packed=packed, profile=profile.name, scenarios=scenarios.version, as_of=as_of)


def _assessed(records: Records, kernel: _Kernel, *, threads: int) -> list[pl.DataFrame]:
    """Assess block after block, as many at a time as there are threads."""
    blocks = list(records.blocks(rows_max=_BLOCK_ROWS))
    firsts = itertools.accumulate((block.count for block in blocks), initial=0)
    # Tables of kinds grow as they are used: to each thread its own.
    threads = max(1, min(threads, len(blocks)))
    kernels: SimpleQueue[_Kernel] = SimpleQueue()
    for own in [kernel, *(copy.deepcopy(kernel) for _ in range(1, threads))]:
        kernels.put(own)

    def assess_block(block: Records, first: int) -> pl.DataFrame:
        own = kernels.get()
        try:
            return own.assess(block, first=first)
        finally:
            kernels.put(own)

    with ThreadPoolExecutor(max_workers=threads) as pool:
        return list(pool.map(assess_block, blocks, firsts))


def _weight(scenario: str, scenarios: ScenarioSet, profile: Profile) -> float:
    """A user's own weight of a scenario goes before the profile's."""
    own = scenarios.weights.get(scenario)
    return own.value if own else profile.weight_of(scenario)


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """Scores in hundredths of what each exposure of a block is compared with; pairs are (exposure, breach).

    ``score`` is its own. ``stages`` are the scores by records of each standing and all surer ones, without
    base rates; ``best`` is the most that one breach alone gives. ``feasible`` and ``best_feasible`` are
    likewise, exposures × scenarios in 1/10,000.
    """

    score: Ints
    lower: Ints
    upper: Ints
    stages: Ints
    alone: Ints
    left_out: Ints
    best: Ints
    feasible: Ints
    best_feasible: Ints


@dataclass(frozen=True, kw_only=True)
class _Kernel:
    """What stays the same from block to block."""

    holding: Holding
    terms: Terms
    rates: Background
    rate_breach: Ints
    scenarios: ScenarioSet
    profile: Profile
    weights: Floats
    reasons: ReasonBook
    severity: Severities
    names: Names
    shown: tuple[str, ...]
    dates: pl.Series
    shares: bool

    @property
    def rated(self) -> bool:
        """Whether base rates count."""
        return len(self.rates.kind) > 0

    def assess(self, block: Records, *, first: int) -> pl.DataFrame:
        """Assess the exposures of one block, numbered from ``first``."""
        found, compared = self._compare(block)
        score = compared.score
        evidence = self._evidence(compared, score)
        points = self._attribute_points(found, score)
        combined, of_pair = self.severity.of(block)
        names, bands = self.names, self.profile.bands
        band = codes_of((band.name for band in bands), names["band"])[bands_of(score / 100, bands=bands)]
        frame = pl.DataFrame(
            {
                "exposure_id": np.arange(first, first + block.count),
                "score": score,
                "band": pl.Series(band).cat.to(names["band"]),
                "score_min": compared.lower,
                "score_max": compared.upper,
                "uplift": np.maximum(score - compared.best, 0),
                "evidence": list_evidence(evidence, standings=_STANDINGS, names=names),
                "breaches": self._breaches(block, compared, score, of_pair),
                "scenarios": list_scenarios(
                    compared.feasible,
                    compared.best_feasible,
                    scenarios=[scenario.id for scenario in self.scenarios],
                    least=round(self.profile.feasibility_min.value * 10_000),
                    names=names,
                ),
                "attributes": list_attributes(
                    ten_thousandths(found.available)[found.number[: block.count]],
                    points,
                    attributes=self.terms.attributes,
                    names=names,
                ),
                "reasons": self._reasons(found, compared, score, points, evidence),
                "severity": np.rint(combined * 100),
            }
        )
        return frame.cast(packed_schema(ASSESSMENT_SCHEMA, names))

    def _compare(self, block: Records) -> tuple[Found, _Compared]:
        """What is found about each exposure of the block itself, and the scores it is compared with."""
        pairs = block.pair_starts()
        rows = np.arange(len(block))
        what_if = Counterfactuals(block, profile=self.profile)
        # What attributes are worth is told of those that are evaluated first.
        own = what_if.add(rows, background=self.rated)
        plain = what_if.add(rows) if self.rated else own
        near = block.step >= round(self.profile.near_certain.value * self.profile.steps)
        lower = what_if.add_reduced(near, otherwise=plain)
        upper = what_if.add(rows, certain=True, background=self.rated)
        present = np.unique(block.standing)
        stages = [
            what_if.add_reduced(block.standing <= standing, otherwise=plain) for standing in present.tolist()
        ]
        alone = what_if.each_alone(pairs)
        left_out = what_if.each_left_out(pairs, background=self.rated)
        found = self.holding.evaluate(what_if.rows(), lacking=block.count)
        scores = self._hundredths(found)
        score = scores[own]
        feasible = ten_thousandths(found.feasible)
        rate_scores, rate_feasible = self._rates_alone()
        best = np.full(block.count, rate_scores)
        best_feasible = np.tile(rate_feasible[:, np.newaxis], block.count)
        owner = block.exposure[pairs]
        keep_most(best[np.newaxis], owner, scores[np.newaxis], np.arange(alone.start, alone.stop))
        keep_most(best_feasible, owner, feasible.T, found.number[alone])
        by_standing = np.zeros((len(STANDINGS), block.count), dtype=np.int64)
        for standing, stage in zip(present.tolist(), stages, strict=True):
            by_standing[standing:] = scores[stage]
        # The last digit that is kept may differ where two sums of the same value part: never show that.
        compared = _Compared(
            score=score,
            lower=np.minimum(scores[lower], score),
            upper=np.maximum(scores[upper], score),
            stages=np.minimum(np.maximum.accumulate(by_standing, axis=0), score),
            alone=np.minimum(scores[alone], score[owner]),
            left_out=np.minimum(scores[left_out], score[owner]),
            best=best,
            feasible=feasible[found.number[own]],
            best_feasible=best_feasible.T,
        )
        return found, compared

    def _rates_alone(self) -> tuple[int, Ints]:
        """The most that one breach gives with its base rate alone: hundredths, and feasibility in
        1/10,000.
        """
        if not self.rated:
            return 0, np.zeros(len(self.weights), dtype=np.int64)
        breach, exposure = np.unique(self.rate_breach, return_inverse=True)
        rows = Rows(
            exposure=exposure,
            kind=self.rates.kind,
            chance=self.rates.chance,
            background=np.zeros(len(breach), dtype=np.bool_),
        )
        found = self.holding.evaluate(rows)
        return int(self._hundredths(found).max()), ten_thousandths(found.feasible).max(axis=0)

    def _evidence(self, compared: _Compared, score: Ints) -> Ints:
        """What each standing adds to the surer ones, and base rates to all: standings × exposures."""
        stages = np.vstack((np.zeros_like(score), compared.stages, score))
        added: Ints = stages[1:] - stages[:-1]
        return added

    def _reasons(
        self, found: Found, compared: _Compared, score: Ints, points: Ints, evidence: Ints
    ) -> pl.Series:
        least = round(self.profile.feasibility_min.value * 10_000)
        findings = Findings(
            attributes=self.terms.attributes,
            attribute_points=points.T,
            score=score,
            uplift=np.maximum(score - compared.best, 0),
            score_min=compared.lower,
            score_max=compared.upper,
            evidence=tuple(kind for kind, _depth in _STANDINGS),
            evidence_points=evidence,
            scenarios=tuple(scenario.id for scenario in self.scenarios),
            feasibility=found.feasible[found.number[: len(score)]].T,
            combination_only=((compared.feasible >= least) & (compared.best_feasible < least)).T,
            weights=self.weights,
        )
        return list_reasons(findings, book=self.reasons, names=self.names)

    def _breaches(self, block: Records, compared: _Compared, score: Ints, severity: Floats) -> pl.Series:
        owner = block.exposure[block.pair_starts()]
        alone, points = compared.alone, score[owner] - compared.left_out
        share: Ints | None = None
        rate_share = np.zeros(block.count, dtype=np.int64)
        if self.shares:
            share, rate_share = shapley_shares(
                block,
                raw_score=self._raw_score,
                score=score,
                loss=points,
                alone=alone,
                rated=self.rated,
                profile=self.profile,
            )
        frame = _hundredths_of(alone, points, share, np.rint(severity * 100))
        if self.rated:
            what_if = Counterfactuals(block, profile=self.profile)
            what_if.add(np.empty(0, dtype=np.int64), background=True)
            all_alone = self._hundredths(self.holding.evaluate(what_if.rows()))
            rated = _hundredths_of(
                np.minimum(all_alone, score),
                score - compared.stages[-1],
                rate_share if self.shares else None,
                None,
            )
            frame = pl.concat((frame, rated))
        return list_breaches(
            block, frame, shown=self.shown, dates=self.dates, steps=self.profile.steps, names=self.names
        )

    def _attribute_points(self, found: Found, score: Ints) -> Ints:
        without = raw_score_lacking(
            found, self.terms.lacking, weights=self.weights, attributes=len(self.terms.attributes)
        )
        points: Ints = np.maximum(score[:, None] - hundredths(without)[found.number[: len(score)]], 0)
        return points

    def _raw_score(self, rows: Rows) -> Floats:
        found = self.holding.evaluate(rows)
        return raw_score(found, weights=self.weights)[found.number]

    def _hundredths(self, found: Found) -> Ints:
        return hundredths(raw_score(found, weights=self.weights))[found.number]


def _hundredths_of(alone: Ints, points: Ints, share: Ints | None, severity: Floats | None) -> pl.DataFrame:
    """What is told of a breach in hundredths; null for what is not."""
    columns = {"alone": alone, "points": points, "share": share, "severity": severity}
    return pl.select(
        (pl.lit(None) if column is None else pl.lit(pl.Series(column))).cast(pl.Int16).alias(name)
        for name, column in columns.items()
    )
