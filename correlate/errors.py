"""Everything that can go wrong and is not a defect of this program.

Each class's docstring is its message: what happened, where, and what to do next.
A message names files, rows, columns and reasons, and never a value of the data.
"""

from __future__ import annotations

import inspect

__all__ = [
    "CorrelateError",
    "InputError",
    "KeyFileError",
    "VaultError",
]


class CorrelateError(Exception):
    """Something in the input, the key, the vault or the machine stopped the work: {reason}."""

    def __init__(self, **about: object) -> None:
        """Fill the class's docstring with ``about``: names, row numbers, reasons, never values."""
        self.about = about
        # Under `python -OO` docstrings are gone: the facts alone still say what happened.
        template = inspect.cleandoc(type(self).__doc__ or "")
        message = " ".join(template.split()).format(**about) if template else str(about)
        super().__init__(message)

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the facts when an error crosses a process."""
        return (_rebuild, (type(self), self.about))


def _rebuild(kind: type[CorrelateError], about: dict[str, object]) -> CorrelateError:
    return kind(**about)


class InputError(CorrelateError):
    """The input cannot be used: {reason}."""


class KeyFileError(CorrelateError):
    """The secret key cannot be used: {reason}."""


class VaultError(CorrelateError):
    """The vault cannot be used: {reason}."""
