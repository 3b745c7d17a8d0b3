"""Postal addresses: postcode and department, town, street. French first, and postcodes of any country."""

from __future__ import annotations

import polars as pl

from correlate.normalise._digits import VALUE, tell
from correlate.normalise.distinct import by_distinct
from correlate.normalise.folding import fold, is_blank, letters
from correlate.normalise.street import normalise_street

__all__ = [
    "extract_postcode",
    "normalise_any_postcode",
    "normalise_city",
    "normalise_postcode",
    "normalise_street",
]

_FIVE_DIGITS = r"^[0-9]{5}$"
# F-75011, FR 75011, 75 011, 75011 PARIS, 75011.0 of a spreadsheet, "75011".
_POSTCODE = r"^[^A-Z0-9]*(?:FR?A?[^A-Z0-9]*)?([0-9]{2})[ .]?([0-9]{3})(?:\.0)?(?:[^0-9].*)?$"
# A spreadsheet took the zero of departments 01 to 09.
_ZERO_LOST = r"^[^A-Z0-9]*([1-9][0-9]{3})(?:\.0)?[^A-Z0-9]*$"
_ANY_CODE = "^[A-Z0-9]{3,10}$"
_BRITISH = "^([A-Z]{1,2}[0-9][A-Z0-9]?)[0-9][A-Z]{2}$"
_FOREIGN = "X:"
_NOT_FRENCH = ["postcode-unreadable", "postcode-unknown"]
_PLACEHOLDERS = ["00000", "99999", "11111", "12345"]
# Departments of the mainland, then the three-digit territories, Monaco (980) among them.
_MAINLAND = [f"{number:02}" for number in range(1, 96) if number != 20]
_OVERSEAS = ["971", "972", "973", "974", "975", "976", "977", "978", "980", "984", "986", "987", "988", "989"]
# Corsica's two departments share 20: Ajaccio counts from 200 and 201, Bastia from 202 and 206.
_CORSICA = {"200": "2A", "201": "2A", "202": "2B", "206": "2B"}

_CITY_CODE = r"^[^A-Z0-9]*(?:FR?[\-. ])?[0-9]{4,5} +"
_ARTICLE_BEHIND = r"^(.*[^ ]) *\((LES?|LA|L')\) *$"
_BRACKETS = r"[(\[{][^)\]}]*[)\]}]?"
_ARRONDISSEMENT = r"ARR(?:ONDISSEMENT|DT|T)?\b"
_DISTRICT = (
    rf"\b(?:CEDEX\b.*|[0-9]+ *(?:E|ER|EME|ND|NDE|RE|ERE)?\b(?: *{_ARRONDISSEMENT})?.*"
    r"|ARR(?:ONDISSEMENT|DT)\b.*)"
)
_LONG_CITY_WORDS = {r"\bSTE\b": "SAINTE", r"\bST\b": "SAINT", r"\bCEDEX\b.*": ""}
_NO_CITY = "NC NA ND NR INCONNU INCONNUE VILLE XXX NONRENSEIGNE NONRENSEIGNEE TEST NULL NONE"


def normalise_postcode(values: pl.Series) -> pl.DataFrame:
    """Give ``postcode`` (5 digits) and ``department`` ("75", "2A", "971"; Monaco is "980").

    The department is the one the postcode begins with: a few communes are served from next door.
    ``issue``: postcode-unreadable, postcode-placeholder or postcode-unknown (no department has it).
    """
    return by_distinct(values, _normalise_postcode)


def _normalise_postcode(values: pl.Series) -> pl.DataFrame:
    folded = fold(values)
    split = VALUE.str.extract(_POSTCODE, 1) + VALUE.str.extract(_POSTCODE, 2)
    code = tell(folded, pl.coalesce(split, "0" + VALUE.str.extract(_ZERO_LOST)))
    frame = pl.DataFrame({"code": code, "blank": is_blank(folded)}).with_columns(department=_department())
    issue = (
        pl.when(pl.col("blank") | pl.col("department").is_not_null()).then(None)
        .when(pl.col("code").is_null()).then(pl.lit("postcode-unreadable"))
        .when(pl.col("code").is_in(_PLACEHOLDERS)).then(pl.lit("postcode-placeholder"))
        .otherwise(pl.lit("postcode-unknown"))
    )  # fmt: skip
    postcode = pl.when(pl.col("department").is_not_null()).then("code")
    return frame.select(postcode=postcode, department="department", issue=issue)


