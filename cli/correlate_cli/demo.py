"""``correlate demo``: the whole way on synthetic people."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from correlate.demonstration import DemonstrationReport, demonstrate
from correlate.report import example_lines, summary_lines
from correlate_cli.log import is_quiet
from correlate_cli.progress import Advance, progress

__all__ = ["demo"]


def demo(
    people: Annotated[int, typer.Option("--people", min=100, help="How many synthetic people.")] = 100_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same scores.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where to leave the files; a new name if left out."),
    ] = None,
) -> None:
    """Make synthetic people and breaches, ingest, score, and compare with the truth.

    [bold]Examples[/bold]
      correlate demo
      correlate demo --people 10000 --seed 7 --out small-demo
    """
    folder = out or _free_folder()
    report = demonstrate(folder, people=people, seed=seed, stage=_stage)
    for line in _lines(report):
        typer.echo(line)


@contextmanager
def _stage(title: str, size: int | None) -> Iterator[Advance]:
    """A bar on a terminal; elsewhere, as in a build's log, a line."""
    if not sys.stderr.isatty() and not is_quiet():
        typer.echo(f"{title} ...", err=True)
    with progress(title, size) as advance:
        yield advance


def _free_folder() -> Path:
    base = Path("correlate-demo")
    if not base.exists():
        return base
    number = 2
    while Path(f"{base}-{number}").exists():
        number += 1
    return Path(f"{base}-{number}")


def _lines(report: DemonstrationReport) -> list[str]:
    lines = ["", "Breaches ingested (synthetic):"]
    lines += [
        f"  {one.breach:<26} {one.read:>9,} rows, {one.accepted:>9,} accepted, {one.rejected:>6,} rejected"
        for one in report.ingested
    ]
    lines += ["", *summary_lines(report.scores)]
    found = report.accuracy
    truth = (
        f"Against the truth: {found.links:,} direct links, precision {found.precision:.4f}, "
        f"recall {found.recall:.4f} ({found.true_links:,} of {found.true_pairs:,} true pairs)."
    )
    lines += ["", truth, "", "Three subjects:"]
    for example in report.examples:
        lines += [f"  {line}" for line in example_lines(example)]
    lines += [
        "",
        f"Everything is in {report.folder}: key, vault.duckdb, breaches/, subjects.parquet, truth.parquet,",
    ]
    lines += ["scores.parquet. The people are synthetic; the key there is for play only."]
    return lines
