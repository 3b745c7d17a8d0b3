"""From what a cell says to breaches of the catalogue."""

from __future__ import annotations

import datetime
import difflib
import re
from dataclasses import dataclass

import polars as pl

from correlate.catalogue import Breach, Catalogue
from correlate.declared.errors import UnknownDeclaredBreach
from correlate.risk import FutureBreach

__all__ = ["Declarable"]

LISTED = pl.Schema({"cell": pl.String(), "breach": pl.List(pl.String())})
_SEPARATORS = re.compile(r"[;|,]")


@dataclass(frozen=True, kw_only=True)
class Declarable:
    """The breaches that somebody can have been told of: those of the catalogue, up to a day."""

    catalogue: Catalogue
    as_of: datetime.date

    def get(self, breach: str) -> Breach:
        """The breach with this id.

        Raises:
            UnknownBreach: the catalogue does not have it.
            FutureBreach: it is dated after the day of the assessment.
        """
        found = self.catalogue.get(breach)
        if found.date > self.as_of:
            raise FutureBreach(breach=found.id, date=found.date, as_of=self.as_of)
        return found

    def listed(self, cells: pl.Series, rows: pl.Series, *, file: object, column: str) -> pl.Series:
        """The ids (List[String], distinct, sorted) that each cell names; an empty list where it says nothing.

        Args:
            cells: (n,) text, several ids separated by ";", "|" or ",", in any case.
            rows: (n,) their row numbers, for an error.
            file: for an error.
            column: for an error.

        Raises:
            UnknownDeclaredBreach: the catalogue does not have one of them; names file, row and column.
            FutureBreach: one is dated after the day of the assessment.
        """
        # Cells repeat: each distinct one is read once.
        texts = cells.drop_nulls().unique().to_list()
        read = {text: [part.strip().lower() for part in _SEPARATORS.split(text)] for text in texts}
        ids = {part for parts in read.values() for part in parts if part}
        unknown = {part for part in ids if part not in self.catalogue}
        if unknown:
            raise self._unknown(
                cells, rows, {text: set(read[text]) & unknown for text in texts}, file, column
            )
        for breach in sorted(ids):
            self.get(breach)
        lists = [sorted({part for part in read[text] if part}) for text in texts]
        named = pl.DataFrame({"cell": texts, "breach": lists}, schema=LISTED)
        joined = pl.DataFrame({"cell": cells}, schema={"cell": pl.String}).join(
            named, on="cell", how="left", maintain_order="left"
        )
        return joined["breach"].fill_null([])

    def _unknown(
        self, cells: pl.Series, rows: pl.Series, wrong: dict[str, set[str]], file: object, column: str
    ) -> UnknownDeclaredBreach:
        """The error of the first such row. What the cell says is not told: it may be anything."""
        bad = cells.is_in([text for text, parts in wrong.items() if parts]).fill_null(value=False)
        first, row = cells.filter(bad)[0], rows.filter(bad)[0]
        near = difflib.get_close_matches(min(wrong[first]), self.catalogue.ids(), n=3)
        hint = f"; near it there is {', '.join(near)}" if near else ""
        return UnknownDeclaredBreach(file=file, row=row, column=column, near=hint)
