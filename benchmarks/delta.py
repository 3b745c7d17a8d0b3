"""Scoring again after one more breach: ``correlate score --update`` against a full run, byte for byte.

A vault holds the files of a nation but one, and its members are scored. Then rows of the last file are
ingested, a hundredth of what the vault held. Both contenders score all members on that vault; one of them is
given the scores from before. They did the same work only if their files are the same bytes.
"""

from __future__ import annotations

import hashlib
import inspect
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from benchmarks.harness import Benchmark, Contender, Done, Work, data_folder, measure
from benchmarks.nation import ingest_files, nation, rows_of, score

__all__ = ["BENCHMARK", "main"]

SHARE = 100
SEED = 7
LACKING = "it cannot be run: `correlate score` of this version has no --update"


def setup(rows: int) -> None:
    """The vault, the scores from before, and then the new rows."""
    made = nation(rows)
    *files, last = made.files
    made.make_vault(files)
    score(made.vault, made.subjects, made.folder / "previous.parquet", made.key, "--keep-links")
    new = pl.read_parquet(last)
    count = min(new.height, max(1, rows_of(files) // SHARE))
    part = made.folder / "new" / last.name
    part.parent.mkdir(exist_ok=True)
    new.sample(count, seed=SEED).write_parquet(part)
    ingest_files(made.vault, [part], made.key)


def scored(*, update: bool) -> Callable[[int], Work]:
    """All members, from nothing or from the scores before."""

    def prepare(rows: int) -> Work:
        made = nation(rows)
        options = ("--update", made.folder / "previous.parquet") if update else ()

        def work() -> Done:
            with tempfile.TemporaryDirectory(dir=data_folder()) as folder:
                output = Path(folder) / "scores.parquet"
                took = score(made.vault, made.subjects, output, made.key, *options)
                checksum = hashlib.sha256(output.read_bytes()).hexdigest()
            return Done(count=made.members, took=took, same=checksum)

        return work

    return prepare


def lacks() -> str | None:
    """What keeps this version of the program from being measured."""
    from correlate_cli.score import score as command

    return None if "update" in inspect.signature(command).parameters else LACKING


BENCHMARK = Benchmark(
    name="delta",
    unit="members or so after one more leaked file",
    sizes=(500_000,),
    yardsticks=("full run",),
    runs=3,
    setup=setup,
    lacks=lacks,
    contenders={
        "full run": Contender(prepare=scored(update=False)),
        "update": Contender(prepare=scored(update=True)),
    },
)


def main(argv: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for."""
    measure(BENCHMARK, argv)


if __name__ == "__main__":
    main()
