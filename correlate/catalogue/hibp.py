"""Breaches as Have I Been Pwned lists them (API v3, ``/api/v3/breaches``), turned into entries of ours."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from correlate.catalogue.breach import Breach
from correlate.catalogue.errors import CatalogueError, InvalidBreach
from correlate.catalogue.kinds import DateKind, PersonsKind, Scope, Status
from correlate.vocabulary import AttributeClass, from_hibp

__all__ = ["HibpList", "is_hibp", "parse_hibp"]

SOURCE = "haveibeenpwned.com"

_REQUIRED: dict[str, type] = {"Name": str, "BreachDate": str, "PwnCount": int, "DataClasses": list}
# The first flag that is set names the status, and the note keeps it in words.
_FLAGS = (
    ("IsFabricated", Status.disputed, "held to be fabricated"),
    ("IsRetired", Status.disputed, "withdrawn from circulation"),
    ("IsStealerLog", Status.stealer, "a stealer log"),
    ("IsMalware", Status.stealer, "collected by malware"),
    ("IsSpamList", Status.combo, "a spam list, put together from unknown sources"),
)
_HASHED = re.compile(
    r"\b(hash\w*|bcrypt|scrypt|argon2\w*|pbkdf2\w*|md5\w*|sha-?\d+|phpass|vbulletin|ipb|des ?crypt)\b"
)
_PLAIN = re.compile(r"\b(plain[ -]?text|clear[ -]?text|unencrypted|unhashed)\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class HibpList:
    """What a list of Have I Been Pwned holds.

    Attributes:
        breaches: an entry for each breach that has data classes of ours, in the order of the list.
        known: names of breaches left out because a reviewed entry tells of them.
        empty: names of breaches left out because none of their data classes has a counterpart.
        unmapped: data classes without a counterpart, with the number of breaches that have them.
    """

    breaches: tuple[Breach, ...]
    known: tuple[str, ...]
    empty: tuple[str, ...]
    unmapped: Mapping[str, int]


def is_hibp(text: str, file: Path) -> bool:
    """Tell a list of Have I Been Pwned from a catalogue of ours, by its ending or else how it begins."""
    suffix = file.suffix.lower()
    if suffix in {".json", ".toml"}:
        return suffix == ".json"
    # A TOML file may begin with "[[breach]]"; a JSON list of objects begins with "[" and "{".
    return re.match(r"\s*(\[\s*(\{|\])|\{)", text) is not None


def parse_hibp(text: str, file: Path, reviewed: Iterable[Breach] = ()) -> HibpList:
    """Turn a list of breaches, or a single one, into entries.

    An entry's id is the name in lower case and the year. ``PwnCount`` counts e-mail accounts. A breach is
    already told of by a ``reviewed`` entry when that has the same id, or counts exactly as many accounts:
    the reviewed entry then stands, since people have checked its classes. Descriptions are not kept.

    Raises:
        CatalogueError: the text is not such a list; names ``file``, the entry and the reason.
    """
    rows = list(_rows(text, file))
    reviewed = tuple(reviewed)
    ids = {breach.id for breach in reviewed}
    counts = {breach.persons for breach in reviewed if breach.persons_kind is PersonsKind.accounts_hibp}
    known = tuple(row["Name"] for row in rows if _id(row) in ids or row["PwnCount"] in counts)
    others = [row for row in rows if row["Name"] not in known]
    unmapped = Counter(name for row in others for name in _unmapped(row))
    return HibpList(
        breaches=tuple(_breach(row, file) for row in others if _classes(row)),
        known=known,
        empty=tuple(row["Name"] for row in others if not _classes(row)),
        unmapped=dict(sorted(unmapped.items())),
    )


def _rows(text: str, file: Path) -> Iterator[dict[str, Any]]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise CatalogueError(file=file, entry="the text is no JSON", reason=str(error)) from None
    rows = [found] if isinstance(found, dict) else found
    if not isinstance(rows, list):
        reason = "a list of breaches of Have I Been Pwned is expected"
        raise CatalogueError(file=file, entry="at the top", reason=reason)
    for number, row in enumerate(rows, start=1):
        if reason := _wrong(row):
            raise CatalogueError(file=file, entry=f"entry {number}", reason=reason)
        yield row


def _wrong(row: object) -> str:
    if not isinstance(row, dict):
        return "it is not a JSON object"
    for key, kind in _REQUIRED.items():
        if not isinstance(row.get(key), kind) or isinstance(row[key], bool):
            return f"{key} is missing or not of type {kind.__name__}"
    if not all(isinstance(name, str) for name in row["DataClasses"]):
        return "DataClasses is not a list of strings"
    try:
        date.fromisoformat(row["BreachDate"])
    except ValueError:
        return "BreachDate is not a day such as 2024-02-06"
    return ""


def _breach(row: Mapping[str, Any], file: Path) -> Breach:
    counted = row["PwnCount"] > 0
    try:
        return Breach(
            id=_id(row),
            organisation=row.get("Title") or row["Name"],
            date=date.fromisoformat(row["BreachDate"]),
            date_kind=DateKind.breach,
            persons=row["PwnCount"] if counted else None,
            persons_kind=PersonsKind.accounts_hibp if counted else PersonsKind.unknown,
            status=_status(row),
            scope=Scope.FR if _is_french(row) else Scope.GLOBAL,
            classes=_classes(row),
            note=_note(row),
            sources=(SOURCE,),
            membership_sensitive=row.get("IsSensitive") is True,
            compilation=row.get("IsSpamList") is True,
        )
    except InvalidBreach as error:
        raise CatalogueError(file=file, entry=row["Name"], reason=error.about["reason"]) from None


def _id(row: Mapping[str, Any]) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", row["Name"].lower()).strip("-")
    return f"{name}-{row['BreachDate'][:4]}"


def _status(row: Mapping[str, Any]) -> Status:
    for flag, status, _ in _FLAGS:
        if row.get(flag) is True:
            return status
    return Status.claimed if row.get("IsVerified") is False else Status.confirmed


def _is_french(row: Mapping[str, Any]) -> bool:
    return str(row.get("Domain") or "").lower().endswith(".fr")


def _meaning(name: str, row: Mapping[str, Any]) -> tuple[AttributeClass, ...]:
    classes = from_hibp(name)
    # The list says neither whose social-security numbers nor which form of passwords.
    if AttributeClass.NIR in classes and not _is_french(row):
        return ()
    return _passwords(row) if AttributeClass.PW in classes else classes


def _passwords(row: Mapping[str, Any]) -> tuple[AttributeClass, ...]:
    told = str(row.get("Description") or "").lower()
    if _HASHED.search(told) is None:
        return (AttributeClass.PW,)
    if _PLAIN.search(told) is None:
        return (AttributeClass.PWHASH,)
    return (AttributeClass.PW, AttributeClass.PWHASH)


def _classes(row: Mapping[str, Any]) -> tuple[AttributeClass, ...]:
    found = {attribute for name in row["DataClasses"] for attribute in _meaning(name, row)}
    return tuple(attribute for attribute in AttributeClass if attribute in found)


def _unmapped(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in row["DataClasses"] if not _meaning(name, row)))


def _note(row: Mapping[str, Any]) -> str:
    flags = [words for flag, _, words in _FLAGS if row.get(flag) is True]
    parts = [f"Listed by Have I Been Pwned as {'; '.join([row['Name'], *flags])}; not reviewed."]
    if names := _unmapped(row):
        parts.append(f"{len(names)} data classes not counted: {', '.join(names)}.")
    if (
        AttributeClass.PW in _classes(row)
        and _HASHED.search(str(row.get("Description") or "").lower()) is None
    ):
        parts.append("Passwords are taken to be in the clear, as hashing is not mentioned.")
    return " ".join(parts)
