"""What is installed, and with what: metadata, pinned dependencies, the wheel and the source distribution."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import correlate
import correlate_cli

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = [ROOT / "correlate", ROOT / "cli" / "correlate_cli"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MODULES = [
    name
    for package in (correlate, correlate_cli)
    for _, name, _ in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
]
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[0-9][0-9a-z.]*)( ; (?P<marker>.+?))? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def declared(group):
    """The requirements of a dependency group, with those of the groups it includes."""
    for entry in PROJECT["dependency-groups"][group]:
        if isinstance(entry, dict):
            yield from declared(entry["include-group"])
        else:
            yield Requirement(entry)


RUNTIME = [Requirement(text) for text in PROJECT["project"]["dependencies"]]


def pins(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {found["name"]: found["version"] for found in map(PIN.fullmatch, lines) if found}


@pytest.mark.parametrize("name", MODULES)
def test_every_module_can_be_imported(name):
    assert importlib.import_module(name).__doc__


def test_the_command_is_installed_with_the_distribution():
    (command,) = distribution("correlate-risk").entry_points.select(group="console_scripts")
    assert command.name == "correlate"
    assert callable(command.load())


@pytest.mark.repository
@pytest.mark.parametrize("name", ["constraints.txt", "constraints-bench.txt"])
class TestConstraints:
    def test_there_are_only_pins_and_hashes(self, name):
        """No index, no address, no comment: whoever installs chooses where from."""
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if not (PIN.fullmatch(line) or HASH.fullmatch(line))] == []

    def test_every_pin_has_a_hash(self, name):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert re.search(r"\\\n[a-z]", text) is None
        assert not text.endswith("\\\n")

    def test_everything_declared_is_pinned_at_a_version_that_fits(self, name):
        wanted = [*RUNTIME, *declared("dev"), *(declared("bench") if "bench" in name else [])]
        pinned = pins(name)
        unfit = [
            str(one)
            for one in wanted
            if not one.specifier.contains(pinned.get(canonicalize_name(one.name), "0"))
        ]
        assert unfit == []


@pytest.mark.repository
def test_benchmarks_run_on_the_versions_that_are_tested():
    tested, measured = pins("constraints.txt"), pins("constraints-bench.txt")
    assert {name: measured.get(name) for name in tested} == tested


@pytest.mark.repository
def test_what_is_imported_is_what_is_declared():
    """Neither a tool of the tests in the package, nor a dependency that nothing needs."""
    imported = set()
    for path in (path for package in PACKAGES for path in package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            # What is imported when it is first needed.
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
                names += [one.value for one in node.args if isinstance(one, ast.Constant)]
            imported |= {name.partition(".")[0] for name in names}
    foreign = imported - set(sys.stdlib_module_names) - {"correlate", "correlate_cli"}
    providers = packages_distributions()
    needed = {canonicalize_name(provider) for name in foreign for provider in providers[name]}
    assert needed == {canonicalize_name(one.name) for one in RUNTIME}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with a wheel and a source distribution made from this checkout."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def in_wheel(built):
    (wheel,) = built.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.mark.repository
def test_the_wheel_holds_two_packages_and_nothing_else(in_wheel):
    tops = {name.partition("/")[0] for name in in_wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"correlate", "correlate_cli"}


@pytest.mark.repository
def test_the_wheel_holds_every_module_and_every_resource(in_wheel):
    expected = {
        str(path.relative_to(package.parent))
        for package in PACKAGES
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert expected - in_wheel == set()


@pytest.mark.repository
def test_the_wheel_is_typed_and_licensed(in_wheel):
    assert {"correlate/py.typed", "correlate_cli/py.typed"} <= in_wheel
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in in_wheel)


@pytest.mark.repository
def test_the_source_distribution_can_be_tested(built):
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert {
        "LICENSE",
        "README.md",
        "pyproject.toml",
        "tests/conftest.py",
        "cli/correlate_cli/app.py",
    } <= names
