"""A tokenised batch: what leaves this room, and all that any other room sees of a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from correlate.tokens.exposed import ClassSets
from correlate.tokens.packing import Rows
from correlate.tokens.scheme import MISSING, Tokens

__all__ = ["TOKEN_COLUMNS", "People"]

TOKEN_COLUMNS: tuple[str, ...] = (
    "nir",
    "national_id",
    "surname",
    "surname_alt",
    "phonetic",
    "phonetic_alt",
    "surname_sketch",
    "first_name",
    "first_phonetic",
    "first_initial",
    "first_sketch",
    "birth_date",
    "birth_yymm",
    "birth_yydd",
    "birth_mmdd",
    "birth_place",
    "sex",
    "email",
    "email_alt",
    "phone",
    "phone_alt",
    "iban",
    "postcode",
    "department",
    "city",
    "city_sketch",
    "street",
    "street_sketch",
    "occupation",
)
"""What a vault keeps of a row, in this order. A subject has ``birth_swapped`` besides.

Surnames and first names are tokens of one domain, so that a name written in the other's column is found
there; so are their sounds, and so are their sketches. Of a sketch see ``SKETCH_SLOTS``.
"""


_NAMES = ("phonetic", "first_phonetic")
_DATES = ("birth_date", "birth_mmdd", "birth_yydd")
_HOMES = ("street", "postcode", "city")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class People:
    """A tokenised batch of n rows.

    Attributes:
        tokens: the columns of TOKEN_COLUMNS and ``birth_swapped``, (n,) each, 0 where missing; a column that
            is missing in every row may be absent.
        nir_own: (n,) False where the row's birth date or sex says that its NIR is somebody else's.
        classes: the attribute classes each row exposes.
        keys: linkage keys (k,), and ``key_rows`` (k,) the row of each.
        dropped: how often a field was unusable, by (column, reason).
    """

    tokens: dict[str, Tokens]
    nir_own: npt.NDArray[np.bool_]
    classes: ClassSets
    keys: Tokens
    key_rows: Rows
    dropped: Counter[tuple[str, str]]

    def __repr__(self) -> str:
        return f"People(height={self.height}, keys={len(self.keys)}, columns={sorted(self.tokens)})"

    @classmethod
    def together(cls, parts: list[People]) -> People:
        """Several batches as one, one after the other. The list is emptied: where nobody else holds its
        batches, no more than a column is held twice.
        """
        if len(parts) == 1:
            return parts.pop()
        heights = [part.height for part in parts]
        starts = np.cumsum([0, *heights[:-1]])
        classes = ClassSets.together([part.classes for part in parts])
        nir_own = np.concatenate([part.nir_own for part in parts])
        dropped = sum((part.dropped for part in parts), Counter[tuple[str, str]]())
        tokens, keys = [dict(part.tokens) for part in parts], [part.keys for part in parts]
        rows = [part.key_rows for part in parts]
        parts.clear()
        nothing = np.zeros(max(heights), dtype=np.int64)
        columns = {
            name: np.concatenate(
                [held.pop(name, nothing[:height]) for held, height in zip(tokens, heights, strict=True)]
            )
            for name in dict.fromkeys(name for held in tokens for name in held)
        }
        all_keys = np.concatenate(keys)
        keys.clear()
        key_rows = np.concatenate(rows)
        key_rows += np.repeat(starts, [len(each) for each in rows])
        return cls(
            tokens=columns,
            nir_own=nir_own,
            classes=classes,
            keys=all_keys,
            key_rows=key_rows,
            dropped=dropped,
        )

    @property
    def height(self) -> int:
        """The number of rows, n."""
        return len(self.nir_own)

    def column(self, name: str) -> pl.Series:
        """One token column (n,) for storage and joins: null where missing, so that it never joins."""
        tokens = self.tokens.get(name)
        if tokens is None:
            return pl.repeat(None, self.height, dtype=pl.Int64, eager=True).alias(name)
        return pl.Series(name, pl.from_arrow(pa.array(tokens, mask=tokens == MISSING)))

    def identified(self) -> npt.NDArray[np.bool_]:
        """(n,) whether a row says who it is of: by any linkage key, or by two of a name, a date and a home.

        Without that it can be linked to nobody.
        """
        out = np.zeros(self.height, dtype=np.bool_)
        out[self.key_rows] = True
        told = [self._any(columns) for columns in (_NAMES, _DATES, _HOMES)]
        out |= np.sum(told, axis=0) >= 2
        return out

    def _any(self, columns: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        found = np.zeros(self.height, dtype=np.bool_)
        for name in columns:
            if name in self.tokens:
                found |= self.tokens[name] != MISSING
        return found
