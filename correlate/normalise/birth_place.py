"""Places of birth: the name of a town or country, or its five-character code."""

from __future__ import annotations

import polars as pl

from correlate.normalise.address import normalise_city
from correlate.normalise.folding import fold

__all__ = ["normalise_place"]

# Commune (01004, 2A004, 97105) or country (99352) in INSEE's code.
_CODE = r"^[^A-Z0-9]*([0-9][0-9AB][0-9]{3})[^A-Z0-9]*$"


def normalise_place(values: pl.Series) -> pl.DataFrame:
    """Give ``birth_place``: a five-character code as it is, else the name of the place, A to Z alone.

    A department or country behind a name goes (``ALGER, ALGERIE``; ``PARIS (75)``), and so does an
    arrondissement. ``issue``: place-placeholder or place-unreadable.
    """
    folded = fold(values)
    code = folded.str.extract(_CODE)
    frame = normalise_city(folded.str.replace(r"([A-Z][^,;/]*)[,;/].*$", "$1"))
    issue = pl.col("issue").str.replace("city", "place", literal=True)
    place = pl.coalesce(pl.col("code"), pl.col("city"))
    return frame.with_columns(code=code).select(
        birth_place=place, issue=pl.when(pl.col("code").is_null()).then(issue)
    )
