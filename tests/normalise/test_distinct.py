"""Working on distinct values gives what working on every value gives, with less work."""

from __future__ import annotations

import polars as pl

from correlate.normalise.distinct import by_distinct


def test_repeats_are_worked_on_once_and_put_back_in_place():
    seen = []

    def lengths(values: pl.Series) -> pl.DataFrame:
        seen.append(values.len())
        return pl.DataFrame({"length": values.str.len_chars()})

    values = pl.Series("any", ["a", None, "ccc", "bb"] * 1_000)
    frame = by_distinct(values, lengths)
    assert frame.columns == ["length"]
    assert frame["length"].to_list() == [1, None, 3, 2] * 1_000
    assert seen == [4]


def test_few_or_different_values_are_not_searched_for_repeats():
    def same(values: pl.Series) -> pl.DataFrame:
        return values.to_frame("same")

    few = pl.Series(["a", "a"])
    many = pl.Series([f"{number}" for number in range(3_000)])
    assert by_distinct(few, same)["same"].to_list() == few.to_list()
    assert by_distinct(many, same)["same"].to_list() == many.to_list()
