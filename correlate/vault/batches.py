"""A file's batches on their way in: read and tokenised one ahead, dates read one way throughout."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TypeVar

import polars as pl

from correlate.normalise import birth
from correlate.normalise.birth import DateOrder
from correlate.reading import Batch, Mapping, Reject, Source
from correlate.tokens import People, Tokeniser
from correlate.vocabulary import Field

__all__ = ["ahead", "date_order", "rejected_rows", "tokenised"]

Item = TypeVar("Item")

DATES_MIN = 50_000
NOTHING_IDENTIFYING = "nothing-identifying"


def tokenised(
    tokeniser: Tokeniser, source: Source, mapping: Mapping | None, *, asking: bool = False
) -> Iterator[tuple[Batch, People]]:
    """Every batch of a file with its tokens.

    The order of day and month is told by the file's first rows, the same however the batches are cut.
    """
    batches = source.batches()
    held: list[Batch] = []
    rows = 0
    wanted = DATES_MIN if mapping is None or mapping.date_order is None else 1
    while rows < wanted and (batch := next(batches, None)) is not None:
        held.append(batch)
        rows += batch.frame.height
    order = _order(held, mapping)
    for batch in chain(held, batches):
        yield batch, tokeniser.people(batch.frame, asking=asking, date_order=order)


def date_order(batch: Batch, mapping: Mapping | None) -> DateOrder:
    """Day or month first: what the mapping says, else what the dates of the first batch show."""
    return _order([batch], mapping)


def _order(batches: list[Batch], mapping: Mapping | None) -> DateOrder:
    if mapping is not None and mapping.date_order is not None:
        return mapping.date_order
    column = Field.birth_date.value
    dates = [batch.frame[column] for batch in batches if column in batch.frame.columns]
    return birth.infer_order(pl.concat(dates).head(DATES_MIN)) if dates else "dmy"


def ahead(items: Iterator[Item]) -> Generator[Item]:
    """Work out the next item in a second thread while this one is used: reading and storing overlap."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as worker:
        following = worker.submit(next, items, None)
        while (item := following.result()) is not None:
            following = worker.submit(next, items, None)
            yield item


def rejected_rows(batch: Batch, people: People) -> list[Reject]:
    """Rows that could not be read, and rows that identify nobody: they can be linked to no one."""
    lost = batch.row_numbers.filter(pl.Series(~people.identified()))
    return [*batch.rejects, *(Reject(row=row, reason=NOTHING_IDENTIFYING) for row in lost.to_list())]
