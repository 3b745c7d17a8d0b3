"""Occupations, as they are written."""

from __future__ import annotations

import polars as pl

from correlate.normalise.distinct import by_distinct
from correlate.normalise.folding import fold, is_blank, letters
from correlate.normalise.name_marks import is_placeholder

__all__ = ["normalise"]

_NO_OCCUPATION = ["NEANT", "AUTRE", "AUTRES", "OTHER"]


def normalise(values: pl.Series) -> pl.DataFrame:
    """Give ``occupation``, A to Z alone.

    ``issue``: occupation-placeholder or occupation-unreadable (no letters of the Latin alphabet).
    """
    return by_distinct(values, _normalise)


def _normalise(values: pl.Series) -> pl.DataFrame:
    folded = fold(values)
    text = letters(folded)
    placeholder = is_placeholder(text) | text.is_in(_NO_OCCUPATION).fill_null(value=False)
    issue = (
        pl.when("blank").then(None)
        .when("placeholder").then(pl.lit("occupation-placeholder"))
        .when(pl.col("text").str.len_bytes() == 0).then(pl.lit("occupation-unreadable"))
    )  # fmt: skip
    frame = pl.DataFrame({"text": text, "placeholder": placeholder, "blank": is_blank(folded)})
    frame = frame.with_columns(issue=issue)
    usable = pl.col("issue").is_null() & ~pl.col("blank")
    return frame.select(occupation=pl.when(usable).then("text"), issue="issue")
