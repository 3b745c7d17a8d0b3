"""What the user says of a file: which column carries what, and how to read it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from correlate.reading.errors import MissingFile, UnknownMappingKey, UnknownTarget, UnreadableMapping
from correlate.vocabulary import AttributeClass, Field

__all__ = ["IGNORE", "Mapping", "load_mapping"]

IGNORE = "ignore"
_IN_CODE = "(given in code)"
_SECTIONS = ("columns", "only_mapped", "read")


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """How to read a file.

    ``columns`` gives, for a header or a 1-based position in digits, a field, an attribute class or
    ``ignore``. Other columns go by their header unless ``only_mapped``. ``None`` means: found out from the
    file. ``date_order`` is for whoever normalises the dates; nothing here uses it.
    """

    columns: AbstractMapping[str, str] = field(default_factory=dict)
    delimiter: str | None = None
    encoding: str | None = None
    header: bool | None = None
    date_order: Literal["dmy", "mdy"] | None = None
    only_mapped: bool = False
    file: str = _IN_CODE

    def __post_init__(self) -> None:
        for column, target in self.columns.items():
            if target not in _targets():
                raise UnknownTarget(
                    file=self.file, column=f"“{column}”", target=f"“{target}”", valid=_list(_targets())
                )
        if self.delimiter is not None and not _is_delimiter(self.delimiter):
            raise UnreadableMapping(
                file=self.file, reason="delimiter is one character, not a quote or a line end"
            )
        if self.date_order not in (None, "dmy", "mdy"):
            raise UnreadableMapping(file=self.file, reason='date_order is "dmy" or "mdy"')
        if self.encoding is not None:
            _check_encoding(self.encoding, self.file)
        # A copy: a frozen mapping does not change with the dictionary it was made from.
        object.__setattr__(self, "columns", MappingProxyType(dict(self.columns)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the plain dictionary, since a read-only view cannot be."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return (_rebuild, ({**values, "columns": dict(self.columns)},))


def _rebuild(values: dict[str, Any]) -> Mapping:
    return Mapping(**values)


def load_mapping(path: Path) -> Mapping:
    """Read a mapping from TOML: ``[columns]``, ``[read]`` and ``only_mapped``; unknown keys are refused."""
    table = _parse(path)
    _check_keys(table, _SECTIONS, path)
    columns = _section(table, "columns", path)
    read = _section(table, "read", path)
    _check_keys(read, tuple(_READ), path)
    if not all(isinstance(target, str) for target in columns.values()):
        raise UnreadableMapping(file=path, reason='each column maps to one text: "header" = "field"')
    options = {**read, "only_mapped": table.get("only_mapped", False)}
    for key, value in options.items():
        if not isinstance(value, kind := {**_READ, "only_mapped": bool}[key]):
            expected = "true or false" if kind is bool else "a text in quotes"
            raise UnreadableMapping(file=path, reason=f"{key} is {expected}")
    return Mapping(columns=columns, file=str(path), **options)


_READ: dict[str, type] = {"date_order": str, "delimiter": str, "encoding": str, "header": bool}


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise MissingFile(file=path) from None
    except OSError as error:
        raise UnreadableMapping(file=path, reason=error.strerror or type(error).__name__) from None
    except UnicodeDecodeError:
        raise UnreadableMapping(file=path, reason="it is not UTF-8 text; TOML has to be") from None
    except tomllib.TOMLDecodeError as error:
        raise UnreadableMapping(file=path, reason=f"it is not TOML: {error}") from None


def _section(table: dict[str, Any], name: str, path: Path) -> dict[str, Any]:
    section = table.get(name, {})
    if not isinstance(section, dict):
        raise UnreadableMapping(file=path, reason=f"{name} is a table: [{name}]")
    return section


def _check_keys(table: dict[str, Any], valid: tuple[str, ...], path: Path) -> None:
    for key in table:
        if key not in valid:
            raise UnknownMappingKey(file=path, key=f"“{key}”", valid=_list(valid))


def _is_delimiter(delimiter: str) -> bool:
    return len(delimiter) == 1 and delimiter.isascii() and delimiter not in '"\n\r\0'


def _check_encoding(encoding: str, file: str) -> None:
    try:
        b"a".decode(encoding, "replace")
    except LookupError:
        reason = f"encoding “{encoding}” is unknown; valid ones are utf-8, cp1252, iso-8859-15, utf-16, ..."
        raise UnreadableMapping(file=file, reason=reason) from None


def _targets() -> tuple[str, ...]:
    return (*Field, *AttributeClass, IGNORE)


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names)
