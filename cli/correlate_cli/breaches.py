"""``correlate breaches``: look into the breach catalogue, and bring entries into one's own."""

from __future__ import annotations

import csv
import json
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

import correlate
from correlate.catalogue import (
    Breach,
    Catalogue,
    HibpList,
    Scope,
    Status,
    breach_to_row,
    compare,
    default_user_catalogue,
    read_breaches,
    read_hibp,
    write_user_catalogue,
)
from correlate.vocabulary import ATTRIBUTES, AttributeClass

__all__ = [
    "app",
]

COLUMNS = ("id", "date", "organisation", "persons", "counted", "status", "scope", "classes")
WIDE = 120  # characters; from here on there is room for every column

app = typer.Typer(
    no_args_is_help=True,
    help="Look into the catalogue of breaches, and bring entries into your own.",
)

CatalogueFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--catalogue",
        metavar="FILE",
        help="A catalogue over the shipped one, instead of your own; repeatable, later ones win.",
    ),
]


@app.command("list")
def list_breaches(
    classes: Annotated[
        list[AttributeClass] | None,
        typer.Option(
            "--class",
            metavar="CLASS",
            case_sensitive=False,
            help="Only those that expose this class, such as NIR or IBAN; repeatable, all must be exposed.",
        ),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="DATE", help="Only those of this day (2024-01-31) or later."
        ),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Only those of this day or earlier."),
    ] = None,
    status: Annotated[
        list[Status] | None,
        typer.Option(
            case_sensitive=False,
            metavar="STATUS",
            help=f"Only of this status; repeatable, any of them: {', '.join(Status)}.",
        ),
    ] = None,
    scope: Annotated[
        list[Scope] | None,
        typer.Option(
            case_sensitive=False,
            metavar="SCOPE",
            help=f"Only of this scope; repeatable, any of them: {', '.join(Scope)}.",
        ),
    ] = None,
    search: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="Only those with this text in the id, the organisation or the processor."
        ),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list of whole entries.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the table as CSV.")] = False,
    catalogue: CatalogueFiles = None,
) -> None:
    """List the breaches of the catalogue, in the order of their dates.

    A table on a terminal, columns parted by tabs in a pipe.

    [bold]Examples[/bold]
      correlate breaches list --class NIR --class IBAN
      correlate breaches list --since 2024-01-01 --scope FR --status confirmed
      correlate breaches list --search almerys --json
    """
    if as_json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv")
    keeps: list[Callable[[Breach], bool]] = [
        lambda breach: set(classes or ()) <= set(breach.classes),
        lambda breach: since is None or breach.date >= since.date(),
        lambda breach: until is None or breach.date <= until.date(),
        lambda breach: not status or breach.status in status,
        lambda breach: not scope or breach.scope in scope,
        lambda breach: _fold(search) in _fold(f"{breach.id}\n{breach.organisation}\n{breach.processor}"),
    ]
    loaded = Catalogue.load(*(catalogue or ()))
    kept = [breach for breach in loaded if all(keep(breach) for keep in keeps)]
    kept.sort(key=lambda breach: (breach.date, breach.id))
    if as_json:
        _print_json([breach_to_row(breach) for breach in kept])
    else:
        _print_list(kept, as_csv=as_csv)
    typer.echo(f"{len(kept)} of {len(loaded)} breaches", err=True)


@app.command()
def show(
    breach: Annotated[str, typer.Argument(metavar="ID", help="As printed by `correlate breaches list`.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the entry as JSON.")] = False,
    catalogue: CatalogueFiles = None,
) -> None:
    """Print one breach, with what is doubtful about it and the sources of the facts.

    [bold]Examples[/bold]
      correlate breaches show viamedis-almerys-2024
      correlate breaches show free-2024 --json
    """
    found = Catalogue.load(*(catalogue or ())).get(breach)
    if as_json:
        _print_json(breach_to_row(found))
        return
    for name, value in _told(found):
        typer.echo(f"{name + ':':<15}{value}")


