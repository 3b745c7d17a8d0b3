"""The errors that real files hold: slips of the keyboard, of a scanner, of a clerk's ear."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from correlate.synthesis.chance import Ints

__all__ = ["CLEAN", "KEYED", "SCANNED", "SPOKEN", "Noise", "disturb"]

Texts: TypeAlias = NDArray[np.str_]

_LETTERS = np.array([*"AEIRSTNLOUMCDPGBVHFQYXJKZW"]).view(np.uint32)
_NUMERALS = np.array([*"0123456789"]).view(np.uint32)
_SCANNER = {
    "O": "0", "I": "1", "L": "I", "S": "5", "B": "8", "Z": "2", "RN": "M", "o": "0", "l": "1", "rn": "m",
    "0": "O", "1": "l", "5": "S",
}  # fmt: skip
_EAR = {
    "PH": "F", "AULT": "AUD", "EAU": "AUX", "TH": "T", "LL": "L", "TT": "T", "NN": "N", "Y": "I", "AIN": "IN",
    "ET": "AY", "OT": "AUD", "ph": "f", "ault": "aud", "eau": "aux", "th": "t", "ll": "l", "tt": "t",
    "nn": "n", "y": "i", "ain": "in",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Noise:
    """Shares of values with each kind of error, at most one a value."""

    substituted: float = 0.0
    deleted: float = 0.0
    transposed: float = 0.0
    doubled: float = 0.0
    truncated: float = 0.0
    scanned: float = 0.0
    heard: float = 0.0

    def shares(self) -> list[float]:
        """Give the shares in the order of the kinds of error."""
        return [getattr(self, name) for name in _KINDS]


_KINDS = tuple(field.name for field in fields(Noise))
CLEAN = Noise()
#: Typed by the person or a clerk: rates assumed, of the order found in hand-keyed registers.
KEYED = Noise(substituted=0.004, deleted=0.003, transposed=0.003, doubled=0.002, truncated=0.001, heard=0.004)
SPOKEN = Noise(substituted=0.004, deleted=0.003, transposed=0.002, doubled=0.003, truncated=0.002, heard=0.02)
SCANNED = Noise(
    substituted=0.003, deleted=0.003, transposed=0.001, truncated=0.004, scanned=0.02, heard=0.002
)


def disturb(values: pl.Series, rng: np.random.Generator, noise: Noise) -> pl.Series:
    """Put errors into a column of text; nulls stay null, and rows stay where they are."""
    shares = noise.shares()
    if not any(shares):
        return values
    edges = np.concatenate([[0.0], np.cumsum(shares)])
    chance = rng.random(len(values))
    struck = np.flatnonzero(chance < edges[-1])
    if len(struck) == 0:
        return values
    kind = np.searchsorted(edges, chance[struck], side="right") - 1
    return values.clone().scatter(struck, _spoil(values.gather(struck), kind, rng))


def _spoil(values: pl.Series, kind: Ints, rng: np.random.Generator) -> pl.Series:
    """Put one error into each value, at a random letter that is not the last."""
    texts = np.array(values.fill_null("").to_list(), dtype=np.str_)
    length = np.char.str_len(texts).astype(np.int64)
    cut: Ints = (rng.random(len(values)) * np.maximum(length - 1, 1)).astype(np.int64)
    other = rng.integers(0, 1 << 30, len(values))
    spoilt = pl.Series(_rewritten(texts, length, kind, cut, other).tolist(), dtype=pl.String)
    for name, table in (("scanned", _SCANNER), ("heard", _EAR)):
        found, wrong = list(table), list(table.values())
        rows = np.flatnonzero(kind == _KINDS.index(name))
        if len(rows):
            spoilt = spoilt.scatter(rows, values.gather(rows).str.replace_many(found, wrong))
    return spoilt.set(values.is_null(), None)


def _rewritten(texts: Texts, length: Ints, kind: Ints, cut: Ints, other: Ints) -> Texts:
    """Make the errors of one letter, on a table with a row a text and a column a letter, 0 after the last."""
    width = texts.dtype.itemsize // 4 + 1
    table = np.zeros((len(texts), width + 1), dtype=np.uint32)
    table[:, : width - 1] = texts.view(np.uint32).reshape(len(texts), width - 1)
    is_of = {name: kind == place for place, name in enumerate(_KINDS)}
    exchanged = np.flatnonzero(is_of["transposed"] & (cut + 1 < length))
    place, at = np.arange(width), cut[:, None]
    origin = place + (is_of["deleted"][:, None] & (place >= at)) - (is_of["doubled"][:, None] & (place > at))
    origin[exchanged, cut[exchanged]] += 1
    origin[exchanged, cut[exchanged] + 1] -= 1
    made = np.take_along_axis(table, origin, axis=1)
    made[is_of["truncated"][:, None] & (place > at + 1)] = 0
    wrong = np.flatnonzero(is_of["substituted"] & (length > 0))
    made[wrong, cut[wrong]] = _like(table[wrong, cut[wrong]], other[wrong])
    return made.view(f"U{width}").ravel()


def _like(letter: NDArray[np.uint32], other: Ints) -> NDArray[np.uint32]:
    """Give another numeral for a numeral, and a letter of the same case for a letter."""
    here = letter.view("U1")
    capital = _LETTERS[other % len(_LETTERS)]
    return np.where(
        np.char.isdigit(here),
        _NUMERALS[other % len(_NUMERALS)],
        np.where(np.char.islower(here), capital + 32, capital),
    )
