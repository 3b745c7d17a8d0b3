"""IBAN, and the key of French and Monégasque accounts inside it (*clé RIB*).

Three checks: the shape of the country's account part, the two check digits (ISO 7064 mod 97-10),
and for FR and MC the RIB key, 97 - ((89 x bank + 15 x branch + 3 x account) modulo 97), where the
letters of an account number count as digits: A to I 1-9, J to R 1-9, S to Z 2-9.

All of it is arithmetic on whole columns: an IBAN is cut into pieces that fit 64 bits, never made
into one large integer.
"""

from __future__ import annotations

import string

import polars as pl

from correlate.normalise._digits import VALUE, as_integers, as_text, mend, no_issue, overlay, rewrite, tell
from correlate.normalise._iban_structures import LENGTHS, SHAPE

__all__ = ["french", "normalise", "rib_key"]

_RIB_DIGITS = dict(zip(string.ascii_uppercase, "12345678912345678923456789", strict=True))
_ISO_DIGITS = {letter: str(value) for value, letter in enumerate(string.ascii_uppercase, start=10)}
_RIB_SHAPE = r"^[0-9]{10}[A-Z0-9]{11}[0-9]{2}$"
_SEPARATORS = r"[^\p{L}\p{N}]+"
# An IBAN has 34 characters at most, 68 digits if all are letters: four pieces of 18 hold them.
_PIECE, _PIECES = 18, 4
# Check digits 00, 01 and 99 can leave the right remainder too, and are never given out.
_WRONG_CHECK = (pl.col("remainder") != 1) | ~pl.col("check").is_between(2, 98)


def normalise(values: pl.Series) -> pl.DataFrame:
    """Read a column of IBAN, grouped or not, in any case; a bare French RIB becomes its IBAN.

    Returns one row for each value: ``iban`` (compact, upper case) and ``issue``: iban-country (not in
    the registry), iban-length, iban-characters, iban-key (check digits) or iban-rib-key.
    """
    text = mend(as_text(values), _is_misshapen, (_without_spaces, _without_separators))
    misshapen = _is_misshapen(text)
    kinds = pl.DataFrame({"text": text, "misshapen": misshapen}).select(
        french=pl.col("text").str.contains("^(?:FR|MC)") & ~pl.col("misshapen"),
        foreign=~pl.col("text").str.contains("^(?:FR|MC)") & ~pl.col("misshapen"),
    )
    french, foreign = kinds.get_columns()
    issue = no_issue(text.len())
    for rows, judge in ((misshapen, _shape_issue), (french, _french_issue), (foreign, _foreign_issue)):
        if rows.any():
            issue = overlay(issue, rows, judge(text.filter(rows)))
    frame = pl.DataFrame({"iban": text, "issue": issue})
    return frame.select(pl.when(pl.col("issue").is_null() & (pl.col("iban") != "")).then("iban"), "issue")


def rib_key(bank: pl.Series, branch: pl.Series, account: pl.Series) -> pl.Series:
    """Give the two-digit RIB key, "01" to "97", of banks (5 digits), branches (5), accounts (11)."""
    digits = as_integers(account.str.to_uppercase().str.replace_many(_RIB_DIGITS))
    return _two_digits(97 - _rib_remainder(as_integers(bank), as_integers(branch), digits))


def french(bank: pl.Series, branch: pl.Series, account: pl.Series) -> pl.Series:
    """Build whole FR IBAN, both keys right, from banks (5 digits), branches (5) and accounts (11).

    Shorter codes are filled with leading zeros.
    """
    bank, branch = bank.str.zfill(5), branch.str.zfill(5)
    account = account.str.to_uppercase().str.zfill(11)
    return _with_check_digits(bank + branch + account + rib_key(bank, branch, account)).alias("iban")


def _with_check_digits(rib: pl.Series) -> pl.Series:
    return "FR" + _two_digits(98 - _iso_remainder("FR00" + rib)) + rib


def _two_digits(number: pl.Series) -> pl.Series:
    return number.cast(pl.String).str.zfill(2)


