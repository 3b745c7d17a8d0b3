"""The batch entry point: a file of subjects in, one scored row a subject out."""

from __future__ import annotations

import time
from dataclasses import replace
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import polars as pl

from correlate.catalogue import Breach
from correlate.declared import Declarable, Declared, read_declared
from correlate.pipeline import (
    Budget,
    Keeping,
    Models,
    Previous,
    RangeResult,
    Refusal,
    Scored,
    Scorer,
    ScoreReport,
    Seen,
    SubjectBatch,
    SubjectRows,
    Update,
    VaultChange,
    score_rows,
    subject_fingerprints,
    write_scores,
)
from correlate.reading import Mapping, RejectsWriter, Source, check_room, check_writable, open_input
from correlate.score_files import LEAST_BYTES, output_format
from correlate.timings import timed
from correlate.vault import Progress, Snapshot, Vault

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
    keep_links: bool = False,
    update: Path | None = None,
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
        keep_links: keep beside the output, in a folder of its name and ``.links``, what a later ``update``
            needs.
        update: an earlier output with its links. Only subjects whose links, rows or declared breaches may be
            others since are linked again; the output is the same to the byte as if all were, and its links
            are kept too.
        progress: called with bytes and rows as they are done; assessing, which comes after the last row,
            counts for another eighth of the file's bytes, and so does writing.

    Returns:
        The counts. The file has one row a subject, sorted by subject_id, whatever the order of the input.

    Raises:
        FieldRefused: the profile may not read a field that a file has.
        UnknownDeclaredBreach, FutureBreach: a declared breach cannot count.
        TooLittleMemory: the vault's limit is too low.
        ResumedOtherwise: the run that was broken off was one of other files or options.
        LinksNotKept, LinksDamaged, KeptOtherwise: the earlier output cannot be updated.
    """
    start = time.perf_counter()
    output_format(output)
    check_writable(output)
    keeping = Keeping(output=output, resume=resume, links=keep_links or update is not None, update=update)
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
        keeping=keeping,
    )
    eighth = subjects.stat().st_size // 8
    if progress:
        progress(eighth, 0)
    with timed("writing", rows_in=scored.subjects.height) as step:
        write_scores(output, scored.subjects, scored.assessed, key_id=vault.key_id, model=models.name)
        step.rows_out, step.bytes = scored.subjects.height, output.stat().st_size
    if progress:
        progress(eighth, 0)
    keeping.finish(scored, vault)
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
    keeping: Keeping | None = None,
) -> Scored:
    refusal = Refusal.of(models.profile)
    breaches = Declarable(catalogue=models.catalogue, as_of=models.as_of)
    budget = Budget.of(vault.engine.limits)
    with vault.engine.bounded(budget.memory):
        with _opened(subjects, mapping, id_column, declaring, budget) as source:
            refusal.check_source(source)
            keeping = keeping or Keeping()
            now = Snapshot.of(vault)
            run = _run(vault, source, models, id_column, breach, mapping, declaring)
            state = {"the vault": now.document(), "the size of a batch": budget.batch_rows}
            previous = keeping.begin({**run, **state}, vault, now)
            # Read after the subjects' headers have passed, and before any of their rows.
            declared = _declared(vault, declaring, id_column, breaches, refusal, rejects)
            scorer = Scorer(
                vault,
                models,
                breach=breach,
                declared=declared,
                keep_links=keeping.links,
                together=budget.exposures,
            )
            rows = SubjectRows(
                vault,
                source,
                mapping,
                refusal,
                id_column=id_column,
                column=declaring.column,
                breaches=breaches,
            )
            update, whole = None, ""
            if previous is not None:
                change = VaultChange.between(previous.snapshot, now, vault, models.linkage)
                update, whole = _updating(previous, vault, change, scorer, rows, progress)
            ranges = _Ranges(scorer, source, keeping, update, rejects, progress)
            for each in rows.read(skip=ranges.restored(), pick=None if update is None else update.pick):
                if not ranges.open and keeping.output is not None:
                    _check_room(keeping.output, each, source)
                ranges.open = True
                if scorer.add(each) >= budget.range_rows:
                    ranges.close(each.bytes_read, more=True)
            ranges.close(source.bytes, more=False)
        again = None if update is None else ranges.linked
        # What linked is of no use any more, and writing needs the room.
        vault.forms.clear()
        vault.engine.drop_temporary()
        with vault.engine.shrunk():
            scored = scorer.finish(by_number=id_column is None)
        vault.engine.drop_temporary()
    return replace(scored, again=again, whole=whole)


def _check_room(output: Path, batch: SubjectBatch, source: Source) -> None:
    """Tell while it is early that the disk has no room for the scores of a file that goes on like this."""
    if batch.bytes_read:
        rows = batch.people.height * source.bytes / batch.bytes_read
        check_room(output, needed=int(rows * LEAST_BYTES[output_format(output)]))


def _updating(
    previous: Previous,
    vault: Vault,
    change: VaultChange,
    scorer: Scorer,
    rows: SubjectRows,
    progress: Progress | None,
) -> tuple[Update | None, str]:
    """What of an earlier run holds still; or None, and why nobody's links do."""
    if change.whole:
        return None, change.whole
    seen = None if previous.same_subjects else _look_through(scorer, rows, progress)
    update = Update(previous, vault, change, scorer.table, id_column=rows.id_column, seen=seen)
    scorer.know(previous.assessed(scorer.assessed_by()))
    return update, ""


