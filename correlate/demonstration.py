"""The whole way on synthetic people, and how near it comes to the truth."""

from __future__ import annotations

import dataclasses
import datetime
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from correlate.catalogue import Catalogue
from correlate.errors import InputError
from correlate.linkage import LinkageModel, link
from correlate.pipeline import Models, ScoreReport
from correlate.reading import open_source
from correlate.scoring import score
from correlate.synthesis import SynthesisSummary, synthesise
from correlate.tokens import SecretKey, create_key
from correlate.vault import ROW_BITS, IngestReport, Progress, Vault, ingest

__all__ = ["AS_OF", "Accuracy", "DemonstrationReport", "FolderNotEmpty", "accuracy", "demonstrate"]

log = logging.getLogger(__name__)

Stage = Callable[[str, int | None], AbstractContextManager[Progress]]

# Fixed, so that the same seed gives the same scores on any day.
AS_OF = datetime.date(2026, 11, 1)
SUBJECT_ID = "member_id"


class FolderNotEmpty(InputError):
    """The folder {folder} is not empty, and the demonstration overwrites nothing. Name a new folder with
    --out, or
    empty this one.
    """


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """Links against the truth, pair by pair: (subject, row of a breach file).

    ``precision`` is the share of links found that are true, ``recall`` the share of true pairs that are
    found. ``by_depth`` has the same for each depth: (depth, links, true links).
    """

    links: int
    true_links: int
    true_pairs: int
    by_depth: tuple[tuple[int, int, int], ...]

    @property
    def precision(self) -> float:
        """True links among those found."""
        return self.true_links / max(1, self.links)

    @property
    def recall(self) -> float:
        """True pairs that were found."""
        return self.true_links / max(1, self.true_pairs)


@dataclass(frozen=True, kw_only=True)
class DemonstrationReport:
    """Everything the demonstration did; its files lie in ``folder``."""

    folder: Path
    synthesis: SynthesisSummary
    key_id: str
    ingested: tuple[IngestReport, ...]
    scores: ScoreReport
    accuracy: Accuracy
    examples: tuple[dict[str, object], ...]


def demonstrate(
    folder: Path,
    *,
    people: int = 100_000,
    seed: int = 1,
    linkage: LinkageModel | None = None,
    stage: Stage | None = None,
) -> DemonstrationReport:
    """Synthesise a population and its breaches, ingest, score, and compare with the truth.

    Args:
        folder: new or empty; key, vault, breaches, subjects, truth and scores are left in it.
        people: how many to make.
        seed: the same seed makes the same files and the same scores.
        linkage: the linkage model; the shipped one if none is given.
        stage: opened as each stage begins, with its title and size in bytes; what it gives is called with the
            bytes and rows done.
    """
    stage = stage or _logged
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderNotEmpty(folder=folder)
    with stage(f"Making {people:,} synthetic people and their breaches", None) as advance:
        synthesis = synthesise(folder, people=people, seed=seed, progress=_as_rows(advance))
    key = create_key(folder / "key")
    models = Models.default(as_of=AS_OF, catalogue=Catalogue.shipped())
    models = dataclasses.replace(models, linkage=linkage or models.linkage)
    ingested = _ingest_all(folder, key, models, stage)
    subjects, output = folder / "subjects.parquet", folder / "scores.parquet"
    with Vault.open(folder / "vault.duckdb", key) as vault:
        with stage("Scoring the insurer's members", subjects.stat().st_size) as advance:
            scores = score(vault, subjects, output, models=models, id_column=SUBJECT_ID, progress=advance)
        with stage("Comparing the links with the truth", None):
            found = accuracy(vault, subjects, folder / "truth.parquet", model=models.linkage)
    return DemonstrationReport(
        folder=folder,
        synthesis=synthesis,
        key_id=key.key_id,
        ingested=ingested,
        scores=scores,
        accuracy=found,
        examples=_examples(output),
    )


def accuracy(
    vault: Vault, subjects: Path, truth: Path, *, model: LinkageModel, probability_min: float = 0.5
) -> Accuracy:
    """Link the subjects again, over paths too, and count the links against the truth.

    A true pair is a member and a breach row that describes this member, whatever is wrong in the row: what no
    shared field could find counts as missed.
    """
    known = pl.read_parquet(truth, columns=["breach", "row", "member_id"]).drop_nulls("member_id")
    found = pl.concat(list(_links(vault, subjects, model, probability_min)))
    known = known.with_columns(true=pl.lit(value=True))
    judged = found.join(known, on=["breach", "row", "member_id"], how="left").with_columns(
        pl.col("true").fill_null(value=False)
    )
    depths = judged.group_by("depth").agg(links=pl.len(), true=pl.col("true").sum()).sort("depth")
    held = known.filter(
        pl.col("breach").is_in([b for (b,) in vault.engine.rows("SELECT breach FROM breach")])
    )
    return Accuracy(
        links=judged.height,
        true_links=int(judged["true"].sum()),
        true_pairs=held.height,
        by_depth=tuple(depths.iter_rows()),
    )


def _links(vault: Vault, subjects: Path, model: LinkageModel, probability_min: float) -> list[pl.DataFrame]:
    out: list[pl.DataFrame] = []
    with open_source(subjects, keep=(SUBJECT_ID,)) as source:
        for batch in source.batches():
            people = vault.tokeniser.people(batch.frame, asking=True)
            link(vault, people, np.arange(1, people.height + 1), model=model)
            pairs = vault.engine.frame(
                "SELECT subject_no, breach, record_id & ? AS row, depth "
                "FROM linked JOIN breach USING (breach_no) WHERE probability >= ?",
                [(1 << ROW_BITS) - 1, probability_min],
            )
            ids = batch.frame[f"keep:{SUBJECT_ID}"]
            out.append(
                pairs.select(ids.gather(pairs["subject_no"] - 1).alias(SUBJECT_ID), "breach", "row", "depth")
            )
    return out


def _ingest_all(folder: Path, key: SecretKey, models: Models, stage: Stage) -> tuple[IngestReport, ...]:
    reports: list[IngestReport] = []
    with Vault.create(folder / "vault.duckdb", key) as vault:
        for file in sorted((folder / "breaches").iterdir()):
            with stage(f"Ingesting {file.name}", file.stat().st_size) as advance:
                breach = models.catalogue.get(file.stem)
                reports.append(ingest(vault, file, breach, progress=advance))
    return tuple(reports)


@contextmanager
def _logged(title: str, _size: int | None) -> Iterator[Progress]:
    log.info("%s", title)
    yield lambda _bytes, _rows: None


def _as_rows(advance: Progress) -> Callable[[int, int], None]:
    """From people made so far, of how many, to people made since the last call."""
    made = 0

    def told(done: int, _total: int) -> None:
        nonlocal made
        advance(0, done - made)
        made = done

    return told


def _examples(output: Path) -> tuple[dict[str, object], ...]:
    """Three subjects: the median score, the largest gain by combination, and the highest score."""
    scores = pl.read_parquet(output)
    ranked = scores.sort("score", "subject_id")
    picks = [
        ranked.row(ranked.height // 2, named=True),
        scores.sort("uplift", "subject_id").row(-1, named=True),
        ranked.row(-1, named=True),
    ]
    return tuple(picks)
