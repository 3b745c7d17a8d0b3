"""Bringing entries into a user's own catalogue file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from correlate.catalogue.breach import Breach
from correlate.catalogue.catalogue import Catalogue, read_breaches
from correlate.catalogue.toml_format import render_toml

__all__ = ["Changes", "compare", "write_user_catalogue"]

_HEADER = """\
# Breaches of your own, over those shipped with correlate: an entry with a shipped id replaces it.
# `correlate breaches import` rewrites this file; comments are not kept, notes are.

"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What entries would do to a catalogue; each tuple holds the new entries, in the given order."""

    added: tuple[Breach, ...]
    changed: tuple[Breach, ...]
    unchanged: tuple[Breach, ...]


def compare(breaches: Iterable[Breach], catalogue: Catalogue) -> Changes:
    """Sort entries by what they would do to a catalogue."""
    breaches = tuple(breaches)
    there = [breach for breach in breaches if breach.id in catalogue]
    return Changes(
        added=tuple(breach for breach in breaches if breach.id not in catalogue),
        changed=tuple(breach for breach in there if catalogue.get(breach.id) != breach),
        unchanged=tuple(breach for breach in there if catalogue.get(breach.id) == breach),
    )


def write_user_catalogue(path: Path, breaches: Iterable[Breach]) -> None:
    """Put entries into a user's catalogue file, over those it has; the file is made when it is not there.

    The file is written beside its name and moved into place when whole: a reader sees the old one or the new.

    Raises:
        CatalogueError: the file that is there is not valid, or the lineages would not fit together.
        OSError: the file cannot be read or written.
    """
    path = path.resolve()
    there = read_breaches(path) if path.exists() else ()
    merged = {breach.id: breach for breach in (*there, *breaches)}
    Catalogue([*Catalogue.shipped(), *merged.values()], file=path)  # refuses lineages that do not fit
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, _HEADER + render_toml(merged[name] for name in sorted(merged)))


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o777)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    _sync_directory(path.parent)


def _sync_directory(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
