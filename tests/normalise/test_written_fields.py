"""Identity numbers and occupations."""

from __future__ import annotations

import polars as pl
import pytest

from correlate.normalise import national_id, occupation


@pytest.mark.parametrize(
    ("text", "number"),
    {
        "X4RTBPFW4": "X4RTBPFW4",
        "x4-rtb pfw4": "X4RTBPFW4",
        "123-45-6789": "123456789",
        "QQ 12 34 56 C": "QQ123456C",
        "1112": "1112",
    }.items(),
)
def test_a_number_is_its_letters_and_digits(text, number):
    assert national_id.normalise(pl.Series([text])).row(0) == (number, None)


@pytest.mark.parametrize("text", ["12", "1-2-3", "0000000", "xxxx", "N/A", "inconnu", "NULL", "?", "Москва"])
def test_no_number(text):
    assert national_id.normalise(pl.Series([text])).row(0) == (None, "id-unreadable")


@pytest.mark.parametrize(
    ("text", "written"),
    {"Infirmière": "INFIRMIERE", "INFIRMIERE ": "INFIRMIERE", "chef d’équipe": "CHEFDEQUIPE"}.items(),
)
def test_an_occupation_is_its_letters(text, written):
    assert occupation.normalise(pl.Series([text])).row(0) == (written, None)


@pytest.mark.parametrize(
    ("text", "issue"),
    {
        "N/C": "occupation-placeholder",
        "Néant": "occupation-placeholder",
        "12": "occupation-unreadable",
    }.items(),
)
def test_no_occupation(text, issue):
    assert occupation.normalise(pl.Series([text])).row(0) == (None, issue)
