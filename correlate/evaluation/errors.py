"""What can be wrong with labelled data."""

from __future__ import annotations

from correlate.errors import InputError

__all__ = [
    "GivenTwice",
    "MappedNowhere",
    "NoTruePair",
    "RowOutOfRange",
    "SameRow",
    "SubjectsUnusable",
    "TruthConstant",
    "TruthEmpty",
    "TruthMissing",
]


class TruthMissing(InputError):
    """The file {file} has no column "{column}". Name the column that says which rows are the same person with
    --truth; it must stand in the subjects and in every file of records.
    """


class TruthEmpty(InputError):
    """The column "{column}" of {file} is empty in every row. Name with --truth a column that says which rows
    are the same person.
    """


class TruthConstant(InputError):
    """The column "{column}" has one and the same value in all rows of {file}, which would make all of them
    one person. Name with --truth a column that tells people apart.
    """


class GivenTwice(InputError):
    """The file {file} is given twice as --records, or is the same as another of them. Name each file once."""


class NoTruePair(InputError):
    """No row of {subjects} and no row of the records have the same value in the column "{column}": there is
    nothing to find. Check that both sides name the same people in the same way.
    """


class SubjectsUnusable(InputError):
    """No row of {file} has anything that identifies a person, such as names with a birth date, a NIR, an
    e-mail or a telephone. Map its columns with --map.
    """


class RowOutOfRange(InputError):
    """The file {file} has no usable row {row}: rows count from 1, without the header. It may have been
    rejected; `correlate evaluate` counts such rows.
    """


class SameRow(InputError):
    """Row {row} of {file} would be held against itself. Name two rows with --subject-row and --record-row."""


class MappedNowhere(InputError):
    """None of the files has a column {column}, which the mapping {mapping} names. {held}. Write the header as
    it stands in one of them.
    """
