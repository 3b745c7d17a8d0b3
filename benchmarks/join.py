"""What finding candidates costs beside the bare join of the same keys, unsorted, sorted and as text.

Records of breaches bear keys, four for each subject are asked for, and a fifth of the records bear one of
them. Every contender starts from a file on disk and ends with a row a subject that was met: how many records,
and the last of them. DuckDB joins plain tables that hold the keys and nothing else; ours searches the table
of linkage keys of a vault, and makes the distinct pairs that its judging starts from. In these data no pair
stands twice, so that DuckDB need not look.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from benchmarks.harness import Benchmark, Contender, Done, Work, data_folder, measure
from correlate.linkage import load_model
from correlate.linkage.candidates import Asked, find_pairs
from correlate.tokens import SecretKey
from correlate.vault import Vault

__all__ = ["BENCHMARK", "main"]

KEY = SecretKey(secret=bytes(range(32)))
KEYS_PER_SUBJECT = 4
SUBJECT_SHARE = 10
MET_SHARE = 5
RANGES = 16
# As many keys as ingest sorts together.
RUN = 16_000_000


def setup(rows: int) -> Path:
    """The keys as DuckDB's tables, unsorted, sorted and as text, and in a vault; made once for each size."""
    folder = data_folder() / f"keys-{rows}"
    if (folder / "whole").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    asked, held = keys(rows)
    with duckdb.connect(folder / "tables.duckdb") as connection:
        for name, frame in (("asked", asked), ("held", held)):
            connection.register("frame", frame)
            connection.execute(f"CREATE TABLE {name} AS FROM frame")
            connection.execute(f"CREATE TABLE {name}_sorted AS FROM frame ORDER BY key")
            connection.execute(
                f"CREATE TABLE {name}_text AS SELECT * REPLACE (printf('%016x', key) AS key) FROM frame"
            )
    with Vault.create(folder / "vault.duckdb", KEY) as vault:
        for start in range(0, rows, RUN):
            run = held.slice(start, RUN).sort("key").select("key", "record_id")
            vault.engine.append("link_key", run, step="storing linkage keys")
    (folder / "whole").touch()
    return folder


def keys(rows: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keys asked for (key, asker_no) and keys held (key, record_id), in no order."""
    rng = np.random.default_rng(7)
    asked = rng.integers(-(2**63), 2**63, max(1, rows // SUBJECT_SHARE))
    held = rng.integers(-(2**63), 2**63, rows)
    met = rng.random(rows) < 1 / MET_SHARE
    held[met] = rng.choice(asked, int(met.sum()))
    askers, records = np.arange(len(asked)) // KEYS_PER_SUBJECT, np.arange(rows) + 2**40
    order = rng.permutation(len(asked))
    return (
        pl.DataFrame({"key": asked[order], "asker_no": askers[order]}),
        pl.DataFrame({"key": held, "record_id": records}),
    )


def duckdb_join(suffix: str = "", ranges: int = 1) -> Callable[[int], Work]:
    """A hash join and an aggregate a subject; in ranges of keys one range after another."""

    def prepare(rows: int) -> Work:
        path = setup(rows) / "tables.duckdb"

        def work() -> Done:
            with duckdb.connect(path, read_only=True) as connection:
                for number, where in enumerate(_ranges(ranges)):
                    connection.execute(
                        f"{'INSERT INTO part' if number else 'CREATE TEMP TABLE part AS'} "
                        "SELECT asker_no, count(*) AS records, max(record_id) AS last "
                        f"FROM asked{suffix} JOIN held{suffix} USING (key) {where} GROUP BY asker_no"
                    )
                found = connection.sql(
                    "SELECT asker_no, sum(records)::BIGINT AS records, max(last) AS last "
                    "FROM part GROUP BY asker_no"
                ).pl()
            return _done(rows, found)

        return work

    return prepare


def _ranges(count: int) -> list[str]:
    if count == 1:
        return [""]
    ends = [-(2**63) + part * (2**64 // count) for part in range(count)] + [2**63]
    return [f"WHERE key BETWEEN {low} AND {high - 1}" for low, high in pairwise(ends)]


def ours(rows: int) -> Work:
    """``find_pairs`` over a vault, then the same aggregate."""
    folder = setup(rows)
    with duckdb.connect(folder / "tables.duckdb", read_only=True) as connection:
        askers = connection.sql("FROM asked").pl()
    most = load_model().key_records_max

    def work() -> Done:
        with Vault.open(folder / "vault.duckdb", KEY) as vault:
            asked = Asked.of(askers["key"].to_numpy(), askers["asker_no"].to_numpy())
            made = find_pairs(vault.engine, asked, records_max=most)
        pairs = pl.DataFrame({"asker_no": made.asker_no, "record_id": made.record_id})
        found = pairs.group_by("asker_no").agg(
            records=pl.len().cast(pl.Int64), last=pl.col("record_id").max()
        )
        return _done(rows, found)

    return work


def _done(rows: int, found: pl.DataFrame) -> Done:
    """Subjects met, records of theirs, and a sum that tells whether these are the same ones."""
    weighed = (found["last"] % 1_000_003 * (found["asker_no"] % 997 + 1)).sum()
    return Done(count=rows, same=f"{found.height} subjects, {found['records'].sum()} records, {weighed}")


BENCHMARK = Benchmark(
    name="join",
    unit="keys of records, a tenth as many of subjects",
    sizes=(10_000_000,),
    yardsticks=("duckdb, sorted, in 16 ranges", "duckdb, as they came"),
    setup=setup,
    contenders={
        "duckdb, sorted, in 16 ranges": Contender(prepare=duckdb_join("_sorted", RANGES)),
        "duckdb, sorted": Contender(prepare=duckdb_join("_sorted")),
        "duckdb, as they came": Contender(prepare=duckdb_join()),
        "duckdb, text keys": Contender(prepare=duckdb_join("_text")),
        "correlate, candidates": Contender(prepare=ours),
    },
)


def main(argv: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for."""
    measure(BENCHMARK, argv)


if __name__ == "__main__":
    main()
