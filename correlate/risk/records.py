"""The rows of an assessment as sorted arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from correlate.risk.arrays import Ints, Mask, starts_of
from correlate.risk.exposure import DEPTH_MAX, EVIDENCE, Exposures
from correlate.risk.implication import closure
from correlate.risk.kinds import Kinds
from correlate.risk.profile import Profile

__all__ = ["STANDINGS", "Records", "depth_of", "evidence_of", "kept", "of_household"]

# What a record rests on, the surest first: evidence, and the depth of a linked one. A standing is a place
# here.
STANDINGS = (
    ("own", 0),
    ("declared", 0),
    *(("linked", depth) for depth in range(1, DEPTH_MAX + 1)),
    *(("household", depth) for depth in range(1, DEPTH_MAX + 1)),
)


@dataclass(frozen=True, kw_only=True)
class Records:
    """Rows sorted by exposure, breach, falling step, kind and standing.

    ``breach`` and ``kind`` are numbers of the table of kinds, ``step`` is the match probability in steps of
    the profile's grid, ``standing`` a place in STANDINGS.
    """

    exposure: Ints
    breach: Ints
    kind: Ints
    step: Ints
    standing: Ints
    count: int

    @classmethod
    def of(cls, frame: pl.DataFrame, exposures: Exposures, *, kinds: Kinds) -> Records:
        """Number and sort the rows that ``kept`` has left."""
        breaches = {breach: number for number, breach in enumerate(kinds.breaches)}
        numbered = frame.with_columns(
            breach=pl.col("breach").replace_strict(breaches, return_dtype=pl.Int64),
            standing=_standing().replace_strict(
                {_code(*each): place for place, each in enumerate(STANDINGS)}, return_dtype=pl.Int64
            ),
        )
        held = {number: closure(classes) for number, classes in exposures.class_sets.items()}
        present = numbered.select("breach", "class_set").unique().sort("breach", "class_set")
        kind = [kinds.number(breach, held[class_set]) for breach, class_set in present.iter_rows()]
        of_kind = present.with_columns(kind=pl.Series(kind, dtype=pl.Int64))
        rows = (
            numbered.join(of_kind, on=["breach", "class_set"])
            .select(exposure="exposure_id", breach="breach", kind="kind", step="step", standing="standing")
            .sort("exposure", "breach", -pl.col("step"), "kind", "standing")
            # Of breaches of which there are none Polars forgets the type.
            .cast(pl.Int64)
        )
        return cls(**{name: rows[name].to_numpy() for name in rows.columns}, count=exposures.count)

    def __len__(self) -> int:
        return len(self.exposure)

    def blocks(self, *, rows_max: int) -> Iterator[Records]:
        """Cut into runs of whole exposures of about ``rows_max`` rows, each numbered from 0 again."""
        edges = np.searchsorted(self.exposure, np.arange(self.count + 1))
        first = 0
        while first < self.count:
            reach = int(np.searchsorted(edges, edges[first] + rows_max, side="right")) - 1
            # At least one exposure a block, however many rows it has; and not too many empty ones.
            last = min(max(reach, first + 1), first + rows_max, self.count)
            rows = slice(int(edges[first]), int(edges[last]))
            yield Records(
                exposure=self.exposure[rows] - first,
                breach=self.breach[rows],
                kind=self.kind[rows],
                step=self.step[rows],
                standing=self.standing[rows],
                count=last - first,
            )
            first = last

    def pair_starts(self) -> Ints:
        """The first row of each (exposure, breach) pair."""
        return starts_of(self.exposure * (int(self.breach.max(initial=0)) + 1) + self.breach)


def kept(exposures: Exposures, *, profile: Profile) -> pl.DataFrame:
    """The rows with their probabilities in steps of the profile's grid, without those under its minimum."""
    step = np.rint(exposures.frame["probability"].to_numpy() * profile.steps).astype(np.int64)
    return exposures.frame.with_columns(step=pl.Series(step)).filter(
        pl.col("step") >= max(profile.step_min, 1)
    )


def depth_of(standing: Ints) -> Ints:
    """How many links lead to a record, 0 for an own or declared one."""
    return np.array([depth for _evidence, depth in STANDINGS])[standing]


def evidence_of(standing: Ints) -> Ints:
    """The place of the evidence in EVIDENCE."""
    return np.array([EVIDENCE.index(evidence) for evidence, _depth in STANDINGS])[standing]


def of_household(standing: Ints) -> Mask:
    """Which records are about another person of the household."""
    return np.array([evidence == "household" for evidence, _depth in STANDINGS])[standing]


def _standing() -> pl.Expr:
    place = pl.col("evidence").replace_strict(
        {evidence: number for number, evidence in enumerate(EVIDENCE)}, return_dtype=pl.Int64
    )
    return place * (DEPTH_MAX + 1) + pl.col("depth")


def _code(evidence: str, depth: int) -> int:
    return EVIDENCE.index(evidence) * (DEPTH_MAX + 1) + depth
