"""What scoring comes to: subjects, assessed exposures, and the counts over them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import fsum
from pathlib import Path

import polars as pl

from correlate.pipeline.packed import unpacked
from correlate.vault import Dropped

__all__ = ["ScoreReport", "Scored"]

ROWS_AT_A_TIME = 50_000


@dataclass(frozen=True, kw_only=True)
class ScoreReport:
    """What became of a file of subjects.

    ``rows`` read are ``accepted`` plus ``rejected``; ``subjects`` are fewer than accepted rows where several
    rows bear one subject's id. ``bands`` counts subjects, ``scenarios`` those for whom only the combination
    of breaches opens the scenario. ``hop_links`` are those of ``links`` that lead over other records, and
    ``household_links`` come on top: records of another person of a subject's household. ``declared`` tells
    what became of declared breaches, if any were given; see ``Declarations.counts``. Of an update,
    ``linked_again`` are the subjects whose links may have been others; ``whole`` says why it was everybody.
    """

    output: Path | None
    rows: int
    accepted: int
    rejected: int
    subjects: int
    linked: int
    links: int
    hop_links: int
    household_links: int
    declared: dict[str, int]
    dropped: tuple[Dropped, ...]
    bands: dict[str, int]
    scenarios: dict[str, int]
    mean_score: float
    mean_uplift: float
    key_id: str
    model: str
    seconds: float
    linked_again: int | None
    whole: str


@dataclass(frozen=True, kw_only=True)
class Scored:
    """Subjects with the number of their exposure, sorted, and the assessment of each exposure, packed.

    ``assessed_by`` is short for all that decides an assessment, where links are kept; the first ``of_ranges``
    exposures are those that ranges came to. Of ``again`` and ``whole`` see :class:`ScoreReport`.
    """

    subjects: pl.DataFrame
    assessed: pl.DataFrame
    counts: dict[str, int]
    dropped: tuple[Dropped, ...]
    key_id: str
    model: str
    assessed_by: str
    of_ranges: int
    again: int | None = None
    whole: str = ""

    def report(self, output: Path | None, *, seconds: float) -> ScoreReport:
        """Add the counts up over subjects."""
        weight = self.subjects.group_by("exposure_no").len("subjects")
        total = max(1, self.subjects.height)
        linked, scores, uplifts = 0, [0.0], [0.0]
        bands: Counter[str] = Counter()
        opened: Counter[str] = Counter()
        # The assessments of a nation, joined in one piece, would take several times their room.
        for part in self.assessed.iter_slices(ROWS_AT_A_TIME):
            each = unpacked(part).join(weight, left_on="exposure_id", right_on="exposure_no")
            linked += int(each.filter(pl.col("breaches").list.len() > 0)["subjects"].sum())
            scores += (each["score"] * each["subjects"]).to_list()
            uplifts += (each["uplift"] * each["subjects"]).to_list()
            bands.update(dict(each.group_by("band").agg(pl.col("subjects").sum()).iter_rows()))
            only = (
                each.select("subjects", "scenarios")
                .explode("scenarios")
                .drop_nulls()
                .unnest("scenarios")
                .filter("combination_only")
            )
            opened.update(dict(only.group_by("scenario").agg(pl.col("subjects").sum()).iter_rows()))
        return ScoreReport(
            output=output,
            rows=self.counts["rows"],
            accepted=self.counts["rows"] - self.counts["rejected"],
            rejected=self.counts["rejected"],
            subjects=self.subjects.height,
            linked=linked,
            links=self.counts["links"],
            hop_links=self.counts["hop_links"],
            household_links=self.counts["household_links"],
            declared={
                name: count for name, count in self.counts.items() if name.startswith(("declared", "hibp"))
            },
            dropped=self.dropped,
            bands=dict(sorted(bands.items())),
            scenarios=dict(sorted(opened.items())),
            mean_score=fsum(scores) / total,
            mean_uplift=fsum(uplifts) / total,
            key_id=self.key_id,
            model=self.model,
            seconds=seconds,
            linked_again=self.again,
            whole=self.whole,
        )
