"""The open files of a set, filled chunk by chunk."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import polars as pl

from correlate.catalogue import Catalogue
from correlate.synthesis.days import day_number, day_parts
from correlate.synthesis.leak import POPULATION_OF_FRANCE, Leak
from correlate.synthesis.population import Population
from correlate.synthesis.records import make_records, member_ids
from correlate.synthesis.subjects import make_subjects
from correlate.synthesis.writing import TableFile, open_table

__all__ = ["Tables"]

_TRUTH_COLUMNS = ("breach", "row", "person_id", "member_id", "classes", "relation")


class Tables:
    """All tables of a directory; leaving the block closes them.

    The files of a chunk are made at the same time, each by its own stream of chance and each into its own
    table, so the bytes do not depend on how many threads there are.
    """

    def __init__(self, directory: Path, leaks: tuple[Leak, ...], kind: str) -> None:
        """Open the tables of ``leaks`` and the four others in ``directory``, as ``parquet`` or ``csv``."""
        catalogue = Catalogue.shipped()
        self._leaks = leaks
        self._days = {leak.breach: day_number(catalogue.get(leak.breach).date) for leak in leaks}
        self._shares = {leak.breach: _share(leak, catalogue) for leak in leaks}
        self._closing = ExitStack()
        self._directory, self._kind = directory, kind
        self._pool = ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, 8))
        self._closing.callback(self._pool.shutdown, cancel_futures=True)
        self._people, self._subjects, self._truth = (
            self._open(name) for name in ("people", "subjects", "truth")
        )
        self._files = {leak.breach: self._open(f"breaches/{leak.breach}") for leak in leaks}
        self.households = 0

    def __enter__(self) -> Tables:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.__exit__(kind, error, trace)

    def _open(self, name: str) -> TableFile:
        table = open_table(self._directory, name, self._kind)
        self._closing.callback(table.close)
        return table

    @property
    def members(self) -> int:
        """Count the insurer's members."""
        return self._subjects.rows

    @property
    def rows(self) -> dict[str, int]:
        """Count the rows of each breach."""
        return {breach: table.rows for breach, table in self._files.items()}

    def append(self, people: Population, chunk: int) -> None:
        """Add one chunk to every table."""
        self.households += people.kin.households
        truths = [self._pool.submit(self._leak, leak, people, chunk) for leak in self._leaks]
        subjects = self._pool.submit(make_subjects, people, chunk)
        self._people.append(_describe(people))
        self._subjects.append(subjects.result())
        for truth in truths:
            self._truth.append(truth.result())

    def _leak(self, leak: Leak, people: Population, chunk: int) -> pl.DataFrame:
        """Write a chunk's rows of one breach and give the truth about them."""
        records = make_records(leak, people, chunk, self._days[leak.breach], self._shares[leak.breach])
        table = self._files[leak.breach]
        row = pl.int_range(table.rows + 1, table.rows + records.rows.height + 1, dtype=pl.Int64)
        table.append(records.rows)
        return records.truth.with_columns(row=row).select(_TRUTH_COLUMNS)


def _share(leak: Leak, catalogue: Catalogue) -> float:
    """Give the share of people in a file: declared, or the catalogue's persons over the inhabitants."""
    if leak.share is not None:
        return leak.share
    return (catalogue.get(leak.breach).persons or 0) / POPULATION_OF_FRANCE


def _describe(people: Population) -> pl.DataFrame:
    """Say of each person only what a comparison with the truth needs."""
    rows = people.number - people.number[0]
    return pl.DataFrame(
        {
            "person_id": people.number + 1,
            "household_id": people.household + 1,
            "member_id": member_ids(people, rows),
            "birth_year": day_parts(people.kin.birth)[0],
            "sex": pl.Series(["M", "F"]).gather(people.kin.sex - 1),
        }
    )
