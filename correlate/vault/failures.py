"""What the engine's own errors mean to people. Their texts are never shown: they may hold data."""

from __future__ import annotations

from pathlib import Path

import duckdb

from correlate.errors import CorrelateError
from correlate.vault.errors import EngineFailed, OutOfMemory, OutOfSpace, VaultDamaged, VaultForbidden

__all__ = ["translated"]

_FULL = (
    "No space left on device",
    "Disk quota exceeded",
    "File too large",
    # The folder for spilled work may take what the disk has left, and no more.
    "max_temp_directory_size",
)
# A commit that fails for want of memory is told as a failed transaction.
_MEMORY = ("Out of Memory Error", "could not allocate block", "failed to pin block")
_FORBIDDEN = ("Permission denied", "Read-only file system", "Operation not permitted")
_DAMAGED = ("Corrupt database file", "Could not read enough bytes", "Failed to read")


def translated(error: Exception, *, path: Path, step: str) -> CorrelateError:
    """Give our error for one of DuckDB's, or of Arrow's on the way out of it."""
    text = str(error)
    if any(words in text for words in _FULL):
        return OutOfSpace(path=path)
    if isinstance(error, duckdb.OutOfMemoryException) or any(words in text for words in _MEMORY):
        return OutOfMemory(path=path)
    for words in _FORBIDDEN:
        if words in text:
            return VaultForbidden(path=path, reason=words[0].lower() + words[1:])
    if any(words in text for words in _DAMAGED):
        return VaultDamaged(path=path, reason="a part of it does not have the checksum that was written")
    return EngineFailed(step=step, kind=type(error).__name__)
