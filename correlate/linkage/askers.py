"""The asking side of linkage: subjects, or records of the vault on the way to further records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.tokens import TOKEN_COLUMNS, People, linkage_keys
from correlate.vault import Vault

__all__ = ["Askers"]

Numbers = npt.NDArray[np.int64]

ASKED = (*TOKEN_COLUMNS, "birth_swapped")


@dataclass(frozen=True, kw_only=True)
class Askers:
    """Rows that ask for the records that describe the same person.

    Attributes:
        rows: (asker_no, nir_own, token columns, birth_swapped), null where missing.
        keys: (key, asker_no), distinct.
    """

    rows: pl.DataFrame
    keys: pl.DataFrame

    @classmethod
    def of_people(cls, people: People, *, numbers: Numbers | None = None) -> Askers:
        """Subjects tokenised as asking, numbered from 0 if no numbers (n,) are given."""
        numbers = np.arange(people.height) if numbers is None else numbers
        rows = pl.DataFrame({"asker_no": numbers, "nir_own": people.nir_own})
        rows = rows.with_columns(people.column(name) for name in ASKED)
        return cls(rows=rows, keys=_keys(people.keys, numbers[people.key_rows]))

    @classmethod
    def of_records(
        cls, vault: Vault, record_ids: pl.Series, *, without: frozenset[str] = frozenset()
    ) -> Askers:
        """Records of the vault (n,), numbered by their record_id; those that are not there are left out, and
        so are the token columns that ``without`` names, as if the records did not have them.
        """
        columns = ", ".join(TOKEN_COLUMNS)
        with vault.engine.given(wanted_record=pl.DataFrame({"record_id": record_ids.unique()})):
            rows = vault.engine.frame(
                f"SELECT record_id AS asker_no, nir_own, {columns} FROM record "
                f"SEMI JOIN wanted_record USING (record_id) ORDER BY record_id"
            )
        rows = rows.with_columns(pl.lit(None, dtype=pl.Int64).alias(name) for name in sorted(without))
        tokens = {name: rows[name].fill_null(0).to_numpy() for name in TOKEN_COLUMNS}
        keys, places = linkage_keys(vault.tokeniser.scheme, tokens, asking=True)
        rows = rows.with_columns(birth_swapped=pl.lit(None, dtype=pl.Int64))
        return cls(rows=rows, keys=_keys(keys, rows["asker_no"].to_numpy()[places]))

    @classmethod
    def together(cls, parts: Sequence[Askers]) -> Askers:
        """Several batches as one; their numbers differ."""
        return cls(
            rows=pl.concat([part.rows for part in parts]), keys=pl.concat([part.keys for part in parts])
        )

    def parts(self, rows: int) -> Iterator[Askers]:
        """Cut into batches of at most so many rows."""
        for start in range(0, self.height, rows):
            some = self.rows.slice(start, rows)
            yield Askers(rows=some, keys=self.keys.join(some, on="asker_no", how="semi"))

    def sample(self, rows: int) -> Askers:
        """At most so many rows, chosen by their tokens alone: the same whatever their order."""
        if self.height <= rows:
            return self
        tokens = [pl.col(name).fill_null(0) for name in TOKEN_COLUMNS]
        mixed = pl.reduce(lambda one, other: one ^ other, tokens)
        some = self.rows.sort(mixed, *tokens, maintain_order=True).head(rows)
        return Askers(rows=some, keys=self.keys.join(some, on="asker_no", how="semi"))

    @property
    def height(self) -> int:
        """How many rows ask."""
        return self.rows.height


def _keys(keys: Numbers, owners: Numbers) -> pl.DataFrame:
    return pl.DataFrame({"key": keys, "asker_no": owners}).unique()
