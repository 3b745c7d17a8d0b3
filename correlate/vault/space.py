"""Is there room for what is about to be written? Better told before hours of work than after."""

from __future__ import annotations

from pathlib import Path

from correlate.reading import free_room, told_size
from correlate.vault.errors import TooLittleSpace

__all__ = ["check_space"]


def check_space(file: Path, *, needed: int, told_as: Path) -> None:
    """Raise TooLittleSpace unless the disk of ``file`` has that many bytes free, as far as it tells."""
    free = free_room(file)
    if free is not None and free < needed:
        raise TooLittleSpace(path=told_as, free=told_size(free), needed=told_size(needed))
