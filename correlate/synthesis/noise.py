"""The errors that real files hold: slips of the keyboard, of a scanner, of a clerk's ear."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import polars as pl

from correlate.synthesis.chance import Ints

__all__ = ["CLEAN", "KEYED", "SCANNED", "SPOKEN", "Noise", "disturb"]

_LETTERS = pl.Series(list("AEIRSTNLOUMCDPGBVHFQYXJKZW"))
_NUMERALS = pl.Series(list("0123456789"))
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
    kind = np.searchsorted(edges, rng.random(len(values)), side="right") - 1
    struck = np.flatnonzero(kind < len(shares))
    if len(struck) == 0:
        return values
    origin = np.arange(len(values), dtype=np.int64)
    origin[struck] = len(values) + np.arange(len(struck))
    return pl.concat([values, _spoil(values.gather(struck), kind[struck], rng)]).gather(origin)


def _spoil(values: pl.Series, kind: Ints, rng: np.random.Generator) -> pl.Series:
    """Cut each value at a random place: before, letter, next letter, after; rejoin it by its kind."""
    length = values.str.len_chars().fill_null(0).to_numpy().astype(np.int64)
    cut: Ints = (rng.random(len(values)) * np.maximum(length - 1, 1)).astype(np.int64)
    other = rng.integers(0, 1 << 30, len(values))
    frame = pl.DataFrame(
        {
            "v": values,
            "kind": kind,
            "cut": cut,
            "letter": _LETTERS.gather(other % len(_LETTERS)),
            "numeral": _NUMERALS.gather(other % len(_NUMERALS)),
        }
    )
    value, place = pl.col("v"), pl.col("cut")
    pieces = frame.select(
        "v",
        "kind",
        "letter",
        "numeral",
        before=value.str.slice(0, place),
        here=value.str.slice(place, 1),
        following=value.str.slice(place + 1, 1),
        after=value.str.slice(place + 2),
    )
    return pieces.select(_SPOILT.alias("v"))["v"]


def _spoilt() -> pl.Expr:
    """Build the one expression that makes every kind of error, in the order of ``_KINDS``."""
    before, here, following, after = (pl.col(name) for name in ("before", "here", "following", "after"))
    wrong = pl.when(here.str.contains(r"\d")).then("numeral").when(here.str.contains(r"\p{Ll}"))
    letter = wrong.then(pl.col("letter").str.to_lowercase()).otherwise("letter")
    made = {
        "substituted": pl.concat_str(before, letter, following, after),
        "deleted": pl.concat_str(before, following, after),
        "transposed": pl.concat_str(before, following, here, after),
        "doubled": pl.concat_str(before, here, here, following, after),
        "truncated": pl.concat_str(before, here, following),
        "scanned": pl.col("v").str.replace_many(list(_SCANNER), list(_SCANNER.values())),
        "heard": pl.col("v").str.replace_many(list(_EAR), list(_EAR.values())),
    }
    chosen = pl.col("v")
    for place, name in enumerate(_KINDS):
        chosen = pl.when(pl.col("kind") == place).then(made[name]).otherwise(chosen)
    return chosen


_SPOILT = _spoilt()
