"""Records that paths have come to: read from the vault once, however often they are compared."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from correlate.linkage.compare import CHUNK_ROWS
from correlate.vault import RECORD_COLUMNS, Vault

__all__ = ["HeldRecords"]

COLUMNS = ("record_id", "breach_no", "class_set_no", "nir_own", *RECORD_COLUMNS)


class HeldRecords:
    """Some records of a vault with all that they hold."""

    def __init__(self, vault: Vault) -> None:
        """Bind a vault; nothing is read yet."""
        self._vault = vault
        self._rows = vault.engine.frame(f"SELECT {', '.join(COLUMNS)} FROM record LIMIT 0")
        self._places = pl.DataFrame(schema={"record_id": pl.Int64, "place": pl.Int64})
        self._taken: list[pl.DataFrame] = []

    def take(self, rows: pl.DataFrame) -> None:
        """Take in records (n,) with all that they hold, which were read for another purpose; any may come
        several times, and from any thread.
        """
        self._taken.append(rows.select(COLUMNS))

    def fetch(self, record_ids: pl.Series) -> None:
        """Read those records (n,) that were not read yet."""
        self._settle()
        wanted = pl.DataFrame({"record_id": record_ids.unique()}).join(
            self._places, on="record_id", how="anti"
        )
        if wanted.height:
            with self._vault.engine.given(wanted_record=wanted):
                fresh = self._vault.engine.frame(
                    f"SELECT {', '.join(COLUMNS)} FROM record SEMI JOIN wanted_record USING (record_id)"
                )
            self._add(fresh)

    def _settle(self) -> None:
        if taken := self._taken:
            self._taken = []
            rows = pl.concat(taken).unique("record_id")
            self._add(rows.join(self._places, on="record_id", how="anti"))

    def _add(self, fresh: pl.DataFrame) -> None:
        self._rows = pl.concat((self._rows, fresh), rechunk=True)
        self._places = self._rows.select("record_id", place=pl.int_range(pl.len()))

    def places(self, record_ids: pl.Series) -> pl.Series:
        """Where records (n,) that were read stand among all that were."""
        return self._found(pl.DataFrame({"record_id": record_ids}))["place"]

    def rows(self, places: pl.Series) -> pl.DataFrame:
        """What records hold, by their places (n,)."""
        return self._rows[places]

    def chunks(self, pairs: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Pairs (asker_no, record_id) with what their records hold, as comparing takes them."""
        self._vault.forms.prepare(pairs.height)
        for some in self._found(pairs).iter_slices(CHUNK_ROWS):
            yield self._rows[some["place"]].with_columns(some["asker_no"])

    def _found(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.join(self._places, on="record_id", how="left", maintain_order="left")
