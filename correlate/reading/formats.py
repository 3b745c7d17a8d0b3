"""What a file is, by its first bytes and then by the ending of its name."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from correlate.reading.errors import CorruptFile, UnsupportedFormat

__all__ = ["PARQUET_MAGIC", "Compression", "Format", "compression_of", "refuse_unsupported", "text_format_of"]


class Format(StrEnum):
    """The formats that are read."""

    csv = "csv"
    jsonl = "jsonl"
    parquet = "parquet"


class Compression(StrEnum):
    """How a text file may be compressed."""

    none = "none"
    gzip = "gzip"
    zstd = "zstd"


PARQUET_MAGIC = b"PAR1"
_COMPRESSED = ((b"\x1f\x8b", Compression.gzip), (b"\x28\xb5\x2f\xfd", Compression.zstd))
_UNPACK = "unpack it first"
_EXPORT = "export the table from the program that made it"
_UNSUPPORTED = (
    (b"PK\x03\x04", "a zip archive or a spreadsheet", "unpack it, or export the sheet"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet or document", _EXPORT),
    (b"BZh", "compressed with bzip2", _UNPACK),
    (b"\xfd7zXZ", "compressed with xz", _UNPACK),
    (b"7z\xbc\xaf", "a 7z archive", _UNPACK),
    (b"Rar!", "a rar archive", _UNPACK),
    (b"SQLite format 3", "an SQLite database", _EXPORT),
    (b"ARROW1", "an Arrow file", "write it as Parquet"),
    (b"PARE", "an encrypted Parquet file", "decrypt it first"),
    (b"%PDF", "a PDF document", _EXPORT),
)
_JSON_LINES_ENDINGS = (".jsonl", ".ndjson")


def refuse_unsupported(head: bytes, path: Path) -> None:
    """Raise :class:`UnsupportedFormat` for a known format that is not read."""
    for magic, kind, hint in _UNSUPPORTED:
        if head.startswith(magic):
            raise UnsupportedFormat(file=path, kind=kind, hint=hint)
    if path.suffix.lower() == ".parquet" and not head.startswith(PARQUET_MAGIC):
        raise CorruptFile(file=path, reason="it does not begin as a Parquet file does")


def compression_of(head: bytes) -> Compression:
    """Give how a file with these first bytes is compressed."""
    return next((kind for magic, kind in _COMPRESSED if head.startswith(magic)), Compression.none)


def text_format_of(sample: bytes, path: Path) -> Format:
    """Tell JSON lines from CSV, by the first bytes of text in UTF-8 without byte order mark."""
    start = sample.lstrip()[:1]
    endings = [suffix.lower() for suffix in path.suffixes]
    if start == b"[" and (".json" in endings or sample.lstrip()[1:].lstrip()[:1] in (b"{", b"[")):
        raise UnsupportedFormat(file=path, kind="one JSON array", hint="write one object per line")
    if start == b"{" or any(ending in _JSON_LINES_ENDINGS for ending in endings):
        return Format.jsonl
    return Format.csv
