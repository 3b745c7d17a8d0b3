"""Answers of Have I Been Pwned, as they come from its searches: addresses, and the breaches each is in.

Formats (haveibeenpwned.com/API/v3): ``/breachedaccount/{account}`` gives a list of breaches, objects with a
``Name`` and perhaps a ``BreachDate``; whoever asks for many keeps them by address.
``/breacheddomain/{domain}`` gives an object of mailboxes and the names of breaches. The search by domain can
be downloaded as an object with ``BreachSearchResults``, each with ``Alias``, ``DomainName`` and ``Breaches``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from correlate.declared.errors import HibpDomainNeeded, HibpUnreadable
from correlate.reading import MissingFile, UnreadableFile

__all__ = ["Answer", "read_answers"]

_ADDRESS_KEYS = ("email", "e-mail", "account", "address", "adresse", "courriel")
_BREACH_KEYS = ("breaches", "fuites")


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Answer:
    """What stands in one place of a file: an address and (name, year) of its breaches, or the fault."""

    row: int
    address: str = ""
    breaches: tuple[tuple[str, str], ...] = ()
    fault: str = ""


def read_answers(file: Path, *, domain: str = "") -> Iterator[Answer]:
    """Read a file of answers, numbered from 1 in the order of the file.

    Args:
        file: one JSON object, a JSON list, or JSON lines.
        domain: what stands behind the "@" of mailboxes that are named without it.

    Raises:
        MissingFile, UnreadableFile, HibpUnreadable: the file cannot be read, or is something else.
        HibpDomainNeeded: mailboxes are named without their domain, and none is given.
    """
    found = _entries(_document(file), file)
    for row, (address, breaches) in enumerate(found, start=1):
        if not isinstance(address, str) or not address.strip():
            yield Answer(row=row, fault="no-address")
            continue
        if "@" not in address:
            if not domain:
                raise HibpDomainNeeded(file=file)
            address = f"{address}@{domain}"
        names = _names(breaches)
        yield Answer(
            row=row,
            address=address,
            breaches=names or (),
            fault="" if names is not None else "no-breach-list",
        )


def _document(file: Path) -> list[Any] | dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        raise MissingFile(file=file) from None
    except UnicodeDecodeError:
        raise HibpUnreadable(file=file, reason="it is not UTF-8 text") from None
    except OSError as error:
        raise UnreadableFile(file=file, reason=error.strerror or type(error).__name__) from None
    try:
        whole = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return list(_lines(text, file))
    if not isinstance(whole, dict | list):
        raise HibpUnreadable(file=file, reason="it is neither an object nor a list")
    return whole


def _lines(text: str, file: Path) -> Iterator[Any]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            raise HibpUnreadable(file=file, reason=f"line {number} is not JSON") from None


def _entries(document: list[Any] | dict[str, Any], file: Path) -> Iterator[tuple[Any, Any]]:
    """Pairs of an address or mailbox and its list of breaches."""
    if isinstance(document, dict):
        yield from _object(document)
        return
    for number, one in enumerate(document, start=1):
        if not isinstance(one, dict):
            raise HibpUnreadable(file=file, reason=f"entry {number} is not an object")
        if "Name" in one and "email" not in map(str.lower, one):
            raise HibpUnreadable(file=file, reason="it lists breaches and does not say of which address")
        yield from _object(one)


def _object(one: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    if "BreachSearchResults" in one:
        results = one["BreachSearchResults"]
        for each in results if isinstance(results, list) else ():
            yield (_mailbox(each), each.get("Breaches")) if isinstance(each, dict) else (None, None)
        return
    keys = {key.lower(): key for key in one}
    address = next((keys[key] for key in _ADDRESS_KEYS if key in keys), None)
    breaches = next((keys[key] for key in _BREACH_KEYS if key in keys), None)
    if breaches is not None and (address is not None or not isinstance(one[breaches], list)):
        yield (one.get(address) if address is not None else None), one[breaches]
        return
    yield from one.items()


def _mailbox(result: dict[str, Any]) -> str | None:
    alias, domain = result.get("Alias"), result.get("DomainName")
    return f"{alias}@{domain}" if isinstance(alias, str) and isinstance(domain, str) else None


def _names(breaches: Any) -> tuple[tuple[str, str], ...] | None:  # noqa: ANN401 - whatever JSON holds
    """The (name, year) of each breach; None where this is no list of them."""
    if breaches is None:
        return ()
    if not isinstance(breaches, list):
        return None
    found = [_name(one) for one in breaches]
    return None if None in found else tuple(_known(found))


def _known(found: Iterable[tuple[str, str] | None]) -> Iterator[tuple[str, str]]:
    yield from (one for one in found if one is not None)


def _name(one: Any) -> tuple[str, str] | None:  # noqa: ANN401 - whatever JSON holds
    if isinstance(one, str):
        return one, ""
    if isinstance(one, dict) and isinstance(one.get("Name"), str):
        return one["Name"], str(one.get("BreachDate") or "")[:4]
    return None
