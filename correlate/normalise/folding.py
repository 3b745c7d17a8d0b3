"""The one folding table: any spelling of a text to plain upper-case characters.

Tokens are made of folded text, so a vault and the files read into it must be folded alike: whoever
changes a table here adds one to ``FOLDING_VERSION``, which is part of what a vault remembers.

Neither Polars nor DuckDB folds Ø, Ł, Œ, Æ, Đ or Þ, and they disagree on ß; Unicode does not
decompose these letters. Everything it does decompose is left to compatibility decomposition
(NFKD), whose result for an assigned character never changes (Unicode stability policy).
"""

from __future__ import annotations

from html.entities import name2codepoint

import polars as pl

from correlate.normalise._digits import VALUE, as_text, rewrite, tell
from correlate.normalise._words import split_words

__all__ = ["FOLDING_VERSION", "fold", "is_blank", "letters", "words"]

FOLDING_VERSION = 1

# Letters that Unicode does not decompose, in upper case: they are looked up after upper-casing.
_LETTERS = {
    "Œ": "OE", "Æ": "AE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "ẞ": "SS",
    "Ħ": "H", "Ŧ": "T", "Ŋ": "NG", "Ə": "A", "Ɨ": "I", "Ɓ": "B", "Ɗ": "D", "Ɛ": "E", "Ɔ": "O",
    "Ɖ": "D", "Ƙ": "K", "Ɲ": "N", "Ƴ": "Y", "\u0138": "K", "\u0131": "I",
}  # fmt: skip
# Marks are looked up before decomposition, which would make a space and an accent of an acute accent.
_MARKS = {
    # Quotes, primes and modifier letters used as an apostrophe.
    r"[`\x{B4}\x{2B9}\x{2BB}-\x{2BF}\x{2C8}\x{2018}\x{2019}\x{201B}\x{2032}\x{2035}\x{A78C}\x{FF07}]": "'",
    r"[\x{2010}-\x{2015}\x{2043}\x{2212}\x{FE58}\x{FE63}\x{FF0D}]": "-",
    r"[\t\n\x0B\f\r\x1C-\x1F\x{85}\x{1680}\x{2028}\x{2029}]": " ",
    # Soft hyphen, joiners, direction marks, byte order mark: there and not to be seen.
    r"[\x{AD}\x{34F}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}\x{2066}-\x{2069}\x{FEFF}]": "",
    # An ampersand left over must not begin an entity the second time ("&amp;eacute;").
    "&": "+",
}
_ODD = r"[^ -~]|&"


def _entities() -> dict[str, str]:
    """List HTML's names and numbers of the Latin characters: web forms store ``&eacute;``."""
    named = {f"&{name};": chr(code) for name, code in name2codepoint.items()}
    shouted = {f"&{name.upper()};": chr(code) for name, code in name2codepoint.items() if code > 160}
    numbered = {f"&#{zeros}{code};": chr(code) for code in range(32, 384) for zeros in ("", "0")}
    return {**shouted, **named, **numbered, "&apos;": "'", "&#x27;": "'"}


def _garbled() -> dict[str, str]:
    """List what UTF-8 looks like when read as Windows-1252 or Latin-1: ``Ã©`` for é."""
    table = {}
    for character in [*map(chr, range(0xA0, 0x100)), *"ŒœŸŠšŽž\u2018\u2019\u2013\u201c\u201d"]:
        encoded = character.encode()
        table[encoded.decode("latin-1")] = character
        table[encoded.decode("cp1252", errors="ignore")] = character
    return {spelling: character for spelling, character in table.items() if len(spelling) > 1}


_ENTITIES = _entities()
_GARBLED = _garbled()


def fold(values: pl.Series) -> pl.Series:
    """Fold a column: upper case, no accents, plain letters, apostrophes, hyphens and spaces.

    Runs of spaces, digits, other marks and other scripts stay. Null gives null, the height stays.
    Text garbled by a wrong encoding, and HTML entities, are mended first. Folding twice changes nothing.
    """
    text = as_text(values)
    odd = text.str.contains(_ODD)
    return rewrite(text, odd, _plain).str.to_uppercase()


def _plain(text: pl.Series) -> pl.Series:
    # Most odd text is odd by an accent or two, which a table takes off in a fraction of the time.
    accented = text.str.contains(_ACCENTED_ALONE)
    text = rewrite(text, accented, lambda rows: _replace(rows, _ACCENTED))
    return rewrite(text, ~accented, _plain_of_any)


def _plain_of_any(text: pl.Series) -> pl.Series:
    text = rewrite(text, text.str.contains("&", literal=True), lambda rows: _replace(rows, _ENTITIES))
    text = rewrite(text, text.str.contains("[ÂÃÅâ]"), lambda rows: _replace(rows, _GARBLED))
    taken_apart = VALUE.str.normalize("NFKD").str.replace_all(r"\p{M}+", "").str.to_uppercase()
    text = tell(_replace_marks(text), taken_apart)
    odd = text.str.contains(_ODD)
    return rewrite(text, odd, lambda rows: _replace_marks(_replace(rows, _LETTERS)))


def _replace_marks(text: pl.Series) -> pl.Series:
    plain = VALUE
    for marks, mark in _MARKS.items():
        plain = plain.str.replace_all(marks, mark)
    return tell(text, plain)


def _replace(text: pl.Series, table: dict[str, str]) -> pl.Series:
    return text.str.replace_many(list(table), list(table.values()), leftmost=True)


# None of these begins what UTF-8 looks like when it is read wrong.
_LATIN = "àáäãåçèéêëìíîïñòóôöõùúûüýÿœæÀÁÄÇÈÉÊËÌÍÎÏÑÒÓÔÖÕÙÚÛÜÝŸŒÆ’\u00a0"
_ACCENTED = dict(zip(_LATIN, _plain_of_any(pl.Series(list(_LATIN))), strict=True))
_ACCENTED_ALONE = f"^[ -%'-~{_LATIN}]*$"


def letters(folded: pl.Series) -> pl.Series:
    """Keep A to Z alone of folded text, so that spaces, hyphens and apostrophes do not matter."""
    mixed = folded.str.contains("[^A-Z]")
    return rewrite(folded, mixed, lambda rows: rows.str.replace_all("[^A-Z]+", ""))


def words(folded: pl.Series) -> pl.Series:
    """Keep A to Z and 0 to 9 of folded text as words with one space between them."""
    return rewrite(folded, folded.str.contains("[^A-Z0-9]"), split_words)


def is_blank(folded: pl.Series) -> pl.Series:
    """Tell (Boolean, no null) where a folded value is missing or made of spaces alone."""
    return tell(folded, (VALUE.str.strip_chars(" ") == "").fill_null(value=True))
