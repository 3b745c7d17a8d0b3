"""The tables this room is shipped with."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import polars as pl

__all__ = ["read_rows", "street_names", "syllables"]

_DATA = files("correlate.synthesis") / "data"


def read_rows(name: str) -> pl.DataFrame:
    """Read a table of semicolons; codes and postcodes stay text."""
    text = {"code": pl.String, "postcodes": pl.String}
    return pl.read_csv((_DATA / name).read_bytes(), separator=";", schema_overrides=text)


@cache
def syllables(kind: str, part: str) -> tuple[str, ...]:
    """Give the syllables of one part of a kind of name, each once, in alphabetical order."""
    return tuple(sorted(set(_text(kind, part).split())))


@cache
def street_names() -> tuple[str, ...]:
    """Give the names of streets."""
    return tuple(_text("street", "names").strip().splitlines())


def _text(kind: str, part: str) -> str:
    table = tomllib.loads((_DATA / "syllables.toml").read_text(encoding="utf-8"))
    text: str = table[kind][part]
    return text
