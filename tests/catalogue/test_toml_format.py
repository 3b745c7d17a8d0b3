"""The claims about catalogue files in TOML."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.catalogue import Breach, Catalogue, CatalogueError, DateKind, PersonsKind, Scope, Status
from correlate.catalogue.toml_format import parse_toml, render_toml
from correlate.vocabulary import AttributeClass

FILE = Path("own.toml")
ENTRY = """\
[[breach]]
id = "example-2024"
organisation = "Example"
date = 2024-01-02
date_kind = "breach"
persons = 10
persons_kind = "persons_official"
status = "confirmed"
scope = "FR"
classes = ["NAME", "EMAIL"]
sources = ["a page"]
"""

words = st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and text.isprintable())
any_text = st.text(st.characters(codec="utf-8"), max_size=40)
ids = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=12)
class_lists = st.lists(st.sampled_from(AttributeClass), min_size=1, unique=True).map(tuple)


@st.composite
def breaches(draw):
    persons = draw(st.none() | st.integers(1, 10**10))
    classes = draw(class_lists)
    return Breach(
        id=draw(ids),
        organisation=draw(words),
        processor=draw(any_text),
        date=draw(st.dates()),
        date_kind=draw(st.sampled_from(DateKind)),
        persons=persons,
        persons_kind=PersonsKind.unknown if persons is None else PersonsKind.accounts_hibp,
        status=draw(st.sampled_from(Status)),
        scope=draw(st.sampled_from(Scope)),
        classes=classes,
        note="see " + draw(any_text),
        sources=(draw(words),),
        membership_sensitive=draw(st.booleans()),
        compilation=draw(st.booleans()),
        doubtful=classes[:1],
        partial=classes[-1:],
    )


@given(st.lists(breaches(), max_size=4))
def test_what_is_written_is_read_back_equal(entries):
    assert parse_toml(render_toml(entries), FILE) == tuple(entries)


def test_the_shipped_catalogue_survives_writing_and_reading():
    shipped = tuple(Catalogue.shipped())
    assert parse_toml(render_toml(shipped), FILE) == shipped


def test_an_entry_is_read_with_defaults_for_what_it_leaves_out():
    (entry,) = parse_toml(ENTRY, FILE)
    assert entry.processor == ""
    assert entry.lineage == ()
    assert entry.membership_sensitive is False


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('id = "example-2024"\n', "", "entry 1.*id is missing"),
        ('id = "example-2024"', 'id = "Example"', "entry 1 .Example.*its id must be"),
        ("date = 2024-01-02", 'date = "2024-01-02"', "entry 1 .example-2024.*date must be a day"),
        ("date = 2024-01-02", "date = 2024-01-02T00:00:00", "date must be a day"),
        ("date = 2024-01-02", "date = 2024-02-30", "the text is no TOML"),
        ('"NAME", "EMAIL"', '"NAME", "EMIAL"', "classes has the unknown value 'EMIAL'; the values are NAME,"),
        ('"NAME", "EMAIL"', '"name"', "classes has the unknown value 'name'"),
        ('["NAME", "EMAIL"]', '"NAME"', "classes must be a list of strings"),
        (
            '"confirmed"',
            '"certain"',
            "status has the unknown value 'certain'; the values are confirmed, reported",
        ),
        ('scope = "FR"', 'scope = "DE"', "scope has the unknown value 'DE'; the values are FR, EU, GLOBAL"),
        ('date_kind = "breach"', 'date_kind = "leak"', "date_kind has the unknown value"),
        ('"persons_official"', '"people"', "persons_kind has the unknown value"),
        ("persons = 10", "persons = 10.5", "persons must be of type int"),
        ("persons = 10", "persons = true", "persons must be of type int"),
        ("persons = 10", "persons = -1", "persons must be at least 1"),
        (
            "persons = 10",
            'colour = "red"\npersons = 10',
            "colour is not a key of an entry; the keys are id, org",
        ),
        ('sources = ["a page"]', "sources = []", "sources is empty"),
        ("[[breach]]", "[breach]", "a catalogue is a list of"),
        ("[[breach]]", "[[leak]]", "leak is not expected"),
        ("[[breach]]", "breach = [1]\n[x]", "x is not expected"),
    ],
)
def test_a_wrong_entry_is_refused_by_file_entry_and_reason(old, new, reason):
    assert old in ENTRY
    with pytest.raises(CatalogueError, match=f"own.toml cannot be used: .*{reason}"):
        parse_toml(ENTRY.replace(old, new, 1), FILE)


def test_an_entry_that_is_no_table_is_refused():
    with pytest.raises(CatalogueError, match="entry 1: it is not a"):
        parse_toml("breach = [1]", FILE)


def test_an_empty_file_is_an_empty_catalogue():
    assert parse_toml("# nothing yet\n", FILE) == ()
