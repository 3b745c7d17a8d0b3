"""The asking side of linkage: subjects, or records of the vault on the way to further records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from correlate.linkage.rows import ASKED
from correlate.tokens import TOKEN_COLUMNS, People, Tokens, linkage_keys
from correlate.vault import RECORD_COLUMNS, Vault

__all__ = ["Askers", "held_rows", "held_tokens"]

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Askers:
    """Rows that ask for the records that describe the same person.

    Attributes:
        rows: (asker_no, nir_own, token columns, birth_swapped), 0 where missing.
        keys: (key, asker_no); a pair may stand twice.
    """

    rows: pl.DataFrame
    keys: pl.DataFrame

    @classmethod
    def of_people(cls, people: People, *, numbers: Numbers | None = None) -> Askers:
        """Subjects tokenised as asking, numbered from 0 if no numbers (n,) are given."""
        numbers = np.arange(people.height) if numbers is None else numbers
        rows = pl.DataFrame({"asker_no": numbers, "nir_own": people.nir_own})
        missing = np.zeros(people.height, dtype=np.int64)
        rows = rows.with_columns(_series(name, people.tokens.get(name, missing)) for name in ASKED)
        keys = (_series("key", people.keys), _series("asker_no", numbers[people.key_rows]))
        return cls(rows=rows, keys=pl.DataFrame(keys))

    @classmethod
    def of_records(
        cls, vault: Vault, record_ids: pl.Series, *, without: frozenset[str] = frozenset()
    ) -> Askers:
        """Records of the vault (n,), numbered by their record_id; those that are not there are left out, and
        so are the token columns that ``without`` names, as if the records did not have them.
        """
        columns = ", ".join(RECORD_COLUMNS)
        asked = pl.DataFrame({"record_id": record_ids.unique().sort()})
        select = f"SELECT record_id, nir_own, {columns} FROM record JOIN asked USING (record_id)"
        nothing = vault.engine.frame(f"SELECT record_id, nir_own, {columns} FROM record LIMIT 0")
        held = pl.concat([nothing, *vault.engine.joined(select, asked, "record_id")]).sort("record_id")
        numbers = held["record_id"].to_numpy()
        tokens = held_tokens(vault, held, without)
        keys, places = linkage_keys(vault.tokeniser.scheme, tokens, asking=True)
        # A key that stands twice finds nothing more, and finding out would cost more than asking twice.
        return cls(
            rows=held_rows(numbers, held, tokens),
            keys=pl.DataFrame({"key": keys, "asker_no": numbers[places]}),
        )

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
        tokens = [pl.col(name) for name in TOKEN_COLUMNS]
        mixed = pl.reduce(lambda one, other: one ^ other, tokens)
        some = self.rows.sort(mixed, *tokens, maintain_order=True).head(rows)
        return Askers(rows=some, keys=self.keys.join(some, on="asker_no", how="semi"))

    @property
    def height(self) -> int:
        """How many rows ask."""
        return self.rows.height


def held_tokens(vault: Vault, held: pl.DataFrame, without: frozenset[str]) -> dict[str, Tokens]:
    """The token columns of records (n,), read with RECORD_COLUMNS, but for those that ``without`` names."""
    tokens = vault.forms.tokens(held)
    return {name: column for name, column in tokens.items() if name not in without}


def held_rows(numbers: Numbers, held: pl.DataFrame, tokens: dict[str, Tokens]) -> pl.DataFrame:
    """Records as asking rows under these numbers (n,)."""
    missing = np.zeros(held.height, dtype=np.int64)
    rows = pl.DataFrame({"asker_no": numbers, "nir_own": held["nir_own"]})
    return rows.with_columns(_series(name, tokens.get(name, missing)) for name in ASKED)


def _series(name: str, column: Numbers) -> pl.Series:
    """A column as it lies in memory: it is not copied."""
    return pl.Series(name, pl.from_arrow(pa.array(column)))
