"""``correlate key``: make a secret key, or tell which one a file holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import correlate
from correlate_cli.shared import KEY_FILE_VARIABLE

__all__ = [
    "app",
]

app = typer.Typer(
    no_args_is_help=True,
    help="Make a secret key, or tell which one a file holds. The key itself is never printed.",
)


@app.command()
def create(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it; must not exist yet.")],
) -> None:
    """Make a random secret key, in a file that only you can read, and print its key id.

    Every vault and every result is bound to the key it was made with. A key
    that is lost cannot be made again, and one that others can read lets them
    try out identities: keep a copy in a safe place.

    [bold]Example[/bold]
      correlate key create secret.key
    """
    key = correlate.create_key(file)
    typer.echo(f"Wrote {file}, readable by you alone. Keep a copy in a safe place.", err=True)
    typer.echo(key.key_id)


@app.command()
def show(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help=f"Key file; if left out, the one {KEY_FILE_VARIABLE} names."),
    ] = None,
) -> None:
    """Print the key id: the one-way fingerprint that vaults and results bear.

    [bold]Example[/bold]
      correlate key show secret.key
    """
    typer.echo(correlate.load_key(file).key_id)