def _look_through(scorer: Scorer, rows: SubjectRows, progress: Progress | None) -> Seen:
    """Read all subjects, and link nobody."""
    fingerprints, results, read = [], [], 0
    for each in rows.read():
        scorer.add(each)
        results.append(scorer.look_through())
        fingerprints.append(subject_fingerprints(each.people, each.ids))
        if progress:
            progress((each.bytes_read - read) // 2, 0)
            read = each.bytes_read
    return Seen(
        fingerprints=pl.concat(fingerprints).group_by("subject_id").agg(pl.col("fingerprint").sum()),
        result=RangeResult.together(results),
    )


class _Ranges:
    """Closes ranges: what each came to is kept, its rejects are written, its progress told."""

    def __init__(
        self,
        scorer: Scorer,
        source: Source,
        keeping: Keeping,
        update: Update | None,
        rejects: RejectsWriter | None,
        progress: Progress | None,
    ) -> None:
        self._scorer, self._source, self._keeping, self._update = scorer, source, keeping, update
        self._rejects, self._progress = rejects, progress
        # Where the rows have been looked through before, half of the way is done.
        self._share = 2 if update is not None and update.seen else 1
        self._bytes, self.open, self.linked = 0, False, 0

    def restored(self) -> int:
        """Take in what an earlier run has closed, and what holds still of the one that is updated; gives how
        many of the file's batches need not be read.
        """
        batches = held = 0
        for result in self._keeping.held():
            self._restore(result)
            self._scorer.put_aside(self._keeping.last)
            batches, held = result.batches, held + 1
        for result in islice(self._update.carried() if self._update else (), held, None):
            self._restore(result)
            self._scorer.put_aside(self._keeping.keep(result))
        return batches

    def _restore(self, result: RangeResult) -> None:
        self._scorer.restore(result)
        self._told(result, result.read_to)
        self.linked += result.subjects.height if result.batches else 0

    def close(self, read_to: int, *, more: bool) -> None:
        """Link the range at hand, if it has rows; the only range of a file need not be kept."""
        if self.open:
            result = self._scorer.close_range(read_to=read_to, counted=self._update is None)
            self._told(result, read_to)
            self.linked += result.subjects.height
            self._scorer.put_aside(self._keeping.keep(result, last=not more))
        self.open = False

    def _told(self, result: RangeResult, read_to: int) -> None:
        if self._rejects is not None and result.rejects.height:
            self._rejects.write(self._source.path, result.rejected())
        if self._progress:
            self._progress((read_to - self._bytes) // self._share, result.counts["rows"])
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
        "the file of subjects": vault.keyed_checksum(source.checksum()),
        "the linkage model": repr(models.linkage),
        "what the profile refuses": sorted(field.value for field in models.profile.refuses),
        "the profile or the day": models.name,
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
