"""The sub-commands by name; a command's module is loaded when the command is run or asked about."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Mapping
from functools import cached_property
from pkgutil import resolve_name
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

__all__ = ["COMMANDS", "LaterGroup"]

# Name, where it is, and the first paragraph of its help: all that a list of commands shows.
COMMANDS = {
    "ingest": ("correlate_cli.ingest:ingest", "Add the rows of breach files to a vault, as tokens."),
    "score": (
        "correlate_cli.score:score",
        "Score every person of a file by what the breaches in the vault expose together.",
    ),
    "check": (
        "correlate_cli.check:check",
        "Score one person, given as a JSON object on standard input; the result is JSON on standard output.",
    ),
    "diff": (
        "correlate_cli.diff:diff",
        "Tell who crossed from one band of scores into another between two files, and why.",
    ),
    "evaluate": (
        "correlate_cli.evaluate:evaluate",
        "Link labelled files, and tell how much is found and how much of it is true.",
    ),
    "explain": ("correlate_cli.explain:explain", "Explain one subject's score on one page."),
    "explain-link": (
        "correlate_cli.explain_link:explain_link",
        "Tell why one pair of rows is linked, or is not: the weight of each comparison, in bits.",
    ),
    "fit": (
        "correlate_cli.fit:fit",
        "Learn a linkage model from a vault: how much each agreement weighs there.",
    ),
    "demo": (
        "correlate_cli.demo:demo",
        "Make synthetic people and breaches, ingest, score, and compare with the truth.",
    ),
    "synth": (
        "correlate_cli.synth:synth",
        "Make a synthetic French population, the files that leak of it, and the truth about them.",
    ),
    "key": (
        "correlate_cli.keys:app",
        "Make a secret key, or tell which one a file holds. The key itself is never printed.",
    ),
    "breaches": (
        "correlate_cli.breaches:app",
        "Look into the catalogue of breaches, and bring entries into your own.",
    ),
    "vault": (
        "correlate_cli.vaults:app",
        "Make, look at, check and clean a vault: one file that holds what breaches hold, as tokens.",
    ),
}


class LaterCommand(TyperCommand):
    """Stands in lists for a command whose module is not loaded yet, and hands over when it is called."""

    def __init__(self, name: str, where: str, help: str) -> None:
        super().__init__(name, help=help)
        self._where = where

    @cached_property
    def whole(self) -> Any:  # noqa: ANN401 - typer keeps the types of commands private
        """The command itself, made as typer makes those that it is given at once."""
        found, name = resolve_name(self._where), str(self.name)
        line = typer.Typer(rich_markup_mode="rich", add_completion=False, pretty_exceptions_enable=False)
        line.callback()(_nothing)  # a line of one command would be that command, under its own name
        if isinstance(found, typer.Typer):
            line.add_typer(found, name=name)
        else:
            line.command(name)(found)
        group: Any = get_command(line)
        return group.commands[name]

    def make_context(self, *arguments: Any, **settings: Any) -> Any:  # noqa: ANN401
        """Read the command's arguments; what is run then is the command itself."""
        return self.whole.make_context(*arguments, **settings)


class LaterGroup(TyperGroup):
    """A group of the commands of the table, and of those that were added to it."""

    def __init__(self, *, commands: Mapping[str, Any] | None = None, **settings: Any) -> None:  # noqa: ANN401
        super().__init__(**settings)
        later = {name: LaterCommand(name, where, help) for name, (where, help) in COMMANDS.items()}
        self.commands: _Whole = _Whole({**later, **(commands or {})})

    def list_commands(self, _ctx: object) -> list[str]:
        """Give the names."""
        return list(self.commands)

    def get_command(self, _ctx: object, cmd_name: str) -> Any:  # noqa: ANN401
        """Give what stands for a command, whose module need not be loaded to list it."""
        return self.commands.data.get(cmd_name)


class _Whole(UserDict[str, Any]):
    """Commands by name; whoever takes one out gets the whole of it."""

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401
        held = super().__getitem__(name)
        return held.whole if isinstance(held, LaterCommand) else held


def _nothing() -> None:
    pass
