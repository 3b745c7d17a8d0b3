"""The entry point for learning: a linkage model from a vault, and what in it differs from another."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from correlate.errors import InputError
from correlate.linkage import (
    ASKERS_MAX,
    COMPARISONS,
    Askers,
    Fit,
    LevelOdds,
    LinkageModel,
    fit,
    load_model,
    model_toml,
)
from correlate.reading import Mapping, atomic_output, check_writable, open_input
from correlate.tokens import TOKEN_COLUMNS
from correlate.vault import Vault, tokenised

__all__ = [
    "ASKERS_MAX",
    "ModelExists",
    "Moved",
    "NobodyToLearnFrom",
    "VaultEmpty",
    "learn",
    "moved",
    "refuse_existing",
    "write_model",
]


class ModelExists(InputError):
    """The file {file} exists, and a model is never overwritten: results bear its name. Name a new file with
    --out.
    """


class NobodyToLearnFrom(InputError):
    """No row of {file} has anything that identifies a person, such as names with a birth date, a NIR, an
    e-mail or a telephone. Map its columns with --map.
    """


class VaultEmpty(InputError):
    """The vault {vault} holds no record, and a linkage model cannot be learned from nothing. Add files with
    `correlate ingest`, or use the shipped model.
    """


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A level whose weight log2(m / u) is not the same in two models."""

    field: str
    level: str
    bits_before: float
    bits_after: float

    @property
    def change(self) -> float:
        """By how many bits the weight has risen."""
        return self.bits_after - self.bits_before


def learn(
    vault: Vault,
    subjects: Path | None = None,
    *,
    mapping: Mapping | None = None,
    start: LinkageModel | None = None,
    name: str | None = None,
) -> Fit:
    """Learn a linkage model from how subjects, or a vault's own records, agree with its records.

    Nobody has to say who is who. At most 50,000 rows ask, chosen by their tokens alone, so that the same
    vault gives the same model however it was filled.

    Args:
        vault: open for reading.
        subjects: CSV, JSON lines or Parquet; none learns from the vault's records among themselves.
        mapping: columns of the subjects that their headers do not tell.
        start: the model that learning starts from; the shipped one if none is given.
        name: the new model's; ``fit-<key id>-<records>`` if none is given.

    Raises:
        VaultEmpty, NobodyToLearnFrom, TooLittleToFit: there is nothing, or too little, to learn from.
        InputError: the subjects' file cannot be read.
    """
    start = start or load_model()
    records = int(vault.engine.scalar("SELECT count(*) FROM record"))
    if not records:
        raise VaultEmpty(vault=vault.path)
    askers = _themselves(vault) if subjects is None else _asking(vault, subjects, mapping)
    if not askers.keys.height:
        raise NobodyToLearnFrom(file=subjects or vault.path)
    found = fit(
        vault,
        askers,
        start=start,
        name=name or f"fit-{vault.key_id}-{records}",
        among_themselves=subjects is None,
    )
    source = f"learned by `correlate fit` from {found.askers} rows and {records} records"
    sources = dict.fromkeys(found.model.sources, f"{source}, starting from {start.name}")
    return dataclasses.replace(found, model=dataclasses.replace(found.model, sources=sources))


def moved(before: LinkageModel, after: LinkageModel) -> list[Moved]:
    """All levels, those whose weight has moved most first."""
    levels = [
        Moved(
            field=comparison.field,
            level=level.name,
            bits_before=_bits(before.levels[comparison.field][level.name]),
            bits_after=_bits(after.levels[comparison.field][level.name]),
        )
        for comparison in COMPARISONS
        for level in comparison.levels
    ]
    return sorted(levels, key=lambda level: (-abs(level.change), level.field, level.level))


def write_model(model: LinkageModel, path: Path) -> None:
    """Write a model as a file that ``load_model`` reads; it appears only when whole, and replaces nothing.

    Raises:
        ModelExists: something has that name.
        OutputError: it cannot be written there.
    """
    refuse_existing(path)
    with atomic_output(path) as part:
        part.write_text(model_toml(model), encoding="utf-8")


def refuse_existing(path: Path) -> None:
    """Raise what ``write_model`` would raise, before the work."""
    if path.exists() and not path.is_dir():
        raise ModelExists(file=path)
    check_writable(path)


def _bits(odds: LevelOdds) -> float:
    return math.log2(odds.m / odds.u)


def _themselves(vault: Vault) -> Askers:
    """Records chosen by their tokens: an order that neither their numbers nor their files have a part in."""
    mixed = reduce(
        lambda one, other: f"xor({one}, {other})", [f"coalesce(r.{name}, 0)" for name in TOKEN_COLUMNS]
    )
    # Records with the same tokens are told apart by the breach, as learning does; nothing else matters to it.
    chosen = vault.engine.frame(
        f"SELECT record_id FROM record_token AS r JOIN breach USING (breach_no) "  # noqa: S608 - our own names
        f"ORDER BY {mixed}, breach, nir_own LIMIT {ASKERS_MAX}"
    )
    return Askers.of_records(vault, chosen["record_id"])


def _asking(vault: Vault, subjects: Path, mapping: Mapping | None) -> Askers:
    """A file's rows as askers, no more of them held at a time than a batch and a sample."""
    held: list[Askers] = []
    with open_input(subjects, mapping=mapping) as source:
        for batch, people in tokenised(vault.tokeniser, source, mapping, asking=True):
            some = Askers.of_people(people, numbers=batch.row_numbers.to_numpy())
            held = [Askers.together([*held, some]).sample(ASKERS_MAX)]
    if not held:
        raise NobodyToLearnFrom(file=subjects)
    return held[0]
