"""The names of a population and the ways a file may write them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from correlate.synthesis.chance import Flags, Floats, Ints
from correlate.synthesis.first_name_law import FirstNames, built_in_first_names
from correlate.synthesis.insee import read_insee_first_names, read_insee_surnames
from correlate.synthesis.law import Law
from correlate.synthesis.surname_forge import forge_foreign, forge_french
from correlate.synthesis.surname_law import LISTED, RARE, surname_shares

__all__ = ["STYLES", "Names", "Writing", "load_names"]

_FOREIGN = 60_000
#: How a name may be written: capitals without accents, capitals with them, title case, letters of an e-mail.
STYLES = ("plain", "capitals", "title", "slug")
_ACCENTED = "ÀÁÂÄÃÅÇÈÉÊËÌÍÎÏİÑÒÓÔÖÕØÙÚÛÜÝŸĞŞ"
_PLAIN = "AAAAAACEEEEIIIIINOOOOOOUUUUYYGS"
_ACCENTS = {**dict(zip(_ACCENTED, _PLAIN, strict=True)), "Œ": "OE", "Æ": "AE"}


@dataclass(frozen=True, kw_only=True)
class Writing:
    """A table of names in every style."""

    styles: dict[str, pl.Series]

    @classmethod
    def of(cls, names: pl.Series) -> Writing:
        """Write a table of names in every style."""
        table = pl.DataFrame({"name": names}).lazy()
        capitals = pl.col("name").str.to_uppercase()
        plain = capitals.str.replace_many(list(_ACCENTS), list(_ACCENTS.values()))
        written = table.select(
            plain=plain,
            capitals=capitals,
            title=pl.col("name").str.to_lowercase().str.to_titlecase(),
            slug=plain.str.to_lowercase().str.replace_many([" ", "'", "-"], ["", "", ""]),
        ).collect()
        return cls(styles={style: written[style] for style in STYLES})

    def write(self, numbers: Ints, style: str) -> pl.Series:
        """Give the names at the positions ``numbers``; null where a position is negative."""
        absent = numbers < 0
        if not absent.any():
            return self.styles[style].gather(pl.Series(numbers))
        return self.styles[style].gather(pl.Series(np.where(absent, 0, numbers))).set(pl.Series(absent), None)


@dataclass(frozen=True, kw_only=True)
class Names:
    """Surnames (French law, then foreign ones) and first names, with the laws they are drawn from."""

    surnames: Writing
    surname_law: Law
    first_names: Writing
    first_name_law: FirstNames
    french: int
    source: str

    def draw_surnames(self, points: Floats, foreign: Flags) -> Ints:
        """Draw surname positions; ``foreign`` people take theirs from the second row of the law."""
        return self.surname_law.draw(points, foreign.astype(np.int64))


@cache
def load_names(insee: Path | None) -> Names:
    """Build the names, from the built-in laws or from INSEE's files in ``insee``."""
    if insee is None:
        shares, french = surname_shares(), forge_french(LISTED + RARE)
        first_names, source = built_in_first_names(), "built-in"
    else:
        listed, births = read_insee_surnames(insee)
        made = forge_french(len(listed) + RARE)
        french = pl.concat([listed, made.tail(RARE)])
        shares = np.concatenate([births, np.full(RARE, (1 - births.sum()) / RARE)])
        first_names, source = read_insee_first_names(insee), "insee"
    foreign = forge_foreign(_FOREIGN)
    french = french.head(len(shares))
    abroad: Floats = 1.0 / (np.arange(len(foreign)).astype(np.float64) + 40.0)
    law = Law.of(
        [shares[: len(french)], abroad], [np.arange(len(french)), len(french) + np.arange(len(foreign))]
    )
    return Names(
        surnames=Writing.of(pl.concat([french, foreign])),
        surname_law=law,
        first_names=Writing.of(first_names.names),
        first_name_law=first_names,
        french=len(french),
        source=source,
    )
