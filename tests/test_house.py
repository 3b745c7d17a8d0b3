"""The house rules: what stands on which floor, and what no room may hold. Read from the source itself."""

from __future__ import annotations

import ast
import graphlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.repository

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {"correlate": ROOT / "correlate", "correlate_cli": ROOT / "cli" / "correlate_cli"}

# A room may import the rooms of lower floors. Where two share a floor, neither imports the other.
FLOORS = {
    "correlate.errors": 0,
    "correlate.vocabulary": 0,
    "correlate.timings": 0,
    "correlate.loops": 0,
    "correlate.score_files": 1,
    "correlate.normalise": 1,
    "correlate.catalogue": 1,
    "correlate.reading": 1,
    "correlate.tokens": 2,
    "correlate.vault": 3,
    "correlate.linkage": 4,
    "correlate.risk": 5,
    "correlate.declared": 6,
    "correlate.pipeline": 7,
    "correlate.scoring": 8,
    "correlate.checking": 8,
    "correlate.changes": 8,
    "correlate.forgetting": 8,
    "correlate.evaluation": 8,
    "correlate.learning": 8,
    "correlate.report": 9,
    "correlate.demonstration": 10,
    "correlate_cli": 11,
}
# Synthetic people stand beside the house: made from floors 0 and 1, and asked for by the demonstration and
# the command line alone.
BESIDE = "correlate.synthesis"
BESIDE_RESTS_ON = 1
# The one exception: every room says what went wrong in the same way.
GROUND = "correlate.errors"
# It names what the rooms offer, for type checkers at once and for everybody else when it is asked for.
FRONT_PAGE = "correlate"
# Its modules are what it offers: one for each field.
MANY_DOORS = {"correlate.normalise"}

MODULE_LINES_MAX = 600
BODY_LINES_MAX = 60


def module_name(path: Path) -> str:
    for name, folder in PACKAGES.items():
        if path.is_relative_to(folder):
            parts = [name, *path.relative_to(folder).with_suffix("").parts]
            return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    raise ValueError(path)


def room(module: str) -> str:
    parts = module.split(".")
    return parts[0] if parts[0] != "correlate" else ".".join(parts[:2])


SOURCES = {module_name(path): path for folder in PACKAGES.values() for path in sorted(folder.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in SOURCES.items()}
PACKAGE_FILES = {name: path for name, path in SOURCES.items() if path.name == "__init__.py"}


def imports(module: str) -> Iterator[tuple[ast.stmt, str]]:
    """Every module of ours that one imports, at its top, inside a function or behind a condition alike."""
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in SOURCES else str(node.module) for name in names]
        else:
            continue
        yield from ((node, name) for name in names if name.split(".")[0] in PACKAGES)


def allowed(importer: str, imported: str) -> bool:
    here, there = room(importer), room(imported)
    if here == there or there == GROUND:
        return True
    if there == BESIDE:
        return here in ("correlate.demonstration", "correlate_cli")
    if here == BESIDE:
        return FLOORS[there] <= BESIDE_RESTS_ON
    return FLOORS[there] < FLOORS[here]


def places(found: Iterator[tuple[str, ast.AST]]) -> list[str]:
    return [f"{SOURCES[module].relative_to(ROOT)}:{getattr(node, 'lineno', 1)}" for module, node in found]


def everywhere(*kinds: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for module, tree in TREES.items():
        yield from ((module, node) for node in ast.walk(tree) if isinstance(node, kinds))


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def committed_files() -> Iterator[Path]:
    """Every file of the checkout but those that are made from it."""
    made = re.compile(r"__pycache__|dist|build|correlate-demo.*|\.(?!ci$).*")
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not made.fullmatch(name)]
        yield from (Path(folder, name) for name in names if not name.endswith(".pyc"))


def sorting_key(name: str) -> tuple[int, list[tuple[int, str]]]:
    """Order as isort does: CONSTANTS, Classes, functions; numbers in a name by their size."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    parts = re.findall(r"\d+|\D+", name)
    return kind, [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def seen_by_type_checkers() -> list[ast.ImportFrom]:
    """The imports of the front page that nobody runs."""
    hidden = [node for node in TREES[FRONT_PAGE].body if isinstance(node, ast.If)][:1]
    assert [ast.unparse(node.test) for node in hidden] == ["TYPE_CHECKING"]
    return [node for node in hidden[0].body if isinstance(node, ast.ImportFrom)]


def test_every_room_is_read_by_these_tests():
    assert {"correlate.errors", "correlate.vocabulary", "correlate.tokens"} <= {room(m) for m in SOURCES}
    assert "correlate_cli.app" in SOURCES


def test_every_room_stands_on_a_floor():
    rooms = {room(module) for module in SOURCES} - {"correlate"}
    assert rooms <= {*FLOORS, BESIDE}


def test_a_room_imports_only_lower_floors():
    upward = [
        f"{importer} imports {imported}"
        for importer in SOURCES
        if importer != "correlate"
        for _, imported in imports(importer)
        if imported != "correlate" and not allowed(importer, imported)
    ]
    assert upward == []


def test_no_room_imports_the_roof():
    """The package's front page re-exports the rooms: a room that imports it would import itself."""
    through_the_roof = [
        module
        for module in SOURCES
        if module.startswith("correlate.")
        for _, imported in imports(module)
        if imported == "correlate"
    ]
    assert through_the_roof == []


