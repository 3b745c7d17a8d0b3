"""Scores that were kept with their links, as a later run finds them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from correlate.errors import InputError
from correlate.pipeline.kept_files import KeptFile, NotWhole, checksum
from correlate.pipeline.ranges import KEPT, RUN, RangeResult, read_range, with_frames, without_gone
from correlate.vault import Snapshot, Vault

__all__ = ["KeptOtherwise", "LinksDamaged", "LinksNotKept", "Previous", "links_folder"]

# What may have changed since: the vault and the subjects are looked through for that, and whoever says
# something else now is scored again.
OF_VAULT = "the vault"
OF_SUBJECTS = (
    "the file of subjects",
    "--map",
    "--declared-column",
    "--hibp-domain",
    "the file of declared breaches",
    "the file of --hibp",
)
MOST_FILES = 30
ANYHOW = ("the profile or the day", "the size of a batch", "--update", "--keep-links")


class LinksNotKept(InputError):
    """The scores {path} cannot be updated: there are no links of theirs in {folder}. Score everybody once
    with --keep-links.
    """


class LinksDamaged(InputError):
    """The scores {path} cannot be updated: {folder} is not whole, or belongs to other scores. Score everybody
    once with --keep-links.
    """


class KeptOtherwise(InputError):
    """The scores {path} cannot be updated: {what} is not what it was then. Score everybody with --keep-links
    and without --update.
    """


def links_folder(output: Path) -> Path:
    """Where the links of an output are kept."""
    return output.with_name(f"{output.name}.links")


class Previous:
    """An earlier output, and the folder of links beside it.

    Attributes:
        same_subjects: whether subjects and what was declared of them are given by the very same files.
        snapshot: the vault as it was.
        known: how many assessments were taken over, and the files that hold them.
    """

    def __init__(self, scores: Path, run: Mapping[str, Any], vault: Vault, now: Snapshot) -> None:
        """Find the links of ``scores``, and hold them against the run that is to be, on a vault as it is
        ``now``.

        Raises:
            LinksNotKept, LinksDamaged: there are none, or they are not of these scores.
            KeptOtherwise: it was a run of another vault, key, linkage model or option.
        """
        self.scores, self.folder = scores, links_folder(scores)
        # As it reads once it was written.
        run = json.loads(json.dumps(run))
        if not self.folder.is_dir() or not scores.is_file():
            raise LinksNotKept(path=scores, folder=self.folder)
        try:
            before = json.loads((self.folder / RUN).read_text(encoding="utf-8"))
            self._kept = json.loads((self.folder / KEPT).read_text(encoding="utf-8"))
            self.snapshot = Snapshot.parse(self._kept["snapshot"])
            mine = self._kept["scores"] == vault.keyed_checksum(checksum(scores))
            self._count = int(self._kept["ranges"])
            assessed = dict(self._kept["assessed"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise LinksDamaged(path=scores, folder=self.folder) from None
        for name in sorted({*before, *run} - {OF_VAULT, *OF_SUBJECTS, *ANYHOW}):
            if before.get(name) != run.get(name):
                raise KeptOtherwise(path=scores, what=name)
        if not mine:
            raise LinksDamaged(path=scores, folder=self.folder)
        if self.snapshot.vault_id != now.vault_id:
            raise KeptOtherwise(path=scores, what=OF_VAULT)
        self._assessed = [KeptFile(self.folder / name, found) for name, found in sorted(assessed.items())]
        self.known: tuple[int, Sequence[KeptFile]] = 0, ()
        self.same_subjects = all(before.get(name) == run.get(name) for name in OF_SUBJECTS)

    def ranges(self, *frames: str) -> Iterator[RangeResult]:
        """What the earlier run came to, range by range, with these frames; raises LinksDamaged."""
        for place in range(self._count):
            with self._whole():
                found = read_range(self.folder / f"{place:05}", frames)
            yield found

    def without_gone(self, result: RangeResult) -> RangeResult:
        """The same range, with those subjects alone that are of it still; raises LinksDamaged."""
        with self._whole():
            return without_gone(with_frames(result, ("keys", "records")))

    def assessed(self, by: str) -> pl.DataFrame | None:
        """The assessments of its exposures, if they were made by what ``by`` says; raises LinksDamaged."""
        if self._kept["assessed_by"] != by:
            return None
        with self._whole():
            parts = [file.read() for file in self._assessed]
        assessed = pl.concat(parts)
        # A file a night would be many in time; then all are written as one.
        few = len(parts) < MOST_FILES
        self.known = (assessed.height, tuple(self._assessed)) if few else (0, ())
        return assessed

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """What is not whole is told by the name of the scores."""
        try:
            yield
        except NotWhole:
            raise LinksDamaged(path=self.scores, folder=self.folder) from None
