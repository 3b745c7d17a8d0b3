"""Identity numbers of any country and document: characters alone, since each country has its own form."""

from __future__ import annotations

import polars as pl

from correlate.normalise._digits import rewrite
from correlate.normalise.folding import fold, is_blank
from correlate.normalise.name_marks import is_placeholder

__all__ = ["normalise"]

_SHORTEST = 4


def normalise(values: pl.Series) -> pl.DataFrame:
    """Give ``national_id``: upper-case letters and digits alone.

    ``issue``: id-unreadable (fewer than four characters, one character over and over, a word for nothing).
    """
    folded = fold(values)
    mixed = folded.str.contains("[^A-Z0-9]")
    text = rewrite(folded, mixed, lambda rows: rows.str.replace_all("[^A-Z0-9]+", ""))
    alike = text.str.strip_chars_start(text.str.head(1)).str.len_bytes() == 0
    refused = (text.str.len_bytes() < _SHORTEST) | alike | is_placeholder(text)
    blank = is_blank(folded)
    frame = pl.DataFrame({"text": text, "refused": refused, "blank": blank})
    return frame.select(
        national_id=pl.when(~pl.col("refused") & ~pl.col("blank")).then("text"),
        issue=pl.when(pl.col("refused") & ~pl.col("blank")).then(pl.lit("id-unreadable")),
    )