def normalise_any_postcode(values: pl.Series) -> pl.DataFrame:
    """Give what ``normalise_postcode`` gives, and a form of the postcodes that are not French.

    They are 3 to 10 letters and digits, one digit at least, and not one character over and over. To none of
    France's can they be equal: ``postcode`` is "X:" and their characters (``X:TQ138DF``), ``department`` "X:"
    and the part before the space, or before the last three characters of a British one, or the first two.
    """
    return by_distinct(values, _normalise_any_postcode)


def _normalise_any_postcode(values: pl.Series) -> pl.DataFrame:
    frame = _normalise_postcode(values)
    if not frame["issue"].is_in(_NOT_FRENCH).any():
        return frame
    text = fold(values).str.strip_chars(" ").str.strip_prefix(_FOREIGN)
    code = text.str.replace_all(" ", "", literal=True)
    area = pl.coalesce(
        pl.col("text").str.extract("^([^ ]+) "),
        pl.col("code").str.extract(_BRITISH),
        pl.col("code").str.head(2),
    )
    written = pl.col("code").str.contains(_ANY_CODE) & pl.col("code").str.contains("[0-9]")
    alike = pl.col("code").str.strip_chars_start(pl.col("code").str.head(1)) == ""
    foreign = pl.col("issue").is_in(_NOT_FRENCH) & written & ~alike
    return frame.with_columns(text=text, code=code).select(
        postcode=pl.when(foreign).then(_FOREIGN + pl.col("code")).otherwise("postcode"),
        department=pl.when(foreign).then(_FOREIGN + area).otherwise("department"),
        issue=pl.when(~foreign.fill_null(value=False)).then("issue"),
    )


def _department() -> pl.Expr:
    code = pl.col("code")
    three, two = code.str.head(3), code.str.head(2)
    return (
        pl.when(code.is_in(_PLACEHOLDERS)).then(None)
        .when(two == "20").then(three.replace_strict(_CORSICA, default=None))
        .when(two.is_in(_MAINLAND)).then(two)
        .when(three.is_in(_OVERSEAS)).then(three)
    )  # fmt: skip


def extract_postcode(values: pl.Series) -> pl.Series:
    """Find the postcode in one-line addresses: the last five digits that stand alone.

    Null when no department has them. A street number may stand before and the town behind:
    ``12 RUE DE LA PAIX 75002 PARIS``.
    """
    found = fold(values).str.extract(r"^.*(?:^|[^0-9])([0-9]{5})(?:[^0-9]|$)")
    return normalise_postcode(found)["postcode"].alias(values.name)


def normalise_city(values: pl.Series) -> pl.DataFrame:
    """Give ``city``, A to Z alone: SAINT for ST, no postcode, arrondissement, CEDEX or brackets.

    ``issue``: city-placeholder or city-unreadable (no letters of the Latin alphabet).
    """
    return by_distinct(values, _normalise_city)


def _normalise_city(values: pl.Series) -> pl.DataFrame:
    folded = fold(values)
    text = VALUE.str.replace(_CITY_CODE, "").str.replace(_ARTICLE_BEHIND, "$2 $1")
    text = text.str.replace_all(_BRACKETS, " ").str.replace(_DISTRICT, "")
    text = text.str.replace_all(r"\bS/", "SUR ").str.replace_all("[^A-Z]+", " ")
    for pattern, word in _LONG_CITY_WORDS.items():
        text = text.str.replace_all(pattern, word)
    frame = pl.DataFrame({"city": letters(tell(folded, text)), "blank": is_blank(folded)})
    issue = (
        pl.when("blank").then(None)
        .when(pl.col("city").is_in(_NO_CITY.split())).then(pl.lit("city-placeholder"))
        .when(pl.col("city").str.len_bytes() == 0).then(pl.lit("city-unreadable"))
    )  # fmt: skip
    frame = frame.with_columns(issue=issue)
    return frame.select(
        pl.when(pl.col("issue").is_null() & ~pl.col("blank")).then("city").alias("city"), "issue"
    )
