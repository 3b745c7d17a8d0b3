"""Folding: one plain upper-case spelling of any text."""

from __future__ import annotations

import hashlib
import string
import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.normalise import folding

EXAMPLES = {
    "accents": ("Éloïse à Noël", "ELOISE A NOEL"),
    "decomposed accents": ("Fre\u0301de\u0301ric", "FREDERIC"),
    "ligatures": ("Œuvre cœur Æmilia ﬁn ﬂeur", "OEUVRE COEUR AEMILIA FIN FLEUR"),
    "letters without decomposition": ("Øre Łukasz Đorđe Þór Straße ẞ", "ORE LUKASZ DORDE THOR STRASSE SS"),
    "a letter both barred and accented": ("Ǿ", "O"),
    "Turkish i": ("İstanbul \u0131", "ISTANBUL I"),
    "apostrophes": ("l’été l\u2018été l\u02bcété l\u00b4été l`été", "L'ETE L'ETE L'ETE L'ETE L'ETE"),
    "hyphens": ("a‐b\u2011c–d—e−f", "A-B-C-D-E-F"),
    "spaces": ("a\u00a0b\tc\u202fd\u3000e\nf", "A B C D E F"),
    "invisible characters": ("\ufeffze\u200bro\u00ad", "ZERO"),
    "wide forms": ("\uff24\uff35\uff30\uff2f\uff2e\uff34 \uff17\uff15", "DUPONT 75"),
    "a wrong encoding": ("FranÃ§ois Ã‰milie dâ€™Arc", "FRANCOIS EMILIE D'ARC"),
    "entities": ("N&eacute;e &#039;x&#233; &amp; y", "NEE 'XE + Y"),
    "other scripts stay": ("Иван 李", "ИВАН 李"),
}


def fold(*texts: str | None) -> list[str | None]:
    return folding.fold(pl.Series(texts, dtype=pl.String)).to_list()


@pytest.mark.parametrize(("text", "folded"), EXAMPLES.values(), ids=EXAMPLES.keys())
def test_folds(text, folded):
    assert fold(text) == [folded]


@given(st.lists(st.none() | st.text()))
def test_folding_twice_changes_nothing(texts):
    once = fold(*texts)
    assert fold(*once) == once


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x24F, exclude_characters="&ÂÃÅâ")))
def test_no_latin_letter_is_left_with_case_or_accent(text):
    """Of Latin-1 and the Latin extensions A and B, what Unicode can decompose comes out as A to Z."""
    decomposed = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    if decomposed.isascii():
        assert fold(text) == [decomposed.upper().replace("`", "'")]


@pytest.mark.parametrize("letter", "ÀÂÄÃÅÇÉÈÊËÎÏÍÑÔÖÓÕÙÛÜÚŸÝŠŽČĆĞŞŁØĐŒÆÞÐ")
def test_case_does_not_matter(letter):
    assert fold(letter) == fold(letter.lower())
    assert set(str(fold(letter)[0])) <= set(string.ascii_uppercase)


def test_every_garbled_french_letter_is_mended():
    french = "àâäçéèêëîïôöùûüÿÉÈÊÀÇŒœ’"
    garbled = [letter.encode().decode(how, "ignore") for letter in french for how in ("cp1252", "latin-1")]
    expected = [fold(letter)[0] for letter in french for _ in range(2)]
    told = [(fold(text)[0], right) for text, right in zip(garbled, expected, strict=True) if len(text) > 1]
    assert [one for one, _ in told] == [right for _, right in told]


def test_letters_keeps_letters_alone():
    assert folding.letters(pl.Series(["LE GALL-D'OR 2", "", None])).to_list() == ["LEGALLDOR", "", None]


def test_words_puts_one_space_between_words():
    assert folding.words(pl.Series([" 12,  RUE-D'OR ", None])).to_list() == ["12 RUE D OR", None]


def test_blank_is_null_or_spaces():
    assert folding.is_blank(pl.Series(["A", " ", "", None])).to_list() == [False, True, True, True]


def test_the_table_of_a_version_is_frozen():
    """A vault's tokens rest on this table: whoever changes it raises the version and this digest together."""
    blocks = [*range(0x20, 0x250), *range(0x1E00, 0x1F00), *range(0x2000, 0x2065), *range(0xFB00, 0xFB07)]
    folded = "\n".join(str(text) for text in fold(*map(chr, blocks)))
    assert folding.FOLDING_VERSION == 1
    assert (
        hashlib.sha256(folded.encode()).hexdigest()
        == "fbb471acbad6c7b031f2493bfd286999e7cc2c668fee26575c1cb1de9ba08905"
    )
