"""Batches: joined and cut without losing or renumbering a row."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from correlate.reading.batch import Batch, assemble
from correlate.reading.rejects import Reject


def part_of(first_row: int, kept: list[bool]) -> Batch:
    numbers = [first_row + index for index, good in enumerate(kept) if good]
    rejects = tuple(
        Reject(first_row + index, "too-few-fields") for index, good in enumerate(kept) if not good
    )
    return Batch(
        frame=pl.DataFrame({"nir": list(map(str, numbers))}, schema={"nir": pl.String}),
        first_row=first_row,
        count=len(kept),
        rows=pl.Series("row", numbers, pl.Int64) if rejects else None,
        rejects=rejects,
        bytes_read=first_row + len(kept),
    )


@given(
    runs=st.lists(st.lists(st.booleans(), min_size=1, max_size=8), max_size=8), batch_rows=st.integers(1, 20)
)
def test_every_row_comes_out_once_under_its_number(runs: list[list[bool]], batch_rows: int) -> None:
    parts, first_row = [], 1
    for run in runs:
        parts.append(part_of(first_row, run))
        first_row += len(run)
    kept = [good for run in runs for good in run]
    batches = list(assemble(parts, batch_rows))
    assert [batch.count for batch in batches[:-1]] == [batch_rows] * (len(batches) - 1)
    assert sum(batch.count for batch in batches) == len(kept)
    row = 1
    for batch in batches:
        assert batch.first_row == row
        assert batch.frame["nir"].to_list() == list(map(str, batch.row_numbers))
        assert (batch.rows is None) == (batch.frame.height == batch.count)
        assert all(row <= reject.row < batch.next_row for reject in batch.rejects)
        row = batch.next_row
    accepted = [number for batch in batches for number in batch.row_numbers]
    assert accepted == [number for number, good in enumerate(kept, 1) if good]
    rejected = [reject.row for batch in batches for reject in batch.rejects]
    assert rejected == [number for number, good in enumerate(kept, 1) if not good]
