"""``correlate explain``: one page on one subject of a file of scores."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import correlate
from correlate_cli.shared import (
    KeyOption,
    ScenariosOption,
    VaultArgument,
    given_profile,
    given_scenarios,
    open_vault,
)

__all__ = ["explain"]


class Language(StrEnum):
    """The languages of the page."""

    en = "en"
    fr = "fr"


class Audience(StrEnum):
    """Who is told what to do."""

    person = "person"
    insurer = "insurer"
    bank = "bank"


def explain(
    vault: VaultArgument,
    scores: Annotated[
        Path, typer.Argument(metavar="SCORES", help="What `correlate score` wrote: .parquet or .jsonl.")
    ],
    subject: Annotated[str, typer.Option("--subject", metavar="ID", help="The subject_id to tell about.")],
    audience: Annotated[
        Audience | None,
        typer.Option("--for", help="Whose part to tell in what to do; by the profile if left out."),
    ] = None,
    language: Annotated[Language, typer.Option("--language", help="The language of the page.")] = Language.en,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile", metavar="NAME", help="The profile it was made with, if that was a file of yours."
        ),
    ] = None,
    scenarios: ScenariosOption = None,
    key: KeyOption = None,
) -> None:
    """Explain one subject's score on one page.

    It tells the score with its bounds, each breach's part of it as a bar, what
    it rests on, which data weigh most, the scenarios with what they have and
    what they lack, and what to do. No value and no token. The vault is opened
    for its key alone: who may not score may not read a page either.

    [bold]Examples[/bold]
      correlate score vault.duckdb members.csv --id member_id -o scores.parquet
      correlate explain vault.duckdb scores.parquet --subject M-1042
      correlate explain vault.duckdb scores.parquet --subject M-1042
          --for person --language fr
    """
    with open_vault(vault, key) as opened:
        lines = list(
            correlate.report.explain_lines(
                scores,
                subject,
                key_id=opened.key_id,
                scenarios=given_scenarios(scenarios),
                profile=given_profile(profile) if profile else None,
                audience=audience.value if audience else None,
                language=language.value,
            )
        )
    for line in lines:
        typer.echo(line)
