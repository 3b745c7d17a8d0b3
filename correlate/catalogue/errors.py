"""What can be wrong with a breach catalogue."""

from __future__ import annotations

from correlate.errors import InputError

__all__ = ["CatalogueError", "InvalidBreach", "UnknownBreach"]


class CatalogueError(InputError):
    """The breach catalogue {file} cannot be used: {entry}: {reason}. Correct the file and run again."""


class InvalidBreach(InputError):
    """The breach {breach} is not valid: {reason}. Correct its entry in the catalogue."""


class UnknownBreach(InputError):
    """There is no breach {breach} in the catalogue{near}. List them with `correlate breaches list`."""
