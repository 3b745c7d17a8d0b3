"""The subjects of a file, batch by batch, as a scorer takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from correlate.declared import Declarable
from correlate.pipeline.refusal import Refusal
from correlate.pipeline.subject_id import subject_ids
from correlate.reading import Batch, Mapping, Reject, Source
from correlate.tokens import People
from correlate.vault import Vault, ahead, awaited, tokenised

__all__ = ["SubjectBatch", "SubjectRows"]


@dataclass(frozen=True, kw_only=True)
class SubjectBatch:
    """n rows.

    Attributes:
        people: their tokens.
        ids: (n,) the subject of each, null for a row that was rejected.
        declared: (n,) lists of the breaches that each row itself declares.
        rejects: rows that were rejected, those among the n and others.
        bytes_read: how many of the file's, up to the batch's end.
    """

    people: People
    ids: pl.Series
    declared: pl.Series | None = None
    rejects: tuple[Reject, ...] = ()
    bytes_read: int = 0


@dataclass(frozen=True)
class SubjectRows:
    """A file of subjects, open; ``column`` lists breaches that the rows declare, of those that ``breaches``
    knows.
    """

    vault: Vault
    source: Source
    mapping: Mapping | None
    refusal: Refusal
    id_column: str | None
    column: str | None
    breaches: Declarable

    def read(self, *, skip: int = 0, pick: Callable[[Batch], Batch] | None = None) -> Iterator[SubjectBatch]:
        """Read the file from its start but for its first ``skip`` batches, and of each what ``pick`` leaves.

        Raises:
            FieldRefused: the profile may not read a field that a row has.
            SubjectIdIdentifies: the ids identify people by themselves.
        """
        threads = self.vault.engine.limits.threads
        batches = tokenised(
            self.vault.tokeniser,
            self.source,
            self.mapping,
            asking=True,
            look=self.refusal.look_at(self.source),
            skip=skip,
            pick=pick,
            threads=threads,
        )
        for batch, people in awaited(ahead(batches, threads=threads)):
            ids, refused = subject_ids(batch, self.id_column)
            declared = None
            if self.column is not None:
                cells, numbers = batch.frame[f"keep:{self.column}"], batch.row_numbers
                declared = self.breaches.listed(
                    cells, numbers, file=self.source.path, column=f"“{self.column}”"
                )
            yield SubjectBatch(
                people=people,
                ids=ids,
                declared=declared,
                rejects=(*batch.rejects, *refused),
                bytes_read=batch.bytes_read,
            )
