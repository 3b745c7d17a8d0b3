"""Breach files into the vault: read, tokenise, store; one transaction a file."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.catalogue import Breach
from correlate.reading import Batch, Mapping, RejectsWriter, Source, open_input
from correlate.timings import timed
from correlate.tokens import People
from correlate.vault.batches import ahead, awaited, rejected_rows, tokenised
from correlate.vault.errors import FileInOtherBreach
from correlate.vault.forms import PLAIN, FormWriter
from correlate.vault.runs import Keys, sorted_run
from correlate.vault.space import check_space
from correlate.vault.terms import add_terms
from correlate.vault.vault import ROW_BITS, Vault
from correlate.vocabulary import AttributeClass

__all__ = ["Dropped", "IngestReport", "Progress", "ingest"]

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Called as work goes on with (bytes read since the last call, rows since the last call)."""

# What a vault grows by at the least, per byte of a file: the rest of a row is what it does not keep.
GROWTH = {"csv": 0.3, "jsonl": 0.2, "parquet": 0.6}
# Keys that are sorted together: some 250 MB, and twice that while they are.
KEYS_PER_RUN = 16_000_000
# DuckDB's row group. One that is not filled at once is written, and written anew by the next checkpoint.
ROW_GROUP = 122_880


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """Fields that were unusable in rows that were kept or rejected: column, reason, how many."""

    column: str
    reason: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class IngestReport:
    """What became of one file; ``read`` is always ``accepted`` + ``rejected``."""

    file: str
    breach: str
    read: int
    accepted: int
    rejected: int
    dropped: tuple[Dropped, ...]
    already_held: bool
    seconds: float


