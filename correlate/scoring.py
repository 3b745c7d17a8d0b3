"""The batch entry point: a file of subjects in, one scored row a subject out."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import polars as pl

from correlate.catalogue import Breach
from correlate.declared import Declarable, Declared, read_declared
from correlate.pipeline import (
    Models,
    Refusal,
    Scored,
    Scorer,
    ScoreReport,
    output_format,
    score_rows,
    subject_ids,
    write_scores,
)
from correlate.reading import Mapping, RejectsWriter, Source, check_writable, open_input
from correlate.vault import Progress, Vault, ahead, tokenised

__all__ = ["score", "score_frame"]


class _Declaring(NamedTuple):
    """Where declared breaches come from; see :func:`score`."""

    file: Path | None = None
    column: str | None = None
    hibp: Path | None = None
    hibp_domain: str = ""


def score(
    vault: Vault,
    subjects: Path,
    output: Path,
    *,
    models: Models,
    id_column: str | None = None,
    breach: Breach | None = None,
    mapping: Mapping | None = None,
    declared: Path | None = None,
    declared_column: str | None = None,
    hibp: Path | None = None,
    hibp_domain: str = "",
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
        declared: a file of the breaches that subjects were told of: their id, and one or several breaches.
        declared_column: a column of ``subjects`` that lists such breaches.
        hibp: answers of Have I Been Pwned by address or by domain; they find the subjects by e-mail.
        hibp_domain: the domain of mailboxes that ``hibp`` names without it.
        rejects: where rows without an id go, and rows of ``declared`` and ``hibp`` that say nothing.
        progress: called with bytes and rows as they are done.

    Returns:
        The counts. The file has one row a subject, sorted by subject_id, whatever the order of the input.

    Raises:
        FieldRefused: the profile may not read a field that a file has.
        UnknownDeclaredBreach, FutureBreach: a declared breach cannot count.
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
        declaring=_Declaring(declared, declared_column, hibp, hibp_domain),
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
    declared: Path | None = None,
    declared_column: str | None = None,
    hibp: Path | None = None,
    hibp_domain: str = "",
) -> pl.DataFrame:
    """Score every subject of a frame; see :func:`score`.

    Returns:
        One row a subject, sorted by subject_id: subject_id, the columns of ``risk.ASSESSMENT_SCHEMA`` but
        exposure_id, key_id and model. Rows without an id are left out.
    """
    scored = _scored(
        vault,
        subjects,
        models=models,
        id_column=id_column,
        breach=breach,
        mapping=mapping,
        declaring=_Declaring(declared, declared_column, hibp, hibp_domain),
    )
    return score_rows(scored.subjects, scored.assessed, key_id=vault.key_id, model=models.name)


def _scored(
    vault: Vault,
    subjects: Path | pl.DataFrame,
    *,
    models: Models,
    id_column: str | None,
    breach: Breach | None,
    mapping: Mapping | None,
    declaring: _Declaring,
    rejects: RejectsWriter | None = None,
    progress: Progress | None = None,
) -> Scored:
    refusal = Refusal.of(models.profile)
    breaches = Declarable(catalogue=models.catalogue, as_of=models.as_of)
    done = 0
    with _opened(subjects, mapping, id_column, declaring) as source:
        refusal.check_source(source)
        # Read after the subjects' headers have passed, and before any of their rows.
        declared = _declared(vault, declaring, id_column, breaches, refusal, rejects)
        scorer = Scorer(vault, models, breach=breach, declared=declared)
        batches = tokenised(vault.tokeniser, source, mapping, asking=True, look=refusal.look_at(source))
        for batch, people in ahead(batches):
            ids, refused = subject_ids(batch, id_column)
            if rejects is not None:
                rejects.write(source.path, (*batch.rejects, *refused))
            told = None
            if (column := declaring.column) is not None:
                cells = batch.frame[f"keep:{column}"]
                told = breaches.listed(cells, batch.row_numbers, file=source.path, column=f"“{column}”")
            scorer.add(people, ids, declared=told, rejected=len(batch.rejects) + len(refused))
            if progress:
                progress(batch.bytes_read - done, batch.count)
                done = batch.bytes_read
    return scorer.finish(by_number=id_column is None)


def _opened(
    subjects: Path | pl.DataFrame, mapping: Mapping | None, id_column: str | None, declaring: _Declaring
) -> Source:
    """A subject who is known by an id alone may still be declared."""
    return open_input(
        subjects,
        mapping=mapping,
        keep=() if id_column is None else (id_column,),
        lists=() if declaring.column is None else (declaring.column,),
        kept_suffice=declaring.column is not None or declaring.file is not None,
    )


def _declared(
    vault: Vault,
    declaring: _Declaring,
    id_column: str | None,
    breaches: Declarable,
    refusal: Refusal,
    rejects: RejectsWriter | None,
) -> Declared | None:
    if declaring.file is None and declaring.hibp is None:
        return None
    return read_declared(
        declaring.file,
        hibp=declaring.hibp,
        domain=declaring.hibp_domain,
        id_column=id_column,
        breaches=breaches,
        tokeniser=vault.tokeniser,
        guard=refusal,
        rejects=rejects,
    )
