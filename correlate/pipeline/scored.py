"""What scoring comes to: subjects, assessed exposures, and the counts over them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.vault import Dropped

__all__ = ["ScoreReport", "Scored"]

ROWS_AT_A_TIME = 50_000
_MEANS = ("score", "uplift")


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
        assessed, total = self.assessed, max(1, self.subjects.height)
        subjects = self._of_each()
        linked = assessed["breaches"].list.len().to_numpy() > 0
        # Of hundredths as whole numbers sums are exact.
        points = {name: int(assessed[name].cast(pl.Int64).to_numpy() @ subjects) for name in _MEANS}
        bands = _counted(assessed["band"], subjects)
        opened: Counter[str] = Counter()
        # Taken apart together, the scenarios of a nation would take some of its memory.
        for start in range(0, assessed.height, ROWS_AT_A_TIME):
            scenarios = assessed["scenarios"].slice(start, ROWS_AT_A_TIME)
            each = scenarios.list.len().to_numpy()
            rows = scenarios.explode(empty_as_null=False).struct.unnest()
            of_row = np.repeat(subjects[start : start + ROWS_AT_A_TIME], each)
            only = rows["combination_only"].to_numpy()
            opened.update(_counted(rows["scenario"].filter(pl.Series(only)), of_row[only]))
        return ScoreReport(
            output=output,
            rows=self.counts["rows"],
            accepted=self.counts["rows"] - self.counts["rejected"],
            rejected=self.counts["rejected"],
            subjects=self.subjects.height,
            linked=int(subjects[linked].sum()),
            links=self.counts["links"],
            hop_links=self.counts["hop_links"],
            household_links=self.counts["household_links"],
            declared={
                name: count for name, count in self.counts.items() if name.startswith(("declared", "hibp"))
            },
            dropped=self.dropped,
            bands=dict(sorted(bands.items())),
            scenarios=dict(sorted(opened.items())),
            mean_score=points["score"] / 100 / total,
            mean_uplift=points["uplift"] / 100 / total,
            key_id=self.key_id,
            model=self.model,
            seconds=seconds,
            linked_again=self.again,
            whole=self.whole,
        )

    def _of_each(self) -> npt.NDArray[np.int64]:
        """How many subjects each exposure has, in the order of the assessments."""
        numbers = self.assessed["exposure_id"].to_numpy()
        least = int(numbers.max(initial=-1)) + 1
        counts = np.bincount(self.subjects["exposure_no"].to_numpy(), minlength=least)
        of_each: npt.NDArray[np.int64] = counts[numbers]
        return of_each


def _counted(names: pl.Series, subjects: npt.NDArray[np.int64]) -> dict[str, int]:
    """How many subjects have each name, of those that any has."""
    counts = np.bincount(names.to_physical().to_numpy(), weights=subjects).astype(np.int64)
    known: pl.Series = names.dtype.categories  # type: ignore[attr-defined]
    return {known[place]: int(counts[place]) for place in np.flatnonzero(counts).tolist()}
