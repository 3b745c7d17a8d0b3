"""A new vault file that takes its name in one step: a crash leaves what was there before, or the new one."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from correlate.vault.connection import Limits, remove_database
from correlate.vault.engine import Engine
from correlate.vault.errors import OutOfSpace, VaultForbidden

__all__ = ["remove_leftovers", "replacement", "take_place"]

PRIVATE = 0o600
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def replacement(file: Path, *, told_as: Path, limits: Limits | None = None) -> Iterator[Engine]:
    """Give an engine on a new database beside ``file``, for :func:`take_place`; without that it is removed.

    Owner and permissions are those of the file it is to replace, or else the user's alone.
    """
    fresh = _beside(file)
    try:
        remove_database(fresh)
        with Engine(fresh, write=True, limits=limits, told_as=told_as) as engine:
            _like(file, fresh)
            yield engine
    except OSError as error:
        if error.errno in _FULL:
            raise OutOfSpace(path=told_as) from None
        raise VaultForbidden(path=told_as, reason=error.strerror or type(error).__name__) from None
    finally:
        with suppress(OSError):
            remove_database(fresh)


def take_place(engine: Engine, file: Path) -> None:
    """Move the engine's database to ``file``; it stays open and locked, so nobody comes in between."""
    # This also flushes it to the disk. Opening the file here to do so would break DuckDB's lock.
    engine.execute("CHECKPOINT", step="writing the new file")
    engine.file.replace(file)
    _flush_folder(file.parent)


def remove_leftovers(file: Path) -> None:
    """Remove what a killed process left beside ``file``; the caller has it open to write, hence locked."""
    with suppress(OSError):
        remove_database(_beside(file))
    shutil.rmtree(file.with_name(f"{file.name}.tmp"), ignore_errors=True)


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.rewriting")


def _like(file: Path, fresh: Path) -> None:
    if not file.exists():
        fresh.chmod(PRIVATE)
        return
    old = file.stat()
    # Only root can give a file away, and only root would otherwise take it from its owner.
    with suppress(PermissionError):
        os.chown(fresh, old.st_uid, old.st_gid)
    fresh.chmod(stat.S_IMODE(old.st_mode))


def _flush_folder(folder: Path) -> None:
    # A folder cannot be opened for this everywhere; the file itself is already whole.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
