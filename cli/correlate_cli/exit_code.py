"""How a command ends."""

from __future__ import annotations

from enum import IntEnum

__all__ = [
    "ExitCode",
]


class ExitCode(IntEnum):
    """What the shell is told. Only ``FINDINGS`` and ``DONE`` mean that the work was carried out."""

    DONE = 0
    FINDINGS = 1
    STOPPED = 2  # by the input, the key, the machine or the person at the keyboard
    DEFECT = 3  # by a mistake in this program
