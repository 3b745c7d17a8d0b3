"""The working state of one batch while its fields are read: raw frame in, token columns out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.tokens.distinct import Distinct, as_it_is, distinct
from correlate.tokens.exposed import ExposedClasses
from correlate.tokens.issues import issue_name, issue_numbers
from correlate.tokens.memory import Make, Memory, Table
from correlate.tokens.scheme import MISSING, Scheme, Tokens, column_tokens
from correlate.tokens.sketch import Sketcher
from correlate.vocabulary import Field

__all__ = ["Batch", "Normalise", "Reading", "judged"]

Normalise = Callable[[pl.Series], pl.DataFrame]

USABLE, ISSUE = "usable", "issue"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was made of one column's values: a row of ``table`` for each value, and the value of each row."""

    table: Table
    codes: npt.NDArray[np.intp] | None

    def rows(self, name: str) -> npt.NDArray[Any]:
        """A column of the table, row by row (n,)."""
        column = self.table[name]
        return column if self.codes is None else column[self.codes]


def judged(canonical: pl.DataFrame, name: str) -> Table:
    """Which values are usable: those of which ``name`` says something, without an issue; and the issues."""
    usable = canonical.select(pl.col(name).is_not_null() & pl.col("issue").is_null()).to_series()
    return {USABLE: usable.to_numpy(), ISSUE: issue_numbers(canonical["issue"])}


@dataclass(kw_only=True)
class Batch:
    """Raw columns, and what was made of them so far.

    ``tokens`` and ``dropped`` are those of People. With a ``memory`` of the file's earlier batches, what was
    read before is not read again. ``small`` has the tokens of small numbers, by columns, of all batches.
    """

    scheme: Scheme
    sketcher: Sketcher
    frame: pl.DataFrame
    memory: Memory | None = None
    small: dict[str, Tokens] = field(default_factory=dict)
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

    def each(self, column: str, make: Make) -> Reading:
        """Read a column whose values are nearly all different: finding those that repeat would not pay."""
        return Reading(table=make(self.raw(column)), codes=None)

    def repeating(self, kind: str, column: str, make: Make) -> Reading:
        """Read a column whose values repeat; ``kind`` names what ``make`` makes of them."""
        raw = self.raw(column)
        # A memory finds the distinct ones by itself.
        return self.look_up(kind, distinct(raw) if self.memory is None else as_it_is(raw), make)

    def look_up(self, kind: str, coded: Distinct, make: Make) -> Reading:
        """Read a column of which the distinct values are known, or not."""
        if self.memory is None:
            return Reading(table=make(coded.values), codes=coded.codes)
        table, codes = self.memory.look_up(kind, coded.values, make)
        return Reading(table=table, codes=codes if coded.codes is None else codes[coded.codes])

    def count(self, column: str, reading: Reading) -> Reading:
        """Count what is unusable in a reading of ``column``, and mark where its class is exposed."""
        self.exposed.mark(column, reading.rows(USABLE))
        issues = np.bincount(reading.rows(ISSUE))
        for number in np.flatnonzero(issues[1:]) + 1:
            self.dropped[column, issue_name(int(number))] += int(issues[number])
        return reading

    def written(self, name: str, normalise: Normalise) -> Make:
        """Make tokens of a field that has one canonical column, of the field's name."""

        def make(values: pl.Series) -> Table:
            canonical = normalise(values)
            return {name: self.tokenised(name, canonical[name]), **judged(canonical, name)}

        return make

    def tokenised(self, domain: str, canonical: pl.Series) -> Tokens:
        """Tokens (d,) of canonical values."""
        return column_tokens(self.scheme, domain, canonical)

    def sketched(self, domain: str, canonical: pl.Series) -> Tokens:
        """Sketches (d,) of canonical values."""
        return self.sketcher.sketches(domain, canonical)

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
