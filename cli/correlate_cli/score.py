"""``correlate score``: a file of subjects in, a file of scores out."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

import correlate
from correlate_cli.progress import progress
from correlate_cli.shared import (
    DEFAULT_PROFILE,
    BaseRatesOption,
    CatalogueOption,
    KeyOption,
    MapOption,
    MemoryOption,
    ModelOption,
    ProfileOption,
    RejectsOption,
    ScenariosOption,
    SharesOption,
    ThreadsOption,
    TimingsOption,
    VaultArgument,
    given_mapping,
    given_models,
    given_rejects,
    given_timings,
    open_vault,
    refuse_overwriting,
)

__all__ = ["AsOfOption", "BreachOption", "score"]

# What is said of each count of declared breaches that is not zero.
DECLARED_LINES = (
    ("rows of declared breaches read", "declared_rows"),
    ("of them rejected (--rejects lists them)", "declared_rejected"),
    ("ids in them that no subject has", "declared_without_subject"),
    ("addresses read in the answers of Have I Been Pwned", "hibp_addresses"),
    ("of them rejected (--rejects lists them)", "hibp_rejected"),
    ("of them that no subject has", "hibp_without_subject"),
    (
        "breaches named there are not in the catalogue: add them with `correlate breaches import`",
        "hibp_unknown",
    ),
)

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
    declared: Annotated[
        Path | None,
        typer.Option(
            "--declared", metavar="FILE", help="Breaches that people were told of: their id, and breach ids."
        ),
    ] = None,
    declared_column: Annotated[
        str | None,
        typer.Option("--declared-column", metavar="COLUMN", help="The same, in a column of SUBJECTS."),
    ] = None,
    hibp: Annotated[
        Path | None,
        typer.Option("--hibp", metavar="FILE", help="Answers of Have I Been Pwned, by address or by domain."),
    ] = None,
    hibp_domain: Annotated[
        str,
        typer.Option("--hibp-domain", metavar="DOMAIN", help="Domain of mailboxes named without it there."),
    ] = "",
    as_of: AsOfOption = None,
    key: KeyOption = None,
    mapping: MapOption = None,
    rejects: RejectsOption = None,
    catalogue: CatalogueOption = None,
    model: ModelOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    scenarios: ScenariosOption = None,
    base_rates: BaseRatesOption = False,
    shares: SharesOption = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a run was broken off; else begin.")
    ] = False,
    keep_links: Annotated[
        bool, typer.Option("--keep-links", help="Keep beside the output what --update needs later.")
    ] = False,
    update: Annotated[
        Path | None,
        typer.Option("--update", metavar="PREVIOUS", help="Score again only who may have changed since."),
    ] = None,
    timings: TimingsOption = None,
    threads: ThreadsOption = None,
    memory: MemoryOption = None,
) -> None:
    """Score every person of a file by what the breaches in the vault expose together.

    The output has one row a person: subject_id, score (0 to 100), band, bounds,
    uplift (what is owed to combination), and what the score rests on: evidence,
    breaches, scenarios, attributes, reasons. The NIR is used where a column has
    it and not needed where none has.

    Whoever holds no breach data can score people by the breaches that they were
    told of, on a vault with nothing in it: name these with --declared,
    --declared-column or --hibp, and let --base-rates fill in the rest.

    Millions of people are linked range by range, within the memory that
    --memory gives. What is done is kept in OUTPUT.ranges until the output is
    whole; a run that was broken off goes on from there with --resume.

    With --keep-links a folder OUTPUT.links is kept. Once breaches were added or
    removed, or the file of subjects has changed, --update PREVIOUS links again
    only those whom that can concern: the output is the same as if all were
    scored, and its links are kept too. See what changed with correlate diff.

    [bold]Examples[/bold]
      correlate score members.duckdb members.csv --id member_id -o scores.parquet
      correlate score members.duckdb leak.parquet -o scores.csv
          --breach viamedis-almerys-2024 --as-of 2026-11-01 --memory 4GB
      correlate score members.duckdb members.csv --id member_id -o scores.parquet
          --resume --timings timings.json
      correlate score empty.duckdb clients.csv --id client -o scores.csv
          --declared notified.csv --base-rates --profile lender
      correlate score members.duckdb members.csv --id member_id
          -o today.parquet --update yesterday.parquet
    """
    given = (model, scenarios, declared, hibp, mapping, update, *(catalogue or ()))
    inputs = [vault, subjects, *(path for path in given if path is not None)]
    refuse_overwriting(output, inputs, option="--output")
    # First what may be missing: the models take longer to load than a vault to open.
    with open_vault(vault, key, threads=threads, memory=memory) as opened:
        models = given_models(
            as_of=as_of,
            catalogue=catalogue,
            model=model,
            profile=profile,
            scenarios=scenarios,
            base_rates=base_rates,
            shares=shares,
        )
        with (
            given_rejects(rejects, inputs=inputs) as writer,
            given_timings(timings, inputs=inputs),
            progress(f"Scoring {subjects.name}", _work(subjects)) as advance,
        ):
            report = correlate.score(
                opened,
                subjects,
                output,
                models=models,
                id_column=id_column,
                breach=models.catalogue.get(breach) if breach else None,
                mapping=given_mapping(mapping),
                declared=declared,
                declared_column=declared_column,
                hibp=hibp,
                hibp_domain=hibp_domain,
                rejects=writer,
                resume=resume,
                keep_links=keep_links,
                update=update,
                progress=advance,
            )
    for line in (*_declared_lines(report.declared), *correlate.report.summary_lines(report)):
        typer.echo(line)


def _work(subjects: Path) -> int | None:
    """The bytes of the file, and an eighth each for assessing and for writing, which come after the last."""
    return subjects.stat().st_size // 8 * 10 if subjects.is_file() else None


def _declared_lines(counts: dict[str, int]) -> Iterator[str]:
    """What became of the declared breaches: rows read are those that count and those that do not."""
    if not counts:
        return
    yield f"{counts['declared']:,} declared breaches of {counts['declared_subjects']:,} subjects count."
    for text, name in DECLARED_LINES:
        if count := counts.get(name, 0):
            yield f"  {count:,} {text}"
