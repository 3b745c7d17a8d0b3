"""Options that several commands share, and how a vault is opened from them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from correlate.catalogue import Catalogue
from correlate.reading import Mapping, RejectsWriter, load_mapping
from correlate.tokens import KEY_FILE_VARIABLE, load_key
from correlate.vault import Limits, Vault

__all__ = [
    "CatalogueOption",
    "KeyOption",
    "MapOption",
    "MemoryOption",
    "RejectsOption",
    "ThreadsOption",
    "VaultArgument",
    "given_catalogue",
    "given_mapping",
    "given_rejects",
    "open_vault",
]

VaultArgument = Annotated[Path, typer.Argument(metavar="VAULT", help="The vault's file.")]
KeyOption = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help=f"Key file; if left out, the one {KEY_FILE_VARIABLE} names."),
]
MapOption = Annotated[
    Path | None,
    typer.Option(
        "--map", metavar="MAP.toml", help="What each column carries, where its header does not tell."
    ),
]
RejectsOption = Annotated[
    Path | None,
    typer.Option(
        "--rejects", metavar="FILE", help="Write the rows that were set aside, with reasons, as CSV."
    ),
]
CatalogueOption = Annotated[
    list[Path] | None,
    typer.Option("--catalogue", metavar="FILE", help="Breaches of your own, on top of the shipped ones."),
]
ThreadsOption = Annotated[
    int | None, typer.Option("--threads", min=1, max=1024, help="Processors to use; all if left out.")
]


def _memory(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d*(\.\d+)? ?[KMGT]i?B", text):
        raise typer.BadParameter("give a number and a unit, as in 4GB")
    return text


MemoryOption = Annotated[
    str | None,
    typer.Option("--memory", metavar="SIZE", parser=_memory, help="Memory the engine may use, as in 4GB."),
]


@contextmanager
def open_vault(
    vault: Path,
    key: Path | None,
    *,
    write: bool = False,
    threads: int | None = None,
    memory: str | None = None,
) -> Iterator[Vault]:
    """Open a vault with the key that was given or that the environment names."""
    with Vault.open(
        vault, load_key(key), write=write, limits=Limits(threads=threads, memory=memory)
    ) as opened:
        yield opened


def given_catalogue(files: list[Path] | None) -> Catalogue:
    """The shipped breaches with those of the user: the named files, or else the user's own catalogue."""
    return Catalogue.load(*files) if files else Catalogue.load()


def given_mapping(file: Path | None) -> Mapping | None:
    """The mapping in a file, if one was named."""
    return None if file is None else load_mapping(file)


@contextmanager
def given_rejects(file: Path | None) -> Iterator[RejectsWriter | None]:
    """A writer of rejects, if a file was named; the file appears when all is done."""
    with nullcontext() if file is None else RejectsWriter(file) as writer:
        yield writer