def _is_misshapen(text: pl.Series) -> pl.Series:
    return tell(text, ~VALUE.str.contains(SHAPE).fill_null(value=True))


def _without_spaces(text: pl.Series) -> pl.Series:
    return tell(text, VALUE.str.replace_all(" ", "", literal=True).str.to_uppercase())


def _without_separators(text: pl.Series) -> pl.Series:
    """Take out all that is no letter nor digit and a leading word IBAN; put FR before a bare RIB."""
    text = text.str.normalize("NFKC").str.replace_all(_SEPARATORS, "").str.strip_prefix("IBAN")
    rib = text.str.contains(_RIB_SHAPE)
    return rewrite(text, rib, _with_check_digits)


def _shape_issue(text: pl.Series) -> pl.Series:
    """Say what is wrong with text that has no country's shape; null for blank."""
    expected = pl.col("text").str.head(2).replace_strict(LENGTHS, default=None, return_dtype=pl.UInt32)
    reason = (
        pl.when(pl.col("text") == "").then(None)
        .when(expected.is_null()).then(pl.lit("iban-country"))
        .when(pl.col("text").str.len_chars() != expected).then(pl.lit("iban-length"))
        .otherwise(pl.lit("iban-characters"))
    )  # fmt: skip
    return text.to_frame("text").select(reason).to_series()


def _foreign_issue(text: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"check": as_integers(text.str.slice(2, 2)), "remainder": _iso_remainder(text)})
    return frame.select(pl.when(_WRONG_CHECK).then(pl.lit("iban-key"))).to_series()


def _french_issue(text: pl.Series) -> pl.Series:
    """Check both keys of well-shaped FR and MC IBAN; the check digits are named first."""
    account = text.str.slice(14, 11)
    lettered = as_integers(account).is_null()
    digits = as_integers(rewrite(account, lettered, lambda rows: rows.str.replace_many(_RIB_DIGITS)))
    frame = text.to_frame("text").select(
        bank=pl.col("text").str.slice(4, 5).cast(pl.Int64),
        branch=pl.col("text").str.slice(9, 5).cast(pl.Int64),
        account=digits,
        key=pl.col("text").str.slice(25, 2).cast(pl.Int64),
        check=pl.col("text").str.slice(2, 2).cast(pl.Int64),
        country=pl.when(pl.col("text").str.starts_with("FR")).then(1527).otherwise(2212),  # F=15, R=27
    )
    rib = _rib_remainder(frame["bank"], frame["branch"], frame["account"])
    remainder = rewrite(_digits_remainder(frame), lettered, lambda _: _iso_remainder(text.filter(lettered)))
    frame = frame.with_columns(remainder=remainder, wrong_rib=rib + frame["key"] != 97)
    reason = pl.when(_WRONG_CHECK).then(pl.lit("iban-key")).when("wrong_rib").then(pl.lit("iban-rib-key"))
    return frame.select(reason).to_series()


def _rib_remainder(bank: pl.Series, branch: pl.Series, account: pl.Series) -> pl.Series:
    return (89 * bank + 15 * branch + 3 * account) % 97


def _digits_remainder(frame: pl.DataFrame) -> pl.Series:
    """Give the ISO remainder of French IBAN without letters, weighing each part by its place."""
    places = {"bank": 24, "branch": 19, "account": 8, "key": 6, "country": 2, "check": 0}
    weighted = [pl.col(part) * (10**place % 97) for part, place in places.items()]
    return frame.select(pl.sum_horizontal(weighted) % 97).to_series()


def _iso_remainder(text: pl.Series) -> pl.Series:
    """Give the ISO 7064 remainder of compact IBAN, 1 when its check digits are right."""
    turned = text.str.slice(4) + text.str.head(4)
    digits = turned.str.replace_many(_ISO_DIGITS).str.zfill(_PIECE * _PIECES).to_frame("d")
    pieces = [
        pl.col("d").str.slice(_PIECE * n, _PIECE).cast(pl.Int64)
        % 97
        * (10 ** (_PIECE * (_PIECES - 1 - n)) % 97)
        for n in range(_PIECES)
    ]
    return digits.select(pl.sum_horizontal(pieces) % 97).to_series()
