"""Names that came in one column."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.normalise import name

# Told by a comma or by capitals: the order given does not matter.
TOLD = {
    "DUPONT Jean": ("DUPONT", "Jean"),
    "Jean DUPONT": ("DUPONT", "Jean"),
    "DUPONT, Jean": ("DUPONT", "Jean"),
    "dupont,jean paul": ("dupont", "jean paul"),
    "Jean de LA TOUR": ("de LA TOUR", "Jean"),
    "de VILLIERS Philippe": ("de VILLIERS", "Philippe"),
    "M. Jean DUPONT": ("DUPONT", "Jean"),
    "M BERNARD Luc": ("BERNARD", "Luc"),
    "Jean Pierre d'ORMESSON": ("d'ORMESSON", "Jean Pierre"),
    "Marie DUPONT née MARTIN": ("DUPONT née MARTIN", "Marie"),
    "LE GALL Yann-Marie": ("LE GALL", "Yann-Marie"),
    "Mme Anne-Sophie VAN DEN BERG": ("VAN DEN BERG", "Anne-Sophie"),
    "Jean P. DUPONT": ("DUPONT", "Jean P."),
    "Éric ÉTIENNE": ("ÉTIENNE", "Éric"),
    "Dupont": ("Dupont", None),
    "  ": (None, None),
}
FIRST_NAME_FIRST = {
    "JEAN DUPONT": ("DUPONT", "JEAN"),
    "jean\u00a0dupont": ("dupont", "jean"),
    "Jean Pierre de la Tour": ("de la Tour", "Jean Pierre"),
    "Yann Le Gall": ("Le Gall", "Yann"),
}
SURNAME_FIRST = {
    "DUPONT JEAN PAUL": ("DUPONT", "JEAN PAUL"),
    "de la tour jean": ("de la tour", "jean"),
    "LE GALL YANN": ("LE GALL", "YANN"),
}
MARRIED = {
    "DUPONT EPOUSE MARTIN": ("DUPONT", "MARTIN", "usage"),
    "Dupont ép. Martin": ("DUPONT", "MARTIN", "usage"),
    "MARTIN VVE DURAND": ("MARTIN", "DURAND", "usage"),
    "Martin née Dupont": ("MARTIN", "DUPONT", "birth"),
    "MARTIN (NEE DUPONT)": ("MARTIN", "DUPONT", "birth"),
    "Mme Martin, née Dupont": ("MARTIN", "DUPONT", "birth"),
    "NEE DUPONT": ("NEE DUPONT", None, None),
    "DUPONT-MARTIN": ("DUPONT-MARTIN", None, None),
    "": (None, None, None),
}


def split(text: str | None, **order: str) -> tuple[str | None, str | None]:
    return name.split_full_name(pl.Series([text], dtype=pl.String), **order).row(0)


@pytest.mark.parametrize("order", ["first_name_first", "surname_first"])
@pytest.mark.parametrize(("text", "parts"), TOLD.items())
def test_a_comma_or_capitals_tell_the_surname(text, parts, order):
    assert split(text, order=order) == parts


@pytest.mark.parametrize(("text", "parts"), FIRST_NAME_FIRST.items())
def test_else_the_last_word_with_its_particles_is_the_surname(text, parts):
    assert split(text) == parts


@pytest.mark.parametrize(("text", "parts"), SURNAME_FIRST.items())
def test_or_the_first_word_where_the_column_has_surnames_first(text, parts):
    assert split(text, order="surname_first") == parts


@given(st.lists(st.none() | st.text(max_size=30), max_size=5))
def test_any_text_is_split_row_by_row(texts):
    frame = name.split_full_name(pl.Series(texts, dtype=pl.String))
    assert frame.rows() == [split(text) for text in texts]
    married = name.split_married(pl.Series(texts, dtype=pl.String))
    assert married.height == len(texts)
    assert married["other"].is_null().to_list() == married["other_is"].is_null().to_list()


@pytest.mark.parametrize(("text", "parts"), MARRIED.items())
def test_a_birth_or_usage_name_behind_a_mark_is_told_apart(text, parts):
    assert name.split_married(pl.Series([text], dtype=pl.String)).row(0) == parts


@pytest.mark.parametrize(
    ("sample", "order"),
    [
        (["DUPONT JEAN", "DURAND SOPHIE", "PETIT MARIE LOUISE", "MARTIN CELINE"], "surname_first"),
        (["Jean Dupont", "Sophie Durand", "Céline Martin"], "first_name_first"),
        (["DUPONT", None, ""], "first_name_first"),
        ([], "first_name_first"),
    ],
)
def test_the_order_of_a_column_is_where_first_names_stand(sample, order):
    assert name.infer_name_order(pl.Series(sample, dtype=pl.String)) == order
