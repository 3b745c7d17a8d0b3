"""The secret key: where it comes from, what it is called, and the subkeys made from it."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from correlate.errors import KeyFileError

__all__ = [
    "KEY_FILE_VARIABLE",
    "KeyFileDamaged",
    "KeyFileExists",
    "KeyFileExposed",
    "KeyFileMissing",
    "KeyFileUnwritable",
    "KeyNotGiven",
    "SecretKey",
    "create_key",
    "load_key",
]

KEY_FILE_VARIABLE = "CORRELATE_KEY_FILE"
SECRET_BYTES = 32
KEY_LINE = re.compile(rb"\s*([0-9a-fA-F]{%d})\s*" % (2 * SECRET_BYTES))
# Longer than any key file: what else a name may point to is not read into memory.
READ_BYTES = 4096
# The version stands inside every derivation: a later construction can never meet an earlier one's tokens.
DERIVATION = "correlate-risk/2026-11"


class KeyNotGiven(KeyFileError):
    """No secret key was given, and without one nothing can be tokenised. Name a key file with --key FILE or
    in CORRELATE_KEY_FILE; `correlate key create FILE` makes one.
    """


class KeyFileMissing(KeyFileError):
    """The key file {path} cannot be read: {reason}. Check the name, or make a key with
    `correlate key create {path}`.
    """


class KeyFileUnwritable(KeyFileError):
    """The key file {path} cannot be written: {reason}. Choose a name in a folder of yours that has room."""


class KeyFileExists(KeyFileError):
    """The file {path} exists already, and a key is never overwritten: every vault made with it would be lost.
    Choose another name.
    """


class KeyFileExposed(KeyFileError):
    """The key file {path} can be read by other users of this machine (mode {mode}). Run `chmod 600 {path}`,
    and make a new key if it may have been copied.
    """


class KeyFileDamaged(KeyFileError):
    """The file {path} is not a secret key: it must hold one line of 64 hexadecimal digits. Point to the file
    that `correlate key create` made, or make a new one.
    """


@dataclass(frozen=True, kw_only=True)
class SecretKey:
    """32 secret bytes, never shown. ``key_id`` names the key without revealing it."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse anything but 32 bytes."""
        if len(self.secret) != SECRET_BYTES:
            raise ValueError(f"a secret key is {SECRET_BYTES} bytes")

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied: what can be written out ends up in a plan, a cache or a log."""
        raise TypeError("a secret key is never pickled; load it anew where it is needed")

    @classmethod
    def random(cls) -> SecretKey:
        """A key for the length of a process, kept nowhere."""
        return cls(secret=secrets.token_bytes(SECRET_BYTES))

    @property
    def key_id(self) -> str:
        """A one-way fingerprint of the key: 16 hexadecimal digits (64 bits), safe to print and to store."""
        return self.subkey("key-id", length=8).hex()

    def subkey(self, purpose: str, *, length: int = 16) -> bytes:
        """Derive ``length`` bytes for one purpose by HKDF-SHA256 (RFC 5869); purposes give unrelated keys."""
        info = f"{DERIVATION}/{purpose}".encode()
        return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(self.secret)


def create_key(path: Path) -> SecretKey:
    """Make a random key and write it to ``path`` with mode 0600; never overwrites.

    Raises:
        KeyFileExists: ``path`` exists.
        KeyFileUnwritable: its folder or the disk does not take it; nothing is left behind.
    """
    key = SecretKey.random()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileExists(path=path) from None
    except OSError as error:
        raise KeyFileUnwritable(path=path, reason=error.strerror) from None
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key.secret.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink()
        raise KeyFileUnwritable(path=path, reason=error.strerror) from None
    return key


def load_key(path: Path | None = None, *, environ: Mapping[str, str] = os.environ) -> SecretKey:
    """Read the key from ``path``, or else from the file that CORRELATE_KEY_FILE names.

    Raises:
        KeyNotGiven: neither is given.
        KeyFileMissing, KeyFileExposed, KeyFileDamaged: the file is unreadable, readable by others, no key.
    """
    if path is None:
        named = environ.get(KEY_FILE_VARIABLE, "")
        if not named:
            raise KeyNotGiven
        path = Path(named)
    mode, content = _read(path)
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileExposed(path=path, mode=f"{stat.S_IMODE(mode):04o}")
    line = KEY_LINE.fullmatch(content)
    if line is None:
        raise KeyFileDamaged(path=path)
    return SecretKey(secret=bytes.fromhex(line[1].decode("ascii")))


def _read(path: Path) -> tuple[int, bytes]:
    """Mode and content of one and the same file."""
    try:
        with path.open("rb") as file:
            return os.fstat(file.fileno()).st_mode, file.read(READ_BYTES)
    except OSError as error:
        raise KeyFileMissing(path=path, reason=error.strerror) from None
