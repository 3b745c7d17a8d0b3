"""A trial: files linked under a key and in a vault that live for its length and leave nothing behind."""

from __future__ import annotations

import dataclasses
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from correlate.catalogue import Breach, Catalogue
from correlate.evaluation.errors import GivenTwice, SubjectsUnusable
from correlate.evaluation.mappings import mappings
from correlate.linkage import (
    ASKERS_MAX,
    JUDGED,
    LEVELS,
    Askers,
    LinkageModel,
    TooLittleToFit,
    fit,
    judge,
)
from correlate.reading import Mapping, open_input
from correlate.tokens import SecretKey
from correlate.vault import ROW_BITS, Vault, ingest, tokenised

__all__ = ["Trial", "trial"]

# Askers linked at a time.
ROWS_AT_A_TIME = 500_000


@dataclass(frozen=True, kw_only=True)
class Trial:
    """An open trial.

    ``askers`` are numbered by the subjects' rows from 1, or in a trial of one file by record_id; ``files``
    are the records' files by the number that heads a record_id; ``within`` says that the subjects are the
    records themselves. ``model`` is the one that judges, ``fitted`` whether it was learned here.
    """

    vault: Vault
    askers: Askers
    files: dict[int, Path]
    model: LinkageModel
    fitted: bool
    within: bool

    def pairs(self, *, probability_min: float = 0.0) -> pl.DataFrame:
        """All candidate pairs: subject_row, file (number), record_row, probability, household_probability,
        and the level of each comparison. Of one file's rows each pair stands once.
        """
        pairs = pl.concat(list(self._pairs(probability_min)))
        if not self.within:
            return pairs
        # A pair may be found from one of its rows alone. The lower row's judgement counts where there is one.
        both = ("subject_row", "record_row")
        once = pairs.with_columns(
            turned=pl.col("subject_row") > pl.col("record_row"),
            subject_row=pl.min_horizontal(both),
            record_row=pl.max_horizontal(both),
        )
        once = once.sort(*both, "turned").unique(both, keep="first", maintain_order=True)
        return once.drop("turned")

    def _pairs(self, probability_min: float) -> Iterator[pl.DataFrame]:
        rows_mask = (1 << ROW_BITS) - 1
        others = "WHERE asker_no <> record_id" if self.within else ""
        for part in self.askers.parts(ROWS_AT_A_TIME):
            judge(self.vault, part, model=self.model, probability_min=probability_min)
            yield self.vault.engine.frame(
                f"SELECT asker_no & {rows_mask} AS subject_row, record_id >> {ROW_BITS} AS file, "
                f"record_id & {rows_mask} AS record_row, probability, household_probability, "
                f"{', '.join(LEVELS)} FROM {JUDGED} {others} ORDER BY subject_row, file, record_row"
            )


@contextmanager
def trial(
    subjects: Path,
    records: Sequence[Path],
    *,
    model: LinkageModel,
    mapping: Mapping | None = None,
    learn: bool = True,
) -> Iterator[Trial]:
    """Ingest ``records`` into an ephemeral vault and tokenise ``subjects`` under the same ephemeral key.

    Args:
        subjects: CSV, JSON lines or Parquet.
        records: files of the same kinds; none, or the subjects' own file alone, links that file's rows among
            themselves.
        model: the model, or where learning starts.
        mapping: columns that their headers do not tell, for all files; each of them stands in at least one.
        learn: learn the model from these files, without looking at any truth; where they hold too little,
            only its prior is changed, to one record among those given.

    Raises:
        SubjectsUnusable: no subject has anything that identifies.
        GivenTwice: a file of records is there twice.
        MappedNowhere: a mapped column stands in no file.
        InputError: a file cannot be read.
    """
    read = mappings(mapping, [subjects, *records])
    within = not records or [path.resolve() for path in records] == [subjects.resolve()]
    with (
        tempfile.TemporaryDirectory(prefix="correlate-trial-") as folder,
        Vault.create(Path(folder) / "trial.duckdb", _key(subjects, () if within else records)) as vault,
    ):
        files = dict(enumerate([subjects] if within else records, start=1))
        for path in files.values():
            if ingest(vault, path, _breach(), mapping=read[path]).already_held:
                raise GivenTwice(file=path)
        askers = _themselves(vault) if within else _asking(vault, subjects, read[subjects])
        if not askers.keys.height:
            raise SubjectsUnusable(file=subjects)
        judging, fitted = _learned(vault, askers, model, within=within) if learn else (model, False)
        yield Trial(vault=vault, askers=askers, files=files, model=judging, fitted=fitted, within=within)


def _key(subjects: Path, records: Sequence[Path]) -> SecretKey:
    """A key that only who holds the files can know, and that is the same for the same files: sketches hang on
    the key, and figures that are published should come out again.
    """
    digest = hashlib.sha256(b"correlate trial")
    # A file that is not there is told as such by whoever reads it.
    for path in filter(Path.is_file, (subjects, *records)):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return SecretKey(secret=digest.digest())


def _breach() -> Breach:
    """A breach of no catalogue, one for all files: cut in two, the records of a trial are the same."""
    return dataclasses.replace(next(iter(Catalogue.shipped())), id="trial")


def _themselves(vault: Vault) -> Askers:
    return Askers.of_records(vault, vault.engine.frame("SELECT record_id FROM record")["record_id"])


def _asking(vault: Vault, subjects: Path, mapping: Mapping | None) -> Askers:
    parts: list[Askers] = []
    with open_input(subjects, mapping=mapping) as source:
        for batch, people in tokenised(vault.tokeniser, source, mapping, asking=True):
            parts.append(Askers.of_people(people, numbers=batch.row_numbers.to_numpy()))
    return Askers.together(parts)


def _learned(vault: Vault, askers: Askers, start: LinkageModel, *, within: bool) -> tuple[LinkageModel, bool]:
    try:
        name = f"{start.name}+fit"
        found = fit(vault, askers.sample(ASKERS_MAX), start=start, name=name, among_themselves=within)
    except TooLittleToFit:
        records = int(vault.engine.scalar("SELECT count(*) FROM record"))
        return dataclasses.replace(
            start, population=float(max(2, records)), name=f"{start.name}+prior"
        ), False
    return found.model, True
