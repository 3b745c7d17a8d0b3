"""The claims about recognising column headers."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.vocabulary import ATTRIBUTES, FIELDS, recognise
from correlate.vocabulary.header import _keys, fold

_TABLE = tomllib.loads(Path(__file__).with_name("headers.toml").read_text(encoding="utf-8"))
UNKNOWN = _TABLE["unknown"]["headers"]
EXAMPLES = [(header, meaning) for meaning, headers in _TABLE["known"].items() for header in headers]


@pytest.mark.parametrize(("header", "meaning"), EXAMPLES)
def test_a_known_header_is_recognised(header, meaning):
    assert recognise(header) == meaning


@pytest.mark.parametrize("header", UNKNOWN)
def test_an_ambiguous_or_foreign_header_is_left_to_a_person(header):
    assert recognise(header) is None


@pytest.mark.parametrize("header", ["", "   ", "___", "°", "\ufeff", "生年月日", "🙂"])
def test_a_header_without_words_means_nothing(header):
    assert recognise(header) is None


@pytest.mark.parametrize(("header", "meaning"), EXAMPLES)
def test_case_and_separators_make_no_difference(header, meaning):
    spaced = header.replace("_", " ").replace("-", " ")
    assert recognise(spaced) == meaning
    assert recognise(f"\ufeff {spaced} ") == meaning
    assert recognise(spaced.replace(" ", ".")) == meaning
    # A camelCase header has no word edges left in capitals: only those with separators keep their words.
    if header == header.lower():
        assert recognise(spaced.upper()) == meaning
        assert recognise(spaced.title()) == meaning


def test_no_header_stands_under_two_meanings():
    meanings = defaultdict(set)
    for table in (FIELDS, ATTRIBUTES):
        for meaning, info in table.items():
            for header in info.headers:
                for key in _keys(header):
                    meanings[key].add(str(meaning))
    assert {key: found for key, found in meanings.items() if len(found) > 1} == {}
    assert "" not in meanings


def test_every_listed_header_is_recognised_as_what_lists_it():
    for table in (FIELDS, ATTRIBUTES):
        for meaning, info in table.items():
            for header in info.headers:
                assert recognise(header) is meaning, header


def test_a_meaning_lists_each_header_once():
    for table in (FIELDS, ATTRIBUTES):
        for meaning, info in table.items():
            folded = [fold(header) for header in info.headers]
            assert len(folded) == len(set(folded)), meaning


def test_a_counter_above_one_is_taken_only_where_a_person_has_several():
    assert recognise("tel_2") == "phone"
    assert recognise("email_3") == "email"
    assert recognise("nom_1") == "surname"
    assert recognise("nom_2") is None


def test_folding_splits_words_and_drops_accents():
    assert fold("DateNaissance") == ("date", "naissance")
    assert fold("NIRAdhérent") == ("nir", "adherent")
    assert fold("N° de sécu") == ("numero", "de", "secu")
    assert fold("tel2") == ("tel", "2")
    assert fold("Cœur") == ("coeur",)


@given(st.text(max_size=60))
def test_any_text_is_answered(header):
    found = recognise(header)
    assert found is None or found in FIELDS or found in ATTRIBUTES


@given(st.sampled_from([header for header, _ in EXAMPLES]))
def test_an_unrelated_word_beside_a_known_header_is_not_guessed_away(header):
    assert recognise(f"{header} zzz") is None
    assert recognise(f"zzz {header}") is None
