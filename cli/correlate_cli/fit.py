"""``correlate fit``: a linkage model learned from a vault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

import correlate
from correlate_cli.progress import stage
from correlate_cli.shared import (
    KeyOption,
    MapOption,
    MemoryOption,
    ThreadsOption,
    VaultArgument,
    given_mapping,
    open_vault,
)

__all__ = ["fit"]

MOST_SHOWN = 10


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}", text):
        raise typer.BadParameter("a model's name is of letters, digits and . _ + -, at most 64 of them")
    return text


def fit(
    vault: VaultArgument,
    out: Annotated[Path, typer.Option("--out", metavar="MODEL.toml", help="Must not exist yet.")],
    subjects: Annotated[
        Path | None,
        typer.Option(
            "--subjects", metavar="FILE", help="Learn from these; else from the records themselves."
        ),
    ] = None,
    mapping: MapOption = None,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", parser=_name, help="Stands in every result made with it."),
    ] = None,
    key: KeyOption = None,
    threads: ThreadsOption = None,
    memory: MemoryOption = None,
) -> None:
    """Learn a linkage model from a vault: how much each agreement weighs there.

    Nobody has to say who is who. With --subjects it learns from how these
    people agree with the records; without, from how the records of different
    breaches agree with each other. At most 50,000 rows are taken. The file
    holds probabilities only, and no token. Give it to score, check or evaluate
    with --model.

    [bold]Examples[/bold]
      correlate fit members.duckdb --out members-model.toml
      correlate fit members.duckdb --subjects members.csv --out members-model.toml
          --name members-2026-11 --key secret.key
    """
    correlate.learning.refuse_existing(out)
    if mapping is not None and subjects is None:
        raise typer.BadParameter(
            "it says what the columns of --subjects carry: name those", param_hint="--map"
        )
    columns, start = given_mapping(mapping), correlate.load_model()
    with (
        open_vault(vault, key, threads=threads, memory=memory) as opened,
        stage(f"Learning from {vault.name}", None),
    ):
        found = correlate.learn(opened, subjects, mapping=columns, start=start, name=name)
    correlate.learning.write_model(found.model, out)
    for line in _lines(found, start, out):
        typer.echo(line)


def _lines(found: correlate.linkage.Fit, start: correlate.LinkageModel, out: Path) -> Iterator[str]:
    yield (
        f"{found.askers:,} rows asked, {found.candidates:,} pairs were compared: "
        f"about {found.person_pairs:,.0f} of one person, {found.household_pairs:,.0f} of one household "
        f"({found.rounds} rounds)."
    )
    yield (
        f"Prior: one record in {found.model.population:,.0f} is the person asked for; "
        f"{start.name} has {start.population:,.0f}."
    )
    yield f"The weights that moved most from {start.name}, in bits:"
    yield f"  {'field':<13}{'level':<20}{'before':>8}{'after':>8}{'change':>8}"
    for one in correlate.learning.moved(start, found.model)[:MOST_SHOWN]:
        bits = "".join(f"{bits:>+8.2f}" for bits in (one.bits_before, one.bits_after, one.change))
        yield f"  {one.field:<13}{one.level:<20}{bits}"
    yield f"Wrote {out}: the model {found.model.name}."
