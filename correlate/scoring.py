"""The batch entry point: a file of subjects in, one scored row a subject out."""

from __future__ import annotations

import time
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import polars as pl

from correlate.catalogue import Breach
from correlate.declared import Declarable, Declared, read_declared
from correlate.pipeline import (
    Budget,
    Models,
    RangeResult,
    RangeStore,
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
from correlate.timings import timed
from correlate.vault import Progress, Vault, ahead, awaited, tokenised

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
    resume: bool = False,
    progress: Progress | None = None,
) -> ScoreReport:
    """Score every subject of a file.

    Subjects are linked range by range, as many rows at a time as the vault's memory limit lets. Each range
    that is done is kept beside the output until that is whole.

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
        resume: take up a run that was broken off, behind the last range that it had done; where there is
            none, begin.
        progress: called with bytes and rows as they are done; assessing, which comes after the last row,
            counts for another eighth of the file's bytes, and so does writing.

    Returns:
        The counts. The file has one row a subject, sorted by subject_id, whatever the order of the input.

    Raises:
        FieldRefused: the profile may not read a field that a file has.
        UnknownDeclaredBreach, FutureBreach: a declared breach cannot count.
        TooLittleMemory: the vault's limit is too low.
        ResumedOtherwise: the run that was broken off was one of other files or options.
    """
    start = time.perf_counter()
    output_format(output)
    check_writable(output)
    scored, store = _scored(
        vault,
        subjects,
        models=models,
        id_column=id_column,
        breach=breach,
        mapping=mapping,
        declaring=_Declaring(declared, declared_column, hibp, hibp_domain),
        rejects=rejects,
        progress=progress,
        output=output,
        resume=resume,
    )
    eighth = subjects.stat().st_size // 8
    if progress:
        progress(eighth, 0)
    with timed("writing", rows_in=scored.subjects.height) as step:
        write_scores(output, scored.subjects, scored.assessed, key_id=vault.key_id, model=models.name)
        step.rows_out, step.bytes = scored.subjects.height, output.stat().st_size
    if progress:
        progress(eighth, 0)
    if store is not None:
        store.discard()
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
    scored, _ = _scored(
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
    output: Path | None = None,
    resume: bool = False,
) -> tuple[Scored, RangeStore | None]:
    refusal = Refusal.of(models.profile)
    breaches = Declarable(catalogue=models.catalogue, as_of=models.as_of)
    budget = Budget.of(vault.engine.limits)
    with _opened(subjects, mapping, id_column, declaring, budget) as source:
        refusal.check_source(source)
        # Read after the subjects' headers have passed, and before any of their rows.
        declared = _declared(vault, declaring, id_column, breaches, refusal, rejects)
        scorer = Scorer(vault, models, breach=breach, declared=declared)
        store = None
        if output is not None:
            run = _run(vault, source, models, id_column, breach, mapping, declaring)
            store = RangeStore(output, {**run, "the size of a batch": budget.batch_rows}, resume=resume)
        ranges = _Ranges(scorer, source, store, rejects, progress)
        batches = tokenised(
            vault.tokeniser,
            source,
            mapping,
            asking=True,
            look=refusal.look_at(source),
            skip=ranges.restored(),
        )
        for batch, people in awaited(ahead(batches)):
            ids, refused = subject_ids(batch, id_column)
            told = None
            if (column := declaring.column) is not None:
                cells = batch.frame[f"keep:{column}"]
                told = breaches.listed(cells, batch.row_numbers, file=source.path, column=f"“{column}”")
            rows = scorer.add(people, ids, declared=told, rejects=(*batch.rejects, *refused))
            ranges.open = True
            if rows >= budget.range_rows:
                ranges.close(batch.bytes_read, more=True)
        ranges.close(source.bytes, more=False)
    return scorer.finish(by_number=id_column is None), store


class _Ranges:
    """Closes ranges: what each came to is kept, its rejects are written, its progress told."""

    def __init__(
        self,
        scorer: Scorer,
        source: Source,
        store: RangeStore | None,
        rejects: RejectsWriter | None,
        progress: Progress | None,
    ) -> None:
        self._scorer, self._source, self._store = scorer, source, store
        self._rejects, self._progress = rejects, progress
        self._bytes, self.open = 0, False

    def restored(self) -> int:
        """Take in what an earlier run has closed; gives how many of the file's batches that was."""
        batches = 0
        for result in self._store.held() if self._store else ():
            self._scorer.restore(result)
            self._told(result, result.read_to)
            batches = result.batches
        return batches

    def close(self, read_to: int, *, more: bool) -> None:
        """Link the range at hand, if it has rows; the only range of a file need not be kept."""
        if self.open:
            result = self._scorer.close_range(read_to=read_to)
            self._told(result, read_to)
            if self._store and (more or self._store.folder.exists()):
                self._store.keep(result)
        self.open = False

    def _told(self, result: RangeResult, read_to: int) -> None:
        if self._rejects is not None:
            self._rejects.write(self._source.path, result.rejected())
        if self._progress:
            self._progress(read_to - self._bytes, result.counts["rows"])
            self._bytes = read_to


def _run(
    vault: Vault,
    source: Source,
    models: Models,
    id_column: str | None,
    breach: Breach | None,
    mapping: Mapping | None,
    declaring: _Declaring,
) -> dict[str, object]:
    """All that decides what the ranges of a file come to, by the words for it."""
    return {
        "the version of this program": version("correlate-risk"),
        "the key": vault.key_id,
        "the vault": vault.state(),
        "the file of subjects": vault.keyed_checksum(source.checksum()),
        "the model, the profile or the day": f"{models.name} {models.linkage!r}",
        "--id": id_column,
        "--breach": breach and breach.id,
        "--map": repr(mapping),
        "--declared-column": declaring.column,
        "--hibp-domain": declaring.hibp_domain,
        "the file of declared breaches": declaring.file and _stamp(declaring.file),
        "the file of --hibp": declaring.hibp and _stamp(declaring.hibp),
    }


def _stamp(path: Path) -> list[int]:
    """Enough to tell whether a file has changed."""
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]


def _opened(
    subjects: Path | pl.DataFrame,
    mapping: Mapping | None,
    id_column: str | None,
    declaring: _Declaring,
    budget: Budget,
) -> Source:
    """A subject who is known by an id alone may still be declared."""
    return open_input(
        subjects,
        batch_rows=budget.batch_rows,
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
