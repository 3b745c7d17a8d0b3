"""Columns that are passed through: lists in them, files with nothing else, and the keys of every line."""

from __future__ import annotations

import json

import polars as pl
import pytest

from correlate.reading import open_columns, open_frame, open_input, open_source
from correlate.reading.errors import NoColumnRecognised, UnsupportedFormat

LISTS = [["a", "b"], [], ["c"]]


def cells(source, column: str = "keep:told") -> list[str | None]:
    with source:
        return [cell for batch in source.batches() for cell in batch.frame[column].to_list()]


@pytest.fixture
def files(tmp_path):
    frame = pl.DataFrame({"id": ["1", "2", "3"], "told": LISTS})
    frame.write_parquet(tmp_path / "f.parquet")
    frame.write_ndjson(tmp_path / "f.jsonl")
    return [tmp_path / "f.parquet", tmp_path / "f.jsonl", frame]


def test_a_list_in_such_a_column_comes_out_as_one_text(files):
    for given in files:
        source = open_input(given, keep=("id",), lists=("told",), kept_suffice=True)
        assert cells(source) == ["a|b", None, "c"]


def test_elsewhere_a_list_is_what_it_was(files):
    parquet, jsonl, frame = files
    for given in (parquet, frame):
        with pytest.raises(UnsupportedFormat):
            cells(open_input(given, keep=("told",), kept_suffice=True))
    with open_source(jsonl, keep=("told",), kept_suffice=True) as source:
        rejects = [reject.reason for batch in source.batches() for reject in batch.rejects]
    assert rejects == ["nested-value"] * 3


def test_columns_that_are_passed_through_suffice_only_where_that_is_said(files):
    for given in files:
        with pytest.raises(NoColumnRecognised):
            open_input(given, keep=("id",), lists=("told",))
    with pytest.raises(NoColumnRecognised):
        open_frame(pl.DataFrame({"id": ["1"]}), kept_suffice=True)


def test_two_columns_are_chosen_by_the_headers(tmp_path):
    (tmp_path / "f.csv").write_text("nom;id;told\nx;1;a,b\n;2;\n")
    source = open_columns(tmp_path / "f.csv", lambda headers: (headers[1], headers[2]))
    assert [column.carries for column in source.columns.used] == [None, None]
    assert cells(source) == ["a,b", None]


def test_the_keys_of_json_lines_are_those_of_all_lines(tmp_path):
    """However late, escaped or deep a key stands; what stands in a value is none."""
    lines = ['{"id": "1", "nom": "say \\"key\\": not \\\\"}'] * 9_000
    late = json.dumps({"n\u00e9": {"deep": [{"deeper": 1}]}}) + '\n{"n\\u0069r" : 2, "cut": "x\n{"after": 3}'
    (tmp_path / "f.jsonl").write_text("\n".join([*lines, late]))
    with open_source(tmp_path / "f.jsonl") as source:
        assert source.headers == ("id", "nom")
        assert source.keys() == {"id", "nom", "né", "deep", "deeper", "nir", "cut", "after"}


def test_the_keys_of_other_files_are_their_headers(tmp_path):
    frame = pl.DataFrame({"nom": ["x"], "autre": ["y"]})
    frame.write_csv(tmp_path / "f.csv")
    frame.write_parquet(tmp_path / "f.parquet")
    for given in (tmp_path / "f.csv", tmp_path / "f.parquet", frame):
        with open_input(given) as source:
            assert source.keys() == {"nom", "autre"}
