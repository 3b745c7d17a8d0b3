"""What is kept beside an output: ranges while it is made, and links for later if that is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from correlate.pipeline.kept_files import checksum
from correlate.pipeline.previous import Previous, links_folder
from correlate.pipeline.ranges import KEPT, RangeResult, RangeStore
from correlate.pipeline.scored import Scored
from correlate.vault import Snapshot, Vault

__all__ = ["Keeping"]


@dataclass(kw_only=True)
class Keeping:
    """Nothing at all, unless there is an output.

    Attributes:
        output: the file to be.
        resume: take up a run that was broken off.
        links: keep them for a later update.
        update: the earlier output that is brought up to date.
    """

    output: Path | None = None
    resume: bool = False
    links: bool = False
    update: Path | None = None
    _store: RangeStore | None = field(default=None, init=False)
    _now: Snapshot | None = field(default=None, init=False)
    _previous: Previous | None = field(default=None, init=False)

    def begin(self, run: Mapping[str, Any], vault: Vault, now: Snapshot) -> Previous | None:
        """Start with what decides the run, and the vault as it is; gives what it updates, if anything.

        Raises:
            ResumedOtherwise: the run that was broken off was another.
            LinksNotKept, LinksDamaged, KeptOtherwise: the earlier output cannot be updated.
        """
        if self.output is None:
            return None
        self._now = now
        previous = None if self.update is None else Previous(self.update, run, vault, now)
        self._previous = previous
        earlier = None if previous is None else checksum(previous.folder / KEPT)
        run = {**run, "--update": earlier, "--keep-links": self.links}
        self._store = RangeStore(self.output, run, resume=self.resume)
        return previous

    def held(self) -> Iterator[RangeResult]:
        """The ranges that a run has closed before it was broken off."""
        return iter(()) if self._store is None else self._store.held()

    def keep(self, result: RangeResult, *, last: bool = False) -> Path | None:
        """Keep a range; the only one of a file is needed by later updates alone. Gives the folder that
        holds it from now on.
        """
        if self._store is None or not (self.links or not last or self._store.folder.exists()):
            return None
        self._store.keep(result)
        return self._store.last

    @property
    def last(self) -> Path | None:
        """The folder of the range that ``held`` gave last."""
        return None if self._store is None else self._store.last

    def finish(self, scored: Scored, vault: Vault) -> None:
        """The output is whole."""
        if self._store is None or self.output is None or self._now is None:
            return
        if not self.links:
            self._store.discard()
            return
        known, files = (0, ()) if self._previous is None else self._previous.known
        self._store.settle(
            links_folder(self.output),
            scored.assessed.slice(known, scored.of_ranges - known),
            files,
            {
                "scores": vault.keyed_checksum(checksum(self.output)),
                "snapshot": self._now.document(),
                "assessed_by": scored.assessed_by,
            },
        )