def test_a_room_is_entered_by_its_door():
    """What a room offers is in its package: other rooms do not reach for the modules behind it."""
    through_windows = [
        f"{importer} imports from {node.module}"
        for importer in SOURCES
        for node, _ in imports(importer)
        if isinstance(node, ast.ImportFrom)
        and node.module is not None
        and node.module.count(".") > 1
        and room(node.module) not in {room(importer), *MANY_DOORS}
    ]
    assert through_windows == []


def test_no_module_imports_itself_by_a_detour():
    graph = {module: {name for _, name in imports(module)} - {module} for module in SOURCES}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_imports_stand_at_the_top_and_bear_full_names():
    """But for the front page, where type checkers alone see them."""
    top = {id(node) for tree in TREES.values() for node in tree.body}
    top |= {id(node) for node in seen_by_type_checkers()}
    hidden = (pair for pair in everywhere(ast.Import, ast.ImportFrom) if id(pair[1]) not in top)
    assert places(hidden) == []
    relative = (pair for pair in everywhere(ast.ImportFrom) if pair[1].level)
    assert places(relative) == []


def test_every_folder_of_modules_is_a_package():
    folders = {path.parent for path in SOURCES.values()}
    assert [
        str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()
    ] == []


@pytest.mark.parametrize("package", [package for package in PACKAGE_FILES if package != FRONT_PAGE])
def test_a_package_file_only_imports(package):
    """Nothing but a docstring, imports, and a sorted ``__all__`` of exactly what is imported."""
    body = TREES[package].body[1:] if ast.get_docstring(TREES[package]) else TREES[package].body
    imported = [node for node in body if isinstance(node, ast.ImportFrom) and node.module != "__future__"]
    listed = [node for node in body if isinstance(node, ast.Assign)]
    future = [node for node in body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    assert len(imported) + len(listed) + len(future) == len(body)
    assert len(listed) == (1 if imported else 0)
    for assignment in listed:
        assert ast.unparse(assignment.targets[0]) == "__all__"
        names = ast.literal_eval(assignment.value)
        assert names == sorted(names, key=sorting_key)
        assert set(names) == {alias.asname or alias.name for node in imported for alias in node.names}


def test_the_front_page_offers_what_type_checkers_are_told():
    """Each public name from the same room to both, and each room by its own name."""
    assigned = {
        ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target): node.value
        for node in TREES[FRONT_PAGE].body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
    }
    names, offered = (ast.literal_eval(assigned[name]) for name in ("__all__", "_ROOMS"))
    told = {(str(node.module), alias.name) for node in seen_by_type_checkers() for alias in node.names}
    from_rooms = {(f"correlate.{place}", name) for place, of_room in offered.items() for name in of_room}
    assert {pair for pair in told if pair[0] != FRONT_PAGE} == from_rooms
    assert names == sorted((name for _, name in from_rooms), key=sorting_key)
    rooms = {room(module) for module in SOURCES if module.startswith("correlate.")}
    assert {f"correlate.{place}" for place in offered} == rooms
    named = {alias for module, alias in told if module == FRONT_PAGE} | {place for place, _ in from_rooms}
    assert {one.removeprefix("correlate.") for one in named} == set(offered)


@pytest.mark.parametrize("module", SOURCES)
def test_a_module_is_short_enough_to_read(module):
    assert len(SOURCES[module].read_text(encoding="utf-8").splitlines()) <= MODULE_LINES_MAX


def test_a_function_fits_a_screen():
    functions = everywhere(ast.FunctionDef, ast.AsyncFunctionDef)
    assert places(pair for pair in functions if body_lines(pair[1]) > BODY_LINES_MAX) == []


def is_blind(handler: ast.ExceptHandler) -> bool:
    """Tell whether it swallows what it does not know; to tidy up and let it pass on is no harm."""
    last = handler.body[-1]
    if isinstance(last, ast.Raise) and last.exc is None:
        return handler.type is None or "Exception" in names_in(handler.type)
    return handler.type is None or bool({"Exception", "BaseException"} & names_in(handler.type))


def names_in(expression: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(expression) if isinstance(part, ast.Name)}


def test_no_handler_catches_what_it_does_not_know():
    assert places(pair for pair in everywhere(ast.ExceptHandler) if is_blind(pair[1])) == []


def test_nothing_is_checked_by_an_assert():
    """An assert is gone under ``python -O``."""
    assert places(everywhere(ast.Assert)) == []


def test_nothing_is_printed_but_by_the_command_line():
    calls = (
        (module, node)
        for module, node in everywhere(ast.Call)
        if isinstance(node.func, ast.Name) and node.func.id == "print"
    )
    assert places(calls) == []


def test_no_column_is_walked_value_by_value():
    """Columns of millions are worked on whole; a Python call for each value takes hours."""
    walks = {"map_elements", "map_rows", "map_groups", "iterrows", "itertuples"}
    calls = ((module, node) for module, node in everywhere(ast.Attribute) if node.attr in walks)
    assert places(calls) == []


def test_no_file_names_a_registry():
    """Whoever installs chooses where from; a pinned name would choose for them."""
    # Written in pieces, so that this file does not hold them.
    parts = [
        ("pypi", "org"),
        ("python" + "hosted", "org"),
        ("anaconda", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
    ]
    parts += [
        ("crates", "io"),
        ("rubygems", "org"),
        ("proxy.golang", "org"),
        ("repo1.maven", "org"),
        ("ghcr", "io"),
    ]
    needles = [".".join(part).encode() for part in parts]
    named = [
        f"{path.relative_to(ROOT)}: {needle.decode()}"
        for path in committed_files()
        for content in [path.read_bytes()]
        for needle in needles
        if needle in content
    ]
    assert named == []
