"""The batch entry point: a file of subjects in, one scored row a subject out."""

from __future__ import annotations

import time
from pathlib import Path

import polars as pl

from correlate.catalogue import Breach
from correlate.pipeline import (
    Models,
    Scored,
    Scorer,
    ScoreReport,
    output_format,
    score_rows,
    subject_ids,
    write_scores,
)
from correlate.reading import Mapping, RejectsWriter, check_writable, open_input
from correlate.vault import Progress, Vault, ahead, tokenised

__all__ = ["score", "score_frame"]


def score(
    vault: Vault,
    subjects: Path,
    output: Path,
    *,
    models: Models,
    id_column: str | None = None,
    breach: Breach | None = None,
    mapping: Mapping | None = None,
    rejects: RejectsWriter | None = None,
    progress: Progress | None = None,
) -> ScoreReport:
    """Score every subject of a file.

    Args:
        vault: open for reading.
        subjects: CSV, JSON lines or Parquet, with or without NIR.
        output: Parquet, CSV or JSON lines by its ending; it appears only when whole.
        models: catalogue, linkage model, scenarios, profile and date.
        id_column: the column that names a subject; without it the row number does. Rows of one id are one
            subject. A column that identifies a person by itself (a NIR, an e-mail) is refused.
        breach: the subjects are the rows of this breach: each row's classes count as certainly exposed.
        mapping: columns that their headers do not tell.
        rejects: where rows without an id go.
        progress: called with bytes and rows as they are done.

    Returns:
        The counts. The file has one row a subject, sorted by subject_id, whatever the order of the input.
    """
    start = time.perf_counter()
    output_format(output)
    check_writable(output)
    scored = _scored(
        vault,
        subjects,
        models=models,
        id_column=id_column,
        breach=breach,
        mapping=mapping,
        rejects=rejects,
        progress=progress,
    )
    write_scores(output, scored.subjects, scored.assessed, key_id=vault.key_id, model=models.name)
    return scored.report(output, seconds=time.perf_counter() - start)


def score_frame(
    vault: Vault,
    subjects: pl.DataFrame,
    *,
    models: Models,
    id_column: str | None = None,
    breach: Breach | None = None,
    mapping: Mapping | None = None,
) -> pl.DataFrame:
    """Score every subject of a frame; see :func:`score`.

    Returns:
        One row a subject, sorted by subject_id: subject_id, score, band, uplift, breaches, scenarios,
        attributes, key_id, model. Rows without an id are left out.
    """
    scored = _scored(vault, subjects, models=models, id_column=id_column, breach=breach, mapping=mapping)
    return score_rows(scored.subjects, scored.assessed, key_id=vault.key_id, model=models.name)


def _scored(
    vault: Vault,
    subjects: Path | pl.DataFrame,
    *,
    models: Models,
    id_column: str | None,
    breach: Breach | None,
    mapping: Mapping | None,
    rejects: RejectsWriter | None = None,
    progress: Progress | None = None,
) -> Scored:
    scorer = Scorer(vault, models, breach=breach)
    done = 0
    with open_input(subjects, mapping=mapping, keep=() if id_column is None else (id_column,)) as source:
        for batch, people in ahead(tokenised(vault.tokeniser, source, mapping, asking=True)):
            ids, refused = subject_ids(batch, id_column)
            if rejects is not None:
                rejects.write(source.path, (*batch.rejects, *refused))
            scorer.add(people, ids, rejected=len(batch.rejects) + len(refused))
            if progress:
                progress(batch.bytes_read - done, batch.count)
                done = batch.bytes_read
    return scorer.finish(by_number=id_column is None)
