"""Surnames and first names in one spelling."""

from __future__ import annotations

import string

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.normalise import name
from correlate.normalise.folding import fold, letters
from correlate.normalise.name import _issue, _issues

SURNAMES = {
    "case and accents": ("Gérard", "GERARD"),
    "a space": ("Le Gall", "LEGALL"),
    "an apostrophe": ("d’Artagnan", "DARTAGNAN"),
    "a double name": ("DUPONT-MARTIN", "DUPONTMARTIN"),
    "a civility": ("M. Dupont", "DUPONT"),
    "a civility without a dot": ("MME DURAND", "DURAND"),
    "a couple": ("M ET MME DURAND", "DURAND"),
    "a bare M": ("M DUPONT", "DUPONT"),
    "a bare M that belongs to the name": ("M BAREK", "MBAREK"),
    "a birth name behind": ("MARTIN NEE DUPONT", "MARTIN"),
    "a birth name in brackets": ("Martin (née Dupont)", "MARTIN"),
    "a husband's name behind": ("Dupont ép. Martin", "DUPONT"),
    "a mark in front": ("née Dupont", "DUPONT"),
    "a remark in brackets": ("MARTIN (décédé)", "MARTIN"),
    "a zero for an O": ("DUP0NT", "DUPONT"),
    "a one for an I": ("MART1N", "MARTIN"),
    "two ones for LL": ("MI11ET", "MILLET"),
    "a five for an S": ("5IMON", "SIMON"),
    "a wrong encoding": ("LefÃ¨vre", "LEFEVRE"),
    "particles and nothing else": ("DE LA", "DELA"),
}
CORES = {
    "DE LA TOUR": "TOUR",
    "Le Gall": "GALL",
    "LEGALL": "LEGALL",
    "VAN DEN BERG": "BERG",
    "EL KHATTABI": "KHATTABI",
    "Ben-Ali": "ALI",
    "d'Ormesson": "ORMESSON",
    "DUPONT DE LIGONNES": "DUPONTLIGONNES",
    "DE": "DE",
    "DUPONT": "DUPONT",
    "DELATOUR": "DELATOUR",
}
REFUSED = {
    "INCONNU": "name-placeholder",
    "N/A": "name-placeholder",
    "n.c.": "name-placeholder",
    ".": "name-placeholder",
    "-": "name-placeholder",
    "XXX": "name-placeholder",
    "Test": "name-placeholder",
    "non renseigné": "name-placeholder",
    "12345": "name-digits",
    "DUPONT2": "name-digits",
    "DUPONT 1": "name-digits",
    "DUB\ufffdIS": "name-damaged",
    "FRAN?OIS": "name-damaged",
    "Иванов": "name-script",
    "D.": "name-initial",
    "jean@exemple.fr": "name-unreadable",
    "A" * 20 + "B" * 50: "name-long",
}
FIRST_NAMES = {
    "a compound with a hyphen": ("Jean-Pierre", "JEANPIERRE"),
    "a compound with spaces around its hyphen": ("Jean - Pierre", "JEANPIERRE"),
    "two names": ("Jean Pierre", "JEAN"),
    "a list": ("Marie, Anne, Louise", "MARIE"),
    "a list with slashes": ("Mohamed/Ali", "MOHAMED"),
    "an apostrophe": ("N' Golo", "NGOLO"),
    "a civility": ("Mme Zoé", "ZOE"),
    "a remark": ("Jérôme (fils)", "JEROME"),
    "a zero for an O": ("S0PHIE", "SOPHIE"),
    "an abbreviated compound stays": ("J-Pierre", "JPIERRE"),
}
NAMES = st.text(alphabet=string.ascii_letters + "éèêëàâçîïôöùûü", min_size=4, max_size=12)


ODD_NAMES = [
    "INCONNU",
    "NC",
    "XXX",
    "X" * 61,
    "X" * 60,
    "A",
    "Ø",
    "a@b",
    "JE?N",
    "7",
    "-",
    "JEAN\ufffd",
    "DE",
]


def surnames(*texts: str | None) -> pl.DataFrame:
    return name.normalise_surname(pl.Series(texts, dtype=pl.String))


def first_names(*texts: str | None) -> pl.DataFrame:
    return name.normalise_first_name(pl.Series(texts, dtype=pl.String))


@pytest.mark.parametrize(("text", "surname"), SURNAMES.values(), ids=SURNAMES.keys())
def test_reads_a_surname_through(text, surname):
    assert surnames(text).select("surname", "issue").row(0) == (surname, None)


@pytest.mark.parametrize(("text", "core"), CORES.items())
def test_the_core_leaves_out_particles_written_apart(text, core):
    assert surnames(text)["surname_core"].item() == core


@pytest.mark.parametrize(("text", "issue"), REFUSED.items())
def test_refuses_a_surname(text, issue):
    assert surnames(text).row(0) == (None, None, None, issue)


@pytest.mark.parametrize(("text", "first_name"), FIRST_NAMES.values(), ids=FIRST_NAMES.keys())
def test_reads_a_first_name_through(text, first_name):
    row = first_names(text).row(0, named=True)
    assert (row["first_name"], row["initial"], row["issue"]) == (first_name, first_name[0], None)


@pytest.mark.parametrize("text", ["J", "j.", "J.P.", "J.-P.", "J-P"])
def test_initials_give_an_initial_and_no_first_name(text):
    assert first_names(text).row(0) == (None, None, "J", "name-initial")


@pytest.mark.parametrize("text", ["Non renseigné", "SANS PRENOM", "TEST", "?"])
def test_a_placeholder_is_no_first_name(text):
    assert first_names(text).row(0) == (None, None, None, "name-placeholder")


def test_the_phonetic_key_does_not_hear_spaces():
    assert surnames("LE GALL", "LEGALL", "Le-Gal")["phonetic"].n_unique() == 1


def test_the_phonetic_key_of_a_first_name_is_that_of_its_first():
    assert first_names("Cathérine Marie", "KATHERINE")["phonetic"].n_unique() == 1


@given(NAMES, NAMES)
def test_case_accents_and_what_joins_two_names_do_not_matter(one, two):
    texts = [
        f"{one}{two}",
        f"{one}-{two}",
        f"{one.upper()} {two}",
        f" {one}’{two.lower()}",
        f"{one}  -  {two}",
    ]
    frame = surnames(*texts)
    # A word that is a mark by itself is read as one when it stands apart.
    if not {one.upper(), two.upper()} & {"ALIAS", "DITE", "MMES", "MISS", "EPSE"}:
        assert frame["surname"].n_unique() == 1


@given(NAMES)
def test_a_hyphen_keeps_a_first_name_whole(text):
    row = first_names(f"Marie-{text}").row(0, named=True)
    assert row["first_name"] == "MARIE" + str(surnames(f"XY{text}")["surname"].item())[2:]


@given(
    st.lists(
        st.none()
        | st.text(max_size=6)
        | st.from_regex("[A-Z]{0,3}", fullmatch=True)
        | st.sampled_from(ODD_NAMES)
    )
)
def test_plain_names_have_no_issue_to_look_for(cells):
    folded = fold(pl.Series(cells, dtype=pl.String))
    frame = pl.DataFrame({"folded": folded, "several": folded.str.contains("[^A-Z]"), "text": folded})
    frame = frame.with_columns(letters(folded).alias("surname"))
    assert _issues(frame, "surname").equals(frame.select(_issue(frame, "surname")).to_series())
