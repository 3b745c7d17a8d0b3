"""Ranges: so many rows of a file are linked together, and what they came to is kept until all are done.

A run that was killed is taken up behind the last range that was kept. What is kept are the subjects' own
ids, numbers of exposures, and for each exposure numbers of breaches, class sets and hundredths: no value and
no token.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.errors import InputError
from correlate.pipeline.kept_files import KeptFile, NotWhole, keep_frame
from correlate.reading import OutputError, Reject, output_error

__all__ = [
    "ALWAYS",
    "GONE",
    "KEPT",
    "KEYS",
    "LINKS",
    "RECORDS",
    "REJECTS",
    "RUN",
    "SUBJECTS",
    "TOLD",
    "RangeResult",
    "RangeStore",
    "ResumedOtherwise",
    "read_range",
    "read_subjects",
    "with_frames",
    "without_gone",
]

Schema = dict[str, pl.DataType | type[pl.DataType]]
SUBJECTS: Schema = {"subject_id": pl.String, "exposure_no": pl.Int32}
EXPOSURES: Schema = {"exposure_no": pl.Int32, "elements": pl.List(pl.Int64)}
TOLD = {"subject_id": pl.String, "breach": pl.String}
REJECTS = {"row": pl.Int64, "reason": pl.String, "column": pl.String}
GONE: Schema = {"place": pl.UInt32}
# A row a subject; of its keys and records how many there are.
LINKS: Schema = {
    "fingerprint": pl.UInt64,
    "links": pl.Int32,
    "hop_links": pl.Int32,
    "household_links": pl.Int32,
    "crowded": pl.Boolean,
    "keys": pl.UInt32,
    "records": pl.UInt32,
}
KEYS: Schema = {"key": pl.UInt32}
RECORDS: Schema = {"record_id": pl.Int64}
# What every range has a file of, and what only some have.
ALWAYS = ("subjects", "exposures", "told", "rejects")
FRAMES = (*ALWAYS, "gone", "links", "keys", "records")
RUN = "run.json"
RESULT = "range.json"
KEPT = "kept.json"


class ResumedOtherwise(InputError):
    """The run that was broken off cannot be resumed: {what} is not what it was. Leave --resume out, and the
    run starts anew.
    """


@dataclass(frozen=True, kw_only=True)
class RangeResult:
    """What one range of rows came to.

    Attributes:
        batches: how many batches of the file end with it, counted from the file's start; ``read_to``: how
            many of its bytes were read by then.
        subjects: (subject_id, exposure_no); a subject with rows in several ranges stands in each.
        gone: places of those subjects that are not of the range any more: a later one has them, or none.
        exposures: (exposure_no, elements) of those that no earlier range had.
        told: (subject_id, breach) that were declared.
        rejects: (row, reason, column).
        links: what a later run needs to tell whose links are still the same, as LINKS has it, one row a
            subject in the order of ``subjects``; empty where nobody asked for it.
        keys: the keys that each was looked up by, cut, one subject's after another's; ``records``: the
            records that it is linked to, likewise.
        counts: rows, links and the like; ``dropped``: fields that were unusable, by column and reason.
        names: what those numbers in elements stand for that the vault does not hold. What it holds is told by
            the vault alone: who stands in a breach whose very membership is sensitive shows in no file.
        reached: places of the declared addresses that a subject of the range has.
        files: where those frames lie that are in files already, whether they were read or not.
    """

    batches: int
    read_to: int
    subjects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SUBJECTS))
    gone: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=GONE))
    exposures: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=EXPOSURES))
    told: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TOLD))
    rejects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECTS))
    links: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LINKS))
    keys: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=KEYS))
    records: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=RECORDS))
    counts: dict[str, int]
    dropped: tuple[tuple[str, str, int], ...]
    names: dict[str, dict[str, int]]
    reached: tuple[int, ...]
    files: Mapping[str, KeptFile] = field(default_factory=dict)

    def otherwise(self, frames: Mapping[str, pl.DataFrame]) -> RangeResult:
        """The same but for some frames, by name, which are in no file."""
        files = {name: file for name, file in self.files.items() if name not in frames}
        changes: dict[str, Any] = {**frames, "files": files}
        return replace(self, **changes)

    @property
    def standing(self) -> npt.NDArray[np.bool_]:
        """(n,) whether each of ``subjects`` is of the range still."""
        standing = np.ones(self.subjects.height, dtype=np.bool_)
        standing[self.gone["place"].to_numpy()] = False
        return standing

    @classmethod
    def together(cls, parts: Sequence[RangeResult]) -> Self:
        """What several parts of a file came to in which nobody was linked: the last knows all names."""
        dropped: Counter[tuple[str, str]] = Counter()
        for part in parts:
            dropped.update({(column, reason): rows for column, reason, rows in part.dropped})
        return cls(
            batches=0,
            read_to=0,
            told=pl.concat([pl.DataFrame(schema=TOLD), *(part.told for part in parts)]),
            rejects=pl.concat([pl.DataFrame(schema=REJECTS), *(part.rejects for part in parts)]),
            counts={name: sum(part.counts[name] for part in parts) for name in parts[-1].counts},
            dropped=tuple((column, reason, rows) for (column, reason), rows in sorted(dropped.items())),
            names=parts[-1].names,
            reached=parts[-1].reached,
        )

    def rejected(self) -> list[Reject]:
        """The rejects, as they are written."""
        return [Reject(*row) for row in self.rejects.select(*REJECTS).iter_rows()]


class RangeStore:
    """A folder beside the output with the ranges that are done; it goes when the output is whole."""

    def __init__(self, output: Path, run: Mapping[str, Any], *, resume: bool) -> None:
        """Begin a run, or take one up.

        Args:
            output: the file to be.
            run: everything that decides what a range comes to, as JSON has it.
            resume: take up what an earlier run left, if it left anything.

        Raises:
            ResumedOtherwise: it was one of another input, vault, key, model or option.
            OutputError: the folder cannot be made.
        """
        self.folder = output.with_name(f"{output.name}.ranges")
        self._output, self._run, self._count = output, dict(run), 0
        if resume:
            self._check()
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _check(self) -> None:
        try:
            before = json.loads((self.folder / RUN).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            # It was broken off before its first range was done.
            shutil.rmtree(self.folder, ignore_errors=True)
            return
        for name in sorted({*before, *self._run}):
            if before.get(name) != self._run.get(name):
                raise ResumedOtherwise(what=name)

    def held(self) -> Iterator[RangeResult]:
        """The ranges that are done, in order, as far as they are whole."""
        with suppress(NotWhole):
            while True:
                found = read_range(self.folder / f"{self._count:05}", ALWAYS)
                self._count += 1
                yield found
        # Whatever lies behind was not whole.
        for folder in self.folder.glob("[0-9]*"):
            if folder.stem >= f"{self._count:05}":
                shutil.rmtree(folder, ignore_errors=True)

    @property
    def last(self) -> Path:
        """The folder of the range that was kept, or given out, last."""
        return self.folder / f"{self._count - 1:05}"

    def keep(self, result: RangeResult) -> None:
        """Keep one range: it is there whole, or not at all."""
        with output_error(self._output):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            if not self._count:
                (self.folder / RUN).write_text(json.dumps(self._run), encoding="utf-8")
            part = self.folder / f"{self._count:05}.part"
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(mode=0o700)
            sums = {}
            for name in FRAMES:
                path, frame = _file(part, name), getattr(result, name)
                if name in result.files:
                    sums[name] = result.files[name].also_at(path).checksum
                elif name in ALWAYS or frame.height:
                    sums[name] = keep_frame(frame, path).checksum
            document = {
                "batches": result.batches,
                "read_to": result.read_to,
                "counts": result.counts,
                "dropped": result.dropped,
                "names": result.names,
                "reached": result.reached,
                "sums": sums,
            }
            (part / RESULT).write_text(json.dumps(document), encoding="utf-8")
            part.replace(self.folder / f"{self._count:05}")
        self._count += 1

    def settle(
        self, place: Path, assessed: pl.DataFrame, before: Sequence[KeptFile], document: Mapping[str, Any]
    ) -> None:
        """The output is whole: move what is kept, with the assessments of its exposures, to ``place``; the
        first of them lie in files already, from ``before``.
        """
        with output_error(place):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            paths = (self.folder / f"assessed-{number:05}.arrow" for number in count())
            files = [file.also_at(path) for file, path in zip(before, paths, strict=False)]
            if assessed.height or not files:
                files.append(keep_frame(assessed, next(paths), small=True))
            sums = {file.path.name: file.checksum for file in files}
            kept = {**document, "assessed": sums, "ranges": self._count}
            (self.folder / KEPT).write_text(json.dumps(kept), encoding="utf-8")
            if place.exists():
                shutil.rmtree(place)
            self.folder.replace(place)

    def discard(self) -> None:
        """The output is whole: nothing of the ranges is needed any more."""
        shutil.rmtree(self.folder, ignore_errors=True)


def read_range(folder: Path, frames: Sequence[str]) -> RangeResult:
    """A range as it was kept, with some of its frames; all its files are looked through.

    Raises:
        NotWhole: it is not there, or not whole.
    """
    result = _without_frames(folder)
    for name in result.files.keys() - set(frames):
        result.files[name].check()
    return with_frames(result, frames)


def read_subjects(folder: Path) -> pl.DataFrame:
    """The subjects that are of a range, from the folder that a store keeps it in.

    Raises:
        OutputError: they are there no more.
    """
    try:
        result = with_frames(_without_frames(folder), ("subjects", "gone"))
    except NotWhole:
        raise OutputError(file=folder, reason="what was kept there is not whole any more") from None
    return result.subjects.filter(pl.Series(result.standing)) if result.gone.height else result.subjects


def with_frames(result: RangeResult, frames: Sequence[str]) -> RangeResult:
    """The same with some frames as they are in files; raises NotWhole."""
    read: dict[str, Any] = {name: result.files[name].read() for name in frames if name in result.files}
    return replace(result, **read)


def without_gone(result: RangeResult) -> RangeResult:
    """The same, all of its frames read, with those subjects alone that are of it still."""
    standing = result.standing
    parts = {"gone": result.gone.clear()}
    for name in ("subjects", "links"):
        parts[name] = getattr(result, name).filter(pl.Series(standing))
    for name in ("keys", "records"):
        each = np.repeat(standing, result.links[name].to_numpy())
        parts[name] = getattr(result, name).filter(pl.Series(each))
    return result.otherwise(parts)


def _without_frames(folder: Path) -> RangeResult:
    try:
        document = json.loads((folder / RESULT).read_text(encoding="utf-8"))
        files = {name: KeptFile(_file(folder, name), found) for name, found in document["sums"].items()}
        return RangeResult(
            batches=document["batches"],
            read_to=document["read_to"],
            counts=document["counts"],
            dropped=tuple((column, reason, rows) for column, reason, rows in document["dropped"]),
            names=document["names"],
            reached=tuple(document["reached"]),
            files=files,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise NotWhole from None


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.arrow"
