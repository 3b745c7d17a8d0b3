"""What the documentation tells to type works, and what it shows is what the program says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from correlate_cli.app import app

pytestmark = pytest.mark.repository

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
COMMANDS = ROOT / "docs" / "commands.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(document: Path, kind: str) -> list[str]:
    return [text for found, text in FENCE.findall(document.read_text(encoding="utf-8")) if found == kind]


def prompts(block: str) -> list[str]:
    """The lines after a ``$`` of a console block, with those that continue them."""
    lines = block.replace("\\\n", " ").splitlines()
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "docs" / "examples", tmp_path, dirs_exist_ok=True)
    return tmp_path


def typed(line: str, patch: pytest.MonkeyPatch) -> str:
    """Do what a shell does with a line: commands of the program in this process, all others by bash. Gives
    what a command of the program wrote on stdout.
    """
    first, *words = shlex.split(line)
    if first == "export":
        name, value = words[0].split("=", 1)
        patch.setenv(name, value)
    elif first == "correlate":
        stdin = Path(words[words.index("<") + 1]).read_bytes() if "<" in words else None
        arguments = words[: words.index("<")] if "<" in words else words
        assert not {">", "|", "&&", ";"} & set(arguments), "the test has to learn this, or give it to bash"
        done = CliRunner().invoke(app, arguments, input=stdin)
        assert done.exit_code == 0, f"{line}\n{done.output}"
        return done.stdout
    else:
        assert first == "for" or "correlate" not in words
        beside = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        subprocess.run(["bash", "-euo", "pipefail", "-c", line], check=True, env=beside)
    return ""


def steady(output: str) -> str:
    """What a command writes whenever it runs: seconds and memory are a machine's."""
    lines = [line.rstrip() for line in output.strip("\n").splitlines()]
    return re.sub(r"[\d.]+ s, [\d,]+ MB", "... s, ... MB", "\n".join(lines)) + "\n"


@pytest.mark.parametrize(
    "document", [d for d in DOCUMENTS if blocks(d, "console")], ids=lambda path: path.name
)
def test_every_command_of_a_page_runs_in_the_order_of_the_page(
    document: Path, examples: Path, monkeypatch: pytest.MonkeyPatch
):
    """And a block of output is what the command before it writes. UPDATE_DOCS=1 writes these anew."""
    monkeypatch.chdir(examples)
    page, output = document.read_text(encoding="utf-8"), ""
    for kind, text in FENCE.findall(page):
        if kind == "console":
            for line in prompts(text):
                output = typed(line, monkeypatch)
        elif kind == "output":
            if os.environ.get("UPDATE_DOCS"):
                document.write_text(page := page.replace(text, output.strip("\n") + "\n"), encoding="utf-8")
            else:
                assert steady(text) == steady(output)


def test_the_examples_of_the_python_page_run(examples: Path, monkeypatch: pytest.MonkeyPatch):
    """In order, in one namespace, in a folder with the example files."""
    monkeypatch.chdir(examples)
    code = "\n".join(blocks(ROOT / "docs" / "python.md", "python"))
    exec(compile(code, "docs/python.md", "exec"), {})  # noqa: S102 - it is our own page
    assert (examples / "scores.parquet").exists()


def helps() -> str:
    """Every command's --help, as the page on commands shows it."""
    runner, parts = (
        CliRunner(),
        ["# Commands\n\nEvery command's `--help`. Written by a test, and checked by it.\n"],
    )

    def add(path: list[str], command: object) -> None:
        text = runner.invoke(app, [*path, "--help"], prog_name="correlate").output
        lines = "\n".join(line.rstrip() for line in text.strip("\n").splitlines())
        parts.append(f"## correlate {' '.join(path)}".rstrip() + f"\n\n```\n{lines}\n```\n")
        for name, inner in sorted(getattr(command, "commands", {}).items()):
            add([*path, name], inner)

    add([], get_command(app))
    return "\n".join(parts)


def test_the_page_on_commands_is_what_help_says():
    """UPDATE_DOCS=1 writes the page anew."""
    if os.environ.get("UPDATE_DOCS"):
        COMMANDS.write_text(helps(), encoding="utf-8")
    assert COMMANDS.read_text(encoding="utf-8") == helps()


def test_every_command_tells_an_example():
    group = get_command(app)

    def leaves(command: object, path: list[str]) -> list[list[str]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            return [path]
        return [leaf for name, one in inner.items() for leaf in leaves(one, [*path, name])]

    for path in leaves(group, []):
        text = CliRunner().invoke(app, [*path, "--help"]).output
        assert f"correlate {' '.join(path)}" in " ".join(text.split()).replace("Usage: ", "", 1), path
        assert "Example" in text, path


def test_every_link_of_a_page_leads_somewhere():
    broken = [
        f"{document.name}: {target}"
        for document in DOCUMENTS
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
        if "://" not in target and not (document.parent / target).exists()
    ]
    assert broken == []
