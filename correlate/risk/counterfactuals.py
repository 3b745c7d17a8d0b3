"""The many exposures that one is compared with: without a breach, with one alone, with surer links only."""

from __future__ import annotations

import numpy as np

from correlate.risk.arrays import Ints, Mask, repeated
from correlate.risk.profile import Profile
from correlate.risk.records import Records, of_household
from correlate.risk.rows import WHOLE, Rows

__all__ = ["Counterfactuals"]


class Counterfactuals:
    """Collects exposures made of the rows of one block, to be evaluated together."""

    def __init__(self, records: Records, *, profile: Profile) -> None:
        """Begin with nothing; the profile knows what a household's record is worth."""
        self._records = records
        shares = np.where(of_household(records.standing), profile.household_share.value, 1.0)
        self._chances = np.rint(records.step / profile.steps * shares * WHOLE).astype(np.int64)
        self._exposure: list[Ints] = []
        self._kind: list[Ints] = []
        self._chance: list[Ints] = []
        self._background: list[Mask] = []
        self._count = 0

    def add(
        self,
        rows: Ints,
        *,
        exposure: Ints | None = None,
        count: int | None = None,
        certain: bool = False,
        background: bool | Mask = False,
    ) -> slice:
        """Add ``count`` exposures made of these rows of the block, sorted by exposure.

        Args:
            rows: places in the block, in order within each exposure.
            exposure: the number of each row's exposure, from 0; its own in the block if left out.
            count: how many exposures; as many as the block has if left out.
            certain: the records are taken for the person's, those of the household too.
            background: whether base rates count besides, for all or for each exposure.

        Returns:
            Where they will stand in what is evaluated.
        """
        records = self._records
        count = records.count if count is None else count
        exposure = records.exposure[rows] if exposure is None else exposure
        self._exposure.append(exposure + self._count)
        self._kind.append(records.kind[rows])
        self._chance.append(np.full(len(rows), WHOLE) if certain else self._chances[rows])
        self._background.append(np.broadcast_to(np.asarray(background, dtype=np.bool_), count))
        place = slice(self._count, self._count + count)
        self._count += count
        return place

    def add_reduced(self, kept: Mask, *, otherwise: slice) -> Ints:
        """Add each exposure without the rows that are not ``kept``, where it has such rows.

        Returns:
            Where each exposure will stand; one that keeps all its rows does where ``otherwise`` has it.
        """
        records = self._records
        reduced = np.unique(records.exposure[~kept])
        number = np.full(records.count, -1)
        number[reduced] = np.arange(len(reduced))
        rows = np.flatnonzero(kept & (number[records.exposure] >= 0))
        added = self.add(rows, exposure=number[records.exposure[rows]], count=len(reduced))
        place = np.arange(otherwise.start, otherwise.stop)
        place[reduced] = np.arange(added.start, added.stop)
        return place

    def each_alone(self, pairs: Ints) -> slice:
        """Add each (exposure, breach) pair as an exposure of its own."""
        rows = np.arange(len(self._records))
        sizes = np.diff(pairs, append=len(self._records))
        return self.add(rows, exposure=np.repeat(np.arange(len(pairs)), sizes), count=len(pairs))

    def each_left_out(self, pairs: Ints, *, background: bool) -> slice:
        """Add, for each (exposure, breach) pair, the exposure without that breach."""
        records = self._records
        edges = np.searchsorted(records.exposure, np.arange(records.count + 1))
        place, turn = repeated(edges, records.exposure[pairs])
        others = records.breach[place] != records.breach[pairs][turn]
        return self.add(place[others], exposure=turn[others], count=len(pairs), background=background)

    def rows(self) -> Rows:
        """Everything that was added."""
        return Rows(
            exposure=np.concatenate(self._exposure),
            kind=np.concatenate(self._kind),
            chance=np.concatenate(self._chance),
            background=np.concatenate(self._background),
        )
