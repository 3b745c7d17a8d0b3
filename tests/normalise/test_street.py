"""Street lines with their abbreviations written out."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.normalise import address
from correlate.normalise.street import _by_rest, _normalise_street

ALIKE = {
    "12 BIS AVENUE DU GENERAL DE GAULLE": [
        "12b, av. du Gal-de-Gaulle",
        "12 bis avenue du Général de Gaulle",
        "12BIS AVE DU GENERAL DE GAULLE",
        "0012 B AV DU GAL DE GAULLE",
    ],
    "3 RUE SAINT MARTIN": [
        "3 R ST MARTIN",
        "3, rue Saint-Martin",
        "N° 3 rue St Martin",
        "3 R. ST-MARTIN 75003 PARIS",
    ],
    "RUE SAINT MARTIN": ["R ST MARTIN", "rue st. martin"],
    "RESIDENCE LES LILAS BATIMENT R APPARTEMENT 12": ["Rés. les Lilas, Bât. R, Appt 12"],
    "1 PLACE DE L EGLISE": ["1 pl. de l’Église", "1 PL DE L'EGLISE"],
    "12 C RUE VICTOR HUGO": ["12C R VICTOR HUGO", "12 c rue Victor Hugo"],
    # F is a country in front of a postcode, and needs a street before it.
    "3 RUE DES": ["3 rue des F 75002 Paris", "3 rue des F, F75002 Paris", "3 rue des, 75002 Paris 75003"],
    "75002 PARIS": ["75002 Paris 75003", "75002 Paris F-75003 Lyon"],
    "12 F": ["12 F 75002 Paris"],
    "LIEU DIT LE BOURG": ["Lieu-dit Le Bourg", "LD LE BOURG", "lieudit le bourg"],
    "8 BOULEVARD SAINT SAINT GERMAIN": ["8 BD ST ST GERMAIN"],
    "5 RUE PIERRE ET MARIE CURIE": ["5 r Pierre et Marie Curie"],
    "4 QUAI D ORSAY": ["4 QU D'ORSAY"],
}


def streets(*texts: str | None) -> list[tuple[str | None, str | None]]:
    return address.normalise_street(pl.Series(texts, dtype=pl.String)).rows()


@pytest.mark.parametrize(("street", "texts"), ALIKE.items())
def test_one_spelling_of_a_street(street, texts):
    assert streets(*texts) == [(street, None)] * len(texts)


@pytest.mark.parametrize(
    ("text", "issue"),
    [
        ("N/A", "street-placeholder"),
        ("SDF", "street-placeholder"),
        ("12", "street-unreadable"),
        ("?", "street-unreadable"),
    ],
)
def test_no_street(text, issue):
    assert streets(text) == [(None, issue)]


@given(
    st.integers(1, 999),
    st.lists(st.text(alphabet="abcdefgijklmnoprstuvé", min_size=4, max_size=8), min_size=1, max_size=4),
)
def test_case_accents_hyphens_and_leading_zeros_do_not_matter(number, words):
    plain = streets(f"{number} RUE {' '.join(words)}")
    assert streets(f"{number:04}, rue {'-'.join(words).upper()}") == plain


NUMBERS = st.sampled_from(
    ["", "1", "12", "012", "9999", "12345", "75001", "0", "12 13", "12bis", "N 12", " 12"]
)
PIECES = st.sampled_from(
    ["R", "RUE", "B", "BIS", "Q", "av.", "ST", "01000", "F-75002", "PARIS", "NC", "SDF", "é", "&eacute;"]
) | st.sampled_from(["0007", "\u0301", "\u200b", "½", "n°", "T", "AVENUE", "BD", "75003", "F"])
STREETS = st.builds(
    lambda number, gap, pieces: number + gap + " ".join(pieces),
    NUMBERS,
    st.sampled_from(["", " ", ", ", "  ", "\u00a0"]),
    st.lists(PIECES | st.text(max_size=6), max_size=5),
)


@given(st.lists(st.none() | STREETS, max_size=30))
def test_a_street_read_once_for_all_numbers_is_what_each_address_gives(cells):
    values = pl.Series(cells, dtype=pl.String)
    assert _by_rest(values).equals(_normalise_street(values))
