"""``correlate synth``: a synthetic population, the files that leak of it, and the truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import correlate
from correlate_cli.exit_code import ExitCode
from correlate_cli.progress import progress

__all__ = ["synth"]


def synth(
    directory: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Where to write; must be empty or new.")
    ] = None,
    people: Annotated[int, typer.Option("--people", min=1, help="How many people.")] = 100_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same bytes.")] = 1,
    members: Annotated[
        float, typer.Option("--members", min=0.0, max=1.0, help="Share of people the insurer covers.")
    ] = 0.5,
    breach: Annotated[
        list[str] | None,
        typer.Option("--breach", metavar="ID", help="A breach to make; five usual ones if left out."),
    ] = None,
    nation: Annotated[
        bool,
        typer.Option("--nation", help="Make the fourteen files of a nation, about 2.3 rows for each person."),
    ] = False,
    insee: Annotated[
        Path | None,
        typer.Option("--insee", metavar="DIR", help="Take the laws of names from INSEE's files in DIR."),
    ] = None,
    format: Annotated[str, typer.Option("--format", metavar="KIND", help="parquet or csv.")] = "parquet",
    force: Annotated[
        bool, typer.Option("--force", help="Replace a synthetic set that is in DIR already.")
    ] = False,
    fit: Annotated[
        bool, typer.Option("--fit", help="Show how the laws meet the published figures, and stop.")
    ] = False,
    breaches: Annotated[
        bool, typer.Option("--list", help="List the breaches that can be made, and stop.")
    ] = False,
) -> None:
    """Make a synthetic French population, the files that leak of it, and the truth about them.

    [bold]Examples[/bold]
      correlate synth people --people 100000 --seed 7
      correlate synth health --breach viamedis-almerys-2024 --breach almerys-2026
      correlate synth nation --nation --people 1000000
      correlate synth --fit
    """
    if fit or breaches:
        made = correlate.synthesis
        for line in fit_lines(made.fit_report()) if fit else sorted(made.LEAKS | made.FURTHER_LEAKS):
            typer.echo(line)
        return
    if directory is None:
        typer.echo("correlate synth: name the directory to write, as in: correlate synth people", err=True)
        raise typer.Exit(ExitCode.STOPPED)
    chosen = [*(breach or ()), *(correlate.synthesis.NATION_BREACHES if nation else ())]
    with progress("Making people", None, total_rows=people) as advance:
        done = 0

        def report(made: int, _: int) -> None:
            nonlocal done
            advance(0, made - done)
            done = made

        summary = correlate.synthesise(
            directory,
            people=people,
            seed=seed,
            members=members,
            breaches=chosen or correlate.synthesis.DEFAULT_BREACHES,
            insee=insee,
            format=format,
            force=force,
            progress=report,
        )
    for line in summary_lines(summary):
        typer.echo(line)


def fit_lines(rows: tuple[correlate.synthesis.FitRow, ...]) -> list[str]:
    """Write the comparison of laws and figures as a table."""
    lines = [f"{'figure':<48}{'published':>14}{'law':>14}{'error':>9}"]
    lines += [f"{row.figure:<48}{row.published:>14,.6g}{row.law:>14,.6g}{row.error:>+9.2%}" for row in rows]
    return lines


def summary_lines(summary: correlate.SynthesisSummary) -> list[str]:
    """Write what was made."""
    head = f"{summary.people:,} people in {summary.households:,} households, {summary.members:,} members"
    lines = [f"{head} (seed {summary.seed}, {summary.law} law of names)"]
    lines += [f"  {breach:<26}{rows:>12,} rows" for breach, rows in summary.rows.items()]
    return lines
