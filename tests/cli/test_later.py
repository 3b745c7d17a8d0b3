"""What a command loads: a list of commands nothing of the engine, a command what it needs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from correlate.risk import DEFAULT_PROFILE
from correlate.tokens import DEFAULT_SCHEME, KEY_FILE_VARIABLE, SCHEMES
from correlate_cli import shared, vaults
from correlate_cli.app import app
from correlate_cli.later import COMMANDS

# The modules that are loaded when the command line ends, on stderr.
RUN = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
from correlate_cli.app import main
main()
"""
# The threads that Polars has at the end.
POOL = """
import atexit
atexit.register(lambda: print(__import__("polars").thread_pool_size()))
from correlate_cli.app import main
main()
"""
# The same for the help of several commands.
HELPS = """
import sys
from typer.main import get_command
from correlate_cli.app import app
for name in sys.argv[1:]:
    get_command(app)([name, "--help"], prog_name="correlate", standalone_mode=False)
print(*sys.modules, file=sys.stderr)
"""
HEAVY = {"cryptography", "duckdb", "numpy", "polars", "pyarrow"}
OF_SCORING = {"linkage", "risk", "pipeline", "scoring"}


def loaded(*arguments, **environment):
    """Run the command line in a process of its own; give its output and the modules that it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode in (0, 2), done.stderr
    return done.stdout, set(done.stderr.splitlines()[-1].split())


def completed(words):
    """What bash offers after these words, and the modules that were loaded for it."""
    typed = words.split(" ")
    place = {"COMP_WORDS": words, "COMP_CWORD": str(len(typed) - 1)}
    offered, modules = loaded(_CORRELATE_COMPLETE="complete_bash", **place)
    return offered.split(), modules


@pytest.mark.parametrize("arguments", [["--version"], ["kye"], ["score", "--no-such-option"]])
def test_what_the_engine_is_not_needed_for_loads_nothing_of_it(arguments):
    assert loaded(*arguments)[1] & HEAVY == set()


def test_the_help_of_every_command_loads_nothing_of_the_engine():
    line = [sys.executable, "-c", HELPS, *COMMANDS]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    heads = [words for words in done.stdout.splitlines() if "Usage:" in words]
    assert [head.split()[2] for head in heads] == [*COMMANDS]
    assert set(done.stderr.split()) & HEAVY == set()


def test_a_list_of_commands_loads_no_command():
    places = {where.partition(":")[0] for where, _ in COMMANDS.values()}
    shown, modules = loaded("--help")
    assert all(name in shown for name in COMMANDS)
    assert modules & places == set()
    assert modules & HEAVY == set()
    offered, modules = completed("correlate ")
    assert offered == [*COMMANDS]
    assert modules & places == set()
    assert modules & HEAVY == set()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("correlate ex", ["explain", "explain-link"]),
        ("correlate key ", ["create", "show"]),
        ("correlate breaches l", ["list"]),
        ("correlate vault re", ["remove-breach"]),
        ("correlate score --sh", ["--shares"]),
        ("correlate vault forget --prob", ["--probability"]),
    ],
)
def test_the_shell_completes_without_the_engine(words, offered):
    found, modules = completed(words)
    assert found == offered
    assert modules & HEAVY == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_tells_the_first_paragraph_of_each_command(name):
    whole = get_command(app).commands[name]
    assert whole.name == name
    assert " ".join(whole.help.split("\n\n")[0].split()) == COMMANDS[name][1]
    assert whole.short_help is None
    assert not whole.hidden
    assert not whole.deprecated
    assert not whole.rich_help_panel


def test_a_command_that_is_added_is_listed_after_those_of_the_table():
    line = typer.Typer(cls=app.info.cls)
    line.callback()(lambda: None)

    @line.command()
    def more():
        """Do something more."""
        typer.echo("done")

    assert [*get_command(line).commands] == [*COMMANDS, "more"]
    assert CliRunner().invoke(line, ["more"]).stdout == "done\n"


def test_what_the_command_line_says_once_more_is_what_the_engine_says():
    assert shared.KEY_FILE_VARIABLE == KEY_FILE_VARIABLE
    assert shared.DEFAULT_PROFILE == DEFAULT_PROFILE
    assert vaults.DEFAULT_SCHEME == DEFAULT_SCHEME
    assert set(vaults.SCHEMES) == set(SCHEMES)


@pytest.mark.parametrize(
    ("arguments", "needless"),
    [
        (["ingest", "none.duckdb", "none.csv", "--breach", "free-2024"], {*OF_SCORING, "changes"}),
        (["score", "none.duckdb", "none.csv", "-o", "none.parquet"], {*OF_SCORING, "changes"}),
        (["check", "none.duckdb"], {*OF_SCORING, "vault"}),  # an empty standard input is no person
        (["diff", "none.parquet", "none.parquet"], {*OF_SCORING, "vault", "tokens"}),
        (["key", "show", "none.key"], {*OF_SCORING, "vault", "reading"}),
        (["breaches", "list"], {*OF_SCORING, "vault", "tokens"}),
        (["vault", "info", "none.duckdb"], {*OF_SCORING, "changes"}),
    ],
)
def test_a_command_loads_the_rooms_that_it_needs(arguments, needless):
    modules = loaded(*arguments)[1]
    assert modules & {f"correlate.{room}" for room in {*needless, "synthesis"}} == set()


def test_threads_bind_everything_that_makes_threads():
    """Polars has as many as are allowed, in whatever order options stand."""
    arguments = ["vault", "compact", "none.duckdb", "--memory", "1GB", "--threads", "1"]
    done = subprocess.run(
        [sys.executable, "-c", POOL, *arguments],
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "POLARS_MAX_THREADS"},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.stdout.split() == ["1"], done.stderr
