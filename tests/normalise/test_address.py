"""Postcodes and towns."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.normalise import address

POSTCODES = {
    "75011": ("75011", "75"),
    "01000": ("01000", "01"),
    "1000": ("01000", "01"),
    "1000.0": ("01000", "01"),
    "75011.0": ("75011", "75"),
    " 75 011 ": ("75011", "75"),
    "F-75011": ("75011", "75"),
    "FR 75011": ("75011", "75"),
    "75011 Paris": ("75011", "75"),
    "7\uff15\uff1011": ("75011", "75"),
    "20000": ("20000", "2A"),
    "20137": ("20137", "2A"),
    "20200": ("20200", "2B"),
    "20600": ("20600", "2B"),
    "97110": ("97110", "971"),
    "97600": ("97600", "976"),
    "98800": ("98800", "988"),
    "98000": ("98000", "980"),
}
REFUSED_POSTCODES = {
    "Paris": "postcode-unreadable",
    "750111": "postcode-unreadable",
    "B-1000": "postcode-unreadable",
    "2A004": "postcode-unreadable",
    "123": "postcode-unreadable",
    "00000": "postcode-placeholder",
    "99999": "postcode-placeholder",
    "96000": "postcode-unknown",
    "97999": "postcode-unknown",
    "20900": "postcode-unknown",
    "00100": "postcode-unknown",
}
CITIES = {
    "Saint-Étienne": "SAINTETIENNE",
    "ST ETIENNE": "SAINTETIENNE",
    "Ste. Foy": "SAINTEFOY",
    "Mont St Michel": "MONTSAINTMICHEL",
    "STAINS": "STAINS",
    "PARIS 11E ARRONDISSEMENT": "PARIS",
    "Paris 11ème": "PARIS",
    "PARIS 11": "PARIS",
    "Lyon 3e arr.": "LYON",
    "75011 PARIS": "PARIS",
    "PARIS CEDEX 08": "PARIS",
    "Le Mans": "LEMANS",
    "Mans (Le)": "LEMANS",
    "Chalon s/ Saône": "CHALONSURSAONE",
    "L’Haÿ-les-Roses": "LHAYLESROSES",
    "Bourg (Gironde)": "BOURG",
}
ONE_LINE = {
    "12 RUE DE LA PAIX 75002 PARIS": "75002",
    "10500 ROUTE DE NICE, F-06600 ANTIBES": "06600",
    "75002 PARIS": "75002",
    "12 RUE DE LA PAIX": None,
    "TEL 0612345678": None,
    "99999 NULLE PART": None,
}
FOREIGN = {
    "TQ13 8DF": ("X:TQ138DF", "X:TQ13"),
    "tq138df": ("X:TQ138DF", "X:TQ13"),
    "SW1A 1AA": ("X:SW1A1AA", "X:SW1A"),
    " M1 1AE ": ("X:M11AE", "X:M1"),
    "1234567": ("X:1234567", "X:12"),
    "K1A 0B1": ("X:K1A0B1", "X:K1A"),
    "K1A0B1": ("X:K1A0B1", "X:K1"),
    "96000": ("X:96000", "X:96"),
    "750111": ("X:750111", "X:75"),
    "123": ("X:123", "X:12"),
}
NOWHERE = {
    "Paris": "postcode-unreadable",
    "12": "postcode-unreadable",
    "12345678901": "postcode-unreadable",
    "0000": "postcode-unreadable",
    "B-1000": "postcode-unreadable",
    "00000": "postcode-placeholder",
    "12345": "postcode-placeholder",
}
LETTERS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzéèçôï", min_size=3, max_size=10)


@pytest.mark.parametrize(("text", "row"), POSTCODES.items())
def test_a_postcode_and_its_department(text, row):
    assert address.normalise_postcode(pl.Series([text])).row(0) == (*row, None)


@pytest.mark.parametrize(("text", "issue"), REFUSED_POSTCODES.items())
def test_no_postcode(text, issue):
    assert address.normalise_postcode(pl.Series([text])).row(0) == (None, None, issue)


@pytest.mark.parametrize(("text", "row"), FOREIGN.items())
def test_a_postcode_of_another_country_is_its_characters(text, row):
    assert address.normalise_any_postcode(pl.Series([text])).row(0) == (*row, None)


@pytest.mark.parametrize(("text", "issue"), NOWHERE.items())
def test_no_postcode_of_any_country(text, issue):
    assert address.normalise_any_postcode(pl.Series([text])).row(0) == (None, None, issue)


@pytest.mark.parametrize(("text", "row"), POSTCODES.items())
def test_a_french_postcode_is_read_as_one_among_all(text, row):
    assert address.normalise_any_postcode(pl.Series([text])).row(0) == (*row, None)


@given(st.lists(st.text(alphabet="0123456789ABX: ", max_size=10), max_size=20))
def test_no_other_country_s_postcode_or_area_is_a_french_one(texts):
    column = pl.Series(texts, dtype=pl.String)
    french, any_country = address.normalise_postcode(column), address.normalise_any_postcode(column)
    for one, other in zip(french.rows(named=True), any_country.rows(named=True), strict=True):
        if one["postcode"] is not None or one["issue"] == other["issue"]:
            assert one == other
        else:
            assert other["postcode"].startswith("X:")
            assert other["department"].startswith("X:")


@given(st.integers(1000, 95999))
def test_a_mainland_department_is_the_first_two_digits(number):
    code = f"{number:05}"
    row = address.normalise_postcode(pl.Series([str(number)])).row(0, named=True)
    if row["issue"] is None:
        assert row["postcode"] == code
        assert row["department"] == code[:2] or (code[:2] == "20" and row["department"] in {"2A", "2B"})
    else:
        assert code[:2] == "20" or code in {"11111", "12345"}


@pytest.mark.parametrize(("text", "city"), CITIES.items())
def test_a_city_in_one_spelling(text, city):
    assert address.normalise_city(pl.Series([text])).row(0) == (city, None)


@pytest.mark.parametrize(
    ("text", "issue"),
    [("N/A", "city-placeholder"), ("123", "city-unreadable"), ("Москва", "city-unreadable")],
)
def test_no_city(text, issue):
    assert address.normalise_city(pl.Series([text])).row(0) == (None, issue)


@given(LETTERS, LETTERS)
def test_case_spaces_hyphens_and_a_postcode_in_front_do_not_matter(one, two):
    texts = [f"Saint {one} {two}", f"ST-{one.upper()}-{two}", f"75011 St. {one}’{two}"]
    assert address.normalise_city(pl.Series(texts))["city"].n_unique() == 1


@pytest.mark.parametrize(("text", "postcode"), ONE_LINE.items())
def test_the_postcode_of_a_one_line_address(text, postcode):
    found = address.extract_postcode(pl.Series("home", [text, None]))
    assert (found.name, found.to_list()) == ("home", [postcode, None])
