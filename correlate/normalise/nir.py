"""The NIR, the French social security number, and the two numbers that look like one.

Layout of the 15 characters: sex (1), year (2), month (2), place of birth (5: department and
commune, overseas department and commune, or 99 and a country), order (3), key (2). Sources: the
pattern of INSEE's schema, repeated in public code, and the validator of the Caisse nationale
d'assurance maladie (``assurance-maladie-digital/nir-validation``).

Three readings are choices of this module:

- 2A and 2B are accepted for any year, and so is 20: published valid numbers bear 2A and 2B with
  years before 1976, when Corsica was one department, and a two-digit year does not tell a century.
- A sex digit of 3 or 4 (registration under way, in unverified accounts) is refused, as the health
  insurance's own validator does.
- A NIA (waiting number) is built like a NIR, becomes one later, and is read as one.
"""

from __future__ import annotations

import polars as pl

from correlate.normalise._digits import as_integers, as_text, compact, no_issue, numbers, overlay, rewrite

__all__ = ["key", "normalise"]

# Corsica in the key's arithmetic: 2A counts as 19 and 2B as 18.
_CORSICA = {"2A": "19", "2B": "18"}
# What the first digit, 0 to 9, says of sex and of the kind of number.
_SEX = pl.Series([None, "M", "F", None, None, None, None, "M", "F", None])
_KIND = pl.Series([None, "nir", "nir", None, None, "mig", "mig", "nnp", "nnp", None])


def normalise(values: pl.Series) -> pl.DataFrame:
    """Read a column of NIR, with or without key, in any spelling.

    Returns one row for each value: ``nir`` (13 characters, Corsica as 2A or 2B), ``kind`` ("nir",
    "nnp" provisional, "mig" passing migrant), ``sex`` ("M", "F"), ``birth_year`` (Int16, 0 to 99),
    ``birth_month`` (Int8, 1 to 12, null when the number does not tell), ``birth_place`` (5-character
    code in force at birth) and ``issue``: nir-length, nir-characters, nir-sex, nir-provisional,
    nir-month, nir-place, nir-commune, nir-order or nir-key. A refused number keeps only its issue.

    The digits of an "nnp" after the first are no date and no place, nor is any of a "mig".
    """
    frame = _parted(as_text(values)).with_columns(fine=_is_fine().fill_null(value=False))
    rest = ~frame["fine"]
    issue = rewrite(
        no_issue(frame.height), rest, lambda _: frame.filter(rest).select(issue=_issue()).to_series()
    )
    return frame.select(*_columns(issue))


def key(values: pl.Series) -> pl.Series:
    """Give the two-digit key of 13-character numbers: 97 - (number modulo 97), "01" to "97".

    Null where the value is not 13 digits, 2A and 2B counting as digits.
    """
    text = as_text(values)
    number = _numbers(text)
    whole = text.str.len_chars().eq(13) & number.ge(0)
    digits = (97 - number % 97).cast(pl.String).str.zfill(2)
    return digits.to_frame("key").select(pl.when(whole).then("key")).to_series()


def _clean(text: pl.Series) -> pl.Series:
    """Compact the column and put Corsica's letter in upper case."""
    text = compact(text)
    lettered = as_integers(text).is_null() & text.is_not_null()
    return rewrite(text, lettered, lambda rows: rows.str.to_uppercase())


def _numbers(text: pl.Series) -> pl.Series:
    """Read numbers as Int64 with Corsica's letters replaced; null when something else is in them."""
    number = as_integers(text)
    corsican = number.is_null() & text.str.slice(5, 2).is_in(list(_CORSICA)).fill_null(value=False)
    if not corsican.any():
        return number
    rows = text.filter(corsican)
    department = rows.str.slice(5, 2).replace_strict(_CORSICA)
    return overlay(number, corsican, as_integers(rows.str.head(5) + department + rows.str.slice(7)))


