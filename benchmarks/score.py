"""The whole way from raw files to scores, and its parts, beside Splink on plaintext: time, memory and F1.

The members of an insurer against five leaked files of synthetic France, the same files for everybody; about
as many members as asked for. "Files to scores" is the real command line, one ``correlate ingest`` a file and
one ``correlate score``. "Files to links" leaves out everything after the links; Splink's loads, trains and
predicts. "Links alone" begins when the vault is filled and the members are tokenised, and Splink's when its
tables are loaded and its model is trained; "direct links alone" follows no paths over several records, as
Splink does not. Splink is set up as in ``python -m benchmarks linkage``. Ours learns nothing here: the
shipped model was fitted beforehand, as for any user.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from benchmarks import nation
from benchmarks.command import Took
from benchmarks.harness import Benchmark, Contender, Done, Work, data_folder, measure
from benchmarks.linkage_data import DataSet, Pairs, data_set
from benchmarks.linkage_peers import splink, splink_trained
from correlate.catalogue import Catalogue
from correlate.linkage import LINKED, link, load_model
from correlate.reading import open_input
from correlate.tokens import People, SecretKey, create_key
from correlate.vault import ROW_BITS, Vault, ahead, ingest, tokenised

__all__ = ["BENCHMARK", "main"]

KEY = SecretKey(secret=bytes(range(32)))
# No probability is told apart from certainty beyond this.
CERTAIN = 1e-12


def data(rows: int) -> DataSet:
    """Half of the people are members."""
    return data_set(f"france-{2 * rows}", data_folder())


def to_scores(rows: int) -> Work:
    """The command line, from an empty vault."""
    files = data(rows)

    def work() -> Done:
        with _scratch() as folder:
            vault, key = folder / "vault.duckdb", folder / "secret.key"
            Vault.create(vault, create_key(key)).close()
            took = Took.together(
                [
                    nation.ingest_files(vault, files.records, key),
                    nation.score(vault, files.subjects, folder / "scores.parquet", key),
                ]
            )
        return Done(count=_members(files), took=took)

    return work


def to_links(rows: int) -> Work:
    """Ingest and linkage in one process, by the library."""
    files = data(rows)

    def work() -> Done:
        with (
            _scratch() as folder,
            _filled(folder, files) as vault,
            open_input(files.subjects, keep=()) as source,
        ):
            batches = tokenised(vault.tokeniser, source, None, asking=True)
            found = _linked(vault, People.together([people for _, people in ahead(batches)]))
        return _done(files, _pairs(found, files))

    return work


def links_alone(*, hops: bool) -> Callable[[int], Work]:
    """Linkage of tokenised members to a vault in place, with or without paths over several records."""

    def prepare(rows: int) -> Work:
        files = data(rows)
        folder = data_folder() / f"score-{rows}"
        with Vault.open(folder / "vault.duckdb", KEY) as vault, open_input(files.subjects, keep=()) as source:
            parts = tokenised(vault.tokeniser, source, None, asking=True)
            people = People.together([people for _, people in parts])

        def work() -> Done:
            with Vault.open(folder / "vault.duckdb", KEY) as vault:
                found = _linked(vault, people, hops=hops)
            return _done(files, _pairs(found, files))

        return work

    return prepare


def splink_to_links(rows: int) -> Work:
    """Splink from files to pairs."""
    files = data(rows)
    whole = splink(files)

    def work() -> Done:
        found = whole()
        return Done(count=_members(files), figures=lambda: _figures(found.accuracy(files)))

    return work


def splink_links_alone(rows: int) -> Work:
    """Splink's ``predict``."""
    files = data(rows)
    trained = splink_trained(files, duckdb.connect())
    return lambda: _done(files, trained.predict())


def setup(rows: int) -> None:
    """The files, and the vault that ``links_alone`` finds in place."""
    files, folder = data(rows), data_folder() / f"score-{rows}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with _filled(folder, files):
        pass


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=data_folder()) as folder:
        yield Path(folder)


@contextmanager
def _filled(folder: Path, files: DataSet) -> Iterator[Vault]:
    """A vault of all files, open."""
    catalogue = Catalogue.shipped()
    with Vault.create(folder / "vault.duckdb", KEY) as vault:
        for file in files.records:
            ingest(vault, file, catalogue.get(file.stem.removeprefix("records-")))
        yield vault


def _linked(vault: Vault, people: People, *, hops: bool = True) -> pl.DataFrame:
    """(subject_no, record_id, probability) of the links of all members, numbered from 1.

    In one range, as the command does with as many and the memory that it takes by itself.
    """
    link(vault, people, np.arange(1, people.height + 1), model=load_model(), hops=hops)
    return vault.engine.frame(f"SELECT subject_no, record_id, probability FROM {LINKED}")


def _pairs(links: pl.DataFrame, files: DataSet) -> Pairs:
    """Links as the other contenders tell of them: rows by their numbers from 0, through all files."""
    before = np.cumsum([0, *(nation.rows_of([file]) for file in files.records)])
    record_id = links["record_id"].to_numpy()
    sure = np.clip(links["probability"].to_numpy(), CERTAIN, 1 - CERTAIN)
    return Pairs(
        left=links["subject_no"].to_numpy() - 1,
        right=before[(record_id >> ROW_BITS) - 1] + record_id % 2**ROW_BITS - 1,
        weight=np.log2(sure / (1 - sure)),
    )


def _done(files: DataSet, pairs: Pairs) -> Done:
    return Done(count=_members(files), figures=lambda: _figures(pairs.accuracy(files)))


def _members(files: DataSet) -> int:
    return nation.rows_of([files.subjects])


def _figures(accuracy: dict[str, Any]) -> dict[str, float]:
    found = {name: accuracy[name] for name in ("precision", "recall", "f1")} | {
        "best_f1": accuracy["best"]["f1"]
    }
    return {name: round(value, 4) for name, value in found.items()}


BENCHMARK = Benchmark(
    name="score",
    unit="members or so against five leaked files",
    sizes=(100_000, 1_000_000),
    yardsticks=("splink, files to links", "splink, links alone"),
    runs=3,
    setup=setup,
    contenders={
        "correlate, files to scores": Contender(prepare=to_scores),
        "correlate, files to links": Contender(prepare=to_links),
        "splink, files to links": Contender(prepare=splink_to_links, needs="splink"),
        "correlate, links alone": Contender(prepare=links_alone(hops=True)),
        "correlate, direct links alone": Contender(prepare=links_alone(hops=False)),
        "splink, links alone": Contender(prepare=splink_links_alone, needs="splink"),
    },
)


def main(argv: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for."""
    measure(BENCHMARK, argv)


if __name__ == "__main__":
    main()
