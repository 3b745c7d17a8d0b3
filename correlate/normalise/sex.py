"""Sex, from a letter, a digit, a word or a civility."""

from __future__ import annotations

import polars as pl

from correlate.normalise.distinct import by_distinct
from correlate.normalise.folding import fold, is_blank, words

__all__ = ["normalise"]

_MALE = "M H 1 HOMME MALE MAN MASCULIN MASC MONSIEUR MR MISTER GARCON BOY"
_FEMALE = "F 2 FEMME FEMALE WOMAN FEMININ FEM MADAME MME MDME MADEMOISELLE MLLE MELLE MRS MS MISS FILLE GIRL"
_TABLE = dict.fromkeys(_MALE.split(), "M") | dict.fromkeys(_FEMALE.split(), "F")
# Titles of both sexes, ISO 5218's 0 and 9, and words that say that nothing is known.
_UNTOLD = (
    "0|9|U|X|N|I|A|NB|NC|NR|ND|NA|N A|AUTRE|OTHER|INCONNU|INCONNUE|UNKNOWN|INDETERMINE|INDEFINI"
    "|UNDEFINED|NULL|NONE|NON RENSEIGNE|NON BINAIRE|NEUTRE|DIVERS|DR|DOCTEUR|ME|MAITRE|PR|PROFESSEUR"
    "|M MME|H F|F M|M F|F H"
)


def normalise(values: pl.Series) -> pl.DataFrame:
    """Give ``sex`` ("M" or "F") of a column of codes, words or civilités; 1 and 2 as in a NIR.

    ``issue``: sex-unknown (said to be unknown, or told by no such word: DR, X, 0) or sex-unreadable.
    """
    return by_distinct(values, _normalise)


def _normalise(values: pl.Series) -> pl.DataFrame:
    folded = fold(values)
    text = words(folded).str.replace(r"^([0-9]) 0$", "$1")
    sex = pl.col("text").replace_strict(_TABLE, default=None)
    untold = pl.col("text").is_in(_UNTOLD.split("|"))
    issue = pl.when(untold).then(pl.lit("sex-unknown")).otherwise(pl.lit("sex-unreadable"))
    return (
        pl.DataFrame({"text": text, "blank": is_blank(folded)})
        .with_columns(sex=sex)
        .select("sex", issue=pl.when(pl.col("sex").is_null() & ~pl.col("blank")).then(issue))
    )
