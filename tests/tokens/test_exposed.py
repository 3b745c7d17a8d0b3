"""Which attribute classes each row exposes."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.tokens import TooManyColumns
from correlate.tokens.exposed import ExposedClasses
from correlate.vocabulary import FIELDS, AttributeClass, Field

CLASSES = {
    "nir": {"NIR"},
    "birth_name": {"NAME", "BIRTHNAME"},
    "phone": {"PHONE"},
    "phone.2": {"PHONE"},
    "class:PW": {"PW"},
    "class:PW.2": {"PW"},
    "class:NIR": {"NIR"},
    "keep:id": set(),
    "unknown": set(),
}


@given(st.permutations(sorted(CLASSES)), st.integers(1, 5), st.data())
def test_a_row_exposes_the_classes_of_the_columns_it_fills(columns, height, data):
    present = {c: data.draw(st.lists(st.booleans(), min_size=height, max_size=height)) for c in columns}
    exposed = ExposedClasses(pl.DataFrame({column: [""] * height for column in columns}))
    for column in columns:
        if CLASSES[column]:
            exposed.mark(column, np.array(present[column]))
    found = exposed.collect()
    assert len(set(found.sets)) == len(found.sets)
    order = list(AttributeClass)
    for row in range(height):
        classes = found.sets[found.of_row[row]]
        assert set(classes) == set().union(*(CLASSES[c] for c in columns if present[c][row]))
        assert list(classes) == sorted(classes, key=order.index)


def test_what_is_not_the_persons_is_taken_back_in_those_rows_alone():
    exposed = ExposedClasses(pl.DataFrame({"nir": ["1", "2"], "class:PW": ["a", "b"]}))
    for column in ("nir", "class:PW"):
        exposed.mark(column, np.array([True, True]))
    exposed.unmark("nir", np.array([False, True]))
    found = exposed.collect()
    assert [set(found.sets[number]) for number in found.of_row] == [{"NIR", "PW"}, {"PW"}]


@pytest.mark.parametrize("field", list(Field))
def test_every_field_has_its_classes(field):
    exposed = ExposedClasses(pl.DataFrame({field.value: ["x"]}))
    assert exposed.unmarked == [field.value]
    exposed.mark(field.value, np.array([True]))
    assert exposed.unmarked == []
    assert set(exposed.collect().sets[0]) == set(FIELDS[field].classes)


def test_no_rows_have_no_sets():
    found = ExposedClasses(pl.DataFrame({"nir": []})).collect()
    assert found.sets == ()
    assert found.of_row.dtype == np.int32


def test_sixty_two_columns_are_told_apart_and_more_are_refused():
    columns = [f"phone.{number}" for number in range(2, 63)] + ["nir"]
    exposed = ExposedClasses(pl.DataFrame({column: ["x"] for column in columns}))
    exposed.mark(columns[-1], np.array([True]))
    assert exposed.collect().sets == ((AttributeClass.NIR,),)
    with pytest.raises(TooManyColumns, match="63 columns"):
        ExposedClasses(pl.DataFrame({column: ["x"] for column in [*columns, "class:PW"]}))
