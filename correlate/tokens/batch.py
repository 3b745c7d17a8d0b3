"""The working state of one batch while its fields are read: raw frame in, token columns out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.tokens.distinct import Distinct
from correlate.tokens.exposed import ExposedClasses
from correlate.tokens.scheme import MISSING, Scheme, Tokens, column_tokens
from correlate.tokens.sketch import Sketcher
from correlate.vocabulary import Field

__all__ = ["Batch", "Normalise", "Reading"]

Normalise = Callable[[pl.Series], pl.DataFrame]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One column's distinct values, normalised: ``canonical`` has a row for each of ``coded.values``."""

    coded: Distinct
    canonical: pl.DataFrame


@dataclass(kw_only=True)
class Batch:
    """Raw columns, and what was made of them so far.

    ``tokens`` and ``dropped`` are those of People. Every canonical value stays inside a Reading.
    """

    scheme: Scheme
    sketcher: Sketcher
    frame: pl.DataFrame
    tokens: dict[str, Tokens] = field(default_factory=dict)
    dropped: Counter[tuple[str, str]] = field(default_factory=Counter)
    exposed: ExposedClasses = field(init=False)

    def __post_init__(self) -> None:
        """Give each column that carries personal data its place among the exposed classes."""
        self.exposed = ExposedClasses(self.frame)

    def columns(self, target: Field) -> list[str]:
        """The columns that hold a field, in the frame's order."""
        return [c for c in self.frame.columns if c == target.value or c.startswith(f"{target.value}.")]

    def raw(self, column: str) -> pl.Series:
        """A raw column as strings: one without a single value may come as another type."""
        return self.frame[column].cast(pl.String)

    def read(self, column: str, coded: Distinct, normalise: Normalise, canonical: str) -> Reading:
        """Normalise a column; count what is unusable, and mark where its class is exposed.

        ``canonical`` names the column of the normalised frame without which the field says nothing.
        """
        frame = normalise(coded.values)
        issue = frame["issue"]
        usable = (
            frame.select(pl.col(canonical).is_not_null() & pl.col("issue").is_null()).to_series().to_numpy()
        )
        self.exposed.mark(column, coded.spread(usable))
        if issue.null_count() < len(issue):
            counted = pl.DataFrame({"issue": issue, "rows": coded.rows()}).drop_nulls("issue")
            for reason, rows in counted.group_by("issue").sum().iter_rows():
                self.dropped[column, reason] += rows
        return Reading(coded=coded, canonical=frame)

    def tokenised(self, domain: str, reading: Reading, canonical: str) -> Tokens:
        """Tokens (n,) of one canonical column."""
        return reading.coded.spread(column_tokens(self.scheme, domain, reading.canonical[canonical]))

    def sketched(self, domain: str, reading: Reading, canonical: str) -> Tokens:
        """Sketches (n,) of one canonical column."""
        return reading.coded.spread(self.sketcher.sketches(domain, reading.canonical[canonical]))

    def put(self, names: tuple[str, ...], found: Sequence[Tokens]) -> None:
        """Keep as token columns ``names``, row by row, the first different tokens among those found."""
        for name, tokens in zip(names, _first_different(found, len(names)), strict=False):
            self.tokens[name] = tokens

    def said(self, column: str) -> npt.NDArray[np.bool_]:
        """(n,) where a column says anything at all, of which nothing but that is used."""
        raw = self.raw(column).to_frame("raw")
        return raw.select(pl.col("raw").str.contains(r"\S").fill_null(value=False)).to_series().to_numpy()

    def mark_the_rest(self) -> None:
        """Mark the columns that no one has read: of them only presence counts."""
        for column in self.exposed.unmarked:
            self.exposed.mark(column, self.said(column))


def _first_different(columns: Sequence[Tokens], most: int) -> list[Tokens]:
    if len(columns) <= 1:
        return list(columns)
    out: list[Tokens] = []
    for _ in range(min(most, len(columns))):
        chosen = np.full_like(columns[0], MISSING)
        for column in columns:
            wanted = chosen == MISSING
            for seen in out:
                wanted &= column != seen
            np.copyto(chosen, column, where=wanted)
        out.append(chosen)
    return out
