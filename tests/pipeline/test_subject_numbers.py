"""Subjects are numbered from 1 as they come, once each, and rows without an id have none."""

from __future__ import annotations

import polars as pl
import pytest

from correlate.pipeline import SubjectNumbers


@pytest.mark.parametrize(
    ("ids", "of_row", "distinct"),
    [
        (["c", "a", "b"], [1, 2, 3], ["c", "a", "b"]),
        (["c", "a", "c", None, "b", "a"], [1, 2, 1, 0, 3, 2], ["c", "a", "b"]),
        ([None, None], [0, 0], []),
        ([], [], []),
    ],
)
def test_a_number_for_each_subject(ids, of_row, distinct):
    found = SubjectNumbers.of(pl.Series(ids, dtype=pl.String))
    assert found.of_row.tolist() == of_row
    assert found.ids.to_list() == distinct
    assert found.frame.rows() == list(zip(distinct, range(1, len(distinct) + 1), strict=True))
