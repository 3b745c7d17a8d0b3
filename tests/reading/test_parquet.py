# ruff: noqa: DTZ001 - columns without a time zone are among what is read
"""Parquet: every cell as canonical text, in whole row groups, only the columns that are used."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.reading import open_source
from correlate.reading.errors import CorruptFile, UnsupportedFormat
from correlate.reading.parquet import _spans


def cells(tmp_path: Path, values: list, kind: pl.DataType | None = None) -> list[str | None]:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"nir": pl.Series(values, dtype=kind, strict=False)}).write_parquet(path)
    with open_source(path) as source:
        return [cell for batch in source.batches() for cell in batch.frame["nir"]]


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        (["0612", "", "NULL", None, " x "], pl.String, ["0612", None, None, None, " x "]),
        (["a", None], pl.Categorical, ["a", None]),
        ([1, -2, None], pl.Int64, ["1", "-2", None]),
        ([2**64 - 1], pl.UInt64, ["18446744073709551615"]),
        (
            [185012345678912.0, 1.5, float("nan"), None, -3.0],
            pl.Float64,
            ["185012345678912", "1.5", None, None, "-3"],
        ),
        ([True, False], pl.Boolean, ["true", "false"]),
        ([dt.date(1980, 2, 3), None], pl.Date, ["1980-02-03", None]),
        (
            [dt.datetime(1980, 2, 3), dt.datetime(1980, 2, 3, 4, 5, 6)],
            pl.Datetime("ms"),
            ["1980-02-03", "1980-02-03T04:05:06"],
        ),
        ([dt.datetime(1980, 2, 2, 23)], pl.Datetime("us", "Europe/Paris"), ["1980-02-03"]),
        ([Decimal("12.00"), Decimal("12.50")], pl.Decimal(12, 2), ["12", "12.50"]),
        ([b"abc"], pl.Binary, ["abc"]),
    ],
)
def test_typed_cells_are_written_canonically(
    tmp_path: Path, values: list, kind: pl.DataType, texts: list
) -> None:
    assert cells(tmp_path, values, kind) == texts


def test_a_list_in_a_used_column_is_refused_and_elsewhere_is_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"nir": ["1"], "autres": [[1, 2]]}).write_parquet(path)
    with open_source(path) as source:
        assert [batch.frame.rows() for batch in source.batches()] == [[("1",)]]
    pl.DataFrame({"nir": ["1"], "tel": [["1", "2"]]}).write_parquet(path)
    with pytest.raises(UnsupportedFormat, match="“tel”"), open_source(path) as source:
        list(source.batches())


@pytest.mark.parametrize(("group_rows", "batch_rows"), [(10, 25), (10, 10), (100, 30), (7, 1000), (100, 1)])
def test_batches_follow_each_other_whatever_the_row_groups(
    tmp_path: Path, group_rows: int, batch_rows: int
) -> None:
    path = tmp_path / "a.parquet"
    frame = pl.DataFrame({"nir": [str(number) for number in range(1, 101)], "x": [0] * 100})
    frame.write_parquet(path, row_group_size=group_rows)
    with open_source(path, batch_rows=batch_rows) as source:
        batches = list(source.batches())
        assert batches[-1].bytes_read == source.bytes
    assert [nir for batch in batches for nir in batch.frame["nir"]] == frame["nir"].to_list()
    assert all(batch.frame["nir"][0] == str(batch.first_row) for batch in batches)
    assert max(batch.count for batch in batches) <= batch_rows
    assert all(batch.rows is None and batch.frame.columns == ["nir"] for batch in batches)


@given(groups=st.lists(st.integers(0, 50)), batch_rows=st.integers(1, 40))
def test_spans_cover_all_rows_and_are_never_too_large(groups: list[int], batch_rows: int) -> None:
    spans = list(_spans(tuple(groups), batch_rows))
    assert sum(spans) == sum(groups)
    assert all(0 < span <= batch_rows for span in spans)


def test_a_header_that_looks_like_a_pattern_is_only_a_header(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"nir": ["1"], "^n.*$": ["2"]}).write_parquet(path)
    with open_source(path, keep=("^n.*$",)) as source:
        assert [batch.frame.rows() for batch in source.batches()] == [[("1", "2")]]


def test_a_file_cut_short_or_overwritten_is_an_error_without_a_value(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"nir": [f"secret{number}" for number in range(1000)]}).write_parquet(
        path, compression="uncompressed"
    )
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CorruptFile):
        open_source(path)
    path.write_bytes(whole[:40] + b"\xff" * 2000 + whole[2040:])
    with pytest.raises(CorruptFile) as caught, open_source(path) as source:
        list(source.batches())
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_file_without_rows_has_no_batches(tmp_path: Path) -> None:
    assert cells(tmp_path, [], pl.String) == []
