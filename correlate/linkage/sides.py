"""Two rows side by side, for many pairs at once, and what their tokens have in common.

Whole columns, not rows: each function takes n pairs and gives n answers. A token of 0 is missing and equals
nothing. What one comparison has worked out is kept for the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from correlate.tokens import SKETCH_SLOTS, Tokens, equal_slots

__all__ = ["Bools", "Sides"]

Bools = npt.NDArray[np.bool_]
Slots = npt.NDArray[np.int8]

MISSING = 0


class Sides:
    """The asking rows (``s``) and the records (``r``) of n pairs."""

    def __init__(
        self,
        askers: Mapping[str, Tokens],
        of_pair: npt.NDArray[np.int64],
        records: Mapping[str, Tokens],
        *,
        s_nir_own: Bools,
        r_nir_own: Bools,
    ) -> None:
        """Bind columns.

        Args:
            askers: token columns of the asking rows, (a,) each.
            of_pair: (n,) the asking row of each pair.
            records: token columns of each pair's record, (n,) each.
            s_nir_own: (n,) whether the asking row's NIR is its own.
            r_nir_own: (n,) the same of the record.
        """
        self._askers, self._of_pair, self._records = askers, of_pair, records
        self.s_nir_own, self.r_nir_own = s_nir_own, r_nir_own
        self._gathered: dict[str, Tokens] = {}
        self._known: dict[tuple[object, ...], Bools] = {}
        self._counted: dict[tuple[str, str], Slots] = {}

    def __len__(self) -> int:
        return len(self._of_pair)

    def s(self, name: str) -> Tokens:
        """The asking rows' tokens (n,)."""
        if name not in self._gathered:
            self._gathered[name] = self._askers[name][self._of_pair]
        return self._gathered[name]

    def r(self, name: str) -> Tokens:
        """The records' tokens (n,)."""
        return self._records[name]

    def has_s(self, name: str) -> Bools:
        """Where the asking row has the field."""
        return self._once(("has_s", name), lambda: self.s(name) != MISSING)

    def has_r(self, name: str) -> Bools:
        """Where the record has it."""
        return self._once(("has_r", name), lambda: self.r(name) != MISSING)

    def both(self, *names: str) -> Bools:
        """Where both rows have all the fields."""
        out = np.ones(len(self), dtype=np.bool_)
        for name in names:
            out &= self.has_s(name)
            out &= self.has_r(name)
        return out

    def same(self, name: str, other: str | None = None) -> Bools:
        """Where the asking row's field equals the record's field of that name, or of another."""
        theirs = other or name
        return self._once(("same", name, theirs), lambda: (self.s(name) == self.r(theirs)) & self.has_s(name))

    def either(self, name: str) -> Bools:
        """Where any of the asking row's two tokens of a field equals any of the record's two."""
        alt = f"{name}_alt"
        return self._once(
            ("either", name),
            lambda: self.same(name) | self.same(name, alt) | self.same(alt, name) | self.same(alt),
        )

    def alike(self, name: str, slots: int, other: str | None = None) -> Bools:
        """Where two sketches have at least so many of their 16 slots in common."""
        theirs = other or name
        return self._once(("alike", name, theirs, slots), lambda: self._slots(name, theirs) >= slots)

    def _slots(self, name: str, theirs: str) -> Slots:
        """How many slots (n,) two sketches have in common; none where one of them is missing."""
        if (name, theirs) not in self._counted:
            mine, held = self.s(name), self.r(theirs)
            out = np.where(self.same(name, theirs), np.int8(SKETCH_SLOTS), np.int8(0))
            # Counting takes ten times as long as looking, and most that are looked at are missing or equal.
            rest = np.flatnonzero((mine != held) & self.has_s(name) & self.has_r(theirs))
            out[rest] = equal_slots(mine[rest], held[rest])
            self._counted[name, theirs] = out
        return self._counted[name, theirs]

    def _once(self, key: tuple[object, ...], work: Callable[[], Bools]) -> Bools:
        if key not in self._known:
            self._known[key] = work()
        return self._known[key]
