"""CSV layouts: delimiter, headers and where the data begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from correlate.reading import Mapping
from correlate.reading.errors import EmptyFile, MissingHeader, UnreadableHeader
from correlate.reading.layout import Layout, find_layout


def layout(text: bytes, name: str = "a.csv", **mapping: object) -> Layout:
    return find_layout(text, mapping=Mapping(**mapping), path=Path(name))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ":"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in (["nir", "nom", "ville"], ["1", "a b", "c"])) + "\n"
    assert layout(text.encode()).delimiter == delimiter


def test_the_delimiter_that_makes_headers_known_wins() -> None:
    found = layout(b"nir;adresse;note\n1;2, rue X, bat B;a\n2;3, rue Y, bat C;b\n")
    assert (found.delimiter, found.headers) == (";", ("nir", "adresse", "note"))


def test_known_headers_count_for_more_than_many_columns() -> None:
    assert layout(b"nom;remarques, avis, notes, autres\n").delimiter == ";"


def test_a_delimiter_in_quotes_counts_for_nothing() -> None:
    assert layout(b'nir|"a,b,c,d"\n1|"e,f,g,h"\n').delimiter == "|"


def test_a_given_delimiter_is_not_questioned() -> None:
    assert layout(b"nir,a;nom,b\n", delimiter=",").headers == ("nir", "a;nom", "b")


def test_a_spreadsheets_first_line_gives_the_delimiter() -> None:
    found = layout(b"sep=|\r\nnir|nom;x\r\n1|2\r\n")
    assert (found.delimiter, found.headers, found.start) == ("|", ("nir", "nom;x"), 18)


def test_a_file_with_one_column_has_one() -> None:
    assert layout(b"email\na@example.org\n").headers == ("email",)


def test_blank_lines_before_the_header_are_skipped() -> None:
    assert layout(b"\r\n\r\nnir;nom\r\n1;2\r\n").headers == ("nir", "nom")


def test_headers_may_be_quoted_over_lines() -> None:
    assert layout(b'"nir";"nom\nde famille"\n1;2\n').headers == ("nir", "nom\nde famille")


def test_a_delimiter_at_the_end_of_rows_but_not_of_the_header_is_a_nameless_column() -> None:
    assert layout(b"nir;nom\n1;2;\n3;4;\n").headers == ("nir", "nom", "")


def test_values_in_the_first_row_are_not_taken_for_headers() -> None:
    with pytest.raises(MissingHeader) as caught:
        layout(b"180017511100123;Dupont\n2;x\n")
    assert "Dupont" not in str(caught.value)
    assert "18001" not in str(caught.value)


def test_a_file_without_headers_is_mapped_by_position() -> None:
    found = layout(b"a@example.org:secret\n", columns={"1": "email", "2": "PW"})
    assert (found.named, found.headers, found.start) == (False, ("1", "2"), 0)


def test_positions_may_also_map_a_file_with_headers() -> None:
    assert layout(b"x;y\n1;2\n", columns={"1": "nir"}).named


def test_the_mapping_may_say_whether_there_is_a_header() -> None:
    assert not layout(b"nir;nom\n1;2\n", header=False).named
    assert layout(b"a@b;c\n1;2\n", header=True).headers == ("a@b", "c")


@pytest.mark.parametrize("text", [b"\n\n", b" \r\n"])
def test_a_file_of_blank_lines_is_empty(text: bytes) -> None:
    with pytest.raises(EmptyFile):
        layout(text)


@pytest.mark.parametrize(("text", "reason"), [(b'"nir;nom\n1;2\n', "quote"), (b"", "too long")])
def test_a_first_row_without_an_end_is_an_error(text: bytes, reason: str) -> None:
    with pytest.raises(UnreadableHeader, match=reason):
        layout(text)
