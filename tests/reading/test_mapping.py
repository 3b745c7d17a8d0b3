"""Mappings: read from TOML, and refused by name when something in them is unknown."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from correlate.errors import InputError
from correlate.reading import Mapping, load_mapping
from correlate.reading.errors import MissingFile, UnknownMappingKey, UnknownTarget, UnreadableMapping


def load(tmp_path: Path, text: str) -> Mapping:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return load_mapping(path)


def test_a_whole_mapping_is_read(tmp_path: Path) -> None:
    mapping = load(
        tmp_path,
        """
        only_mapped = true
        [columns]
        "Num Sécu" = "nir"
        mot_passe = "PW"
        libelle = "ignore"
        [read]
        delimiter = ";"
        encoding = "cp1252"
        header = true
        date_order = "dmy"
        """,
    )
    assert dict(mapping.columns) == {"Num Sécu": "nir", "mot_passe": "PW", "libelle": "ignore"}
    assert (mapping.delimiter, mapping.encoding, mapping.header) == (";", "cp1252", True)
    assert (mapping.date_order, mapping.only_mapped) == ("dmy", True)


def test_an_empty_mapping_leaves_everything_to_the_file(tmp_path: Path) -> None:
    mapping = load(tmp_path, "")
    assert (dict(mapping.columns), mapping.delimiter, mapping.header) == ({}, None, None)


@pytest.mark.parametrize(
    ("text", "valid"), [("colums = 1", "columns, only_mapped, read"), ("[read]\nsep = ','", "delimiter")]
)
def test_an_unknown_key_lists_the_valid_ones(tmp_path: Path, text: str, valid: str) -> None:
    with pytest.raises(UnknownMappingKey, match=valid):
        load(tmp_path, text)


def test_an_unknown_field_lists_the_valid_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownTarget, match=r"“num” to “nirr”.*nir, full_name.*PWHASH.*ignore"):
        load(tmp_path, '[columns]\nnum = "nirr"')


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[columns", "it is not TOML"),
        ("columns = 3", "columns is a table"),
        ("[columns]\nnum = 3", "one text"),
        ("only_mapped = 1", "only_mapped is true or false"),
        ("[read]\ndelimiter = 1", "delimiter is a text"),
        ("[read]\ndelimiter = ';;'", "delimiter is one character"),
        ("[read]\ndelimiter = '\"'", "delimiter is one character"),
        ("[read]\nencoding = 'utf-9'", "utf-9.* is unknown"),
        ("[read]\nencoding = 'rot13'", "rot13.* is unknown"),
        ("[read]\ndate_order = 'ymd'", "date_order"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(UnreadableMapping, match=reason):
        load(tmp_path, text)


def test_a_mapping_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match=r"absent\.toml"):
        load_mapping(tmp_path / "absent.toml")
    with pytest.raises(InputError, match="directory"):
        load_mapping(tmp_path)


def test_a_mapping_in_latin_1_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes('"Sécu" = 1'.encode("latin-1"))
    with pytest.raises(UnreadableMapping, match="UTF-8"):
        load_mapping(path)


def test_a_mapping_does_not_change_with_the_dictionary_it_was_made_of() -> None:
    columns = {"a": "nir"}
    mapping = Mapping(columns=columns)
    columns["a"] = "email"
    assert mapping.columns["a"] == "nir"
    assert pickle.loads(pickle.dumps(mapping)) == mapping  # noqa: S301 - made a moment ago
