"""The bytes of a file, decompressed as they are read."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from correlate.reading.errors import CorruptFile, UnreadableFile
from correlate.reading.formats import Compression

__all__ = ["ByteStream", "Readable", "open_file"]


class Readable(Protocol):
    """Whatever fills a buffer with bytes."""

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill the start of ``buffer``; give how many bytes, 0 at the end."""


class ByteStream:
    """The decompressed bytes of one file. ``position`` counts the bytes as stored that were consumed."""

    def __init__(self, path: Path, compression: Compression) -> None:
        self.path = path
        self._file = open_file(path)
        self._reader: Any = self._file
        if compression is Compression.gzip:
            self._reader = gzip.GzipFile(fileobj=self._file, mode="rb")
        elif compression is Compression.zstd:
            self._reader = pa.CompressedInputStream(pa.PythonFile(self._file, mode="r"), "zstd")

    @property
    def position(self) -> int:
        """Bytes of the file, as stored, that were consumed so far."""
        return self._file.tell() if not self._file.closed else 0

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill ``buffer`` unless the file ends; give how many bytes."""
        filled = 0
        with _as_input_error(self.path):
            while filled < len(buffer):
                size = self._reader.readinto(buffer[filled:])
                if not size:
                    break
                filled += size
        return filled

    def close(self) -> None:
        """Let go of the file."""
        if self._reader is not self._file:
            self._reader.close()
        self._file.close()


def open_file(path: Path) -> Any:  # noqa: ANN401 - a raw file; its type differs between platforms
    """Open a file's raw bytes, unbuffered. Raises :class:`UnreadableFile`."""
    with _as_input_error(path):
        return path.open("rb", buffering=0)


@contextmanager
def _as_input_error(path: Path) -> Iterator[None]:
    try:
        yield
    except EOFError:
        raise CorruptFile(file=path, reason="the compressed data end early") from None
    except (gzip.BadGzipFile, zlib.error):
        raise CorruptFile(file=path, reason="the compressed data are wrong") from None
    except OSError as error:
        if error.errno is None:  # Arrow's decompressor reports so.
            raise CorruptFile(file=path, reason="the compressed data are wrong or end early") from None
        raise UnreadableFile(file=path, reason=error.strerror or type(error).__name__) from None
