"""What holds for every normaliser of words and dates, whatever the column holds."""

from __future__ import annotations

import string

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.normalise import address, birth, folding, name, national_id, occupation, sex

# Told of a refused date too.
PARTS = ["year_part", "month_part", "day_part"]
NORMALISERS = {
    "surname": (name.normalise_surname, ["surname", "surname_core", "phonetic", "issue"]),
    "first name": (name.normalise_first_name, ["first_name", "phonetic", "initial", "issue"]),
    "sex": (sex.normalise, ["sex", "issue"]),
    "birth date": (
        birth.normalise,
        ["birth_date", "birth_month", "birth_year", "birth_swapped", "precision", "issue", *PARTS],
    ),
    "birth place": (birth.normalise_place, ["birth_place", "issue"]),
    "postcode": (address.normalise_postcode, ["postcode", "department", "issue"]),
    "any postcode": (address.normalise_any_postcode, ["postcode", "department", "issue"]),
    "city": (address.normalise_city, ["city", "issue"]),
    "street": (address.normalise_street, ["street", "issue"]),
    "national id": (national_id.normalise, ["national_id", "issue"]),
    "occupation": (occupation.normalise, ["occupation", "issue"]),
}
CANONICAL = {
    "surname": "surname",
    "first name": "first_name",
    "sex": "sex",
    "birth date": "birth_date",
    "birth place": "birth_place",
    "postcode": "postcode",
    "any postcode": "postcode",
    "city": "city",
    "street": "street",
    "national id": "national_id",
    "occupation": "occupation",
}
# Anything at all, and text made of what these fields are made of, which reaches further in.
ANYTHING = st.text(max_size=30)
LIKELY = st.text(alphabet=string.ascii_letters + "0123456789 -'./,()éÉçœßØ’\u00a0\u200b&;#?", max_size=30)
CELLS = st.lists(st.none() | ANYTHING | LIKELY, max_size=8)


def column(cells: list[str | None]) -> pl.Series:
    return pl.Series("cells", cells, dtype=pl.String)


@pytest.mark.parametrize("field", NORMALISERS)
@given(cells=CELLS)
def test_each_row_has_a_canonical_form_or_an_issue_or_was_blank(field, cells):
    normalise, columns = NORMALISERS[field]
    frame = normalise(column(cells))
    assert frame.columns == columns
    main = "birth_year" if field == "birth date" else CANONICAL[field]
    blank = folding.is_blank(folding.fold(column(cells)))
    for nothing, row in zip(blank, frame.iter_rows(named=True), strict=True):
        if nothing:
            assert set(row.values()) == {None}
        else:
            assert (row[main] is None) == (row["issue"] is not None)
        if row["issue"] is not None and row["issue"] != "name-initial":
            assert {row[other] for other in columns if other not in ("issue", *PARTS)} == {None}


@pytest.mark.parametrize("field", NORMALISERS)
@given(cells=CELLS, cut=st.integers(0, 8))
def test_a_row_does_not_depend_on_its_neighbours(field, cells, cut):
    normalise, _ = NORMALISERS[field]
    apart = [*normalise(column(cells[:cut])).rows(), *normalise(column(cells[cut:])).rows()]
    assert normalise(column(cells)).rows() == apart


@pytest.mark.parametrize("field", NORMALISERS)
@given(cells=CELLS)
def test_a_canonical_form_is_its_own(field, cells):
    normalise, _ = NORMALISERS[field]
    once = normalise(column(cells))[CANONICAL[field]]
    assert normalise(once)[CANONICAL[field]].to_list() == once.to_list()


@pytest.mark.parametrize("field", NORMALISERS)
def test_a_column_without_a_value_may_be_of_another_type(field):
    normalise, columns = NORMALISERS[field]
    assert normalise(pl.Series([None, None])).rows() == [(None,) * len(columns)] * 2


@pytest.mark.parametrize("field", NORMALISERS)
def test_an_empty_column_gives_an_empty_frame(field):
    normalise, columns = NORMALISERS[field]
    frame = normalise(column([]))
    assert (frame.height, frame.columns) == (0, columns)


@pytest.mark.parametrize("field", NORMALISERS)
def test_a_long_column_of_repeats_gives_what_its_values_give(field):
    """Past a thousand rows, distinct values are worked on once and put back in place."""
    normalise, _ = NORMALISERS[field]
    cells = ["Dupont", "12/01/1980", None, "75011", "F", "12 rue Foch", " ", "?"]
    assert normalise(column(cells * 200)).rows() == normalise(column(cells)).rows() * 200
