"""Scoring under a limit of memory: does it finish, how long does it take, and what does it really hold?

``correlate score --memory`` bounds the whole process, and its peak is held against that: ``of_limit`` above 1
means that more was taken than given. A run that ends for want of memory is a result here, with what it took
until then; all that finish have to write the same scores.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.command import CommandFailed
from benchmarks.harness import Benchmark, Contender, Done, Work, data_folder, measure
from benchmarks.nation import nation, score
from correlate.vault import Limits

__all__ = ["BENCHMARK", "main"]

LIMITS = ("8GB", "4GB", "2GB")
FREE = "no --memory"
# What the command says when it cannot begin, or go on, with the memory that it has.
WANTING = "give more with --memory"


def within(limit: str | None) -> Callable[[int], Work]:
    """All members against the nation's files, within a limit."""

    def prepare(rows: int) -> Work:
        made = nation(rows)
        options = ("--memory", limit) if limit else ()
        limit_bytes = Limits(memory=limit).memory_bytes

        def work() -> Done:
            checksum = None
            with tempfile.TemporaryDirectory(dir=data_folder()) as folder:
                output = Path(folder) / "scores.parquet"
                try:
                    took = score(made.vault, made.subjects, output, made.key, *options)
                    checksum = hashlib.sha256(output.read_bytes()).hexdigest()
                except CommandFailed as failed:
                    if WANTING not in " ".join(failed.told.split()).lower():
                        raise
                    took = failed.took
            figures: dict[str, float] = {"finished": checksum is not None}
            if limit_bytes:
                figures["of_limit"] = round(took.peak_mb * 2**20 / limit_bytes, 3)
            return Done(count=made.members, took=took, same=checksum, figures=lambda: figures)

        return work

    return prepare


BENCHMARK = Benchmark(
    name="memory",
    unit="members or so against fourteen leaked files",
    sizes=(500_000,),
    yardsticks=(FREE,),
    runs=3,
    setup=lambda rows: nation(rows).make_vault(),
    contenders={FREE: Contender(prepare=within(None))}
    | {f"limit {limit}": Contender(prepare=within(limit)) for limit in LIMITS},
)


def main(argv: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for."""
    measure(BENCHMARK, argv)


if __name__ == "__main__":
    main()