def ingest(
    vault: Vault,
    rows: Path | pl.DataFrame,
    breach: Breach,
    *,
    mapping: Mapping | None = None,
    rejects: RejectsWriter | None = None,
    assume_classes: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Add one file's rows to the vault as records of ``breach``.

    The file is recognised by its checksum: a second time changes nothing, and names its rejects again. All
    of it is one transaction, so a crash at any instant leaves the vault with the whole file or without it.

    Args:
        vault: open for writing.
        rows: a CSV, JSON lines or Parquet file, or a frame.
        breach: the breach the rows come from.
        mapping: columns that their headers do not tell.
        rejects: where rejected rows go, with their reason and never a value.
        assume_classes: add the catalogue's classes of this breach that no column of the file carries.
        progress: called with bytes and rows as they are done.

    Raises:
        InputError: the file cannot be read, has no known column, or is held under another breach.
        TooLittleSpace: the disk has no room for it.
        VaultError: the vault cannot take it; it is as before.
    """
    start = time.perf_counter()
    with open_input(rows, mapping=mapping) as source:
        path = source.path
        checksum = vault.keyed_checksum(source.checksum())
        held = _held(vault, checksum)
        if held is not None and held[0] != breach.id:
            raise FileInOtherBreach(file=path, held=held[0], breach=breach.id)
        threads = vault.engine.limits.threads
        tokens = tokenised(vault.tokeniser, source, mapping, threads=threads)
        with (
            ThreadPoolExecutor(max_workers=1, thread_name_prefix="sort") as sorter,
            closing(ahead(tokens, threads=threads)) as batches,
        ):
            if held is not None:
                _reject_again(batches, path, rejects)
                return _already(path, held, start)
            check_space(
                vault.engine.file, needed=int(source.bytes * GROWTH[source.format]), told_as=vault.path
            )
            with vault.engine.lean():
                with vault.engine.transaction():
                    writer = _Writer(vault, source, breach, checksum, sorter, assume_classes=assume_classes)
                    done = 0
                    for batch, people in awaited(batches):
                        writer.add(batch, people, rejects)
                        if progress:
                            progress(batch.bytes_read - done, batch.count)
                            done = batch.bytes_read
                    writer.finish()
                vault.forms.clear()
                # Left to the closing of the file it would take as much memory as the file's records.
                with timed("writing the vault") as step:
                    vault.engine.execute("CHECKPOINT", step="writing the vault")
                    step.bytes = vault.engine.file.stat().st_size
    report = writer.report(time.perf_counter() - start)
    log.info(
        "%s: %d rows read, %d accepted, %d rejected", path.name, report.read, report.accepted, report.rejected
    )
    return report


def _held(vault: Vault, checksum: str) -> tuple[str, int, int, int] | None:
    """The breach under which the file is held, and its rows read, accepted and rejected."""
    rows = vault.engine.rows(
        "SELECT breach, rows_read, rows_accepted, rows_rejected FROM file JOIN breach USING (breach_no) "
        "WHERE checksum = ?",
        [checksum],
    )
    return rows[0] if rows else None


def _already(path: Path, held: tuple[str, int, int, int], start: float) -> IngestReport:
    breach, read, accepted, rejected = held
    return IngestReport(
        file=path.name,
        breach=breach,
        read=read,
        accepted=accepted,
        rejected=rejected,
        dropped=(),
        already_held=True,
        seconds=time.perf_counter() - start,
    )


def _reject_again(batches: Iterator[tuple[Batch, People]], path: Path, rejects: RejectsWriter | None) -> None:
    """Name the rejected rows of a file that is held: an earlier run may have been killed before it did."""
    if rejects is not None:
        for batch, people in batches:
            rejects.write(path, rejected_rows(batch, people))


class _Writer:
    """Takes tokenised batches of one file into an open transaction, and counts."""

    def __init__(
        self,
        vault: Vault,
        source: Source,
        breach: Breach,
        checksum: str,
        sorter: Executor,
        *,
        assume_classes: bool,
    ) -> None:
        self._vault, self._source, self._breach, self._checksum = vault, source, breach, checksum
        engine = vault.engine
        self._file_no = int(engine.scalar("SELECT content FROM meta WHERE name = 'last_file_no'")) + 1
        engine.execute("UPDATE meta SET content = ? WHERE name = 'last_file_no'", [str(self._file_no)])
        engine.execute(
            "INSERT INTO breach SELECT coalesce(max(breach_no), 0) + 1, ? FROM breach "
            "HAVING NOT EXISTS (SELECT 1 FROM breach WHERE breach = ?)",
            [breach.id, breach.id],
        )
        self._breach_no = int(engine.scalar("SELECT breach_no FROM breach WHERE breach = ?", [breach.id]))
        self._assumed = frozenset(breach.classes) - source.columns.classes if assume_classes else frozenset()
        self._class_sets = {classes: number for number, classes in vault.class_sets().items()}
        self._headers = {column.target: column.header for column in source.columns.used}
        self._dropped: Counter[tuple[str, str]] = Counter()
        self._forms = FormWriter(engine)
        self._sorter = sorter
        self._run: Future[pl.DataFrame] | None = None
        self._keys: list[Keys] = []
        self._records: list[pl.DataFrame] = []
        self._read = self._accepted = 0

    def add(self, batch: Batch, people: People, rejects: RejectsWriter | None) -> None:
        """Store the rows that can be linked; reject the others with their reason."""
        kept = people.identified()
        row_numbers = batch.row_numbers.to_numpy()
        if rejects is not None:
            rejects.write(self._source.path, rejected_rows(batch, people))
        record_ids = (np.int64(self._file_no) << ROW_BITS) + row_numbers
        with timed("storing records", rows_in=batch.count) as step:
            self._records.append(self._made(people, record_ids, kept))
            step.rows_out += self._records[-1].height
            self._store_records(whole=ROW_GROUP)
        self._keys.append((people.keys, record_ids[people.key_rows]))
        if sum(len(keys) for keys, _ in self._keys) >= KEYS_PER_RUN:
            self._sort_keys()
        elif self._run is not None and self._run.done():
            self._store_run()
        for (target, reason), rows in people.dropped.items():
            self._dropped[self._headers[target], reason] += rows
        self._read += batch.count
        self._accepted += int(kept.sum())

    def _store_records(self, *, whole: int) -> None:
        """Store as many of the records that wait as make up whole groups; the others wait on."""
        waiting = pl.concat(self._records)
        if stored := waiting.height // whole * whole:
            self._vault.engine.append("record", waiting.head(stored), step="storing records")
        self._records = [waiting.slice(stored)]

    def _sort_keys(self) -> None:
        """Begin to make one sorted run of what keys there are, beside what follows: each of its blocks then
        holds a narrow range of keys, and a join, or a look-up, reads the blocks of its range alone.
        """
        self._store_run()
        if self._keys:
            self._run = self._sorter.submit(sorted_run, self._keys)
            self._keys = []
            if self._vault.engine.limits.threads == 1:
                wait([self._run])

    def _store_run(self) -> None:
        """Store the run that was begun, when it is sorted."""
        if self._run is not None:
            with timed("storing linkage keys") as step:
                run, self._run = self._run.result(), None
                self._vault.engine.append("link_key", run, step="storing linkage keys")
                step.rows_in += run.height
                step.rows_out += run.height

    def finish(self) -> None:
        """Count the file's terms and write its own row: with it the transaction is complete."""
        self._sort_keys()
        if self._records:
            with timed("storing records"):
                self._store_records(whole=1)
        with timed("term frequencies", rows_in=self._accepted):
            add_terms(self._vault.engine, self._file_no, self._breach_no, ROW_BITS)
        self._store_run()
        self._vault.engine.execute(
            "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                self._file_no,
                self._breach_no,
                self._source.path.name,
                self._checksum,
                self._source.bytes,
                self._read,
                self._accepted,
                self._read - self._accepted,
            ],
        )

    def report(self, seconds: float) -> IngestReport:
        """The counts, for people."""
        return IngestReport(
            file=self._source.path.name,
            breach=self._breach.id,
            read=self._read,
            accepted=self._accepted,
            rejected=self._read - self._accepted,
            dropped=tuple(Dropped(column=c, reason=r, rows=n) for (c, r), n in sorted(self._dropped.items())),
            already_held=False,
            seconds=seconds,
        )

    def _made(
        self, people: People, record_ids: npt.NDArray[np.int64], kept: npt.NDArray[np.bool_]
    ) -> pl.DataFrame:
        numbers = np.array([self._class_set_no(classes) for classes in people.classes.sets], dtype=np.int32)
        columns: dict[str, pl.Series | npt.NDArray[np.generic]] = {
            "record_id": record_ids,
            "breach_no": np.full(people.height, self._breach_no, dtype=np.int16),
            "class_set_no": numbers[people.classes.of_row] if len(numbers) else np.empty(0, dtype=np.int32),
            "nir_own": people.nir_own,
        }
        frame = pl.DataFrame(columns).with_columns(people.column(name) for name in PLAIN)
        tokens = people.tokens
        if not kept.all():
            # Of a row that is not stored no form is either.
            frame = frame.filter(pl.Series(kept))
            tokens = {name: column[kept] for name, column in tokens.items()}
        return frame.with_columns(
            pl.Series(name, column) for name, column in self._forms.numbers(tokens, frame.height).items()
        )

    def _class_set_no(self, classes: tuple[AttributeClass, ...]) -> int:
        if self._assumed:
            classes = tuple(code for code in AttributeClass if code in classes or code in self._assumed)
        if classes not in self._class_sets:
            self._class_sets[classes] = len(self._class_sets) + 1
            self._vault.engine.execute(
                "INSERT INTO class_set VALUES (?, ?)", [self._class_sets[classes], ",".join(classes)]
            )
        return self._class_sets[classes]
