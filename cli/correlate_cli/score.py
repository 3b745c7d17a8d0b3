"""``correlate score``: a file of subjects in, a file of scores out."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path
from typing import Annotated

import typer

from correlate.pipeline import Models
from correlate.report import summary_lines
from correlate.scoring import score as score_file
from correlate_cli.progress import progress
from correlate_cli.shared import (
    CatalogueOption,
    KeyOption,
    MapOption,
    MemoryOption,
    ModelOption,
    RejectsOption,
    ThreadsOption,
    VaultArgument,
    given_catalogue,
    given_mapping,
    given_model,
    given_rejects,
    open_vault,
    refuse_overwriting,
)

__all__ = ["AsOfOption", "BreachOption", "as_of_date", "score"]

AsOfOption = Annotated[
    datetime.datetime | None,
    typer.Option(
        "--as-of", metavar="DATE", formats=["%Y-%m-%d"], help="Score as of this day; today if left out."
    ),
]
BreachOption = Annotated[
    str | None,
    typer.Option("--breach", metavar="ID", help="The subjects are the rows of this breach themselves."),
]


def as_of_date(given: datetime.datetime | None) -> datetime.date:
    """The day to score as of."""
    return given.date() if given else datetime.datetime.now(tz=datetime.UTC).date()


def score(
    vault: VaultArgument,
    subjects: Annotated[
        Path, typer.Argument(metavar="SUBJECTS", help="CSV, JSON lines or Parquet, one person a row.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Ends in .parquet, .csv or .jsonl.")
    ],
    id_column: Annotated[
        str | None,
        typer.Option("--id", metavar="COLUMN", help="Your reference of a person; else the row number."),
    ] = None,
    breach: BreachOption = None,
    as_of: AsOfOption = None,
    key: KeyOption = None,
    mapping: MapOption = None,
    rejects: RejectsOption = None,
    catalogue: CatalogueOption = None,
    model: ModelOption = None,
    threads: ThreadsOption = None,
    memory: MemoryOption = None,
) -> None:
    """Score every person of a file by what the breaches in the vault expose together.

    The output has one row a person: subject_id, score (0 to 100), band, uplift
    (what is owed to combination), breaches, scenarios, attributes, key_id,
    model. The NIR is used where a column has it and not needed where none has.

    [bold]Examples[/bold]
      correlate score members.duckdb members.csv --id member_id -o scores.parquet
      correlate score members.duckdb leak.parquet -o scores.csv
          --breach viamedis-almerys-2024 --as-of 2026-11-01 --memory 4GB
    """
    refuse_overwriting(output, [vault, subjects, *([model] if model else [])], option="--output")
    known = given_catalogue(catalogue)
    models = Models.default(as_of=as_of_date(as_of), catalogue=known)
    models = dataclasses.replace(models, linkage=given_model(model))
    with (
        open_vault(vault, key, threads=threads, memory=memory) as opened,
        given_rejects(rejects, inputs=[vault, subjects]) as writer,
        progress(
            f"Scoring {subjects.name}", subjects.stat().st_size if subjects.is_file() else None
        ) as advance,
    ):
        report = score_file(
            opened,
            subjects,
            output,
            models=models,
            id_column=id_column,
            breach=known.get(breach) if breach else None,
            mapping=given_mapping(mapping),
            rejects=writer,
            progress=advance,
        )
    for line in summary_lines(report):
        typer.echo(line)
