"""``correlate vault``: make, look at, check and clean a vault."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

import correlate
from correlate_cli.exit_code import ExitCode
from correlate_cli.shared import (
    KeyOption,
    MapOption,
    MemoryOption,
    RejectsOption,
    ThreadsOption,
    TimingsOption,
    VaultArgument,
    given_mapping,
    given_rejects,
    given_timings,
    open_vault,
)

__all__ = ["app"]

# The engine's own, said once more here, as in the options that commands share.
SCHEMES = ("aes-cmac-64", "hmac-sha256-64")
DEFAULT_SCHEME = "aes-cmac-64"

app = typer.Typer(
    no_args_is_help=True,
    help="Make, look at, check and clean a vault: one file that holds what breaches hold, as tokens.",
)


@app.command()
def create(
    vault: Annotated[Path, typer.Argument(metavar="VAULT", help="Where to make it; must not exist yet.")],
    key: KeyOption = None,
    scheme: Annotated[
        str, typer.Option(help=f"How tokens are made: {' or '.join(SCHEMES)}.")
    ] = DEFAULT_SCHEME,
) -> None:
    """Make an empty vault, bound to a key.

    [bold]Example[/bold]
      correlate vault create members.duckdb --key secret.key
    """
    with correlate.Vault.create(vault, correlate.load_key(key), scheme=scheme) as made:
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
def verify(
    vault: VaultArgument,
    key: KeyOption = None,
    threads: ThreadsOption = None,
    memory: MemoryOption = None,
) -> None:
    """Check that a vault holds together; ends with 1 when it does not.

    Counts, references, and every linkage key, which is made anew from the
    record's tokens and compared.

    [bold]Example[/bold]
      correlate vault verify members.duckdb --key secret.key
    """
    with open_vault(vault, key, threads=threads, memory=memory) as opened:
        findings = correlate.verify(opened)
    for finding in findings:
        typer.echo(f"{finding.rows} {finding.what}")
    if findings:
        raise typer.Exit(ExitCode.FINDINGS)
    typer.echo(f"{vault} is whole.", err=True)


@app.command()
def migrate(vault: VaultArgument, key: KeyOption = None) -> None:
    """Bring a vault that an older version made up to date.

    Every command that writes does so too. No older version will open it then.

    [bold]Example[/bold]
      correlate vault migrate members.duckdb --key secret.key
    """
    with open_vault(vault, key, write=True) as opened:
        version = opened.info().schema_version
    typer.echo(f"{vault} has schema version {version}, the newest that this program knows.", err=True)


@app.command()
def compact(
    vault: VaultArgument,
    key: KeyOption = None,
    timings: TimingsOption = None,
    threads: ThreadsOption = None,
    memory: MemoryOption = None,
) -> None:
    """Sort a vault's linkage keys as one, so that looking one up reads one place.

    Every ingest leaves its own in order, and scoring millions does as well
    without. Worth it after many files, where single people are checked. The
    vault is written anew, and needs room for that beside it.

    [bold]Example[/bold]
      correlate vault compact members.duckdb --key secret.key
    """
    with (
        open_vault(vault, key, write=True, threads=threads, memory=memory) as opened,
        given_timings(timings, inputs=[vault]),
    ):
        report = correlate.compact(opened)
    typer.echo(
        f"{report.link_keys:,} linkage keys in order; {report.bytes_before / 1e6:,.1f} MB became "
        f"{report.bytes_after / 1e6:,.1f} MB ({report.seconds:.1f} s)."
    )


@app.command("remove-breach")
def remove_breach(
    vault: VaultArgument,
    breach: Annotated[str, typer.Argument(metavar="BREACH", help="The breach's id.")],
    key: KeyOption = None,
    threads: ThreadsOption = None,
    memory: MemoryOption = None,
) -> None:
    """Take every record of one breach out, and its bytes off the disk.

    The vault is written anew without them, and needs room for that beside it.
    Its files are then unknown, and may be ingested again.

    [bold]Example[/bold]
      correlate vault remove-breach members.duckdb free-2024 --key secret.key
    """
    with open_vault(vault, key, write=True, threads=threads, memory=memory) as opened:
        removed = correlate.remove_breach(opened, breach)
        held = [holding.breach for holding in opened.info().breaches]
    if removed is None:
        typer.echo(f"The vault holds nothing of {breach}. It holds: {', '.join(held) or 'no breach at all'}.")
    else:
        typer.echo(f"Removed {removed:,} records of {breach}.")


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
    rejects: RejectsOption = None,
    threads: ThreadsOption = None,
    memory: MemoryOption = None,
) -> None:
    """Erase every record of the given people, and search for them once more as proof.

    The vault is written anew without the records, so that their tokens are off
    the disk too; it needs room for that beside it. Files stay known, so that
    they cannot bring the records back. Ends with 1 if the second search still
    finds any, or if rows of the file name nobody who could be searched for.

    [bold]Example[/bold]
      correlate vault forget members.duckdb --subjects leavers.csv --key secret.key
    """
    with (
        open_vault(vault, key, write=True, threads=threads, memory=memory) as opened,
        given_rejects(rejects, inputs=[vault, subjects]) as writer,
    ):
        report = correlate.forget(
            opened,
            subjects,
            model=correlate.load_model(),
            probability_min=probability,
            mapping=given_mapping(mapping),
            rejects=writer,
        )
    _print_forgotten(report)
    if report.found_afterwards or report.rejected:
        raise typer.Exit(ExitCode.FINDINGS)


def _print_forgotten(report: correlate.ForgetReport) -> None:
    typer.echo(
        f"Erased {report.records_erased:,} records of {report.subjects:,} people; "
        f"{report.records_left:,} records are left. "
        f"A second search for the same people found {report.found_afterwards:,}."
    )
    if report.rejected:
        typer.echo(
            f"{report.rejected:,} rows could not be searched for: nothing in them identifies a person. "
            "Name a file with --rejects to see which, mend them, and run the command again."
        )


def _print_info(facts: correlate.VaultInfo) -> None:
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