def _parted(text: pl.Series) -> pl.DataFrame:
    """Text and number, the length, and the number's parts."""
    text, number = numbers(text, _clean, _numbers)
    return (
        pl.DataFrame({"text": text, "number": number})
        .lazy()
        .with_columns(length=pl.col("text").str.len_chars())
        .with_columns(pl.when(length=15).then(pl.col("number") // 100).otherwise("number").alias("body"))
        .with_columns(_parts())
        .collect()
    )


def _parts() -> list[pl.Expr]:
    """Cut the 13 digits: cheaper on one integer than on slices of the text."""
    body = pl.col("body")
    return [
        (body // 10**12).alias("sex_digit"),
        (body // 10**11 % 10).alias("creation"),
        (body // 10**10 % 100).alias("year"),
        (body // 10**8 % 100).alias("month"),
        (body // 10**6 % 100).alias("department"),
        (body // 10**3 % 1000).alias("commune"),
        (body % 1000).alias("order"),
        (pl.col("length") == 15).and_(pl.col("number") % 100 != 97 - body % 97).alias("wrong_key"),
    ]


def _is_fine() -> pl.Expr:
    """Most numbers of a file: certified ones without an issue. Their issues need not be looked for."""
    return (
        pl.col("sex_digit").is_between(1, 2)
        & pl.col("length").is_in([13, 15])
        & pl.col("month").is_between(1, 12)
        & pl.col("department").is_between(1, 96)
        & pl.col("commune").is_between(1, 990)
        & (pl.col("order") != 0)
        & ~pl.col("wrong_key")
    )


def _issue() -> pl.Expr:
    sex, month = pl.col("sex_digit"), pl.col("month")
    month_is_coded = month.is_between(1, 12) | month.is_between(20, 42) | month.is_between(50, 99)
    return (
        pl.when(pl.col("text").is_null() | (pl.col("length") == 0)).then(None)
        .when(~pl.col("length").is_in([13, 15])).then(pl.lit("nir-length"))
        .when(pl.col("number").is_null()).then(pl.lit("nir-characters"))
        .when(~sex.is_in([1, 2, 5, 6, 7, 8])).then(pl.lit("nir-sex"))
        .when((sex > 2) & ~pl.col("creation").is_in([1, 2])).then(pl.lit("nir-provisional"))
        .when((sex < 3) & ~month_is_coded).then(pl.lit("nir-month"))
        .when((sex < 3) & (pl.col("department") == 0)).then(pl.lit("nir-place"))
        .when((sex < 3) & ~_commune_exists()).then(pl.lit("nir-commune"))
        .when((sex < 3) & (pl.col("order") == 0)).then(pl.lit("nir-order"))
        .when("wrong_key").then(pl.lit("nir-key"))
    )  # fmt: skip


def _commune_exists() -> pl.Expr:
    """Three digits 001 to 990, but two, 01 to 90, behind the three of an overseas department."""
    commune = pl.col("commune")
    overseas = pl.col("department").is_between(97, 98)
    return pl.when(overseas).then((commune % 100).is_between(1, 90)).otherwise(commune.is_between(1, 990))


def _columns(issue: pl.Series) -> list[pl.Expr]:
    sex, month = pl.col("sex_digit"), pl.col("month")
    usable = pl.lit(issue.is_null()) & sex.is_not_null()
    dated = usable & (sex < 3)
    # 31 to 42: the record of birth is incomplete but its month is known.
    known_month = pl.when(month <= 12).then(month).when(month.is_between(31, 42)).then(month - 30)
    return [
        pl.when(usable).then(pl.col("text").str.head(13)).alias("nir"),
        pl.lit(_KIND).gather(pl.when(usable).then(sex)).alias("kind"),
        pl.lit(_SEX).gather(pl.when(usable).then(sex)).alias("sex"),
        pl.when(dated).then("year").cast(pl.Int16).alias("birth_year"),
        pl.when(dated).then(known_month).cast(pl.Int8).alias("birth_month"),
        pl.when(dated).then(pl.col("text").str.slice(5, 5)).alias("birth_place"),
        pl.lit(issue).alias("issue"),
    ]
