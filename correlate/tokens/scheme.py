"""The two token schemes: a keyed pseudo-random function from a column of strings to 64-bit tokens."""

from __future__ import annotations

import hmac
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.errors import KeyFileError
from correlate.tokens.cmac import BLOCK, Cmac
from correlate.tokens.key import SecretKey
from correlate.tokens.packing import Bytes, Lengths, Texts

__all__ = [
    "DEFAULT_SCHEME",
    "MISSING",
    "SCHEMES",
    "TOKENS_VERSION",
    "AesCmac",
    "HmacSha256",
    "Scheme",
    "Tokens",
    "UnknownScheme",
    "column_tokens",
    "make_scheme",
]

Tokens = npt.NDArray[np.int64]
"""One signed 64-bit token per row; 0 stands for a missing value and is never a token."""

MISSING = 0
TOKENS_VERSION = 2
"""How canonical values become tokens; a change of domains or of columns is a new version. Version 2 put all
names in one domain."""

# Rows packed together: their bytes fit a cache.
ROWS = 1 << 16


class UnknownScheme(KeyFileError):
    """The token scheme "{scheme}" is not known. Known schemes: {known}."""


class Scheme(Protocol):
    """A keyed function over byte strings, truncated to 64 bits."""

    name: str

    def tokens(self, domain: str, messages: Bytes, lengths: Lengths | None = None) -> Tokens:
        """(n, width) bytes in, n tokens out, under the subkey of ``domain``.

        ``lengths`` (n,) says how many bytes of each row count, when not all do: more than ``width - 16``
        of them (a row of 16 may be empty), with 0 behind.
        """


class AesCmac:
    """AES-128-CMAC, the first 64 bits of the tag, under one subkey a domain. The fast default."""

    name = "aes-cmac-64"

    def __init__(self, key: SecretKey) -> None:
        """Keep the key; subkeys are made at first use."""
        self._key = key
        self._functions: dict[str, Cmac] = {}

    def tokens(self, domain: str, messages: Bytes, lengths: Lengths | None = None) -> Tokens:
        """See Scheme."""
        if domain not in self._functions:
            self._functions[domain] = Cmac(self._key.subkey(f"{self.name}/{domain}"))
        return _truncate(self._functions[domain].digest(messages, lengths))


class HmacSha256:
    """HMAC-SHA256, the first 64 bits: slower, and what any other system can compute."""

    name = "hmac-sha256-64"

    def __init__(self, key: SecretKey) -> None:
        """Keep the key; subkeys are made at first use."""
        self._key = key
        self._functions: dict[str, hmac.HMAC] = {}

    def tokens(self, domain: str, messages: Bytes, lengths: Lengths | None = None) -> Tokens:
        """See Scheme."""
        if domain not in self._functions:
            subkey = self._key.subkey(f"{self.name}/{domain}", length=32)
            self._functions[domain] = hmac.new(subkey, digestmod="sha256")
        keyed, width = self._functions[domain], messages.shape[1]
        flat = np.ascontiguousarray(messages).tobytes()
        sizes = [width] * len(messages) if lengths is None else lengths.tolist()
        digests = b"".join(
            _digest(keyed, flat[row * width : row * width + size]) for row, size in enumerate(sizes)
        )
        return _truncate(np.frombuffer(digests, dtype=np.uint8).reshape(-1, 32))


def _digest(keyed: hmac.HMAC, message: bytes) -> bytes:
    """The digest of one message; copying a keyed state is faster than keying anew for each."""
    function = keyed.copy()
    function.update(message)
    return function.digest()


SCHEMES: dict[str, type[AesCmac | HmacSha256]] = {AesCmac.name: AesCmac, HmacSha256.name: HmacSha256}
DEFAULT_SCHEME = AesCmac.name


def make_scheme(name: str, key: SecretKey) -> Scheme:
    """The scheme of that name under ``key``; raises UnknownScheme, listing the known ones."""
    if name not in SCHEMES:
        raise UnknownScheme(scheme=name, known=", ".join(sorted(SCHEMES)))
    return SCHEMES[name](key)


def column_tokens(scheme: Scheme, domain: str, values: pl.Series) -> Tokens:
    """Tokens of a column of canonical strings; null gives MISSING."""
    out = np.full(len(values), MISSING, dtype=np.int64)
    for start in range(0, len(values), ROWS):
        part = out[start : start + ROWS]
        for rows, messages, lengths in Texts.of(values.slice(start, ROWS)).by_width(BLOCK):
            part[rows] = scheme.tokens(domain, messages, lengths)
    return out


def _truncate(digests: Bytes) -> Tokens:
    """The leading 64 bits as big-endian signed integers; the one value kept for "missing" moves aside."""
    tokens = digests[:, :8].view(">i8")[:, 0].astype(np.int64)
    tokens[tokens == MISSING] = 1
    return tokens
