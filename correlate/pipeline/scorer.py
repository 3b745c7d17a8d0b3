"""The way from tokenised subjects to assessed exposures, shared by the batch and the single check."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.catalogue import Breach, Catalogue
from correlate.declared import Declared, declared_records
from correlate.linkage import ExposureTable, link
from correlate.pipeline.declarations import Declarations
from correlate.pipeline.models import Models
from correlate.pipeline.scored import Scored
from correlate.risk import Exposures, FutureBreach, assess, base_rate_breaches
from correlate.tokens import People
from correlate.vault import Dropped, Vault

__all__ = ["WITHHELD", "Scorer"]

WITHHELD = "withheld"


class Scorer:
    """Links batches of tokenised subjects and assesses the distinct exposures they come to."""

    def __init__(
        self,
        vault: Vault,
        models: Models,
        *,
        breach: Breach | None = None,
        declared: Declared | None = None,
    ) -> None:
        """Bind vault and models; ``breach`` says that the subjects are that breach's rows, ``declared`` which
        breaches they were told of.
        """
        self._vault, self._models, self._breach = vault, models, breach
        self._refuse_future()
        self._table = ExposureTable(vault)
        self._declarations = Declarations(declared)
        self._dropped: Counter[tuple[str, str]] = Counter()
        self._counts = dict.fromkeys(("rows", "rejected", "links", "hop_links", "household_links"), 0)

    def add(
        self, people: People, ids: pl.Series, *, declared: pl.Series | None = None, rejected: int = 0
    ) -> None:
        """Link one batch.

        Args:
            people: n rows.
            ids: (n,) the subject of each, null for a row that was rejected.
            declared: (n,) lists of the breaches that each row itself declares.
            rejected: how many rows were.
        """
        named = pl.DataFrame({"subject_id": ids}).with_columns(
            subject_no=pl.col("subject_id").rank("dense").cast(pl.Int64)
        )
        subject_no = named["subject_no"].fill_null(0).to_numpy()
        without = frozenset(field.value for field in self._models.profile.refuses)
        counts = link(self._vault, people, subject_no, model=self._models.linkage, without=without)
        self._table.add(
            named.drop_nulls().unique(),
            own=self._own_rows(people, subject_no) if self._breach else None,
            declared=self._declared_rows(self._declarations.of_batch(people, named, declared)),
        )
        self._dropped.update(people.dropped)
        self._counts["rows"] += people.height + rejected - int(ids.null_count())
        self._counts["rejected"] += rejected
        self._counts["links"] += counts.links
        self._counts["hop_links"] += counts.hop_links
        self._counts["household_links"] += counts.household_links

    def finish(self, *, by_number: bool = False) -> Scored:
        """Assess every distinct exposure and put the subjects in order: by id, or by number."""
        self._table.merge()
        order = pl.col("subject_id").cast(pl.Int64) if by_number else pl.col("subject_id")
        subjects = self._table.subjects().sort(order)
        return Scored(
            subjects=subjects,
            assessed=self._assessed(),
            counts={**self._counts, **self._declarations.counts(subjects)},
            dropped=tuple(Dropped(column=c, reason=r, rows=n) for (c, r), n in sorted(self._dropped.items())),
            key_id=self._vault.key_id,
            model=self._models.name,
        )

    def _assessed(self) -> pl.DataFrame:
        models = self._models
        elements = self._table.exposures().select(
            exposure_id=pl.col("exposure_no").cast(pl.Int64),
            breach="breach",
            class_set="class_set",
            probability=pl.col("percent") / 100,
            evidence="evidence",
            depth="depth",
        )
        exposures = Exposures(frame=elements, class_sets=self._table.class_sets(), count=self._table.count)
        assessed = assess(
            exposures,
            catalogue=models.catalogue,
            scenarios=models.scenarios,
            profile=models.profile,
            as_of=models.as_of,
            base_rates=self._base_rates() if models.base_rates else (),
            shares=models.shares,
        ).frame
        return _withhold(assessed, models.catalogue)

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
        numbers = self._table.class_set_numbers(people.classes.sets)
        return pl.DataFrame(
            {
                "subject_no": subject_no,
                "breach_no": np.full(people.height, self._table.breach_no(breach.id if breach else "")),
                "class_set_no": numbers[people.classes.of_row],
            }
        ).filter(pl.col("subject_no") > 0)

    def _declared_rows(self, told: pl.DataFrame) -> pl.DataFrame:
        """What each (subject_no, breach) exposes, as the catalogue and the profile say."""
        rows = [
            (breach, self._table.breach_no(breach), int(number), percent)
            for breach in told["breach"].unique().sort().to_list()
            for classes, percent in declared_records(self._models.catalogue.get(breach), self._models.profile)
            for number in self._table.class_set_numbers((classes,))
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


def _withhold(assessed: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Name no breach whose very membership says something sensitive: its effect counts, its name does not
    show, nor its date, which would tell the name.
    """
    sensitive = [breach.id for breach in catalogue if breach.membership_sensitive]
    name = pl.element().struct.field("breach")
    hidden = name.is_in(sensitive)
    shown = pl.when(hidden).then(pl.lit(WITHHELD)).otherwise(name)
    date = pl.when(~hidden).then(pl.element().struct.field("date"))
    return assessed.with_columns(
        pl.col("breaches").list.eval(pl.element().struct.with_fields(breach=shown, date=date))
    )
