"""Telephone numbers, read as a French file writes them, to E.164.

A national number says by its digits whether it belongs to an overseas department, which has a
country code of its own: 0692 12 34 56 is +262 692 12 34 56. A number written +33 692 12 34 56 by a
program that put +33 before everything is mended the same way. Which prefixes are whose follows
ARCEP's numbering plan as Google's libphonenumber metadata (the ``phonenumbers`` package) holds it.

Mayotte's mobiles are 0639, except 06 39 98, which ARCEP reserves for fiction in metropolitan
France and which stays +33; that and the other fiction ranges are ordinary numbers here.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from correlate.normalise._digits import as_integers, as_text, compact, no_issue, numbers, overlay, rewrite

__all__ = ["normalise"]

_FRANCE = 33
# First digits of a nine-digit national number -> country code, the longest prefix deciding.
# 508 is dialled 0508 from France and +508 from abroad: its nine digits are the E.164 number.
_OVERSEAS_PREFIXES = {
    "508": 0, "7084": 508, "7085": 508,
    "262": 262, "263": 262, "2688": 262, "692": 262, "693": 262, "7092": 262,
    "269": 262, "2689": 262, "639": 262, "70935": 262, "70936": 262, "70937": 262,
    "63998": _FRANCE,
    "590": 590, "5987": 590, "690": 590, "691": 590, "7090": 590,
    "594": 594, "5988": 594, "694": 594, "70930": 594, "70931": 594, "70932": 594, "70933": 594,
    "596": 596, "5989": 596, "696": 596, "697": 596, "7091": 596,
}  # fmt: skip
_FRENCH_CODES = (_FRANCE, 262, 590, 594, 596)
# Country calling codes in use (ITU-T E.164) but the French ones above, which have nine digits behind
# them and are read apart; North America has ten behind the 1.
_FOREIGN = (
    r"^(?:1[2-9]\d{9}|(?:7|2[07]|3[0-2469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|21[1-368]|22\d|23\d|24\d"
    r"|25[0-8]|26[013-9]|29[01789]|35\d|37[0-8]|38[0-35-79]|42[013]|50\d|59[1-357-9]|67[02-9]|68[0-35-9]"
    r"|69[0-2]|80[08]|85[02356]|87[08]|88[0-368]|96[0-8]|97[0-79]|99[2-68])\d+)$"
)
_FRENCH = r"^(?:33|262|590|594|596)"
_NO_SUCH_COUNTRY = 0
_NATIONAL = 10**9
# 1111111 to 999999999999999: one digit, seven to fifteen times.
_REPEATED = [digit * (10**width // 9) for digit in range(1, 10) for width in range(7, 16)]


def normalise(values: pl.Series) -> pl.DataFrame:
    """Read a column of telephone numbers, in any spelling.

    Returns one row for each value: ``phone`` (E.164, "+33612345678") and ``issue``:
    phone-characters, phone-length (also two numbers in one cell), phone-country (no such calling code)
    or phone-junk (one digit repeated, or zeros). A nine-digit number is one whose leading zero
    a spreadsheet ate; another number without + or 00 is taken as international from 11 digits on.
    """
    text, number = numbers(as_text(values), _clean, as_integers)
    frame = pl.DataFrame({"text": text, "number": number})
    frame = frame.lazy().with_columns(plain=_plain_national()).collect()
    e164 = _OWNERS.gather(frame["plain"] // 10**4) * _NATIONAL + frame["plain"]
    phone = e164.cast(pl.String)
    phone, issue = ("+" + phone).alias("phone"), no_issue(len(text)).alias("issue")
    rest = e164.is_null() & text.is_not_null()
    if not rest.any():
        return pl.DataFrame([phone, issue])
    read = _read(frame.filter(rest).select("text", "number"))
    return pl.DataFrame([overlay(phone, rest, read["phone"]), overlay(issue, rest, read["issue"])])


def _plain_national() -> pl.Expr:
    """Nine digits behind a zero, behind 33 or alone, not one digit repeated: most numbers of a file."""
    text, number = pl.col("text"), pl.col("number")
    width = text.str.len_bytes()
    alone = (number < _NATIONAL) & ((width == 9) | ((width == 10) & ~text.str.starts_with("+")))
    national = number % _NATIONAL
    told = (alone | (number // _NATIONAL == _FRANCE)) & (national >= _NATIONAL // 10)
    junk = (national % (_NATIONAL // 10) == 0) | (national % 111_111_111 == 0)
    return pl.when(told & ~junk).then(national)


def _read(frame: pl.DataFrame) -> pl.DataFrame:
    """Read compact numbers ("text", "number") of any kind."""
    frame = frame.lazy().with_columns(_spelling()).with_columns(national=_national()).collect()
    frame = frame.with_columns(owner=_OWNERS.gather(frame["national"] // 10**4))
    frame = frame.with_columns(e164=_french())
    frame = frame.with_columns(e164=_with_foreign(frame)).with_columns(issue=_issue())
    digits = pl.when(pl.col("issue").is_null()).then("e164").cast(pl.String)
    return frame.select((pl.lit("+") + digits).alias("phone"), "issue")


def _owners() -> pl.Series:
    """Country code for each first five digits of a nine-digit national number."""
    codes = np.full(10**5, _FRANCE, dtype=np.int64)
    for prefix, code in sorted(_OVERSEAS_PREFIXES.items(), key=lambda item: len(item[0])):
        width = 10 ** (5 - len(prefix))
        codes[int(prefix) * width : (int(prefix) + 1) * width] = code
    return pl.Series(codes)


_OWNERS = _owners()


def _clean(text: pl.Series) -> pl.Series:
    """Bring numbers to digits with an optional leading +; a label before or after them goes."""
    trunk_zero = text.str.contains("(0)", literal=True)
    text = compact(rewrite(text, trunk_zero, lambda rows: rows.str.replace("(0)", "", literal=True)))
    lettered = as_integers(text).is_null() & text.is_not_null()
    return rewrite(text, lettered, _without_labels)


def _without_labels(text: pl.Series) -> pl.Series:
    return text.str.replace(r"^[^\d+]+([\d+])", "$1").str.replace(r"(\d)\D+$", "$1")


def _spelling() -> list[pl.Expr]:
    """``code``: the French country code the number is written with; ``abroad``: has a + or 00."""
    text, lead = pl.col("text"), pl.col("number") // _NATIONAL
    plus = text.str.starts_with("+") & ~text.str.starts_with("+0")
    # 330 612345678 comes of +33 06 12 34 56 78.
    with_zero = lead.is_in([10 * code for code in _FRENCH_CODES])
    return [
        pl.when(lead.is_in(_FRENCH_CODES)).then(lead).when(with_zero).then(lead // 10).alias("code"),
        (plus | text.str.starts_with("00")).alias("abroad"),
    ]


def _national() -> pl.Expr:
    """Nine digits, the first not 0: behind a French code, behind a 0, or alone."""
    number = pl.col("number")
    alone = (number < _NATIONAL) & ~pl.col("abroad")
    digits = pl.when(pl.col("code").is_not_null() | alone).then(number % _NATIONAL)
    return pl.when(digits >= _NATIONAL // 10).then(digits)


def _french() -> pl.Expr:
    """The E.164 number as an integer: the prefix's owner decides, then the code that was written."""
    metropolitan = pl.col("owner") == _FRANCE
    code = pl.when(metropolitan).then(pl.col("code").fill_null(_FRANCE)).otherwise("owner")
    return code * _NATIONAL + pl.col("national")


