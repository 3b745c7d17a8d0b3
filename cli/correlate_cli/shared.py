"""Options that several commands share, and how a vault is opened from them."""

from __future__ import annotations

import dataclasses
import datetime
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

import correlate
from correlate.timings import Timings, recorded

__all__ = [
    "DEFAULT_PROFILE",
    "KEY_FILE_VARIABLE",
    "BaseRatesOption",
    "CatalogueOption",
    "KeyOption",
    "MapOption",
    "MemoryOption",
    "ModelOption",
    "ProfileOption",
    "RejectsOption",
    "ScenariosOption",
    "SharesOption",
    "ThreadsOption",
    "TimingsOption",
    "VaultArgument",
    "given_catalogue",
    "given_mapping",
    "given_model",
    "given_models",
    "given_profile",
    "given_rejects",
    "given_scenarios",
    "given_timings",
    "open_vault",
    "refuse_overwriting",
]

# The engine's own, said once more here: whoever asks for help should not wait for the engine.
KEY_FILE_VARIABLE = "CORRELATE_KEY_FILE"
DEFAULT_PROFILE = "research-2026-11b"

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
ModelOption = Annotated[
    Path | None,
    typer.Option(
        "--model", metavar="FILE", help="Linkage model that `correlate fit` wrote; else the shipped one."
    ),
]
RejectsOption = Annotated[
    Path | None,
    typer.Option(
        "--rejects", metavar="FILE", help="Write the rows that were set aside, with reasons, as CSV."
    ),
]
TimingsOption = Annotated[
    Path | None,
    typer.Option(
        "--timings", metavar="FILE", help="Write what each step took as JSON: rows, seconds, memory."
    ),
]
ProfileOption = Annotated[
    str,
    typer.Option(
        "--profile",
        metavar="NAME",
        help="research, insurer, lender, one with its date, or your own as a TOML file. lender reads no NIR.",
    ),
]
ScenariosOption = Annotated[
    Path | None,
    typer.Option(
        "--scenarios",
        metavar="FILE",
        help="TOML: scenarios to add to the shipped, replace or leave out.",
    ),
]
BaseRatesOption = Annotated[
    bool,
    typer.Option(
        "--base-rates",
        help="Count breaches that the vault does not hold too, as likely as they are for anybody.",
    ),
]
SharesOption = Annotated[
    bool, typer.Option("--shares", help="Give each breach's exact share of the score; slow for many people.")
]
CatalogueOption = Annotated[
    list[Path] | None,
    typer.Option("--catalogue", metavar="FILE", help="Breaches of your own, on top of the shipped ones."),
]


def _bind_threads(threads: int | None) -> int | None:
    """Polars makes its threads when it is loaded, and it is not loaded yet."""
    if threads is not None and "polars" not in sys.modules:
        os.environ["POLARS_MAX_THREADS"] = str(threads)
    return threads


ThreadsOption = Annotated[
    int | None,
    typer.Option(
        "--threads",
        min=1,
        max=1024,
        is_eager=True,
        callback=_bind_threads,
        help="Processors to keep busy; all if left out.",
    ),
]


def _memory(text: str) -> str:
    try:
        correlate.Limits(memory=text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    return text


MemoryOption = Annotated[
    str | None,
    typer.Option("--memory", metavar="SIZE", parser=_memory, help="Memory to stay within, as in 4GB."),
]


@contextmanager
def open_vault(
    vault: Path,
    key: Path | None,
    *,
    write: bool = False,
    threads: int | None = None,
    memory: str | None = None,
) -> Iterator[correlate.Vault]:
    """Open a vault with the key that was given or that the environment names.

    Whatever is made from here on, a log or spilled work, only the user can read.
    """
    secret = correlate.load_key(key)
    limits = correlate.Limits(threads=threads, memory=memory)
    os.umask(0o077)
    with correlate.Vault.open(vault, secret, write=write, limits=limits) as opened:
        yield opened


def given_catalogue(files: list[Path] | None) -> correlate.Catalogue:
    """The shipped breaches with those of the user: the named files, or else the user's own catalogue."""
    return correlate.Catalogue.load(*files) if files else correlate.Catalogue.load()


def given_mapping(file: Path | None) -> correlate.Mapping | None:
    """The mapping in a file, if one was named."""
    return None if file is None else correlate.load_mapping(file)


def given_model(file: Path | None) -> correlate.LinkageModel:
    """The linkage model in a file, or the shipped one."""
    return correlate.load_model(file)


def given_profile(name: str) -> correlate.Profile:
    """The profile of this name, or in this file."""
    is_file = name.endswith(".toml") or os.sep in name
    return correlate.Profile.load(Path(name) if is_file else name)


def given_scenarios(file: Path | None) -> correlate.ScenarioSet:
    """The shipped scenarios, with the changes of a file if one was named."""
    return correlate.ScenarioSet.load(file)


def given_models(
    *,
    as_of: datetime.datetime | None,
    catalogue: list[Path] | None,
    model: Path | None,
    profile: str = DEFAULT_PROFILE,
    scenarios: Path | None = None,
    base_rates: bool = False,
    shares: bool = False,
) -> correlate.Models:
    """All that decides a score besides subject and vault, from the options of a command."""
    day = as_of.date() if as_of else datetime.datetime.now(tz=datetime.UTC).date()
    return dataclasses.replace(
        correlate.Models.default(as_of=day, catalogue=given_catalogue(catalogue)),
        linkage=given_model(model),
        scenarios=given_scenarios(scenarios),
        profile=given_profile(profile),
        base_rates=base_rates,
        shares=shares,
    )


@contextmanager
def given_rejects(
    file: Path | None, *, inputs: Sequence[Path] = ()
) -> Iterator[correlate.RejectsWriter | None]:
    """A writer of rejects, if a file was named; the file appears when all is done."""
    if file is not None:
        refuse_overwriting(file, inputs, option="--rejects")
    with nullcontext() if file is None else correlate.RejectsWriter(file) as writer:
        yield writer


def refuse_overwriting(output: Path, inputs: Sequence[Path], *, option: str) -> None:
    """Stop before an output takes the place of a vault, a key or a file that is read."""
    for path in inputs:
        if output.resolve() == path.resolve():
            raise typer.BadParameter(f"it would overwrite {path}; name another file", param_hint=option)


@contextmanager
def given_timings(path: Path | None, *, inputs: Sequence[Path]) -> Iterator[None]:
    """Time the steps of the block, and write what each took when it ends, well or not."""
    if path is None:
        yield
        return
    refuse_overwriting(path, inputs, option="--timings")
    correlate.reading.check_writable(path)
    timings = Timings()
    try:
        with recorded(timings):
            yield
    finally:
        timings.write(path)
