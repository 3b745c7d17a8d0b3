"""``correlate ingest``: breach files into a vault."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import correlate
from correlate_cli.progress import progress
from correlate_cli.shared import (
    CatalogueOption,
    KeyOption,
    MapOption,
    MemoryOption,
    RejectsOption,
    ThreadsOption,
    TimingsOption,
    VaultArgument,
    given_catalogue,
    given_mapping,
    given_rejects,
    given_timings,
    open_vault,
)

__all__ = ["ingest"]


def ingest(
    vault: VaultArgument,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="CSV, JSON lines or Parquet; gzip and zstd too.")
    ],
    breach: Annotated[str, typer.Option("--breach", metavar="ID", help="The breach the files come from.")],
    key: KeyOption = None,
    mapping: MapOption = None,
    rejects: RejectsOption = None,
    assume_classes: Annotated[
        bool,
        typer.Option(
            "--assume-classes",
            help="Add what the catalogue says this breach exposed and no column of the file holds.",
        ),
    ] = False,
    catalogue: CatalogueOption = None,
    timings: TimingsOption = None,
    threads: ThreadsOption = None,
    memory: MemoryOption = None,
) -> None:
    """Add the rows of breach files to a vault, as tokens.

    Only tokens, attribute classes and provenance are stored, no value. The
    same file a second time changes nothing. Each file is taken in whole or not
    at all.

    [bold]Examples[/bold]
      correlate ingest members.duckdb leak.csv --breach free-2024 --key secret.key
      correlate ingest members.duckdb part-*.parquet --breach francetravail-2024
          --map columns.toml --rejects rejects.csv
    """
    known = given_catalogue(catalogue).get(breach)
    columns = given_mapping(mapping)
    with (
        open_vault(vault, key, write=True, threads=threads, memory=memory) as opened,
        given_rejects(rejects, inputs=[vault, *files]) as writer,
        given_timings(timings, inputs=[vault, *files]),
    ):
        for file in files:
            with progress(f"Ingesting {file.name}", _size(file)) as advance:
                report = correlate.ingest(
                    opened,
                    file,
                    known,
                    mapping=columns,
                    rejects=writer,
                    assume_classes=assume_classes,
                    progress=advance,
                )
            _print_report(report, rejects)


def _size(file: Path) -> int | None:
    # A missing file is told by whoever opens it, with what to do.
    return file.stat().st_size if file.is_file() else None


def _print_report(report: correlate.IngestReport, rejects: Path | None) -> None:
    if report.already_held:
        typer.echo(f"{report.file}: already in the vault as {report.breach}; nothing was changed.")
        return
    typer.echo(
        f"{report.file}: {report.read:,} rows read, {report.accepted:,} accepted, "
        f"{report.rejected:,} rejected ({report.seconds:.1f} s)."
    )
    for drop in report.dropped:
        typer.echo(
            f"  {drop.column}: {drop.rows:,} unusable ({drop.reason}); the rest of the row was kept", err=True
        )
    if report.rejected and rejects is None:
        typer.echo("  Name a file with --rejects to see which rows were rejected, and why.", err=True)
