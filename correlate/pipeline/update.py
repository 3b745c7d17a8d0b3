"""Which subjects have to be linked again, and what an earlier run still says of all the others."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.linkage import ExposureTable
from correlate.pipeline.change import VaultChange
from correlate.pipeline.previous import Previous
from correlate.pipeline.ranges import ALWAYS, GONE, REJECTS, TOLD, RangeResult
from correlate.reading import Batch
from correlate.timings import timed
from correlate.vault import Vault

__all__ = ["Seen", "Update"]

NO_ROWS = {"rows": 0, "rejected": 0}
OF_LINKS = ("links", "hop_links", "household_links")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Seen:
    """A file of subjects that was read through without linking anybody.

    Attributes:
        fingerprints: (subject_id, fingerprint), the sum over the subject's rows.
        result: rows, rejects, what was declared, what was dropped.
    """

    fingerprints: pl.DataFrame
    result: RangeResult


class Update:
    """An earlier run's results, and the ids of those subjects for which they hold no more."""

    def __init__(
        self,
        previous: Previous,
        vault: Vault,
        change: VaultChange,
        table: ExposureTable,
        *,
        id_column: str | None,
        seen: Seen | None,
    ) -> None:
        """Look through what was kept.

        Args:
            previous: the earlier run.
            vault: open.
            change: what is different in it.
            table: knows the numbers of breaches.
            id_column: names the subjects.
            seen: the subjects as they are now; None if they are given by the very same files.
        """
        self._previous, self._id_column, self.seen = previous, id_column, seen
        self._change, self._table = change, table
        with timed("subjects concerned") as step:
            concerned = [
                self._concerned(kept, vault)
                for kept in previous.ranges("subjects", "gone", "exposures", *change.needs)
            ]
            if seen is not None:
                concerned.append(_changed(previous, seen))
            ids = pl.concat([pl.Series("subject_id", [], pl.String), *concerned])
            self.again = ids.unique().sort()
            step.rows_out = len(self.again)

    def _concerned(self, kept: RangeResult, vault: Vault) -> pl.Series:
        """The subjects of a range for whom the vault may say something else now."""
        concerned = self._change.concerned(kept, vault)
        renamed = self._renamed(kept)
        if len(renamed):
            concerned |= kept.subjects["exposure_no"].is_in(renamed.implode()).to_numpy()
        return kept.subjects["subject_id"].filter(pl.Series(concerned & kept.standing))

    def _renamed(self, kept: RangeResult) -> pl.Series:
        """The exposures of a range with a number that means something else now."""
        breaches, class_sets = self._table.overtaken(kept.names)
        return self._table.naming(kept.exposures, breaches | self._change.breaches, class_sets)

    def pick(self, batch: Batch) -> Batch:
        """The rows of a batch that have to be linked again; rows without an id have been rejected before."""
        numbers = batch.row_numbers
        ids = numbers.cast(pl.String) if self._id_column is None else batch.frame[f"keep:{self._id_column}"]
        wanted = ids.is_in(self.again.implode()).fill_null(value=False)
        return dataclasses.replace(
            batch, frame=batch.frame.filter(wanted), rows=numbers.filter(wanted), rejects=()
        )

    def carried(self) -> Iterator[RangeResult]:
        """What holds still, range by range, and first of all what has been seen of the rows.

        Their files stay as they are but for a note of who is gone, until that is more than half of a range.
        """
        if self.seen is not None:
            yield self.seen.result
        for kept in self._previous.ranges(*ALWAYS, "gone", "links"):
            standing = kept.standing & self._holding(kept.subjects["subject_id"])
            held = kept.links.filter(pl.Series(standing))
            result = dataclasses.replace(
                kept.otherwise({"gone": pl.DataFrame({"place": np.flatnonzero(~standing)}, schema=GONE)}),
                batches=0,
                read_to=0,
                counts={**kept.counts, **{name: int(held[name].sum()) for name in OF_LINKS}},
            )
            renamed = self._renamed(kept)
            if len(renamed):
                # Nobody has those any more; nor may they be taken for what their numbers mean now.
                result = result.otherwise({"exposures": self._table.voided(kept.exposures, renamed)})
            if self.seen is not None:
                result = _without_rows(result)
            yield self._previous.without_gone(result) if 2 * held.height < len(standing) else result

    def _holding(self, ids: pl.Series) -> npt.NDArray[np.bool_]:
        """(n,) whether each of n subjects is still there, and as it was."""
        holding = ~ids.is_in(self.again.implode())
        if self.seen is not None:
            holding &= ids.is_in(self.seen.fingerprints["subject_id"].implode())
        return holding.to_numpy()


def _without_rows(result: RangeResult) -> RangeResult:
    """But for its links: the rows have been read anew, and told of."""
    result = result.otherwise({"told": pl.DataFrame(schema=TOLD), "rejects": pl.DataFrame(schema=REJECTS)})
    return dataclasses.replace(result, counts={**result.counts, **NO_ROWS}, dropped=(), reached=())


def _changed(previous: Previous, seen: Seen) -> pl.Series:
    """Subjects who are new, or whose rows, or the breaches they were told of, are not what they were."""
    columns = [
        (_fingerprinted(kept), kept.told) for kept in previous.ranges("subjects", "gone", "told", "links")
    ]
    before = (
        pl.concat([seen.fingerprints.clear(), *(links for links, _ in columns)])
        .group_by("subject_id")
        .agg(pl.col("fingerprint").sum())
    )
    told = pl.concat([pl.DataFrame(schema=TOLD), *(told for _, told in columns)]).unique()
    now = seen.result.told.unique()
    return pl.concat(
        [
            seen.fingerprints.join(before, on=["subject_id", "fingerprint"], how="anti")["subject_id"],
            told.join(now, on=["subject_id", "breach"], how="anti")["subject_id"],
            now.join(told, on=["subject_id", "breach"], how="anti")["subject_id"],
        ]
    )


def _fingerprinted(kept: RangeResult) -> pl.DataFrame:
    """(subject_id, fingerprint) of the subjects that are of a range."""
    rows = kept.subjects.select("subject_id").hstack(kept.links.select("fingerprint"))
    return rows.filter(pl.Series(kept.standing))