@app.command("import")
def import_breaches(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A catalogue in TOML, or a list of Have I Been Pwned in JSON."),
    ],
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help="The catalogue to write, instead of your own."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count only, write nothing.")] = False,
) -> None:
    """Bring the breaches of a file into your own catalogue, and print how many were added and changed.

    FILE is a catalogue like the shipped one, or what
    https://haveibeenpwned.com/api/v3/breaches answers. From such a list the
    breaches that the shipped catalogue tells of are left out, since there
    people have checked the classes; a TOML entry does replace a shipped one.

    Your own catalogue is the file that CORRELATE_CATALOGUE names, or else
    correlate/breaches.toml among your settings.

    [bold]Examples[/bold]
      correlate breaches import breaches.json --dry-run
      correlate breaches import insurers.toml --to team.toml
    """
    target = to or default_user_catalogue()
    shipped = Catalogue.shipped()
    listed = read_hibp(file, reviewed=shipped)
    breaches = listed.breaches if listed else read_breaches(file)
    there = read_breaches(target) if target.exists() else ()
    changes = compare(breaches, Catalogue([*shipped, *there], file=target))
    # Checked in a dry run too: do all the lineages fit together?
    Catalogue([*shipped, *there, *breaches], file=file)
    if listed:
        _tell_left_out(listed)
    if not dry_run and (changes.added or changes.changed):
        write_user_catalogue(target, [*changes.added, *changes.changed])
    typer.echo(
        f"added\t{len(changes.added)}\nchanged\t{len(changes.changed)}\nunchanged\t{len(changes.unchanged)}"
    )
    typer.echo("Nothing was written (--dry-run)." if dry_run else f"Catalogue: {target}", err=True)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _print_list(breaches: Iterable[Breach], *, as_csv: bool) -> None:
    rows = [_row(breach) for breach in breaches]
    if as_csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows([COLUMNS, *rows])
    elif sys.stdout.isatty():
        console = Console()
        console.print(_table(rows, console.width))
    else:
        for row in (COLUMNS, *rows):
            typer.echo("\t".join(row))


def _row(breach: Breach) -> tuple[str, ...]:
    persons = "" if breach.persons is None else str(breach.persons)
    return (
        breach.id,
        breach.date.isoformat(),
        breach.organisation,
        persons,
        breach.persons_kind,
        breach.status,
        breach.scope,
        " ".join(breach.classes),
    )


def _table(rows: Iterable[Sequence[str]], width: int) -> Table:
    """Draw the rows; a narrow terminal does without the columns that most rows share."""
    columns = [name for name in COLUMNS if width >= WIDE or name not in {"counted", "scope"}]
    table = Table(header_style="bold", pad_edge=False)
    for name in columns:
        table.add_column(
            name,
            justify="right" if name == "persons" else "left",
            overflow="fold",
            no_wrap=name in {"date", "persons", "status", "scope"},
        )
    for row in rows:
        cells = dict(zip(COLUMNS, row, strict=True))
        cells["persons"] = f"{int(cells['persons']):,}" if cells["persons"] else ""
        cells["counted"] = cells["counted"].replace("_", " ")
        table.add_row(*(cells[name] for name in columns))
    return table


def _told(breach: Breach) -> list[tuple[str, str]]:
    """Put an entry into lines of a name and a value; what is empty is left out."""
    counted = breach.persons_kind.replace("_", " ")
    lines: list[tuple[str, Any]] = [
        ("id", breach.id),
        ("organisation", breach.organisation),
        ("processor", breach.processor),
        ("date", f"{breach.date} ({breach.date_kind})"),
        ("persons", f"{breach.persons:,} ({counted})" if breach.persons else "unknown"),
        ("status", breach.status),
        ("scope", breach.scope),
        ("severity", _severity_told(breach)),
        *(("exposes", _class_told(attribute, breach)) for attribute in breach.classes),
        ("compiled from", _lineage_told(breach)),
        ("membership", "is itself sensitive (GDPR article 9)" if breach.membership_sensitive else ""),
        ("note", breach.note),
        *(("source", source) for source in breach.sources),
    ]
    return [(name, str(value)) for name, value in lines if value]


def _class_told(attribute: AttributeClass, breach: Breach) -> str:
    doubt = " (doubtful, see the note)" if attribute in breach.doubtful else ""
    part = " (for some only)" if attribute in breach.partial else ""
    return f"{attribute:<14}{ATTRIBUTES[attribute].label_en}{doubt}{part}"


def _severity_told(breach: Breach) -> str:
    found = correlate.risk.severity_of(breach.classes, table=correlate.risk.SeverityTable.load())
    return f"ENISA {found.se:.2f}, {found.level} (DPC {found.dpc} x EI {found.ei:g} + CB {found.cb:g})"


def _lineage_told(breach: Breach) -> str:
    if not breach.compilation:
        return ""
    return ", ".join([*breach.lineage, "breaches that are not known"])


def _tell_left_out(listed: HibpList) -> None:
    """Tell on stderr what a list of Have I Been Pwned had that was not taken over."""
    typer.echo(f"{len(listed.known)} breaches left out: the shipped catalogue tells of them.", err=True)
    typer.echo(f"{len(listed.empty)} breaches left out: none of their data classes is known here.", err=True)
    if listed.unmapped:
        told = ", ".join(f"{name} ({count})" for name, count in listed.unmapped.items())
        typer.echo(f"Data classes not taken over, with the breaches that have them: {told}", err=True)
