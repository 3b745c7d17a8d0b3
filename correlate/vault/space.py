"""Is there room for what is about to be written? Better told before hours of work than after."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from correlate.vault.errors import TooLittleSpace

__all__ = ["check_space"]

UNITS = ("kB", "MB", "GB")


def check_space(file: Path, *, needed: int, told_as: Path) -> None:
    """Raise TooLittleSpace unless the disk of ``file`` has that many bytes free, as far as it tells."""
    with suppress(OSError):
        free = shutil.disk_usage(file.parent).free
        if free < needed:
            raise TooLittleSpace(path=told_as, free=_told(free), needed=_told(needed))


def _told(size: int) -> str:
    place = min(len(UNITS) - 1, max(0, (len(str(size)) - 1) // 3 - 1))
    return f"{size / 1000 ** (place + 1):.1f} {UNITS[place]}"
