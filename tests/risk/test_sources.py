"""Every figure of the model has a source beside it; read past the loaders, in case one grows lenient."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import correlate.risk

FILES = sorted((Path(correlate.risk.__file__).parent / "data").rglob("*.toml"))
# Numbers that say how a table is built, not how the world is.
STRUCTURE = {"at_least"}


def unsourced(table: dict[str, Any], place: str, around: dict[str, Any]) -> Iterator[str]:
    """The figures of a table without a ``source`` or ``..._source`` in it, or for it in the table around."""
    for key, value in table.items():
        here = f"{place}.{key}" if place else key
        if isinstance(value, dict):
            yield from unsourced(value, here, table)
        elif isinstance(value, list):
            for number, each in enumerate(value, start=1):
                if isinstance(each, dict):
                    yield from unsourced(each, f"{here} {number}", table)
                elif _figure(each) and not _sourced(table, key, around, place):
                    yield f"{here} {number}"
        elif _figure(value) and key not in STRUCTURE and not _sourced(table, key, around, place):
            yield here


def _figure(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _sourced(table: dict[str, Any], key: str, around: dict[str, Any], place: str) -> bool:
    own = place.rpartition(".")[2].split(" ")[0]
    # An effectiveness of 1 says that the thing itself is asked for.
    if own == "any" and table[key] == 1.0:
        return True
    named = (
        table.get("source"),
        table.get(f"{key}_source"),
        around.get(f"{own}_source"),
        around.get(f"{own}s_source"),
    )
    if own in ("any", "boosts"):
        named += (around.get("source"),)
    return any(isinstance(each, str) and each.strip() for each in named)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_figure_has_a_source(path: Path):
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    assert list(unsourced(document, "", {})) == []


def test_the_search_finds_a_figure_without_a_source():
    assert list(unsourced({"weight": [{"value": 0.1}]}, "", {})) == ["weight 1.value"]
    assert list(unsourced({"weight": [{"value": 0.1, "source": " "}]}, "", {})) == ["weight 1.value"]
    assert list(unsourced({"clause": [{"any": {"NAME": 0.8}}]}, "", {})) == ["clause 1.any.NAME"]
    assert list(unsourced({"limit": 3, "limit_source": "a count"}, "", {})) == []


def test_the_files_searched_are_all_that_the_model_is_made_of():
    assert {"scenarios", "reasons", "severity", "research-2026-11b"} <= {path.stem for path in FILES}
