"""What Have I Been Pwned calls a breach leads to the entry of the catalogue, or to none."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest

from correlate.catalogue import Catalogue
from correlate.declared import HibpNames
from correlate.declared import hibp_names as module

CATALOGUE = Catalogue.shipped()
FILE = Path(module.__file__).parent / "data" / "hibp_names.toml"


def test_every_name_of_the_file_means_an_entry_that_is_shipped():
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
    assert set(tables) == {"read", "recalled"}
    names = HibpNames(CATALOGUE)
    for table in tables.values():
        for name, breach in table.items():
            assert names.find(name) == breach
            assert breach in CATALOGUE


@pytest.mark.parametrize(
    ("name", "breach"),
    [
        ("Adobe", "adobe-2013"),
        ("Deezer", "deezer-2019"),
        ("FreeMobile", "freemobile-2024"),
        ("FrenchCitizens", "frenchcitizens-2024"),
        ("FFR", "ffr-2023"),
        ("BourseDesVols", "boursedesvols-2021"),
        ("Boulanger", "boulanger-2024"),
        ("Zynga", "zynga-2019"),
        ("Twitter", "twitter-2022"),
        ("Twitter200M", "twitter200m-2021"),
        ("bouyguestelecom", "bouygues-2025"),
    ],
)
def test_names_that_were_read_in_the_list(name, breach):
    assert HibpNames(CATALOGUE).find(name) == breach


@pytest.mark.parametrize("name", ["Free", "Viamedis", "AlmerysAlmerys", "NoSuchBreach", "", "-", "2024"])
def test_a_name_is_not_guessed(name):
    """Free and Free Mobile are two, and only one of them stands at Have I Been Pwned."""
    assert HibpNames(CATALOGUE).find(name) is None


def test_of_two_years_of_one_name_the_date_decides():
    again = dataclasses.replace(CATALOGUE.get("deezer-2019"), id="deezer-2027")
    names = HibpNames(Catalogue([*CATALOGUE, again]))
    assert names.find("Deezer") is None
    assert names.find("Deezer", year="2019") == "deezer-2019"
    assert names.find("Deezer", year="2027") == "deezer-2027"
    assert names.find("Deezer", year="2020") is None


def test_every_entry_that_rests_on_have_i_been_pwned_is_found_by_some_name():
    """No entry is out of reach: its name follows from its id, or stands in the file."""
    listed = tomllib.loads(FILE.read_text(encoding="utf-8"))
    named = {breach for table in listed.values() for breach in table.values()}
    names = HibpNames(CATALOGUE)
    for breach in CATALOGUE:
        if any(source.startswith("haveibeenpwned.com") for source in breach.sources):
            assert breach.id in named or names.find(breach.id.rsplit("-", 1)[0]) == breach.id
