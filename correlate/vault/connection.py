"""Opening a DuckDB file: with which settings, and what went wrong when it does not open."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import duckdb

from correlate.errors import CorrelateError
from correlate.vault.errors import (
    OutOfMemory,
    OutOfSpace,
    VaultDamaged,
    VaultForbidden,
    VaultInUse,
    VaultMissing,
)
from correlate.vault.failures import translated

__all__ = ["MEMORY_FORM", "Limits", "connect", "engine_bytes", "remove_database", "spill_folder"]

_WRITERS = count()
# Of the memory that is given the engine gets a fifth: it walks through a vault from end to end, and what it
# keeps of it is of no use the next time. Of little memory it needs more, up to what it needs at least.
SHARE, SHARE_OF_LITTLE, AT_LEAST = 0.2, 0.375, 750_000_000
MEMORY_FORM = re.compile(r"(?=[\d.]*[1-9])(\d+(?:\.\d+)?) ?([KMGT]i?)B")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the work may use: ``threads`` (None: all cores) and ``memory`` such as "4GB" (None: no bound).

    The engine gets a part of the memory: the rest is for what is read, tokenised and compared.
    """

    threads: int | None = None
    memory: str | None = None

    def __post_init__(self) -> None:
        """Refuse what the engine would not understand."""
        if self.threads is not None and self.threads < 1:
            raise ValueError("threads is at least 1")
        if self.memory is not None and not MEMORY_FORM.fullmatch(self.memory):
            raise ValueError('memory is a number and a unit, as in "4GB"')

    @property
    def memory_bytes(self) -> int | None:
        """The memory in bytes."""
        form = MEMORY_FORM.fullmatch(self.memory or "")
        if form is None:
            return None
        number, unit = form.groups()
        base = 1024 if unit.endswith("i") else 1000
        return int(float(number) * base ** ("KMGT".index(unit[0]) + 1))

    @property
    def engine_memory(self) -> str | None:
        """The engine's part."""
        return None if self.memory_bytes is None else f"{engine_bytes(self.memory_bytes) // 1000}KB"


def engine_bytes(memory: int) -> int:
    """What the engine gets of so many bytes of memory."""
    return int(max(SHARE * memory, min(SHARE_OF_LITTLE * memory, AT_LEAST)))


def connect(
    file: Path, *, write: bool, limits: Limits, told_as: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """Open ``file``, called ``told_as`` in errors; made if it does not exist and ``write``.

    No extension is loaded, and SQL can open no other file. Nothing is ever printed.

    Raises:
        VaultMissing, VaultInUse, VaultForbidden, VaultDamaged: it does not open.
        OutOfMemory: the limit does not even hold an open database.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "enable_external_access": "false",
        "temp_directory": str(spill_folder(file)),
    }
    if write:
        # A second connection of this process with the same settings would join the first, unseen, and go on
        # with the old file when that is replaced. No two of these are the same.
        config["custom_user_agent"] = f"correlate {next(_WRITERS)}"
    try:
        connection = duckdb.connect(str(file), read_only=not write, config=config)
    except (duckdb.Error, RuntimeError) as error:
        raise _not_opened(file, told_as or file, error) from None
    try:
        # The bar is drawn on stdout, among the data.
        connection.execute("SET enable_progress_bar = false")
        # Row order is never relied upon, and keeping it costs memory.
        connection.execute("SET preserve_insertion_order = false")
        for name, value in (("threads", limits.threads), ("memory_limit", limits.engine_memory)):
            if value is not None:
                connection.execute(f"SET {name} = '{value}'")
    except duckdb.Error as error:
        connection.close()
        raise translated(error, path=told_as or file, step="the limits") from None
    return connection


def spill_folder(file: Path) -> Path:
    """Where work that exceeds the memory goes: beside the vault, or where temporary files go.

    It holds tokens only, as the vault does. Processes that read one vault at a time may share it.
    """
    beside = file.with_name(f"{file.name}.tmp")
    return beside if os.access(file.parent, os.W_OK) else Path(tempfile.gettempdir(), beside.name)


def remove_database(file: Path) -> None:
    """Remove a database that nobody has open, with its log and what it had spilled."""
    file.unlink(missing_ok=True)
    file.with_name(f"{file.name}.wal").unlink(missing_ok=True)
    shutil.rmtree(file.with_name(f"{file.name}.tmp"), ignore_errors=True)


def _not_opened(file: Path, path: Path, error: Exception) -> CorrelateError:
    """Tell from DuckDB's message why a file did not open; the message itself is withheld."""
    text = str(error)
    if file.is_dir():
        return VaultMissing(path=path, reason="it is a folder")
    if "Could not set lock" in text or isinstance(error, duckdb.ConnectionException):
        return VaultInUse(path=path)
    known = translated(error, path=path, step="opening")
    if isinstance(known, OutOfSpace | OutOfMemory | VaultForbidden):
        return known
    if not file.exists():
        return VaultMissing(path=path, reason="no such file")
    if "WAL" in text:
        reason = f"the log {file.name}.wal beside it is damaged, or is not its own"
        return VaultDamaged(path=path, reason=reason)
    with suppress(OSError), file.open("rb") as content:
        if content.read(12)[8:] != b"DUCK":
            return VaultDamaged(path=path, reason="it is no DuckDB database")
    return VaultDamaged(path=path, reason="it is cut short, damaged, or of a DuckDB newer than this one")
