"""The errors that real files hold: slips of the keyboard, of a scanner, of a clerk's ear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from correlate.synthesis.chance import Ints

__all__ = ["CLEAN", "KEYED", "SCANNED", "SPOKEN", "Noise", "disturb"]

_LETTERS = pl.Series(list("AEIRSTNLOUMCDPGBVHFQYXJKZW"))
_NUMERALS = pl.Series(list("0123456789"))
_SCANNER = {"O": "0", "I": "1", "L": "I", "S": "5", "B": "8", "Z": "2", "RN": "M", "o": "0", "l": "1", "rn": "m", "0": "O", "1": "l", "5": "S"}
_EAR = {"PH": "F", "AULT": "AUD", "EAU": "AUX", "TH": "T", "LL": "L", "TT": "T", "NN": "N", "Y": "I", "AIN": "IN", "ET": "AY", "OT": "AUD",
        "ph": "f", "ault": "aud", "eau": "aux", "th": "t", "ll": "l", "tt": "t", "nn": "n", "y": "i", "ain": "in"}  # fmt: skip


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


CLEAN = Noise()
#: Typed by the person or a clerk: rates assumed, of the order found in hand-keyed registers.
KEYED = Noise(substituted=0.004, deleted=0.003, transposed=0.003, doubled=0.002, truncated=0.001, heard=0.004)
SPOKEN = Noise(substituted=0.004, deleted=0.003, transposed=0.002, doubled=0.003, truncated=0.002, heard=0.02)
SCANNED = Noise(substituted=0.003, deleted=0.003, transposed=0.001, truncated=0.004, scanned=0.02, heard=0.002)

_Pieces = tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr]


def disturb(values: pl.Series, rng: np.random.Generator, noise: Noise) -> pl.Series:
    """Put errors into a column of text; nulls stay null, and rows stay where they are."""
    shares = noise.shares()
    if not any(shares):
        return values
    edges = np.concatenate([[0.0], np.cumsum(shares)])
    kind = np.searchsorted(edges, rng.random(len(values)), side="right") - 1
    origin = np.arange(len(values), dtype=np.int64)
    parts, end = [values], len(values)
    for place, make in enumerate(_KINDS.values()):
        struck = np.flatnonzero(kind == place)
        if len(struck) == 0:
            continue
        parts.append(_apply(values.gather(struck), rng, make))
        origin[struck] = end + np.arange(len(struck))
        end += len(struck)
    return pl.concat(parts).gather(origin) if len(parts) > 1 else values


def _apply(values: pl.Series, rng: np.random.Generator, make: Callable[[_Pieces], pl.Expr]) -> pl.Series:
    """Cut each value at a random place into before, letter, next letter and after, and rejoin it."""
    length = values.str.len_chars().fill_null(0).to_numpy().astype(np.int64)
    cut: Ints = (rng.random(len(values)) * np.maximum(length - 1, 1)).astype(np.int64)
    other = rng.integers(0, 1 << 30, len(values))
    frame = pl.DataFrame(
        {"v": values, "cut": cut, "letter": _LETTERS.gather(other % 26), "numeral": _NUMERALS.gather(other % 10)}
    )
    value, place = pl.col("v"), pl.col("cut")
    before, here = value.str.slice(0, place), value.str.slice(place, 1)
    following, after = value.str.slice(place + 1, 1), value.str.slice(place + 2)
    return frame.select(make((before, here, following, after)).alias("v"))["v"]


def _substitute(pieces: _Pieces) -> pl.Expr:
    before, here, following, after = pieces
    wrong = pl.when(here.str.contains(r"\d")).then("numeral").when(here.str.contains(r"\p{Ll}"))
    letter = wrong.then(pl.col("letter").str.to_lowercase()).otherwise("letter")
    return pl.concat_str(before, letter, following, after)


def _delete(pieces: _Pieces) -> pl.Expr:
    before, _, following, after = pieces
    return pl.concat_str(before, following, after)


def _transpose(pieces: _Pieces) -> pl.Expr:
    before, here, following, after = pieces
    return pl.concat_str(before, following, here, after)


def _double(pieces: _Pieces) -> pl.Expr:
    before, here, following, after = pieces
    return pl.concat_str(before, here, here, following, after)


def _truncate(pieces: _Pieces) -> pl.Expr:
    before, here, following, _ = pieces
    return pl.concat_str(before, here, following)


def _scan(_: _Pieces) -> pl.Expr:
    return pl.col("v").str.replace_many(list(_SCANNER), list(_SCANNER.values()))


def _hear(_: _Pieces) -> pl.Expr:
    return pl.col("v").str.replace_many(list(_EAR), list(_EAR.values()))


_KINDS: dict[str, Callable[[_Pieces], pl.Expr]] = {
    "substituted": _substitute,
    "deleted": _delete,
    "transposed": _transpose,
    "doubled": _double,
    "truncated": _truncate,
    "scanned": _scan,
    "heard": _hear,
}
