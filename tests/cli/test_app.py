from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import version

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from correlate.errors import InputError
from correlate_cli.app import FramedGroup, app

RUN = "from correlate_cli.app import main; main()"


def correlate(*arguments, stdout=subprocess.PIPE, env=None):
    """Run the real command in a process of its own."""
    command = [sys.executable, "-c", RUN, *arguments]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, env=env, check=False)


def framed(work):
    """A command line with one command, ``work``, in the same frame as ours."""
    line = typer.Typer(cls=FramedGroup)
    line.command()(work)
    line.callback()(lambda: None)
    return line


def test_version_is_that_of_the_distribution():
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"correlate {version('correlate-risk')}\n")


def test_help_states_every_exit_code():
    shown = CliRunner().invoke(app, ["--help"]).stdout
    assert re.findall(r"^\s+(\d)  \w+", shown, re.MULTILINE) == ["0", "1", "2", "3"]


def test_every_example_in_the_help_names_a_command_that_exists():
    shown = CliRunner().invoke(app, ["--help"]).stdout
    examples = re.findall(r"^\s+correlate ([a-z]+)", shown, re.MULTILINE)
    assert examples
    assert set(examples) <= set(get_command(app).commands)


@pytest.mark.parametrize("name", sorted(get_command(app).commands))
def test_every_command_explains_itself(name):
    result = CliRunner().invoke(app, [name, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.stdout


def test_no_line_of_help_is_broken_in_its_middle():
    """Typer keeps line breaks of later paragraphs: a source line wider than the panel would leave a stub."""
    commands = [get_command(app)]
    too_wide = []
    while commands:
        command = commands.pop()
        commands += getattr(command, "commands", {}).values()
        later = (command.help or "").split("\n\n")[1:]
        too_wide += [line for part in later for line in part.splitlines() if len(line.strip()) > 78]
    assert too_wide == []


def test_a_misspelt_command_is_answered_with_the_right_one():
    result = CliRunner().invoke(app, ["kye"])
    assert result.exit_code == 2
    assert "Did you mean 'key'?" in result.stderr


def test_what_stops_a_command_becomes_a_message_and_exit_code_2():
    def work():
        raise InputError(reason="row 7 of people.csv has no birth date")

    result = CliRunner().invoke(framed(work), ["work"])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == "Error: The input cannot be used: row 7 of people.csv has no birth date.\n"


def test_an_interrupt_ends_with_exit_code_2():
    def work():
        raise KeyboardInterrupt

    result = CliRunner().invoke(framed(work), ["work"])
    assert result.exit_code == 2
    assert "interrupted" in result.stderr


def test_a_command_may_choose_its_own_exit_code():
    def work():
        raise typer.Exit(1)

    assert CliRunner().invoke(framed(work), ["work"]).exit_code == 1


def test_an_output_that_refuses_to_be_written_is_told(tmp_path):
    closed = tmp_path / "closed"
    closed.touch()
    with closed.open() as only_for_reading:
        result = correlate("--version", stdout=only_for_reading)
    assert (result.returncode, result.stderr) == (2, "Error: Bad file descriptor.\n")


def test_a_reader_that_leaves_early_is_no_matter_for_a_message():
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        result = correlate("--help", stdout=pipe)
    assert (result.returncode, result.stderr) == (2, "")


def test_the_shell_completes_command_names():
    result = correlate(
        env={
            **os.environ,
            "_CORRELATE_COMPLETE": "complete_bash",
            "COMP_WORDS": "correlate k",
            "COMP_CWORD": "1",
        }
    )
    assert result.stdout.split() == ["key"]


def test_completion_can_be_installed(tmp_path):
    env = {**os.environ, "HOME": str(tmp_path), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    result = correlate("--install-completion", "bash", env=env)
    assert result.returncode == 0, result.stderr
    assert "correlate" in (tmp_path / ".bashrc").read_text(encoding="utf-8")


def test_the_command_runs_on_its_own():
    result = correlate("--version")
    assert (result.returncode, result.stderr) == (0, "")
