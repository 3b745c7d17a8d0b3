"""A text file as a stream of UTF-8 bytes, whatever it was written in."""

from __future__ import annotations

import codecs

import numpy as np

from correlate.reading.encoding import SingleByte, bom_of, guess_wide, is_single_byte, is_utf8, votes_utf8
from correlate.reading.errors import UnreadableEncoding
from correlate.reading.stream import ByteStream

__all__ = ["TextStream"]

SAMPLE_BYTES = 256 * 1024
_CHUNK_BYTES = 4 * 1024 * 1024


class TextStream:
    """Fill buffers with a file's text in UTF-8. ``sample`` is its start, which is also read.

    UTF-8 passes through uncopied. Unless an encoding is given, the first bytes that are not ASCII decide
    between UTF-8 and Windows-1252 or ISO 8859-15; bytes that are wrong in it stay wrong in the output.
    """

    def __init__(self, stream: ByteStream, encoding: str | None = None) -> None:
        self._stream = stream
        raw = self._read_raw(SAMPLE_BYTES)
        bom, skip = bom_of(raw)
        self._single: SingleByte | None = None
        self._wide: codecs.IncrementalDecoder | None = None
        self._ended = False
        self.encoding = "utf-8"
        self._undecided = encoding is None and bom is None
        self._choose(bom or encoding or guess_wide(raw))
        self._pending = self._convert(raw[skip:])
        self.sample = self._whole_lines(ended=len(raw) < SAMPLE_BYTES)

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill the start of ``buffer``, and give how many bytes; 0 only at the end."""
        if not self._pending and self._passes_through():
            size = self._stream.readinto(buffer)
            filled = buffer[:size]
            if not self._undecided or not _has_accents(filled):
                return size
            self._pending = self._convert(bytes(filled))
        while not self._pending and not self._ended:
            self._pending = self._convert(self._read_raw(_CHUNK_BYTES))
        size = min(len(buffer), len(self._pending))
        buffer[:size] = self._pending[:size]
        self._pending = self._pending[size:]
        return size

    def _whole_lines(self, *, ended: bool) -> bytes:
        if ended:
            return self._pending + b"\n"
        return self._pending[: self._pending.rfind(b"\n") + 1]

    def skip(self, size: int) -> None:
        """Leave out the first ``size`` bytes of the sample, before anything else is read."""
        self._pending = self._pending[size:]

    def _passes_through(self) -> bool:
        return self._single is None and self._wide is None

    def _read_raw(self, size: int) -> bytes:
        buffer = bytearray(size + 1)
        filled = self._stream.readinto(memoryview(buffer)[:size])
        if filled == size and buffer[size - 1] == 0xC3:
            # Keep the two bytes of an accented letter in UTF-8 together, for whoever looks for them.
            filled += self._stream.readinto(memoryview(buffer)[size:])
        return bytes(buffer[:filled])

    def _choose(self, encoding: str | None) -> None:
        if encoding is None or is_utf8(encoding):
            return
        encoding = codecs.lookup(encoding).name
        self._undecided = False
        self.encoding = encoding
        if is_single_byte(encoding):
            self._single = SingleByte(encoding)
        else:
            # Unpaired surrogates of UTF-16 pass, as bytes that are not UTF-8.
            errors = "surrogatepass" if encoding.startswith("utf") else "strict"
            self._wide = codecs.getincrementaldecoder(encoding)(errors)

    def _convert(self, raw: bytes) -> bytes:
        self._ended = self._ended or not raw
        if self._undecided and not raw.isascii():
            self._undecided = False
            if not votes_utf8(raw):
                self._single = SingleByte(None)
        if self._single is not None:
            converted = self._single.convert(raw)
            self.encoding = self._single.encoding
            return converted
        return raw if self._wide is None else self._convert_wide(self._wide, raw)

    def _convert_wide(self, decoder: codecs.IncrementalDecoder, raw: bytes) -> bytes:
        try:
            return decoder.decode(raw, not raw).encode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            if self.encoding.startswith("utf-16"):
                return b"\xff"  # Half a character at the end: its row is set aside.
            reason = f"wrong bytes before byte {self._stream.position} ({error.reason})"
            raise UnreadableEncoding(file=self._stream.path, encoding=self.encoding, reason=reason) from None


def _has_accents(data: memoryview) -> bool:
    return len(data) > 0 and int(np.frombuffer(data, np.uint8).max()) > 127
