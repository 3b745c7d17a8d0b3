"""The open files of a set, filled chunk by chunk."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import polars as pl

from correlate.catalogue import Catalogue
from correlate.synthesis.days import day_number, day_parts
from correlate.synthesis.leak import POPULATION_OF_FRANCE, Leak
from correlate.synthesis.population import Population
from correlate.synthesis.records import Records, make_records
from correlate.synthesis.subjects import make_subjects
from correlate.synthesis.writing import TableFile, open_table

__all__ = ["Tables"]

_AT_ONCE = 2
_TRUTH_COLUMNS = ("breach", "row", "person_id", "member_id", "classes", "relation")


@dataclass(frozen=True, kw_only=True)
class _Made:
    """A chunk whose rows are being made."""

    people: Population
    subjects: Future[pl.DataFrame]
    records: dict[str, Future[Records]]


class Tables:
    """All tables of a directory; leaving the block writes what is left and closes them.

    The files of a chunk are made at the same time, each by its own stream of chance, while those of the chunk
    before are written, each table in the order of the chunks: the bytes do not depend on how many threads
    there are. No more than ``_AT_ONCE`` chunks are held.
    """

    def __init__(self, directory: Path, leaks: tuple[Leak, ...], kind: str, threads: int) -> None:
        """Open the tables of ``leaks`` and the three others in ``directory``, as ``parquet`` or ``csv``."""
        catalogue = Catalogue.shipped()
        self._leaks = leaks
        self._days = {leak.breach: day_number(catalogue.get(leak.breach).date) for leak in leaks}
        self._shares = {leak.breach: _share(leak, catalogue) for leak in leaks}
        self._names = pl.Enum([leak.breach for leak in leaks])
        self._closing = ExitStack()
        self._directory, self._kind = directory, kind
        self._people, self._subjects, self._truth = (
            self._open(name) for name in ("people", "subjects", "truth")
        )
        self._files = {leak.breach: self._open(f"breaches/{leak.breach}") for leak in leaks}
        # Apart, so that a chunk is not written only after all of the next one is made.
        self._makers, self._writers = self._threads(threads), self._threads(threads)
        self._made: deque[_Made] = deque()
        self.households = 0

    def __enter__(self) -> Tables:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._closing:
            while self._made and error is None:
                self._write(self._made.popleft())

    def _open(self, name: str) -> TableFile:
        table = open_table(self._directory, name, self._kind)
        self._closing.callback(table.close)
        return table

    def _threads(self, threads: int) -> ThreadPoolExecutor:
        pool = ThreadPoolExecutor(max_workers=threads)
        self._closing.callback(pool.shutdown, cancel_futures=True)
        return pool

    @property
    def members(self) -> int:
        """Count the insurer's members in the chunks written."""
        return self._subjects.rows

    @property
    def rows(self) -> dict[str, int]:
        """Count the rows of each breach in the chunks written."""
        return {breach: table.rows for breach, table in self._files.items()}

    def append(self, people: Population, chunk: int) -> None:
        """Add one chunk to every table, some time before the block ends."""
        self.households += people.kin.households
        records = {leak.breach: self._makers.submit(self._make, leak, people, chunk) for leak in self._leaks}
        subjects = self._makers.submit(make_subjects, people, chunk)
        self._made.append(_Made(people=people, subjects=subjects, records=records))
        if len(self._made) == _AT_ONCE:
            self._write(self._made.popleft())

    def _make(self, leak: Leak, people: Population, chunk: int) -> Records:
        return make_records(leak, people, chunk, self._days[leak.breach], self._shares[leak.breach])

    def _write(self, made: _Made) -> None:
        """Write a chunk, each table by a thread of its own."""
        writing = [self._writers.submit(self._people.append, _describe(made.people))]
        truths = []
        for breach, future in made.records.items():
            records, table = future.result(), self._files[breach]
            row = pl.int_range(table.rows + 1, table.rows + len(records.rows) + 1, dtype=pl.Int64)
            name = pl.lit(breach, dtype=self._names)
            truths.append(records.truth.with_columns(row=row, breach=name).select(_TRUTH_COLUMNS))
            writing.append(self._writers.submit(table.append, records.rows))
        writing.append(self._writers.submit(self._truth.append, pl.concat(truths)))
        writing.append(self._writers.submit(self._subjects.append, made.subjects.result()))
        for done in writing:
            done.result()


def _share(leak: Leak, catalogue: Catalogue) -> float:
    """Give the share of people in a file: declared, or the catalogue's persons over the inhabitants."""
    if leak.share is not None:
        return leak.share
    return (catalogue.get(leak.breach).persons or 0) / POPULATION_OF_FRANCE


def _describe(people: Population) -> pl.DataFrame:
    """Say of each person only what a comparison with the truth needs."""
    return pl.DataFrame(
        {
            "person_id": people.number + 1,
            "household_id": people.household + 1,
            "member_id": people.member_id,
            "birth_year": day_parts(people.kin.birth)[0],
            "sex": pl.Series(["M", "F"]).gather(people.kin.sex - 1),
        }
    )
