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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import polars as pl
import xxhash

from correlate.errors import InputError
from correlate.reading import Reject, output_error

__all__ = [
    "LINKS",
    "REJECTS",
    "SUBJECTS",
    "TOLD",
    "RangeResult",
    "RangeStore",
    "ResumedOtherwise",
    "checksum",
    "read_range",
    "read_subjects",
]

Schema = dict[str, pl.DataType | type[pl.DataType]]
FRAMES = ("subjects", "exposures", "told", "rejects", "links")
REJECTS = {"row": pl.Int64, "reason": pl.String, "column": pl.String}
SUBJECTS: Schema = {"subject_id": pl.String, "exposure_no": pl.Int32}
EXPOSURES: Schema = {"exposure_no": pl.Int32, "elements": pl.List(pl.Int64)}
TOLD = {"subject_id": pl.String, "breach": pl.String}
LINKS: Schema = {
    "subject_id": pl.String,
    "fingerprint": pl.UInt64,
    "links": pl.Int32,
    "hop_links": pl.Int32,
    "household_links": pl.Int32,
    "crowded": pl.Boolean,
    "keys": pl.List(pl.UInt32),
    "records": pl.List(pl.Int64),
}
RUN = "run.json"
RESULT = "range.json"
KEPT, ASSESSED = "kept.json", "assessed.parquet"


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
        exposures: (exposure_no, elements) of those that no earlier range had.
        told: (subject_id, breach) that were declared.
        rejects: (row, reason, column).
        links: what a later run needs to tell whose links are still the same, as LINKS has it, one row a
            subject of the range; empty where nobody asked for it.
        counts: rows, links and the like; ``dropped``: fields that were unusable, by column and reason.
        names: what those numbers in elements stand for that the vault does not hold. What it holds is told by
            the vault alone: who stands in a breach whose very membership is sensitive shows in no file.
        reached: places of the declared addresses that a subject of the range has.
    """

    batches: int
    read_to: int
    subjects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SUBJECTS))
    exposures: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=EXPOSURES))
    told: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TOLD))
    rejects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECTS))
    links: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LINKS))
    counts: dict[str, int]
    dropped: tuple[tuple[str, str, int], ...]
    names: dict[str, dict[str, int]]
    reached: tuple[int, ...]

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
        while (found := read_range(self.folder / f"{self._count:05}")) is not None:
            self._count += 1
            yield found
        # Whatever lies behind was not whole.
        for folder in self.folder.glob("[0-9]*"):
            if folder.stem >= f"{self._count:05}":
                shutil.rmtree(folder, ignore_errors=True)

    @property
    def last_subjects(self) -> Path:
        """The file with the subjects of the range that was kept, or given out, last."""
        return self.folder / f"{self._count - 1:05}" / "subjects.parquet"

    def keep(self, result: RangeResult) -> None:
        """Keep one range: it is there whole, or not at all."""
        with output_error(self._output):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            if not self._count:
                (self.folder / RUN).write_text(json.dumps(self._run), encoding="utf-8")
            part = self.folder / f"{self._count:05}.part"
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(mode=0o700)
            names = [name for name in FRAMES if name != "links" or result.links.height]
            for name in names:
                getattr(result, name).write_parquet(part / f"{name}.parquet", compression="lz4")
            document = {
                "batches": result.batches,
                "read_to": result.read_to,
                "counts": result.counts,
                "dropped": result.dropped,
                "names": result.names,
                "reached": result.reached,
                "sums": {name: checksum(part / f"{name}.parquet") for name in names},
            }
            (part / RESULT).write_text(json.dumps(document), encoding="utf-8")
            part.replace(self.folder / f"{self._count:05}")
        self._count += 1

    def settle(self, place: Path, assessed: pl.DataFrame, document: Mapping[str, Any]) -> None:
        """The output is whole: move what is kept, with the assessments of its exposures, to ``place``."""
        with output_error(place):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            assessed.write_parquet(self.folder / ASSESSED)
            sums = {"assessed_sum": checksum(self.folder / ASSESSED), "ranges": self._count}
            (self.folder / KEPT).write_text(json.dumps({**document, **sums}), encoding="utf-8")
            if place.exists():
                shutil.rmtree(place)
            self.folder.replace(place)

    def discard(self) -> None:
        """The output is whole: nothing of the ranges is needed any more."""
        shutil.rmtree(self.folder, ignore_errors=True)


def read_range(folder: Path) -> RangeResult | None:
    """A range as it was kept, or None if it is not there, or not whole."""
    try:
        document = json.loads((folder / RESULT).read_text(encoding="utf-8"))
        if any(checksum(folder / f"{name}.parquet") != found for name, found in document["sums"].items()):
            return None
        frames = {name: pl.read_parquet(folder / f"{name}.parquet") for name in document["sums"]}
        return RangeResult(
            **frames,
            batches=document["batches"],
            read_to=document["read_to"],
            counts=document["counts"],
            dropped=tuple((column, reason, rows) for column, reason, rows in document["dropped"]),
            names=document["names"],
            reached=tuple(document["reached"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_subjects(path: Path) -> pl.DataFrame:
    """The subjects of a range, from the file that a store keeps them in."""
    with output_error(path):
        return pl.read_parquet(path)


def checksum(path: Path) -> str:
    """The xxh3-128 of a file's bytes, in hexadecimal."""
    digest = xxhash.xxh3_128()
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()
