"""Which subjects were told of which breaches: by their ids, by their addresses, or in their own rows."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from correlate.declared import Declared
from correlate.pipeline.subject_numbers import SubjectNumbers
from correlate.tokens import People

__all__ = ["Declarations"]

TOLD = {"subject_no": pl.Int64, "breach": pl.String}


class Declarations:
    """Brings declared breaches to the subjects, batch by batch, and counts what reached nobody."""

    def __init__(self, declared: Declared | None) -> None:
        """Bind what was read from files, if any was."""
        self._declared = declared
        self.reached: set[int] = set()
        """Places, among the addresses in order of their tokens, of those that a subject has."""
        self._told: list[pl.DataFrame] = []
        emails = None if declared is None else declared.by_email["email"].unique().sort()
        self._places = None if emails is None else emails.to_frame().with_row_index("place")

    def of_batch(self, people: People, subjects: SubjectNumbers, own: pl.Series | None) -> pl.DataFrame:
        """The declared breaches of a batch's subjects: (subject_no, breach), distinct.

        Args:
            people: n rows.
            subjects: of the n rows.
            own: (n,) lists of what each row declares, if a column does.
        """
        parts = [pl.DataFrame(schema=TOLD)]
        if own is not None:
            parts.append(pl.DataFrame({"subject_no": subjects.of_row, "breach": own}).explode("breach"))
        if self._declared is not None:
            parts.append(
                subjects.frame.join(self._declared.by_subject, on="subject_id").select("subject_no", "breach")
            )
            parts += [self._by_email(people, subjects, slot) for slot in ("email", "email_alt")]
        told = pl.concat(parts).filter(pl.col("subject_no") > 0).drop_nulls().unique()
        ids = subjects.ids[told["subject_no"] - 1]
        self._told.append(told.select(subject_id=ids, breach="breach"))
        return told

    def last(self) -> pl.DataFrame:
        """What the last batch came to: (subject_id, breach)."""
        return self._told[-1]

    def restore(self, told: pl.DataFrame, reached: Sequence[int]) -> None:
        """Take in what a batch of an earlier run came to."""
        self._told.append(told)
        self.reached.update(reached)

    def counts(self, subjects: pl.DataFrame) -> dict[str, int]:
        """Totals once all batches are done; ``subjects`` are all there are, by subject_id.

        ``declared`` (subject, breach) pairs count for ``declared_subjects``. Of files besides: the rows that
        were read and rejected, the ids and addresses that no subject has, and the names at Have I Been Pwned
        that mean no breach of the catalogue. Empty where nothing was declared or given.
        """
        told = pl.concat([pl.DataFrame(schema={"subject_id": pl.String, "breach": pl.String}), *self._told])
        counts = {
            "declared": told.unique().height,
            "declared_subjects": told["subject_id"].n_unique(),
        }
        if self._declared is None:
            return counts if told.height else {}
        files, read = self._declared, self._declared.counts
        nobody = files.by_subject.select("subject_id").unique().join(subjects, on="subject_id", how="anti")
        return {
            **counts,
            "declared_rows": read.rows,
            "declared_rejected": read.rejected,
            "declared_without_subject": nobody.height,
            "hibp_addresses": read.hibp_addresses,
            "hibp_rejected": read.hibp_rejected,
            "hibp_without_subject": files.by_email["email"].n_unique() - len(self.reached),
            "hibp_unknown": read.hibp_unknown,
        }

    def _by_email(self, people: People, subjects: SubjectNumbers, slot: str) -> pl.DataFrame:
        """Joined on tokens, here in memory and nowhere else."""
        declared = self._declared
        if declared is None or self._places is None or not declared.by_email.height:
            return pl.DataFrame(schema=TOLD)
        rows = pl.DataFrame({"subject_no": subjects.of_row, "email": people.column(slot)})
        rows = rows.filter(pl.col("subject_no") > 0).drop_nulls()
        found = rows.join(declared.by_email, on="email")
        self.reached.update(found.select("email").unique().join(self._places, on="email")["place"])
        return found.select("subject_no", "breach")
