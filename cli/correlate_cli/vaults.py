"""``correlate vault``: make, look at, check and clean a vault."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from correlate.forgetting import forget as forget_people
from correlate.linkage import load_model
from correlate.tokens import DEFAULT_SCHEME, SCHEMES, load_key
from correlate.vault import Vault, VaultInfo
from correlate.vault import remove_breach as remove
from correlate.vault import verify as verify_vault
from correlate_cli.exit_code import ExitCode
from correlate_cli.shared import KeyOption, MapOption, VaultArgument, given_mapping, open_vault

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Make, look at, check and clean a vault: one file that holds what breaches hold, as tokens.",
)


@app.command()
def create(
    vault: Annotated[Path, typer.Argument(metavar="VAULT", help="Where to make it; must not exist yet.")],
    key: KeyOption = None,
    scheme: Annotated[
        str, typer.Option(help=f"How tokens are made: {' or '.join(sorted(SCHEMES))}.")
    ] = DEFAULT_SCHEME,
) -> None:
    """Make an empty vault, bound to a key.

    [bold]Example[/bold]
      correlate vault create members.duckdb --key secret.key
    """
    with Vault.create(vault, load_key(key), scheme=scheme) as made:
        typer.echo(f"Made {vault}, bound to the key {made.key_id}.", err=True)


@app.command()
def info(
    vault: VaultArgument,
    key: KeyOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tell what a vault holds: breaches, files, records, size.

    [bold]Example[/bold]
      correlate vault info members.duckdb --key secret.key
    """
    with open_vault(vault, key) as opened:
        facts = opened.info()
    if as_json:
        typer.echo(json.dumps(asdict(facts), default=str, indent=2))
    else:
        _print_info(facts)


@app.command()
def verify(vault: VaultArgument, key: KeyOption = None) -> None:
    """Check that a vault holds together; ends with 1 when it does not.

    Counts, references, and every linkage key, which is made anew from the
    record's tokens and compared.

    [bold]Example[/bold]
      correlate vault verify members.duckdb --key secret.key
    """
    with open_vault(vault, key) as opened:
        findings = verify_vault(opened)
    for finding in findings:
        typer.echo(f"{finding.rows} {finding.what}")
    if findings:
        raise typer.Exit(ExitCode.FINDINGS)
    typer.echo(f"{vault} is whole.", err=True)


@app.command("remove-breach")
def remove_breach(
    vault: VaultArgument,
    breach: Annotated[str, typer.Argument(metavar="BREACH", help="The breach's id.")],
    key: KeyOption = None,
) -> None:
    """Take every record of one breach out, and its bytes off the disk.

    [bold]Example[/bold]
      correlate vault remove-breach members.duckdb free-2024 --key secret.key
    """
    with open_vault(vault, key, write=True) as opened:
        removed = remove(opened, breach)
    typer.echo(
        f"Removed {removed:,} records of {breach}." if removed else f"The vault holds no record of {breach}."
    )


@app.command()
def forget(
    vault: VaultArgument,
    subjects: Annotated[Path, typer.Option("--subjects", metavar="FILE", help="The people to forget.")],
    key: KeyOption = None,
    mapping: MapOption = None,
    probability: Annotated[
        float,
        typer.Option(
            "--probability",
            min=0.05,
            max=1,
            help="Erase records that are theirs with at least this probability.",
        ),
    ] = 0.5,
) -> None:
    """Erase every record of the given people, and search for them once more as proof.

    The vault is written anew without the records, so that their tokens are off
    the disk too. Ends with 1 if the second search still finds any.

    [bold]Example[/bold]
      correlate vault forget members.duckdb --subjects leavers.csv --key secret.key
    """
    with open_vault(vault, key, write=True) as opened:
        report = forget_people(
            opened, subjects, model=load_model(), probability_min=probability, mapping=given_mapping(mapping)
        )
    typer.echo(
        f"Erased {report.records_erased:,} records of {report.subjects:,} people; "
        f"{report.records_left:,} records are left. "
        f"A second search for the same people found {report.found_afterwards:,}."
    )
    if report.found_afterwards:
        raise typer.Exit(ExitCode.FINDINGS)


def _print_info(facts: VaultInfo) -> None:
    typer.echo(f"vault      {facts.path}")
    typer.echo(f"key id     {facts.key_id}")
    typer.echo(f"tokens     {facts.scheme}, schema version {facts.schema_version}")
    per_record = f", {facts.size_bytes / facts.records:,.0f} bytes a record" if facts.records else ""
    typer.echo(f"size       {facts.size_bytes / 1e6:,.1f} MB{per_record}")
    typer.echo(f"records    {facts.records:,}, with {facts.link_keys:,} linkage keys")
    if facts.breaches:
        table = Table("breach", "files", "records", "rejected", box=None, pad_edge=False)
        for column in table.columns[1:]:
            column.justify = "right"
        for held in facts.breaches:
            table.add_row(held.breach, f"{held.files:,}", f"{held.records:,}", f"{held.rejected:,}")
        Console(width=None if Console().is_terminal else 100).print(table)
