"""A progress bar on stderr for the long commands: what is done, rows a second, time left."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from correlate_cli.log import is_quiet

__all__ = [
    "Advance",
    "progress",
    "stage",
]


class Advance(Protocol):
    """What the work calls as it goes on."""

    def __call__(self, n_bytes: int, rows: int = 0) -> None:
        """Say how many bytes and rows were done since the last call."""


@contextmanager
def progress(title: str, total_bytes: int | None, *, total_rows: int | None = None) -> Iterator[Advance]:
    """Draw a bar on stderr while the block runs; nothing when stderr is no terminal or with ``--quiet``.

    Args:
        title: what is being done, as in "Ingesting".
        total_bytes: size of all the work; ``None`` when it is unknown, as for a pipe.
        total_rows: how many rows it is, where these measure the work and not bytes.

    Yields:
        The function to call with the bytes and rows done since its last call.
    """
    console = Console(stderr=True)
    shown = console.file.isatty() and not console.is_dumb_terminal and not is_quiet()
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        *(() if total_rows else (DownloadColumn(binary_units=True),)),
        RateColumn(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=console, transient=True, disable=not shown) as bar:
        task = bar.add_task(title, total=total_rows or total_bytes, rows=0)

        def advance(n_bytes: int, rows: int = 0) -> None:
            done = rows if total_rows else n_bytes
            bar.update(task, advance=done, rows=bar.tasks[0].fields["rows"] + rows)

        yield advance


@contextmanager
def stage(title: str, total_bytes: int | None) -> Iterator[Advance]:
    """A bar on a terminal; elsewhere, as in a build's log, a line."""
    if not sys.stderr.isatty() and not is_quiet():
        typer.echo(f"{title} ...", err=True)
    with progress(title, total_bytes) as advance:
        yield advance


class RateColumn(ProgressColumn):
    """Rows done, and rows a second since the start."""

    def render(self, task: Task) -> Text:
        """Write for example ``1,200,000 rows, 310,000/s``; nothing before the first row."""
        rows = task.fields["rows"]
        if not rows or not task.elapsed:
            return Text("")
        return Text(f"{rows:,} rows, {rows / task.elapsed:,.0f}/s")
