"""An output file that is either whole or not there."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from correlate.reading.errors import OutputError

__all__ = ["atomic_output", "check_room", "check_writable", "free_room", "output_error", "told_size"]

_UNITS = ("kB", "MB", "GB")
_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EROFS: "the disk is read-only",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EFBIG: "the file would be too large",
}


def check_writable(path: Path) -> None:
    """Raise :class:`OutputError` unless a file at ``path`` could be made or replaced."""
    folder = path.parent
    if path.is_dir():
        raise OutputError(file=path, reason="it is a folder; name a file in it")
    if not folder.exists():
        raise OutputError(file=path, reason=f"there is no folder {folder}; create it first")
    if not folder.is_dir():
        raise OutputError(file=path, reason=f"{folder} is not a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(file=path, reason=f"the folder {folder} cannot be written to")


def check_room(path: Path, *, needed: int) -> None:
    """Raise :class:`OutputError` unless the disk of ``path`` has that many bytes free, as far as it tells."""
    free = free_room(path)
    if free is not None and free < needed:
        least = f"its disk has {told_size(free)} free, and it needs at least about {told_size(needed)}"
        raise OutputError(file=path, reason=f"{least}; make room, or name a file on a larger disk")


def free_room(path: Path) -> int | None:
    """The free bytes of the disk of ``path``, None if it does not tell."""
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return None


def told_size(size: int) -> str:
    """So many bytes, for people."""
    place = min(len(_UNITS) - 1, max(0, (len(str(size)) - 1) // 3 - 1))
    return f"{size / 1000 ** (place + 1):.1f} {_UNITS[place]}"


@contextmanager
def atomic_output(path: Path) -> Iterator[Path]:
    """Give the path of a new empty file beside ``path``; move it to ``path`` when the block ends well.

    It is readable by its owner only, flushed to the disk before the move, and removed when the block
    raises. An ``OSError`` of the block (a full disk) becomes :class:`OutputError`.
    """
    check_writable(path)
    with output_error(path):
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".part", dir=path.parent)
        os.close(handle)
        part = Path(name)
        try:
            yield part
            _flush(part)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _flush_folder(path.parent)


@contextmanager
def output_error(path: Path) -> Iterator[None]:
    """Tell an ``OSError`` of the block as :class:`OutputError` of ``path``."""
    try:
        yield
    except OSError as error:
        raise OutputError(file=path, reason=_reason(error)) from None


def _reason(error: OSError) -> str:
    # Polars and Arrow give the system's words and no number.
    number = error.errno or next((code for code in _REASONS if os.strerror(code) in str(error)), 0)
    return _REASONS.get(number) or error.strerror or type(error).__name__


def _flush(part: Path) -> None:
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    # A folder cannot be opened for this everywhere; the file itself is already whole.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
