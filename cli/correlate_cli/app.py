"""The ``correlate`` command: the sub-commands put together, and the outermost frame around them."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from correlate_cli.exit_code import ExitCode
from correlate_cli.failure import drop_unwritable_output, install_last_resort, stopping, tell_stop
from correlate_cli.later import LaterGroup
from correlate_cli.log import configure_log

__all__ = [
    "app",
    "main",
]

# Of mallopt(3): how many heaps there may be.
_M_ARENA_MAX = -8

# Typer keeps the line breaks of an epilogue, and of every paragraph but the first of a help text.
EPILOG = """
[bold]Exit codes[/bold]
  0  done
  1  done, and there are findings
  2  stopped by the input, the key, the machine or an interrupt
  3  stopped by a defect of this program

[bold]Examples[/bold]
  correlate demo
  correlate key create secret.key
  export CORRELATE_KEY_FILE=secret.key
  correlate vault create vault.duckdb
  correlate ingest vault.duckdb leak.csv --breach free-2024
  correlate score vault.duckdb members.csv --id member_id -o scores.csv
  correlate check vault.duckdb < applicant.json
  correlate diff scores-may.parquet scores-november.parquet -o changes.csv
  correlate evaluate --subjects register.csv --records ward.csv --truth person
"""


class FramedGroup(TyperGroup):
    """The outermost group: what stops a command becomes a message on stderr and exit code 2."""

    # Typer keeps the types that it passes private, hence the `Any`.

    def make_context(self, *arguments: Any, **settings: Any) -> Any:  # noqa: ANN401
        """Read the arguments; --help and --version print here."""
        with _frame():
            try:
                return super().make_context(*arguments, **settings)
            except SystemExit as end:
                # So ends typer when completion is installed (0), and rich when nobody reads the help (1).
                raise typer.Exit(ExitCode.STOPPED if end.code else ExitCode.DONE) from None

    def invoke(self, ctx: Any) -> object:  # noqa: ANN401
        """Run the command."""
        with _frame():
            outcome: object = super().invoke(ctx)
            return outcome


class OutermostGroup(FramedGroup, LaterGroup):
    """The commands of this program, in the frame."""


@contextmanager
def _frame() -> Iterator[None]:
    try:
        try:
            yield
        except typer.Exit:
            sys.stdout.flush()
            raise
        # Here, and not at the interpreter's end, a full disk behind stdout can still be told.
        sys.stdout.flush()
    except stopping() as error:
        drop_unwritable_output()
        raise typer.Exit(tell_stop(error)) from None


app = typer.Typer(
    name="correlate",
    cls=OutermostGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    epilog=EPILOG,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,  # they hold personal data
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"correlate {version('correlate-risk')}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and stop.", callback=_print_version, is_eager=True),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log each step, with its rows and seconds.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress and no warnings; errors only.")
    ] = False,
) -> None:
    """Tell, person by person, what the leaks of many breaches make possible when they are combined.

    Results go to stdout or to the file that is named; progress, log and errors
    go to stderr.
    """
    configure_log(verbose=verbose, quiet=quiet)


def _share_one_heap() -> None:
    """Let all threads take memory from one heap, where the C library is GNU's; before there are any.

    Otherwise each has a heap of its own, which keeps what was given back to it: 0.25 GB of scoring within
    2 GB, and no faster.
    """
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def main() -> None:
    """Run the command line; ends the process with an :class:`~correlate_cli.exit_code.ExitCode`."""
    install_last_resort()
    _share_one_heap()
    # Not ``app()``: it would put its own hook, which prints exceptions whole, in place of ours.
    get_command(app)(prog_name="correlate")
