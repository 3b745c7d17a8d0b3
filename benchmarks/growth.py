"""What ingest and scoring take as everything grows: members and records in proportion, time and memory.

The members of an insurer against the fourteen files of a nation, about four and a half rows a member. Both
are the real command line, start-up included: one ``correlate ingest`` a file into an empty vault, and one
``correlate score`` on a vault in place. DuckDB's bare copy of the same files is the yardstick: where its time
for a row grows too, that is the machine. What matters is the last column, time against that at the smallest
size: 1 is growth in proportion.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from benchmarks.harness import Benchmark, Contender, Done, Work, data_folder, measure
from benchmarks.nation import ingest_files, nation, score
from correlate.tokens import load_key
from correlate.vault import Vault

__all__ = ["BENCHMARK", "main"]


def by_ingest(rows: int) -> Work:
    """All files into an empty vault."""
    made = nation(rows)

    def work() -> Done:
        with tempfile.TemporaryDirectory(dir=data_folder()) as folder:
            vault = Path(folder) / "vault.duckdb"
            Vault.create(vault, load_key(made.key)).close()
            return Done(count=made.records, took=ingest_files(vault, made.files, made.key))

    return work


def by_score(rows: int) -> Work:
    """All members against a vault that holds all files."""
    made = nation(rows)

    def work() -> Done:
        with tempfile.TemporaryDirectory(dir=data_folder()) as folder:
            took = score(made.vault, made.subjects, Path(folder) / "scores.parquet", made.key)
        return Done(count=made.members, took=took)

    return work


def by_copy(rows: int) -> Work:
    """The files into a DuckDB file, a table each."""
    made = nation(rows)

    def work() -> int:
        with (
            tempfile.TemporaryDirectory(dir=data_folder()) as folder,
            duckdb.connect(f"{folder}/copy.duckdb") as copy,
        ):
            for number, file in enumerate(made.files):
                copy.execute(f"CREATE TABLE file_{number} AS FROM read_parquet('{file}')")
        return made.records

    return work


BENCHMARK = Benchmark(
    name="growth",
    unit="members or so against fourteen leaked files",
    sizes=(100_000, 200_000, 500_000),
    yardsticks=("floor: duckdb copies the files",),
    runs=3,
    setup=lambda rows: nation(rows).make_vault(),
    contenders={
        "correlate ingest": Contender(prepare=by_ingest),
        "correlate score": Contender(prepare=by_score),
        "floor: duckdb copies the files": Contender(prepare=by_copy),
    },
)


def main(argv: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for."""
    measure(BENCHMARK, argv)


if __name__ == "__main__":
    main()
