"""What can be wrong with a file that a user gives, and what to do about it.

Headers are listed only where they cannot be values (see :func:`correlate.reading.headers.listable`).
"""

from __future__ import annotations

from correlate.errors import CorrelateError, InputError

__all__ = [
    "ChangedFile",
    "ColumnClash",
    "CorruptFile",
    "EmptyFile",
    "FolderGiven",
    "MissingFile",
    "MissingHeader",
    "NoColumnRecognised",
    "OutputError",
    "UnknownColumn",
    "UnknownMappingKey",
    "UnknownTarget",
    "UnreadableEncoding",
    "UnreadableFile",
    "UnreadableHeader",
    "UnreadableMapping",
    "UnsupportedFormat",
]


class MissingFile(InputError):
    """There is no file {file}. Check the path and its spelling."""


class FolderGiven(InputError):
    """{file} is a folder. Name one file in it."""


class UnreadableFile(InputError):
    """{file} cannot be read: {reason}. Check who owns it and what it permits."""


class EmptyFile(InputError):
    """{file} is empty. Give a file with at least a row of headers."""


class UnsupportedFormat(InputError):
    """{file} is {kind}, which is not read. Give CSV, JSON lines or Parquet: {hint}."""


class CorruptFile(InputError):
    """{file} is damaged or cut short ({reason}). Fetch it again, and compare its size with the original's."""


class ChangedFile(InputError):
    """{file} changed while it was read. Wait until it is whole, and start again."""


class UnreadableHeader(InputError):
    """The first row of {file} does not end: {reason}. Repair it, or name the delimiter and the encoding."""


class UnreadableEncoding(InputError):
    """{file} is not text in {encoding}: {reason}. Name its encoding in the mapping, under [read]."""


class MissingHeader(InputError):
    """{file} has no row of headers: its first row, of {columns} columns, looks like data.

    Add a row of headers, or map the columns by position: [columns] "1" = "nir".
    """


class NoColumnRecognised(InputError):
    """No column of {file} is recognised. It has {headers}.

    Map at least one in a mapping file: [columns] "header" = "field", with one of: {fields}.
    """


class UnknownColumn(InputError):
    """{file} has no column {column}, which {why}. It has {headers}."""


class ColumnClash(InputError):
    """In {file}, columns {first} and {second} both carry {field}, which a row has once.

    Map one of them in a mapping file, and the other to "ignore" (by position if they have one name).
    """


class UnreadableMapping(InputError):
    """The mapping {file} cannot be used: {reason}."""


class UnknownMappingKey(InputError):
    """The mapping {file} has an unknown key {key}. Valid keys are: {valid}."""


class UnknownTarget(InputError):
    """The mapping {file} maps column {column} to {target}, which is no field. Valid ones are: {valid}."""


class OutputError(CorrelateError):
    """{file} cannot be written: {reason}."""
