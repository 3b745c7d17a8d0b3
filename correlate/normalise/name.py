"""Surnames and first names, in one spelling.

A surname has two forms beside its phonetic key, each forgiving another habit of files: ``surname``
joins all its words, because LE GALL is written LEGALL as often, and ``surname_core`` drops the
particles that some files leave out. The phonetic key is that of the joined form, so that spacing
does not matter to it.

A first name is the part before the first space or comma, the rule of French administrations; a
compound with a hyphen stays whole (JEAN-PIERRE), one without cannot be told from two names.
"""

from __future__ import annotations

import polars as pl

from correlate.normalise._digits import no_issue, rewrite
from correlate.normalise.folding import fold, is_blank, letters
from correlate.normalise.full_name import infer_name_order, split_full_name, split_married
from correlate.normalise.name_marks import (
    drop_brackets,
    drop_civility,
    drop_other_name,
    is_placeholder,
    mend_digits,
    without_particles,
)
from correlate.normalise.phonetic import phonetic

__all__ = [
    "infer_name_order",
    "normalise_first_name",
    "normalise_surname",
    "split_full_name",
    "split_married",
]

# Nobody's name is longer, and what is longer is not a name.
_LONGEST = 60
_SEVERAL = "[^A-Z]"
_INITIALS = r"^[A-Z](?:[.\-]+[A-Z])*[.\-]*$"


def normalise_surname(values: pl.Series) -> pl.DataFrame:
    """Give the canonical forms of a column of surnames.

    Returns one row for each value: ``surname`` (A to Z alone), ``surname_core`` (without the
    particles written apart, unless nothing else is there), ``phonetic`` (key of ``surname``) and ``issue``:
    name-placeholder, name-damaged (letters lost to a wrong encoding), name-digits, name-script (not
    in Latin letters), name-initial, name-long or name-unreadable. A refused name keeps only its issue.

    Civilities in front, brackets and a second name (``MARTIN NEE DUPONT``, see ``split_married``) go.
    """
    folded = fold(values)
    several = folded.str.contains(_SEVERAL)
    text = rewrite(folded, several, _clean_surname)
    surname = rewrite(text, several, letters)
    frame = pl.DataFrame({"folded": folded, "several": several, "text": text, "surname": surname})
    frame = frame.with_columns(_core(frame), phonetic(surname).alias("phonetic"))
    issue = _issues(frame, "surname")
    return _keep_the_usable(frame.with_columns(issue), ["surname", "surname_core", "phonetic"])


def normalise_first_name(values: pl.Series) -> pl.DataFrame:
    """Give the canonical form of the first of a column's given names.

    Returns one row for each value: ``first_name`` (A to Z alone), ``phonetic``, ``initial`` (its first
    letter) and ``issue``, as for surnames. Initials (``J.``, ``J-P``) give ``initial`` alone and the
    issue name-initial.
    """
    folded = fold(values)
    several = folded.str.contains(_SEVERAL)
    text = rewrite(folded, several, _clean_first_name)
    text = rewrite(text, text.str.contains(_INITIALS), lambda rows: rows.str.head(1))
    first_name = rewrite(text, several, letters)
    frame = pl.DataFrame({"folded": folded, "several": several, "text": text, "first_name": first_name})
    frame = frame.with_columns(
        phonetic(first_name).alias("phonetic"),
        _issues(frame, "first_name"),
        initial=pl.col("first_name").str.head(1),
    )
    kept = _keep_the_usable(frame, ["first_name", "phonetic", "initial"])
    initial = pl.when(frame["issue"].eq_missing("name-initial")).then(frame["initial"]).otherwise("initial")
    return kept.with_columns(initial=initial)


def _clean_surname(folded: pl.Series) -> pl.Series:
    return mend_digits(drop_other_name(drop_civility(drop_brackets(folded))))


def _clean_first_name(folded: pl.Series) -> pl.Series:
    text = drop_civility(drop_brackets(folded)).str.replace_all(r" *- *", "-").str.replace_all("' +", "'")
    # "NON RENSEIGNE" is a placeholder as a whole, and NON by itself is not.
    whole = is_placeholder(letters(text))
    return mend_digits(text.zip_with(whole, text.str.extract(r"^[ .'\-]*([^ ,;/+|_]+)")))


def _core(frame: pl.DataFrame) -> pl.Series:
    """Surnames without particles: one of A to Z alone has none."""

    def core(surname: pl.Series) -> pl.Series:
        short = letters(without_particles(frame.filter("several")["text"]))
        return rewrite(short, bare := short.str.len_bytes() <= 1, lambda _: surname.filter(bare))

    return rewrite(frame["surname"], frame["several"], core).alias("surname_core")


def _issues(frame: pl.DataFrame, canonical: str) -> pl.Series:
    """Say why names are unusable: those of A to Z alone, no stand-in and of a usual length, are not asked."""
    length = pl.col(canonical).str.len_bytes()
    plain = ~pl.col("several") & length.is_between(2, _LONGEST) & ~pl.lit(is_placeholder(frame[canonical]))
    rest = frame.select(~plain.fill_null(value=False)).to_series()

    def issue(_: pl.Series) -> pl.Series:
        odd = frame.filter(rest)
        return odd.select(_issue(odd, canonical)).to_series()

    return rewrite(no_issue(frame.height), rest, issue).alias("issue")


def _issue(frame: pl.DataFrame, canonical: str) -> pl.Expr:
    """Say why a name (``canonical``, made of "text", the cleaned "folded") is unusable."""
    text, folded = pl.col("text"), pl.col("folded")
    length = pl.col(canonical).str.len_bytes()
    has_letters = folded.str.contains(r"[\p{L}\x{FFFD}]")
    return (
        pl.when(is_blank(frame["folded"])).then(None)
        .when(folded.str.contains(r"@|://")).then(pl.lit("name-unreadable"))
        .when(folded.str.contains(r"\x{FFFD}|[A-Z]\?|\?[A-Z]")).then(pl.lit("name-damaged"))
        .when(is_placeholder(frame[canonical])).then(pl.lit("name-placeholder"))
        .when(text.str.contains("[0-9]")).then(pl.lit("name-digits"))
        .when(~has_letters).then(pl.lit("name-placeholder"))
        .when(text.is_null() | (length == 0)).then(pl.lit("name-script"))
        .when(length == 1).then(pl.lit("name-initial"))
        .when(length > _LONGEST).then(pl.lit("name-long"))
        .alias("issue")
    )  # fmt: skip


def _keep_the_usable(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    usable = frame["issue"].is_null() & ~is_blank(frame["folded"])
    return frame.select(*[pl.when(usable).then(column).alias(column) for column in columns], "issue")
