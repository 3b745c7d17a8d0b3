"""What a comparison of two files comes to: counts over all subjects, and those who crossed furthest."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from correlate.changes.causes import CAUSES, CHANGE_SCHEMA
from correlate.changes.scored_file import ScoredFile

__all__ = ["CauseCount", "Changes", "Tally"]


@dataclass(frozen=True, kw_only=True)
class CauseCount:
    """How many changed subjects one cause is named for.

    ``main`` counts those whose first cause it is; ``crossed`` and ``mean_change`` are about those.
    """

    cause: str
    main: int
    named: int
    crossed: int
    mean_change: float | None


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What changed between two files of scores.

    ``bands`` counts subjects by old and new band, None where the subject is in the other file only;
    ``band_names`` are in the order of their lowest score. ``mean_old`` and ``mean_new`` are over the
    subjects in both files. ``crossings`` are the subjects who crossed a band, the greatest change first.
    """

    old: ScoredFile
    new: ScoredFile
    output: Path | None
    bands: dict[tuple[str | None, str | None], int]
    band_names: tuple[str, ...]
    changed: int
    mean_old: float | None
    mean_new: float | None
    causes: tuple[CauseCount, ...]
    crossings: pl.DataFrame
    seconds: float

    @property
    def in_both(self) -> int:
        """Subjects of both files."""
        return sum(count for (old, new), count in self.bands.items() if old is not None and new is not None)

    @property
    def crossed_up(self) -> int:
        """Subjects now in a higher band."""
        return self._crossed(up=True)

    @property
    def crossed_down(self) -> int:
        """Subjects now in a lower band."""
        return self._crossed(up=False)

    @property
    def new_subjects(self) -> int:
        """Subjects of the new file only."""
        return sum(count for (old, _new), count in self.bands.items() if old is None)

    @property
    def subjects_gone(self) -> int:
        """Subjects of the old file only."""
        return sum(count for (_old, new), count in self.bands.items() if new is None)

    def as_json(self) -> dict[str, object]:
        """Everything but the subjects, for a program that watches."""
        return {
            "old": _side(self.old),
            "new": _side(self.new),
            "in_both": self.in_both,
            "new_subjects": self.new_subjects,
            "subjects_gone": self.subjects_gone,
            "changed": self.changed,
            "crossed_up": self.crossed_up,
            "crossed_down": self.crossed_down,
            "mean_old": self.mean_old,
            "mean_new": self.mean_new,
            "bands": [
                {"old": old, "new": new, "subjects": count} for (old, new), count in sorted_bands(self)
            ],
            "causes": [vars(one) for one in self.causes],
        }

    def _crossed(self, *, up: bool) -> int:
        place = {name: number for number, name in enumerate(self.band_names)}
        return sum(
            count
            for (old, new), count in self.bands.items()
            if old is not None and new is not None and old != new and (place[new] > place[old]) == up
        )


def sorted_bands(changes: Changes) -> list[tuple[tuple[str | None, str | None], int]]:
    """The counts by band, from the lowest band up; what is in one file only last."""
    place: dict[str | None, int] = {name: number for number, name in enumerate(changes.band_names)}
    place[None] = len(place)
    return sorted(changes.bands.items(), key=lambda item: (place[item[0][0]], place[item[0][1]]))


def _side(file: ScoredFile) -> dict[str, object]:
    return {
        "file": str(file.path),
        "subjects": file.rows,
        "key_id": file.key_id,
        "model": None if file.model is None else str(file.model),
    }


@dataclass(kw_only=True)
class Tally:
    """Counts that add up range by range, in whole numbers; at most ``limit`` crossings are kept."""

    limit: int
    bands: Counter[tuple[str | None, str | None]] = field(default_factory=Counter)
    band_min: dict[str, int] = field(default_factory=dict)
    sums: Counter[str] = field(default_factory=Counter)
    causes: dict[str, Counter[str]] = field(default_factory=dict)
    crossings: pl.DataFrame = field(default_factory=CHANGE_SCHEMA.to_frame)

    def add_pairs(self, pairs: pl.DataFrame) -> None:
        """Count all subjects of a range, changed or not."""
        score = pl.col("old_score", "new_score")
        grouped = pairs.group_by("old_band", "new_band").agg(
            pl.len().alias("subjects"), score.sum().name.suffix("_sum"), score.min().name.suffix("_min")
        )
        for row in grouped.iter_rows(named=True):
            old, new = row["old_band"], row["new_band"]
            self.bands[old, new] += row["subjects"]
            for band, lowest in ((old, row["old_score_min"]), (new, row["new_score_min"])):
                if band is not None:
                    self.band_min[band] = min(lowest, self.band_min.get(band, lowest))
            if old is not None and new is not None:
                self.sums["both"] += row["subjects"]
                self.sums["old"] += row["old_score_sum"]
                self.sums["new"] += row["new_score_sum"]

    def add_changed(self, changed: pl.DataFrame) -> None:
        """Count the changed subjects of a range."""
        self.sums["changed"] += changed.height
        for cause, count in changed["causes"].explode().drop_nulls().value_counts().iter_rows():
            self._cause(cause)["named"] += count
        hundredths = (pl.col("change") * 100).round().cast(pl.Int64)
        by_main = changed.group_by(pl.col("causes").list.first().alias("cause")).agg(
            pl.len().alias("main"),
            pl.col("crossed").sum(),
            hundredths.sum().alias("change"),
            pl.col("change").is_not_null().sum().alias("scored"),
        )
        for row in by_main.iter_rows(named=True):
            cause = self._cause(row.pop("cause"))
            for name, count in row.items():
                cause[name] += count
        crossed = changed.filter("crossed")
        furthest = pl.concat([self.crossings, crossed]).sort(
            pl.col("change").abs(), pl.col("subject_id"), descending=[True, False]
        )
        self.crossings = furthest.head(self.limit)

    def changes(self, old: ScoredFile, new: ScoredFile, *, output: Path | None, seconds: float) -> Changes:
        """What it all comes to."""
        both = self.sums["both"]
        return Changes(
            old=old,
            new=new,
            output=output,
            bands=dict(self.bands),
            band_names=tuple(sorted(self.band_min, key=lambda band: (self.band_min[band], band))),
            changed=self.sums["changed"],
            mean_old=self.sums["old"] / both / 100 if both else None,
            mean_new=self.sums["new"] / both / 100 if both else None,
            causes=tuple(_cause_count(one, self.causes[one]) for one in CAUSES if one in self.causes),
            crossings=self.crossings,
            seconds=seconds,
        )

    def _cause(self, name: str) -> Counter[str]:
        return self.causes.setdefault(name, Counter())


def _cause_count(cause: str, counts: Counter[str]) -> CauseCount:
    scored = counts["scored"]
    return CauseCount(
        cause=cause,
        main=counts["main"],
        named=counts["named"],
        crossed=counts["crossed"],
        mean_change=counts["change"] / scored / 100 if scored else None,
    )
