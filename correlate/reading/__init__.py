"""Files of any user, read as batches of raw text columns."""

from correlate.reading.atomic import (
    atomic_output,
    check_room,
    check_writable,
    free_room,
    output_error,
    told_size,
)
from correlate.reading.batch import Batch
from correlate.reading.columns import Column, Columns
from correlate.reading.errors import MissingFile, OutputError, UnknownColumn, UnreadableFile
from correlate.reading.formats import Format
from correlate.reading.frame import open_frame, open_input
from correlate.reading.headers import listable, same
from correlate.reading.mapping import Mapping, load_mapping
from correlate.reading.rejects import Reject, RejectsWriter
from correlate.reading.source import Source, open_columns, open_source

__all__ = [
    "Batch",
    "Column",
    "Columns",
    "Format",
    "Mapping",
    "MissingFile",
    "OutputError",
    "Reject",
    "RejectsWriter",
    "Source",
    "UnknownColumn",
    "UnreadableFile",
    "atomic_output",
    "check_room",
    "check_writable",
    "free_room",
    "listable",
    "load_mapping",
    "open_columns",
    "open_frame",
    "open_input",
    "open_source",
    "output_error",
    "same",
    "told_size",
]
