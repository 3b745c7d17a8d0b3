"""The declared files keep to the catalogue and to headers a reader knows."""

from __future__ import annotations

import pytest

from correlate.catalogue import Catalogue
from correlate.synthesis import DEFAULT_BREACHES, FURTHER_LEAKS, NATION_BREACHES
from correlate.synthesis import LEAKS as WORLD_LEAKS
from correlate.vocabulary import recognise

LEAKS = WORLD_LEAKS | FURTHER_LEAKS

# A file written down column by column tells more finely what the catalogue sums up as NAME and ADDR.
FINER = {"ZIP", "BIRTHNAME", "USAGENAME"}


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.shipped()


def test_there_are_enough_files_and_the_usual_ones_are_among_them():
    assert len(LEAKS) >= 14
    assert set(DEFAULT_BREACHES) <= set(LEAKS)


def test_a_nation_has_fourteen_files_besides_that_of_its_insurers():
    assert len(set(NATION_BREACHES)) == len(NATION_BREACHES) == 14
    assert set(NATION_BREACHES) <= set(LEAKS) - {"viamedis-almerys-2024"}


@pytest.mark.parametrize("breach", sorted(LEAKS))
def test_a_file_exposes_only_what_the_catalogue_says(catalogue, breach):
    told = {str(found) for found in catalogue.get(breach).classes}
    assert {str(found) for found in LEAKS[breach].classes} <= told | FINER


@pytest.mark.parametrize("breach", sorted(LEAKS))
def test_every_header_is_known_and_stands_once(breach):
    headers = [column.header for column in LEAKS[breach].columns]
    assert all(recognise(header) is not None for header in headers)
    assert len(set(headers)) == len(headers)


@pytest.mark.parametrize("breach", sorted(LEAKS))
def test_a_file_without_a_declared_share_has_a_number_in_the_catalogue(catalogue, breach):
    assert LEAKS[breach].share is not None or catalogue.get(breach).persons
