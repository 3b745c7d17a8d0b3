"""From a number of people and a seed to a directory of leaked files, members and truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from correlate.catalogue import Catalogue
from correlate.synthesis.days import REFERENCE_DAY, day_number, day_parts
from correlate.synthesis.errors import BadPopulation
from correlate.synthesis.leak import POPULATION_OF_FRANCE, Leak
from correlate.synthesis.leaks import DEFAULT_BREACHES, find_leaks
from correlate.synthesis.names import load_names
from correlate.synthesis.orders import OrderBook
from correlate.synthesis.places import load_places
from correlate.synthesis.population import CHUNK, Population, World, populate
from correlate.synthesis.records import make_records, member_ids
from correlate.synthesis.subjects import make_subjects
from correlate.synthesis.writing import MARK, TableFile, open_table, whole_directory

__all__ = ["SynthesisSummary", "synthesise"]

_FORMATS = ("parquet", "csv")
_PEOPLE_MAX = 100_000_000  # member numbers have eight digits
_NOTICE = """SYNTHETIC DATA. Nobody in these files exists.

Made by `correlate synth` with {people} people, seed {seed}, names by the {law} law, as of {day}.
Names are drawn from laws and syllables; e-mail addresses lie under reserved domains; telephone numbers
lie in ranges for fiction or in none; bank codes are not allocated; passwords and hashes are placeholders.
The files imitate the shape of breaches that happened. They contain nothing that leaked.
"""


@dataclass(frozen=True, kw_only=True)
class SynthesisSummary:
    """What was made: counts, files relative to the directory, and what would make it again."""

    people: int
    households: int
    members: int
    rows: dict[str, int]
    files: tuple[str, ...]
    seed: int
    law: str


def synthesise(
    directory: Path,
    *,
    people: int,
    seed: int,
    breaches: Sequence[str] = DEFAULT_BREACHES,
    insee: Path | None = None,
    format: str = "parquet",
    members: float = 0.5,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> SynthesisSummary:
    """Write a synthetic population, its breaches and the truth about both into ``directory``.

    ``members`` is the share of people the insurer covers. ``progress`` is called with the people made so far
    and in all. The same arguments give the same bytes (on the same versions of numpy, Polars and PyArrow).

    Raises:
        BadPopulation: a number or the format is out of range.
        UnknownLeak: no file is described for one of ``breaches``.
        DirectoryInUse: ``directory`` is not empty.
        InseeFileMissing: ``insee`` lacks a file.
    """
    _check(people, seed, members, format)
    leaks = find_leaks(breaches)
    names, places = load_names(insee), load_places()
    orders = OrderBook(len(places.codes))
    world = World(seed=seed, names=names, places=places, orders=orders, members=members)
    with whole_directory(directory, force=force) as partial, ExitStack() as closing:
        tables = _Tables(partial, leaks, format, closing)
        for chunk, first in enumerate(range(0, people, CHUNK)):
            tables.append(populate(world, chunk, min(CHUNK, people - first)), chunk)
            if progress is not None:
                progress(min(first + CHUNK, people), people)
        closing.close()
        notice = _NOTICE.format(people=people, seed=seed, law=names.source, day=REFERENCE_DAY)
        (partial / MARK).write_text(notice, encoding="utf-8")
        files = tuple(sorted(str(path.relative_to(partial)) for path in partial.rglob("*") if path.is_file()))
    return SynthesisSummary(
        people=people,
        households=tables.households,
        members=tables.subjects.rows,
        rows={breach: table.rows for breach, table in tables.leaks.items()},
        files=files,
        seed=seed,
        law=names.source,
    )


def _check(people: int, seed: int, members: float, kind: str) -> None:
    if not 1 <= people <= _PEOPLE_MAX:
        raise BadPopulation(reason=f"{people} people; ask for 1 to {_PEOPLE_MAX}")
    if seed < 0:
        raise BadPopulation(reason="the seed is negative; give 0 or more")
    if not 0 <= members <= 1:
        raise BadPopulation(reason=f"a share of members of {members}; give 0 to 1")
    if kind not in _FORMATS:
        raise BadPopulation(reason=f"format {kind}; take one of {', '.join(_FORMATS)}")


class _Tables:
    """The open files of a set."""

    def __init__(self, directory: Path, leaks: tuple[Leak, ...], kind: str, closing: ExitStack) -> None:
        catalogue = Catalogue.shipped()
        self._leaks = leaks
        self._days = {leak.breach: day_number(catalogue.get(leak.breach).date) for leak in leaks}
        self._shares = {leak.breach: _share(leak, catalogue) for leak in leaks}
        self._closing, self._directory, self._kind = closing, directory, kind
        self.households = 0
        self.people, self.subjects = self._open("people"), self._open("subjects")
        self.truth = self._open("truth")
        self.leaks = {leak.breach: self._open(f"breaches/{leak.breach}") for leak in leaks}

    def _open(self, name: str) -> TableFile:
        table = open_table(self._directory, name, self._kind)
        self._closing.callback(table.close)
        return table

    def append(self, people: Population, chunk: int) -> None:
        self.households += people.kin.households
        self.people.append(_describe(people))
        self.subjects.append(make_subjects(people, chunk))
        for leak in self._leaks:
            records = make_records(leak, people, chunk, self._days[leak.breach], self._shares[leak.breach])
            table = self.leaks[leak.breach]
            self.truth.append(
                records.truth.with_row_index("row", offset=table.rows + 1).select(_TRUTH_COLUMNS)
            )
            table.append(records.rows)


_TRUTH_COLUMNS = (
    "breach",
    pl.col("row").cast(pl.Int64),
    "person_id",
    "member_id",
    "classes",
    "relation",
)


def _share(leak: Leak, catalogue: Catalogue) -> float:
    """Give the share of people in a file: declared, or the catalogue's persons over the inhabitants."""
    if leak.share is not None:
        return leak.share
    return (catalogue.get(leak.breach).persons or 0) / POPULATION_OF_FRANCE


def _describe(people: Population) -> pl.DataFrame:
    everybody = day_parts(people.kin.birth)[0]
    rows = people.number - people.number[0]
    return pl.DataFrame(
        {
            "person_id": people.number + 1,
            "household_id": people.household + 1,
            "member_id": member_ids(people, rows),
            "birth_year": everybody,
            "sex": pl.Series(["M", "F"]).gather(people.kin.sex - 1),
        }
    )
