"""Text of any encoding as UTF-8 bytes, found out while it streams by.

A byte that means nothing in the encoding comes out as a byte that is not UTF-8, so that whoever splits rows
sets that row aside: a damaged cell is never passed on as if it were read.
"""

from __future__ import annotations

import codecs
import re

__all__ = ["SingleByte", "bom_of", "guess_wide", "is_single_byte", "is_utf8", "votes_utf8"]

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ASCII = bytes(range(128))
_CONTROLS = frozenset(range(0x80, 0xA0))
_FRACTIONS = frozenset(b"\xbc\xbd\xbe")
# Œ, œ and Ÿ of ISO 8859-15 are fractions in Windows-1252: beside a letter they can only be letters.
_LATIN_9 = re.compile(rb"[A-Za-z\xc0-\xff][\xbc\xbd\xbe]|[\xbc\xbd\xbe][A-Za-z\xc0-\xff]")
# "Ã" and a sign: a letter of another file in UTF-8, joined to this one.
_FOREIGN = re.compile(rb"\xc3[\x80-\xbf]")
_ACCENTED_LINE = re.compile(rb"[^\n]*[\x80-\xff][^\n]*\n?")
_VOTERS_MAX = 10_000


def bom_of(head: bytes) -> tuple[str | None, int]:
    """Give the encoding that a byte order mark announces, and the mark's length."""
    return next(((name, len(bom)) for bom, name in _BOMS if head.startswith(bom)), (None, 0))


def guess_wide(sample: bytes) -> str | None:
    """Recognise UTF-16 without a mark: mostly Latin text has a zero in every other byte."""
    even, odd = sample[0::2], sample[1::2]
    if not odd:
        return None
    if odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.4 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return None


def is_utf8(encoding: str) -> bool:
    """Say whether an encoding needs no conversion."""
    return codecs.lookup(encoding).name in ("utf-8", "ascii", "utf-8-sig")


def is_single_byte(encoding: str) -> bool:
    """Say whether each byte is a character, and those below 128 are ASCII."""
    pairs = (bytes([first, second]) for first in range(128, 256) for second in b"A\xa4")
    return _ASCII.decode(encoding, "replace") == _ASCII.decode("ascii") and all(
        len(pair.decode(encoding, "replace")) == 2 for pair in pairs
    )


def votes_utf8(data: bytes) -> bool:
    """Say whether a part of a text with accents is UTF-8: at least half of its accented lines are."""
    try:
        codecs.utf_8_decode(data, "strict", False)
    except UnicodeDecodeError:
        pass
    else:
        return True
    whole = data[: data.rfind(b"\n") + 1] or data
    voters = [
        match.group() for match, _ in zip(_ACCENTED_LINE.finditer(whole), range(_VOTERS_MAX), strict=False)
    ]
    return sum(map(_decodes, voters)) * 2 >= max(len(voters), 1)


def _decodes(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


class SingleByte:
    """Convert from a single-byte encoding, given or (``None``) to be told from its telling bytes.

    Windows-1252, ISO 8859-1 and ISO 8859-15 agree but for a few bytes, so text is read as the first until
    one of those is met. A guess also flags pieces of UTF-8 text among it; a given encoding is trusted.
    """

    def __init__(self, encoding: str | None) -> None:
        self._guessing = encoding is None
        self._settled = encoding is not None
        self.encoding = encoding or "windows-1252"

    def convert(self, data: bytes) -> bytes:
        """Give ``data`` in UTF-8, undefined bytes as they are."""
        # Accents are few: looking at them alone is many times faster than at all the text.
        accents = frozenset(data.translate(None, _ASCII))
        if not self._settled:
            self._settle(data, accents)
        if self._guessing and 0xC3 in accents and _FOREIGN.search(data):
            # The mark stays one undefined byte in UTF-8 too: see the module's first paragraph.
            return b"\xff".join(self._decode(piece, accents) for piece in _FOREIGN.split(data))
        return self._decode(data, accents)

    def _decode(self, data: bytes, accents: frozenset[int]) -> bytes:
        if not accents:
            return data
        if self.encoding == "windows-1252" and not accents & _CONTROLS:
            return data.decode("latin-1").encode()  # The same letters here, and much faster.
        return data.decode(self.encoding, "surrogateescape").encode("utf-8", "surrogateescape")

    def _settle(self, data: bytes, accents: frozenset[int]) -> None:
        if accents & _CONTROLS:
            self._settled = True
        elif accents & _FRACTIONS and _LATIN_9.search(data):
            self.encoding, self._settled = "iso-8859-15", True
