"""``correlate demo``: the whole way on synthetic people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import correlate
from correlate_cli.progress import stage
from correlate_cli.shared import ModelOption, given_model

__all__ = ["demo"]


def demo(
    people: Annotated[int, typer.Option("--people", min=100, help="How many synthetic people.")] = 100_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same scores.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where to leave the files; a new name if left out."),
    ] = None,
    model: ModelOption = None,
) -> None:
    """Make synthetic people and breaches, ingest, score, and compare with the truth.

    [bold]Examples[/bold]
      correlate demo
      correlate demo --people 10000 --seed 7 --out small-demo
    """
    linkage = given_model(model)
    folder = out or _free_folder()
    report = correlate.demonstrate(folder, people=people, seed=seed, linkage=linkage, stage=stage)
    for line in _lines(report):
        typer.echo(line)


def _free_folder() -> Path:
    base = Path("correlate-demo")
    if not base.exists():
        return base
    number = 2
    while Path(f"{base}-{number}").exists():
        number += 1
    return Path(f"{base}-{number}")


def _lines(report: correlate.DemonstrationReport) -> list[str]:
    lines = ["", "Breaches ingested (synthetic):"]
    lines += [
        f"  {one.breach:<26} {one.read:>9,} rows, {one.accepted:>9,} accepted, {one.rejected:>6,} rejected"
        for one in report.ingested
    ]
    lines += ["", *correlate.report.summary_lines(report.scores)]
    found = report.accuracy
    truth = (
        f"Against the truth: {found.links:,} links, precision {found.precision:.4f}, "
        f"recall {found.recall:.4f} ({found.true_links:,} of {found.true_pairs:,} true pairs)."
    )
    lines += ["", truth]
    lines += [
        f"  {'direct' if depth == 1 else f'over {depth - 1} other':<14} {links:>9,} links, "
        f"precision {true_links / max(1, links):.4f}"
        for depth, links, true_links in found.by_depth
    ]
    lines += ["", "Three subjects:"]
    for example in report.examples:
        lines += [f"  {line}" for line in correlate.report.example_lines(example)]
    lines += [
        "",
        f"Everything is in {report.folder}: key, vault.duckdb, breaches/, subjects.parquet, truth.parquet,",
    ]
    lines += ["scores.parquet. The people are synthetic; the key there is for play only."]
    return lines
