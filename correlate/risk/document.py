"""A TOML file read with an eye on every key: what is missing, misspelt or of the wrong kind is named."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from correlate.risk.errors import RiskFileError, RiskModelError
from correlate.vocabulary import AttributeClass

__all__ = ["Table", "attribute_class", "read_document"]

_Member = TypeVar("_Member", bound=StrEnum)


class Table:
    """One table of a TOML file, and the words that say where in the file it stands."""

    def __init__(self, content: Mapping[str, object], *, where: str) -> None:
        """Wrap ``content``; ``where`` is how an error names the place ("scenario F02, clause 1")."""
        self.content = content
        self.where = where
        self._read: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self.content

    def within(self, part: str) -> str:
        """How an error names ``part`` of this table."""
        return f"{self.where}, {part}" if self.where else part

    def text(self, key: str, *, default: str | None = None) -> str:
        """The text under ``key``, trimmed; an empty one counts as missing."""
        value = self._get(key, default)
        if not isinstance(value, str):
            raise self._wrong(key, "a text")
        if not value.strip() and default is None:
            raise self._wrong(key, "a text that says something")
        return value.strip()

    def member(self, key: str, valid: type[_Member]) -> _Member:
        """The member of a closed set that is written under ``key``."""
        text = self.text(key)
        if text not in set(valid):
            raise self._wrong(key, f"one of {', '.join(sorted(valid))}")
        return valid(text)

    def number(self, key: str) -> float:
        """The number under ``key``, whole or not."""
        return self._as_number(key, self._get(key, None))

    def whole(self, key: str, *, default: int) -> int:
        """The whole number under ``key``."""
        value = self._get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(key, "a whole number")
        return value

    def date(self, key: str) -> datetime.date:
        """The date under ``key``, written without quotes."""
        value = self._get(key, None)
        if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
            raise self._wrong(key, "a date such as 2026-11-22, without quotes")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of texts under ``key``."""
        value = self._get(key, None)
        if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
            raise self._wrong(key, "a list of texts")
        return tuple(each.strip() for each in value)

    def classes(self, key: str) -> tuple[AttributeClass, ...]:
        """The list of attribute classes under ``key``."""
        return tuple(attribute_class(code, where=self.within(f"`{key}`")) for code in self.texts(key))

    def figures(self, key: str) -> dict[AttributeClass, float]:
        """The table ``{ CLASS = number, ... }`` under ``key``, empty when there is none."""
        value = self._get(key, {})
        if not isinstance(value, dict):
            raise self._wrong(key, "a table of attribute classes and numbers")
        where = self.within(f"`{key}`")
        return {attribute_class(code, where=where): self._as_number(code, one) for code, one in value.items()}

    def table(self, key: str) -> Table:
        """The table under ``key``."""
        value = self._get(key, None)
        if not isinstance(value, dict):
            raise self._wrong(key, "a table")
        return Table(value, where=self.within(f"`{key}`"))

    def tables(self, key: str, *, optional: bool = False) -> tuple[Table, ...]:
        """The tables under ``key``, each known by its place in the list, from 1."""
        value = self._get(key, [] if optional else None)
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self._wrong(key, "a list of tables")
        return tuple(
            Table(each, where=self.within(f"{key} {place}")) for place, each in enumerate(value, start=1)
        )

    def finish(self) -> None:
        """Refuse the keys nobody read: a misspelt key must not pass for an absent one."""
        unread = sorted(set(self.content) - self._read)
        if unread:
            known = ", ".join(sorted(self._read))
            raise RiskModelError(reason=f"{self._place}: unknown key `{unread[0]}`; known here are {known}")

    @property
    def _place(self) -> str:
        return self.where or "the top level"

    def _get(self, key: str, default: object) -> object:
        self._read.add(key)
        value = self.content.get(key, default)
        if value is None:
            raise RiskModelError(reason=f"{self._place}: `{key}` is missing")
        return value

    def _as_number(self, key: str, value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self._wrong(key, "a number")
        return float(value)

    def _wrong(self, key: str, expected: str) -> RiskModelError:
        return RiskModelError(reason=f"{self._place}: `{key}` must be {expected}")


def read_document(path: Path) -> Table:
    """Read a TOML file.

    Raises:
        RiskFileError: it cannot be opened, is not UTF-8, or is not TOML.
    """
    try:
        return Table(tomllib.loads(path.read_text(encoding="utf-8")), where="")
    except OSError as error:
        raise RiskFileError(file=path, reason=error.strerror or "it cannot be opened") from error
    except UnicodeDecodeError as error:
        raise RiskFileError(file=path, reason="it is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise RiskFileError(file=path, reason=f"it is not TOML: {error}") from error


def attribute_class(code: str, *, where: str) -> AttributeClass:
    """The attribute class with this code.

    Raises:
        RiskModelError: there is none; the valid codes are listed.
    """
    try:
        return AttributeClass(code)
    except ValueError:
        valid = ", ".join(sorted(AttributeClass))
        raise RiskModelError(reason=f"{where}: `{code}` is no attribute class; valid are {valid}") from None
