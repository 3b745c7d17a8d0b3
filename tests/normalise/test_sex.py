"""Sex from codes, words and civilities."""

from __future__ import annotations

import polars as pl
import pytest

from correlate.normalise import sex


@pytest.mark.parametrize(
    "text", ["M", "m.", "H", "1", "1.0", "Homme", "male", "Monsieur", "MR", "Mr.", "masculin", "Garçon"]
)
def test_male(text):
    assert sex.normalise(pl.Series([text])).row(0) == ("M", None)


@pytest.mark.parametrize(
    "text",
    ["F", "2", "femme", "Female", "Madame", "Mme.", "MLLE", "Mademoiselle", "Mrs", "Ms", "Miss", "Féminin"],
)
def test_female(text):
    assert sex.normalise(pl.Series([text])).row(0) == ("F", None)


@pytest.mark.parametrize("text", ["0", "9", "X", "Dr", "Inconnu", "N/A", "non renseigné", "M/Mme"])
def test_a_word_that_does_not_tell(text):
    assert sex.normalise(pl.Series([text])).row(0) == (None, "sex-unknown")


@pytest.mark.parametrize("text", ["3", "Dupont", "?", "MF"])
def test_anything_else_is_unreadable(text):
    assert sex.normalise(pl.Series([text])).row(0) == (None, "sex-unreadable")
