"""Scoring under a limit of memory: does it finish, how long does it take, and what does it really hold?

``correlate score --memory`` bounds what the engine may use. The peak is the whole process's, resident, so it
says what a machine has to have: the limit, and what the program holds beside the engine. A run that ends for
want of memory is a result here, and counts what it took until then; all that finish write the same scores.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.command import CommandFailed
from benchmarks.harness import Benchmark, Contender, Done, Work, data_folder, measure
from benchmarks.nation import nation, score

__all__ = ["BENCHMARK", "main"]

LIMITS = ("8GB", "4GB", "2GB")
FREE = "no limit"
# What the command says when the engine has run out of memory.
OUT_OF_MEMORY = "needs more memory than it was given"


def within(limit: str | None) -> Callable[[int], Work]:
    """All members against the nation's files, within a limit."""

    def prepare(rows: int) -> Work:
        made = nation(rows)
        options = ("--memory", limit) if limit else ()

        def work() -> Done:
            with tempfile.TemporaryDirectory(dir=data_folder()) as folder:
                output = Path(folder) / "scores.parquet"
                try:
                    took = score(made.vault, made.subjects, output, made.key, *options)
                except CommandFailed as failed:
                    if OUT_OF_MEMORY not in " ".join(failed.told.split()):
                        raise
                    return Done(count=made.members, took=failed.took, figures=lambda: {"finished": False})
                checksum = hashlib.sha256(output.read_bytes()).hexdigest()
            return Done(count=made.members, took=took, same=checksum, figures=lambda: {"finished": True})

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
