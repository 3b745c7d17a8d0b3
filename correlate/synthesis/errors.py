"""What a request for a synthetic population can get wrong."""

from __future__ import annotations

from correlate.errors import InputError

__all__ = ["BadPopulation", "DirectoryInUse", "InseeFileMissing", "UnknownLeak"]


class BadPopulation(InputError):
    """The population asked for cannot be made: {reason}."""


class UnknownLeak(InputError):
    """No synthetic file is described for breach {breach}: take one of {known}."""


class DirectoryInUse(InputError):
    """Directory {directory} {reason}: name another directory{remedy}."""


class InseeFileMissing(InputError):
    """INSEE file {file} is not usable in {directory} ({reason}): put it there, or leave --insee out."""
