"""Records that paths have come to: read from the vault once, however often they are compared."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from correlate.linkage.compare import CHUNK_ROWS
from correlate.linkage.packing import distinct, places_of
from correlate.vault import RECORD_COLUMNS, Vault

__all__ = ["HeldRecords"]

COLUMNS = ("record_id", "breach_no", "class_set_no", "nir_own", *RECORD_COLUMNS)


class HeldRecords:
    """Some records of a vault with all that they hold."""

    def __init__(self, vault: Vault) -> None:
        """Bind a vault; nothing is read yet."""
        self._vault = vault
        self._rows = vault.engine.frame(f"SELECT {', '.join(COLUMNS)} FROM record LIMIT 0")
        # The records that are held, rising, and where each stands.
        self._ids, self._order = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.intp)
        self._taken: list[pl.DataFrame] = []

    def take(self, rows: pl.DataFrame) -> None:
        """Take in records (n,) with all that they hold, which were read for another purpose; any may come
        several times, and from any thread.
        """
        self._taken.append(rows.select(COLUMNS))

    def fetch(self, record_ids: pl.Series) -> None:
        """Read those records (n,) that were not read yet."""
        if taken := self._taken:
            self._taken = []
            self._add(pl.concat(taken))
        wanted = distinct(record_ids.to_numpy())
        wanted = wanted[places_of(self._ids, wanted) < 0]
        if len(wanted):
            with self._vault.engine.given(wanted_record=pl.DataFrame({"record_id": wanted})):
                fresh = self._vault.engine.frame(
                    f"SELECT {', '.join(COLUMNS)} FROM record SEMI JOIN wanted_record USING (record_id)"
                )
            self._add(fresh)

    def _add(self, fresh: pl.DataFrame) -> None:
        self._rows = pl.concat((self._rows, fresh), rechunk=True)
        self._ids, self._order = np.unique(self._rows["record_id"].to_numpy(), return_index=True)

    def places(self, record_ids: pl.Series) -> pl.Series:
        """Where records (n,) that were read stand among all that were."""
        return pl.Series(self._order[np.searchsorted(self._ids, record_ids.to_numpy())])

    def rows(self, places: pl.Series) -> pl.DataFrame:
        """What records hold, by their places (n,)."""
        return self._rows[places]

    def chunks(self, pairs: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Pairs (asker_no, record_id) with what their records hold, as comparing takes them."""
        self._vault.forms.prepare(pairs.height)
        for some in pairs.iter_slices(CHUNK_ROWS):
            yield self._rows[self.places(some["record_id"])].with_columns(some["asker_no"])
