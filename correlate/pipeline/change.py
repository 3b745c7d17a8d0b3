"""What has changed in a vault since subjects were linked to it, and whom that can concern.

A subject's links hang on the records that share a linkage key with it, or with a record that its paths lead
on from, and on how many share that key. So whoever was looked up by no key that a new record has cannot have
gained a link, nor lost one to a key grown too common; and who had no link to a record that is gone can only
have gained one where a key was too common before. All others are as they were (docs/decisions/0012).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.linkage import LinkageModel, keys_of_files
from correlate.pipeline.ranges import RangeResult
from correlate.vault import ROW_BITS, Snapshot, Vault

__all__ = ["VaultChange"]

# A first sieve of so many bits of a key, and how many keys go through it at a time: small enough to stay near
# the processor.
SIEVE_BITS, SIEVED_KEYS = 23, 1_000_000
SMALL = "the vault is small enough to be searched for more than linkage keys find"
REFERENCE = "the breach that tells how common names, dates or places are has changed"


@dataclass(frozen=True, kw_only=True)
class VaultChange:
    """What is different.

    Attributes:
        whole: why nobody can be told to be as before, in words; empty if some can.
        keys: linkage keys of the records that came, cut as a trace has them, rising and distinct.
        files_gone: numbers of the files that left; ``files_thinned``: of those that lost records.
        breaches: numbers of breaches that mean another breach now, or none.
        crowds: whether a key may be less common than it was, or a crowd a smaller share of its breach.
    """

    whole: str
    keys: npt.NDArray[np.uint32]
    files_gone: frozenset[int]
    files_thinned: frozenset[int]
    breaches: frozenset[int]
    crowds: bool

    @classmethod
    def between(cls, before: Snapshot, now: Snapshot, vault: Vault, model: LinkageModel) -> Self:
        """Compare two states of one vault, which is as it is ``now``."""
        kept = before.files.keys() & now.files.keys()
        new, gone = now.files.keys() - kept, before.files.keys() - kept
        thinned = {no for no in kept if now.files[no].held != before.files[no].held}
        whole = ""
        if min(before.records, now.records) <= model.wide_records_max and before.files != now.files:
            whole = SMALL
        elif _reference_moved(before, now):
            whole = REFERENCE
        named = {no for no, name in before.breaches.items() if now.breaches.get(no) != name}
        grown = any(now.accepted.get(no) != rows for no, rows in before.accepted.items())
        return cls(
            whole=whole,
            keys=keys_of_files(vault, new) if new and not whole else np.empty(0, dtype=np.uint32),
            files_gone=frozenset(gone),
            files_thinned=frozenset(thinned),
            breaches=frozenset(named),
            crowds=bool(gone or thinned or grown),
        )

    @property
    def needs(self) -> tuple[str, ...]:
        """The frames of a range, by name, that :meth:`concerned` looks at."""
        gone = self.files_gone or self.files_thinned
        return ("links", *(("keys",) if len(self.keys) else ()), *(("records",) if gone else ()))

    def concerned(self, kept: RangeResult, vault: Vault) -> npt.NDArray[np.bool_]:
        """(n,) whose links may be others now, of the n subjects of a range."""
        links = kept.links
        out = np.zeros(links.height, dtype=np.bool_)
        if self.crowds:
            out |= links["crowded"].to_numpy()
        if len(self.keys):
            out |= _any_of(links["keys"], self._meeting(kept.keys["key"].to_numpy()))
        if self.files_gone or self.files_thinned:
            lost = np.flatnonzero(self._lost(kept.records["record_id"].to_numpy(), vault))
            out |= _any_of(links["records"], lost)
        return out

    def _meeting(self, keys: npt.NDArray[np.uint32]) -> npt.NDArray[np.intp]:
        sieve = np.zeros(1 << SIEVE_BITS, dtype=np.bool_)
        sieve[self.keys >> (32 - SIEVE_BITS)] = True
        found = [np.empty(0, dtype=np.intp)]
        for start in range(0, len(keys), SIEVED_KEYS):
            some = keys[start : start + SIEVED_KEYS]
            # No place is outside, and to be told so saves looking: a third of the time.
            likely = np.flatnonzero(np.take(sieve, some >> (32 - SIEVE_BITS), mode="clip"))
            wanted = some[likely]
            # In order they are found five times as fast.
            order = np.argsort(wanted)
            wanted = wanted[order]
            places = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
            found.append(likely[order[self.keys[places] == wanted]] + start)
        return np.concatenate(found)

    def _lost(self, records: npt.NDArray[np.int64], vault: Vault) -> npt.NDArray[np.bool_]:
        """(r,) whether each record is there no more."""
        files = records >> ROW_BITS
        lost = np.isin(files, list(self.files_gone))
        doubtful = np.isin(files, list(self.files_thinned))
        if doubtful.any():
            asked = pl.DataFrame({"record_id": np.unique(records[doubtful])})
            with vault.engine.given(asked_record=asked):
                missing = vault.engine.frame(
                    "SELECT record_id FROM asked_record ANTI JOIN record USING (record_id)"
                )
            lost |= np.isin(records, missing["record_id"].to_numpy())
        return lost


def _reference_moved(before: Snapshot, now: Snapshot) -> bool:
    """Whether another breach tells how common a field's values are, or the same with other records."""

    def told(state: Snapshot) -> object:
        telling = set(state.reference.values())
        return (
            {field: state.breaches[no] for field, no in state.reference.items()},
            {no: file.held for no, file in state.files.items() if file.breach_no in telling},
        )

    return told(before) != told(now)


def _any_of(lengths: pl.Series, places: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """(n,) whether one of these places is in each of n stretches of such lengths, one after the other."""
    ends = np.cumsum(lengths.to_numpy(), dtype=np.int64)
    out = np.zeros(len(ends), dtype=np.bool_)
    out[np.searchsorted(ends, places, side="right")] = True
    return out
