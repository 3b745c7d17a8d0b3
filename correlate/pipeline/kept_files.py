"""Frames in files of their own, each told by a checksum."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import polars as pl
import xxhash

__all__ = ["KeptFile", "NotWhole", "checksum", "in_place", "keep_frame"]


class NotWhole(Exception):
    """A file that was kept is gone, or is not what it was."""


class KeptFile(NamedTuple):
    """A frame in a file, and the xxh3-128 of its bytes."""

    path: Path
    checksum: str

    def read(self) -> pl.DataFrame:
        """The frame; raises NotWhole.

        What is looked at is what was checked: the bytes are read once, whatever becomes of the file.
        """
        try:
            content = self.path.read_bytes()
        except OSError:
            raise NotWhole from None
        if xxhash.xxh3_128_hexdigest(content) != self.checksum:
            raise NotWhole
        with in_place():
            return pl.read_ipc(BytesIO(content))

    def check(self) -> None:
        """Raise NotWhole unless the file is what it was."""
        try:
            found = checksum(self.path)
        except OSError:
            raise NotWhole from None
        if found != self.checksum:
            raise NotWhole

    def also_at(self, path: Path) -> KeptFile:
        """The same file under another name too; where the system has no such thing, a copy."""
        path.unlink(missing_ok=True)
        try:
            os.link(self.path, path)
        except OSError:
            shutil.copyfile(self.path, path)
        return KeptFile(path, self.checksum)


@contextmanager
def in_place() -> Iterator[None]:
    """Bytes that Polars cannot make a frame of are no frame that was kept."""
    try:
        yield
    except pl.exceptions.PolarsError:
        raise NotWhole from None


def keep_frame(frame: pl.DataFrame, path: Path, *, small: bool = False) -> KeptFile:
    """Write a frame as it lies in memory, which takes next to no time; ``small`` at the cost of some."""
    # What a run that was broken off has left there may be an earlier output's file too: never write into it.
    path.unlink(missing_ok=True)
    frame.rechunk().write_ipc(path, compression="lz4" if small else "uncompressed")
    return KeptFile(path, checksum(path))


def checksum(path: Path) -> str:
    """The xxh3-128 of a file's bytes, in hexadecimal."""
    digest = xxhash.xxh3_128()
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()
