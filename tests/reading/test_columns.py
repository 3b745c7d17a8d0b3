"""Columns: which are read, as what, and what is said when that is not clear."""

from __future__ import annotations

from pathlib import Path

import pytest

from correlate.reading import Columns, Mapping
from correlate.reading.columns import assign_columns
from correlate.reading.errors import ColumnClash, MissingHeader, NoColumnRecognised, UnknownColumn
from correlate.vocabulary import AttributeClass

FILE = Path("a.csv")


def assign(*headers: str, keep: tuple[str, ...] = (), **mapping: object) -> Columns:
    return assign_columns(headers, mapping=Mapping(**mapping), keep=keep, file=FILE)


def test_headers_are_recognised_and_the_others_left() -> None:
    columns = assign("Prénom", "n° de sécurité sociale", "whatever", "mot de passe")
    assert columns.targets == ("first_name", "nir", "class:PW")
    assert columns.indices == (0, 1, 3)
    assert columns.ignored == ("whatever",)


def test_repeated_telephones_are_numbered() -> None:
    assert assign("tel", "telephone", "email").targets == ("phone", "phone.2", "email")


def test_repeated_bare_classes_are_numbered() -> None:
    assert assign("x", "y", columns={"x": "PW", "y": "PW"}).targets == ("class:PW", "class:PW.2")


def test_a_mapped_column_takes_the_field_from_a_recognised_one() -> None:
    columns = assign("nom", "libelle", columns={"libelle": "surname"})
    assert (columns.targets, columns.ignored) == (("surname",), ("nom",))


def test_a_mapped_telephone_comes_before_recognised_ones() -> None:
    columns = assign("tel", "contact", columns={"contact": "phone"})
    assert [(column.header, column.target) for column in columns.used] == [
        ("contact", "phone"),
        ("tel", "phone.2"),
    ]


def test_ignored_columns_are_not_recognised() -> None:
    assert assign("nir", "nom", columns={"nom": "ignore"}).targets == ("nir",)


def test_only_mapped_reads_nothing_else() -> None:
    assert assign("nir", "nom", columns={"nom": "surname"}, only_mapped=True).targets == ("surname",)


def test_mapped_headers_are_found_whatever_their_case_and_outer_spaces() -> None:
    assert assign("  Libellé ", columns={"LIBELLÉ": "surname"}).targets == ("surname",)


def test_a_mapping_by_position_counts_from_one() -> None:
    assert assign("a", "b", columns={"2": "nir"}).indices == (1,)


def test_a_header_that_is_a_number_goes_before_a_position() -> None:
    assert assign("a", "1", columns={"1": "nir"}).indices == (1,)


def test_two_columns_for_a_field_that_a_row_has_once_clash() -> None:
    with pytest.raises(ColumnClash, match=r"1 .*“nom”.* and 3 .*“nom de famille”.* surname"):
        assign("nom", "nir", "nom de famille")


def test_a_kept_column_is_passed_through_beside_what_it_carries() -> None:
    columns = assign("email", "Member_ID", keep=("member_id", "email"))
    assert columns.targets == ("email", "keep:member_id", "keep:email")
    assert columns.classes == frozenset({AttributeClass.EMAIL})


def test_the_classes_are_those_of_the_fields_and_the_bare_ones() -> None:
    assert assign("email", "mot de passe").classes == {AttributeClass.EMAIL, AttributeClass.PW}


@pytest.mark.parametrize("options", [{"columns": {"nmo": "surname"}}, {"keep": ("nmo",)}])
def test_a_name_that_is_not_in_the_file_lists_those_that_are(options: dict[str, object]) -> None:
    with pytest.raises(UnknownColumn, match=r"“nmo”.*“nir”, “nom”"):
        assign("nir", "nom", **options)


def test_a_header_that_may_be_a_value_is_counted_and_not_listed() -> None:
    with pytest.raises(UnknownColumn, match="It has “nir”, “libre”, and 1 column more") as caught:
        assign("nir", "libre", "zone 3", keep=("absent",))
    assert "zone" not in str(caught.value)


def test_where_no_header_is_known_none_is_listed() -> None:
    with pytest.raises(NoColumnRecognised, match="It has 2 columns") as caught:
        assign("Durand", "Marie")
    assert "Durand" not in str(caught.value)


def test_a_first_row_of_values_is_not_listed_at_all() -> None:
    with pytest.raises(MissingHeader) as caught:
        assign("Durand", "x@example.org", columns={"Durand": "ignore"})
    assert "Durand" not in str(caught.value)


def test_nor_are_its_names_when_something_else_is_wrong() -> None:
    with pytest.raises(UnknownColumn) as caught:
        assign("Durand", "x@example.org", columns={"zone": "nir"})
    assert "Durand" not in str(caught.value)


def test_without_a_header_row_nothing_is_recognised() -> None:
    assert assign("1", "2", columns={"2": "nir"}).targets == ("nir",)
