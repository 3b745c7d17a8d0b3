"""The way from tokenised subjects to assessed exposures, shared by the batch and the single check."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import xxhash

from correlate.catalogue import Breach
from correlate.declared import Declared, declared_records
from correlate.linkage import ExposureTable, link
from correlate.pipeline.declarations import Declarations
from correlate.pipeline.id_order import in_order
from correlate.pipeline.kept_links import kept_links
from correlate.pipeline.models import Models
from correlate.pipeline.plain import plain
from correlate.pipeline.ranges import REJECTS, SUBJECTS, RangeResult, read_subjects
from correlate.pipeline.scored import Scored
from correlate.pipeline.subject_numbers import SubjectNumbers
from correlate.pipeline.subject_rows import SubjectBatch
from correlate.risk import Exposures, FutureBreach, assess, base_rate_breaches, in_one_piece
from correlate.timings import timed
from correlate.tokens import People
from correlate.vault import Dropped, Vault

__all__ = ["Scorer"]

COUNTS = ("rows", "rejected", "links", "hop_links", "household_links")


class _Gathered(NamedTuple):
    """Batches as one: rows, their subjects, what these were told of (subject_no, breach), and what is counted
    of rows alone.
    """

    people: People
    subjects: SubjectNumbers
    told: pl.DataFrame
    result: RangeResult


class Scorer:
    """Links ranges of tokenised subjects and assesses the distinct exposures they come to."""

    def __init__(
        self,
        vault: Vault,
        models: Models,
        *,
        breach: Breach | None = None,
        declared: Declared | None = None,
        keep_links: bool = False,
        together: int = 1_000,
    ) -> None:
        """Bind vault and models; ``breach`` says that the subjects are that breach's rows, ``declared`` which
        breaches they were told of, ``keep_links`` that ranges tell what their links rest on; so many
        exposures are assessed ``together``.
        """
        self._vault, self._models, self._breach = vault, models, breach
        self._keep_links, self._together = keep_links, together
        self._refuse_future()
        self.table = ExposureTable(vault)
        self._known = pl.DataFrame()
        self._declarations = Declarations(declared)
        self._waiting: list[SubjectBatch] = []
        self._subjects: list[pl.DataFrame | Path] = [pl.DataFrame(schema=SUBJECTS)]
        self._batches = 0
        self._dropped: Counter[tuple[str, str]] = Counter()
        self._counts = dict.fromkeys(COUNTS, 0)

    def add(self, batch: SubjectBatch) -> int:
        """Take one batch into the range at hand; gives how many rows the range has by now."""
        self._waiting.append(batch)
        self._batches += 1
        return sum(waiting.people.height for waiting in self._waiting)

    def close_range(self, *, read_to: int = 0, counted: bool = True) -> RangeResult:
        """Link the batches of the range at hand, with which ``read_to`` bytes of the file are read. Rows that
        were looked through before are not ``counted``.
        """
        gathered = self._gathered(read_to)
        first, result = self.table.count, gathered.result
        counts, frames = self._link(gathered)
        result = replace(
            result.otherwise(frames),
            exposures=self.table.since(first),
            counts={**result.counts, **counts},
            names=self.table.names(),
        )
        if not counted:
            result = replace(result, counts={**result.counts, "rows": 0, "rejected": 0}, dropped=())
        self._count(result)
        return result

    def look_through(self) -> RangeResult:
        """Count the batches at hand, and what was declared of them, and link nobody."""
        result = self._gathered(0).result
        self._batches = 0
        return result

    def _gathered(self, read_to: int) -> _Gathered:
        waiting, self._waiting = self._waiting, []
        rejects = [reject for batch in waiting for reject in batch.rejects]
        columns = [batch.declared for batch in waiting if batch.declared is not None]
        ids = pl.concat([batch.ids for batch in waiting])
        parts = [batch.people for batch in waiting]
        waiting.clear()
        people = People.together(parts)
        subjects = SubjectNumbers.of(ids)
        told = self._declarations.of_batch(people, subjects, pl.concat(columns) if columns else None)
        read = people.height + len(rejects) - ids.null_count()
        return _Gathered(
            people,
            subjects,
            told,
            RangeResult(
                batches=self._batches,
                read_to=read_to,
                told=self._declarations.last(),
                rejects=pl.DataFrame(rejects, schema=REJECTS, orient="row"),
                counts={**dict.fromkeys(COUNTS, 0), "rows": read, "rejected": len(rejects)},
                dropped=tuple((column, reason, rows) for (column, reason), rows in people.dropped.items()),
                names=self.table.names(),
                reached=tuple(sorted(self._declarations.reached)),
            ),
        )

    def restore(self, result: RangeResult) -> None:
        """Take in a range that an earlier run has closed."""
        self.table.restore(result.exposures, result.names)
        self._declarations.restore(result.told, result.reached)
        self._batches = result.batches
        self._count(result)

    def put_aside(self, kept: Path | None) -> None:
        """The subjects of the last range lie in that folder, if in any: they need not be held."""
        if kept is not None:
            self._subjects[-1] = kept

    def _count(self, result: RangeResult) -> None:
        self._subjects.append(result.subjects)
        self._counts = {name: self._counts[name] + result.counts[name] for name in COUNTS}
        self._dropped.update({(column, reason): rows for column, reason, rows in result.dropped})

    def _link(self, gathered: _Gathered) -> tuple[dict[str, int], dict[str, pl.DataFrame]]:
        """Counts, and frames of a range: its subjects, and what their links rest on if that is to be kept."""
        people, numbers = gathered.people, gathered.subjects
        without = frozenset(field.value for field in self._models.profile.refuses)
        counts = link(
            self._vault,
            people,
            numbers.of_row,
            model=self._models.linkage,
            without=without,
            traced=self._keep_links,
        )
        with timed("exposures", rows_in=counts.links) as step:
            exposure_no = self.table.add(
                len(numbers.ids),
                own=self._own_rows(people, numbers.of_row) if self._breach else None,
                declared=self._declared_rows(gathered.told),
            )
            subjects = pl.DataFrame({"subject_id": numbers.ids, "exposure_no": exposure_no})
            step.rows_out += subjects.height
        frames = {"subjects": subjects}
        if counts.trace is not None:
            frames |= kept_links(counts.trace, people, numbers)
        found = {
            "links": counts.links,
            "hop_links": counts.hop_links,
            "household_links": counts.household_links,
        }
        return found, frames

    def know(self, assessed: pl.DataFrame | None) -> None:
        """Take the assessments of an earlier run, if there are any, for the exposures that are restored from
        it, the first of all: as many rows.
        """
        self._known = pl.DataFrame() if assessed is None else assessed

    def assessed_by(self) -> str:
        """What decides an assessment besides the exposure, as one short text."""
        models = self._models
        parts = (
            models.name,
            [models.catalogue.get(one) for one in sorted(breach.id for breach in models.catalogue)],
            models.scenarios,
            models.profile,
            models.shares,
            self._base_rates() if models.base_rates else (),
            version("correlate-risk"),
            # How they are held.
            "packed",
        )
        return xxhash.xxh3_128_hexdigest(plain(parts).encode())

    def finish(self, *, by_number: bool = False) -> Scored:
        """Assess every distinct exposure and put the subjects in order: by id, or by number."""
        if self._waiting:
            self.close_range()
        of_ranges = self.table.count
        subjects = self._in_order(by_number=by_number)
        with timed("risk", rows_in=self.table.count) as step:
            assessed = self._assessed()
            step.rows_out = assessed.height
        return Scored(
            subjects=subjects,
            assessed=assessed,
            counts={**self._counts, **self._declarations.counts(subjects)},
            dropped=tuple(Dropped(column=c, reason=r, rows=n) for (c, r), n in sorted(self._dropped.items())),
            key_id=self._vault.key_id,
            model=self._models.name,
            assessed_by=self.assessed_by() if self._keep_links else "",
            of_ranges=of_ranges,
        )

    def _in_order(self, *, by_number: bool) -> pl.DataFrame:
        """Each subject once; of one whose rows came in several ranges all exposures together."""
        with timed("subjects in order") as step:
            parts = (
                each if isinstance(each, pl.DataFrame) else read_subjects(each) for each in self._subjects
            )
            subjects = pl.concat(parts)
            self._subjects = [subjects.clear()]
            step.rows_in = subjects.height
            subjects = in_order(subjects, by_number=by_number)
            same = pl.col("subject_id") == pl.col("subject_id").shift()
            scattered = subjects.select(again=same.fill_null(value=False))["again"]
            if scattered.any():
                several = subjects.filter(scattered).select("subject_id").unique()
                merged = self.table.merged(subjects.join(several, on="subject_id", how="semi"))
                rest = subjects.join(several, on="subject_id", how="anti")
                subjects = in_order(pl.concat((rest, merged)), by_number=by_number)
            step.rows_out = subjects.height
        return subjects

    def _assessed(self) -> pl.DataFrame:
        """One row an exposure, packed; those that an earlier run has assessed by the same models stay as they
        are.
        """
        parts = [self._known] if self._known.height else []
        for first in range(self._known.height, self.table.count, self._together):
            end = min(first + self._together, self.table.count)
            parts.append(self._assess(first, end))
        return in_one_piece(parts)

    def _assess(self, first: int, end: int) -> pl.DataFrame:
        """The assessments of the exposures numbered from ``first`` to before ``end``, packed.

        No breach is named whose very membership says something sensitive.
        """
        models = self._models
        elements = self.table.exposures(first, end).select(
            exposure_id=pl.col("exposure_no").cast(pl.Int64) - first,
            breach="breach",
            class_set="class_set",
            probability=pl.col("percent") / 100,
            evidence="evidence",
            depth="depth",
        )
        assessed = assess(
            Exposures(frame=elements, class_sets=self.table.class_sets(), count=end - first),
            catalogue=models.catalogue,
            scenarios=models.scenarios,
            profile=models.profile,
            as_of=models.as_of,
            base_rates=self._base_rates() if models.base_rates else (),
            withheld={breach.id for breach in models.catalogue if breach.membership_sensitive},
            shares=models.shares,
            threads=self._vault.engine.limits.threads or os.cpu_count() or 1,
        ).packed
        return assessed.with_columns(pl.col("exposure_id") + first)

    def _refuse_future(self) -> None:
        """Stop before the work, not after it, where the vault holds a breach of after the day."""
        as_of = self._models.as_of
        for name in self._held():
            date = self._models.catalogue.get(name).date
            if date > as_of:
                raise FutureBreach(breach=name, date=date, as_of=as_of)

    def _held(self) -> tuple[str, ...]:
        """The breaches of which the vault has a file, in order."""
        found = self._vault.engine.rows(
            "SELECT breach FROM breach SEMI JOIN file USING (breach_no) ORDER BY breach"
        )
        return tuple(name for (name,) in found)

    def _base_rates(self) -> tuple[str, ...]:
        """The breaches of which nothing is known here but that they happened, the same for every subject."""
        held = set(self._held())
        if self._breach is not None:
            held.add(self._breach.id)
        return base_rate_breaches(self._models.catalogue, held=held, as_of=self._models.as_of)

    def _own_rows(self, people: People, subject_no: npt.NDArray[np.int64]) -> pl.DataFrame:
        breach = self._breach
        numbers = self.table.class_set_numbers(people.classes.sets)
        return pl.DataFrame(
            {
                "subject_no": subject_no,
                "breach_no": np.full(people.height, self.table.breach_no(breach.id if breach else "")),
                "class_set_no": numbers[people.classes.of_row],
            }
        ).filter(pl.col("subject_no") > 0)

    def _declared_rows(self, told: pl.DataFrame) -> pl.DataFrame:
        """What each (subject_no, breach) exposes, as the catalogue and the profile say."""
        rows = [
            (breach, self.table.breach_no(breach), int(number), percent)
            for breach in told["breach"].unique().sort().to_list()
            for classes, percent in declared_records(self._models.catalogue.get(breach), self._models.profile)
            for number in self.table.class_set_numbers((classes,))
        ]
        kinds = pl.DataFrame(
            rows,
            schema={
                "breach": pl.String,
                "breach_no": pl.Int64,
                "class_set_no": pl.Int64,
                "percent": pl.Int64,
            },
            orient="row",
        )
        return told.join(kinds, on="breach").drop("breach")
