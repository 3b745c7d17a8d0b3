"""Rows of tokens, each in one piece: comparing a pair touches two rows, not sixty columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.loops import loop
from correlate.tokens import TOKEN_COLUMNS, Tokens
from correlate.vault import Vault

__all__ = ["ASKED", "ROW", "Rows", "matrix", "record_rows", "rows_of"]

Rows = npt.NDArray[np.void]

# Rows that are put together at a time: each of their columns finds them in a processor's cache.
BLOCK = 2_048

ASKED = (*TOKEN_COLUMNS, "birth_swapped")
"""The token columns of an asking row."""

ROW = np.dtype([(name, np.int64) for name in (*ASKED, "nir_own")])
"""A row: its tokens, 0 where missing, and whether its NIR is its own. A record has no ``birth_swapped``."""


def rows_of(tokens: Mapping[str, Tokens], nir_own: npt.NDArray[np.bool_]) -> Rows:
    """Rows (n,) from token columns (n,); one that is absent is missing everywhere."""
    rows = np.zeros(len(nir_own), dtype=ROW)
    columns = {name: tokens[name] for name in ASKED if name in tokens}
    for start in range(0, len(rows), BLOCK):
        some = slice(start, start + BLOCK)
        block = rows[some]
        for name, column in columns.items():
            block[name] = column[some]
        block["nir_own"] = nir_own[some]
    return rows


def record_rows(vault: Vault, held: pl.DataFrame) -> Rows:
    """Records (n,), read with nir_own and RECORD_COLUMNS."""
    rows = rows_of(vault.forms.plain(held), held["nir_own"].to_numpy())
    names, numbers = list(ROW.names or ()), matrix(rows)
    forms = [
        (np.array([names.index(name) for name in some]), table, places)
        for some, table, places in vault.forms.forms(held)
    ]
    for start in range(0, len(rows), BLOCK):
        block = slice(start, start + BLOCK)
        for columns, table, places in forms:
            _put(len(rows))(numbers[block], columns, table, places[block])
    return rows


@loop
def _put(
    rows: Tokens, columns: npt.NDArray[np.int64], table: Tokens, places: npt.NDArray[np.integer]
) -> None:
    """Fill columns of rows (n, m) with the lines of a table (t, k) that stand at places (n,)."""
    for row in range(len(rows)):
        for turn in range(len(columns)):
            rows[row, columns[turn]] = table[places[row], turn]


def matrix(rows: Rows) -> npt.NDArray[np.int64]:
    """The same rows as numbers, (n, columns): not copied."""
    numbers: Any = rows.view(np.int64)
    out: npt.NDArray[np.int64] = numbers.reshape(len(rows), len(ROW.names or ()))
    return out