def _with_foreign(frame: pl.DataFrame) -> pl.Series:
    """Fill in the numbers of other countries, and ``_NO_SUCH_COUNTRY`` where no country has the code."""
    number, text = pl.col("number"), pl.col("text")
    written_so = pl.col("abroad") | ((number >= 10**10) & ~text.str.starts_with("0"))
    candidate = pl.col("e164").is_null() & written_so & number.is_between(10**6, 10**15 - 1)
    rows = frame.select(candidate.fill_null(value=False)).to_series()
    digits = pl.col("number").cast(pl.String)
    read = frame.filter(rows).select(
        pl.when(digits.str.contains(_FOREIGN)).then("number")
        .when(~digits.str.contains(_FRENCH)).then(_NO_SUCH_COUNTRY)
    )  # fmt: skip
    return overlay(frame["e164"], rows, read.to_series())


def _issue() -> pl.Expr:
    number, national = pl.col("number"), pl.col("national")
    zeros = (number == 0) | (national % (_NATIONAL // 10) == 0)
    return (
        pl.when(pl.col("text").fill_null("") == "").then(None)
        .when(number.is_null()).then(pl.lit("phone-characters"))
        .when(zeros | number.is_in(_REPEATED) | national.is_in(_REPEATED)).then(pl.lit("phone-junk"))
        .when(pl.col("e164").is_null()).then(pl.lit("phone-length"))
        .when(pl.col("e164") == _NO_SUCH_COUNTRY).then(pl.lit("phone-country"))
    )  # fmt: skip
