"""A catalogue as a TOML file: one ``[[breach]]`` an entry, the fields of :class:`Breach` as its keys."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from correlate.catalogue.breach import Breach
from correlate.catalogue.errors import CatalogueError, InvalidBreach
from correlate.catalogue.kinds import DateKind, PersonsKind, Scope, Status
from correlate.vocabulary import AttributeClass

__all__ = ["breach_to_row", "parse_toml", "render_toml"]

Kind = TypeVar("Kind", bound=StrEnum)

_KINDS: dict[str, type[StrEnum]] = {
    "date_kind": DateKind,
    "persons_kind": PersonsKind,
    "status": Status,
    "scope": Scope,
}
_CLASS_LISTS = ("classes", "doubtful", "partial")
_TEXT_LISTS = ("lineage", "sources")
_TYPES: dict[str, type] = {
    "id": str,
    "organisation": str,
    "processor": str,
    "persons": int,
    "note": str,
    "membership_sensitive": bool,
    "compilation": bool,
}
_FIELDS = tuple(field.name for field in dataclasses.fields(Breach))
_DEFAULTS = {
    field.name: field.default
    for field in dataclasses.fields(Breach)
    if field.default is not dataclasses.MISSING
}


def parse_toml(text: str, file: Path) -> tuple[Breach, ...]:
    """Read the entries of a catalogue in our own format, in the order of the file.

    Raises:
        CatalogueError: the text is no TOML, or an entry is not valid; names the file, the entry, the reason.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(file=file, entry="the text is no TOML", reason=str(error)) from None
    rows = table.pop("breach", [])
    if table or not isinstance(rows, list):
        unknown = ", ".join(sorted(table)) or "breach"
        reason = f"{unknown} is not expected; a catalogue is a list of [[breach]] tables"
        raise CatalogueError(file=file, entry="at the top", reason=reason)
    return tuple(_breach(row, number, file) for number, row in enumerate(rows, start=1))


def render_toml(breaches: Iterable[Breach]) -> str:
    """Write entries so that :func:`parse_toml` reads them back equal; defaults are left out."""
    return "\n".join(_render(breach) for breach in breaches)


def breach_to_row(breach: Breach) -> dict[str, Any]:
    """Give an entry as a table of plain values: the date as a date, lists of strings."""
    row = {name: getattr(breach, name) for name in _FIELDS}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}


def _breach(row: object, number: int, file: Path) -> Breach:
    entry = f"entry {number}"
    if not isinstance(row, dict):
        raise CatalogueError(file=file, entry=entry, reason="it is not a [[breach]] table")
    entry = f"{entry} ({row['id']})" if isinstance(row.get("id"), str) else entry
    try:
        return Breach(**_typed(row))
    except InvalidBreach as error:
        raise CatalogueError(file=file, entry=entry, reason=error.about["reason"]) from None
    except _WrongKeyError as error:
        raise CatalogueError(file=file, entry=entry, reason=error) from None


class _WrongKeyError(Exception):
    """The words for what is wrong with one key."""


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := sorted(set(row) - set(_FIELDS)):
        known = ", ".join(_FIELDS)
        raise _WrongKeyError(f"{', '.join(unknown)} is not a key of an entry; the keys are {known}")
    if missing := [name for name in _FIELDS if name not in row and name not in _DEFAULTS]:
        raise _WrongKeyError(f"{', '.join(missing)} is missing")
    return {name: _value(name, value) for name, value in row.items()}


def _value(name: str, value: object) -> object:
    if name in _KINDS:
        return _member(name, value, _KINDS[name])
    if name in _CLASS_LISTS:
        return tuple(_member(name, code, AttributeClass) for code in _texts(name, value))
    if name in _TEXT_LISTS:
        return _texts(name, value)
    if name == "date":
        return _date(value)
    expected = _TYPES[name]
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        raise _WrongKeyError(f"{name} must be of type {expected.__name__}")
    return value


def _member(name: str, value: object, kind: type[Kind]) -> Kind:
    if isinstance(value, str) and value in kind.__members__:
        return kind[value]
    raise _WrongKeyError(
        f"{name} has the unknown value {value!r}; the values are {', '.join(kind.__members__)}"
    )


def _texts(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(text, str) for text in value):
        return tuple(value)
    raise _WrongKeyError(f"{name} must be a list of strings")


def _date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise _WrongKeyError("date must be a day such as 2024-02-06, without quotes")


def _render(breach: Breach) -> str:
    lines = ["[[breach]]"]
    for name, value in breach_to_row(breach).items():
        default = _DEFAULTS.get(name)
        if value is not None and value != (list(default) if isinstance(default, tuple) else default):
            lines.append(f"{name} = {_literal(value)}")
    return "\n".join(lines) + "\n"


def _literal(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    # Strings, integers, booleans and lists are written in TOML as in JSON, but for the character DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
