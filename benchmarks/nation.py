"""A synthetic nation on disk: the members of an insurer, the files that leaked, and vaults that hold them.

The files are made once for each size and kept; a vault is made anew by each benchmark that needs one, so that
it is what this very version of the program makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.command import Took, correlate
from benchmarks.harness import data_folder
from correlate.catalogue import Catalogue
from correlate.synthesis import NATION_BREACHES, synthesise
from correlate.tokens import create_key, load_key
from correlate.vault import Vault, ingest

__all__ = ["AS_OF", "ID", "Nation", "ingest_files", "nation", "rows_of", "score"]

ID = "member_id"
AS_OF = "2026-11-01"
SEED = 7


@dataclass(frozen=True, kw_only=True)
class Nation:
    """Files as ``correlate synth`` makes them, and a key."""

    folder: Path

    @property
    def subjects(self) -> Path:
        """The members of the insurer, half of the people."""
        return self.folder / "subjects.parquet"

    @property
    def files(self) -> tuple[Path, ...]:
        """The leaked files; each is called by its breach."""
        return tuple(sorted((self.folder / "breaches").glob("*.parquet")))

    @property
    def key(self) -> Path:
        """The key file."""
        return self.folder / "secret.key"

    @property
    def vault(self) -> Path:
        """Where ``make_vault`` puts the vault."""
        return self.folder / "vault.duckdb"

    @property
    def members(self) -> int:
        """How many subjects there are."""
        return rows_of([self.subjects])

    @property
    def records(self) -> int:
        """How many rows the leaked files have."""
        return rows_of(self.files)

    def make_vault(self, files: Sequence[Path] | None = None) -> None:
        """A vault of these files, or of all, in place of one that was there."""
        self.vault.unlink(missing_ok=True)
        catalogue = Catalogue.shipped()
        with Vault.create(self.vault, load_key(self.key)) as vault:
            for file in self.files if files is None else files:
                ingest(vault, file, catalogue.get(file.stem))


def nation(subjects: int, breaches: Sequence[str] = NATION_BREACHES) -> Nation:
    """The nation with about so many subjects, made unless it is there, with whatever files it has then."""
    made = Nation(folder=data_folder() / f"nation-{subjects}")
    if not made.subjects.exists():
        synthesise(made.folder, people=2 * subjects, seed=SEED, breaches=breaches, force=True)
    if not made.key.exists():
        create_key(made.key)
    return made


def rows_of(files: Iterable[Path]) -> int:
    """How many rows Parquet files have."""
    return sum(int(pq.read_metadata(file).num_rows) for file in files)


def ingest_files(vault: Path, files: Sequence[Path], key: Path) -> Took:
    """``correlate ingest`` of each file, one command after another; a file's name ends in its breach."""
    breaches = [file.stem.removeprefix("records-") for file in files]
    return Took.together(
        correlate("ingest", vault, file, "--breach", breach, "--key", key)
        for file, breach in zip(files, breaches, strict=True)
    )


def score(vault: Path, subjects: Path, output: Path, key: Path, *options: str | Path) -> Took:
    """``correlate score``."""
    return correlate(
        "score", vault, subjects, "--output", output, "--id", ID, "--as-of", AS_OF, "--key", key, *options
    )
