"""A file's batches on their way in: read and tokenised one ahead, dates read one way throughout."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import chain, islice
from typing import TypeVar

import polars as pl

from correlate.normalise import birth, name
from correlate.normalise.birth import DateOrder
from correlate.normalise.full_name import NameOrder
from correlate.reading import Batch, Mapping, Reject, Source
from correlate.timings import timed
from correlate.tokens import Memory, People, Tokeniser
from correlate.vocabulary import Field

__all__ = ["ahead", "awaited", "rejected_rows", "side_by_side", "tokenised"]

Item = TypeVar("Item")
Given = TypeVar("Given")

# Batches under way at a time: more would only hold more memory on the smallest machine this is meant for.
WORKERS = 2

SAMPLE_ROWS = 50_000
NOTHING_IDENTIFYING = "nothing-identifying"


def tokenised(
    tokeniser: Tokeniser,
    source: Source,
    mapping: Mapping | None,
    *,
    asking: bool = False,
    look: Callable[[Batch], None] | None = None,
    skip: int = 0,
    pick: Callable[[Batch], Batch] | None = None,
    threads: int | None = None,
) -> Iterator[tuple[Batch, People]]:
    """Every batch of a file but the first ``skip`` with its tokens; ``look`` sees each before anything is
    made of it, and ``pick`` may leave rows out, so that fewer and fuller batches come, of which ``skip``
    counts; of ``threads`` see :func:`side_by_side`.

    The order of day and month, and that of surname and first name in a column of full names, are told by the
    file's first rows, the same however the batches are cut.
    """
    batches = source.batches()
    held: list[Batch] = []
    rows = 0
    while rows < SAMPLE_ROWS and (batch := next(batches, None)) is not None:
        held.append(batch)
        rows += batch.frame.height
    dates, names, memory = _date_order(held, mapping), _name_order(held), Memory()

    every: Iterator[Batch] = chain(held, batches)
    if pick is not None:
        every, look = _picked(every, look, pick, rows=max((batch.count for batch in held), default=0)), None

    def work(batch: Batch) -> tuple[Batch, People]:
        if look is not None:
            look(batch)
        return batch, tokeniser.people(
            batch.frame, asking=asking, date_order=dates, name_order=names, memory=memory
        )

    yield from side_by_side(work, islice(every, skip, None), threads=threads)


def _picked(
    batches: Iterator[Batch],
    look: Callable[[Batch], None] | None,
    pick: Callable[[Batch], Batch],
    *,
    rows: int,
) -> Iterator[Batch]:
    """What is picked of each batch, put together to at most so many rows: what a batch costs does not hang on
    its rows alone.
    """
    waiting: list[Batch] = []
    for batch in batches:
        if look is not None:
            look(batch)
        some = pick(batch)
        if waiting and sum(part.frame.height for part in waiting) + some.frame.height > rows:
            yield _together(waiting)
            waiting = []
        waiting.append(some)
    if waiting:
        yield _together(waiting)


def _together(parts: list[Batch]) -> Batch:
    return replace(
        parts[-1],
        frame=pl.concat([part.frame for part in parts]),
        first_row=parts[0].first_row,
        count=sum(part.count for part in parts),
        rows=pl.concat([part.row_numbers for part in parts]),
        rejects=tuple(reject for part in parts for reject in part.rejects),
    )


def side_by_side(
    work: Callable[[Given], Item], items: Iterator[Given], *, threads: int | None = None
) -> Iterator[Item]:
    """Work on two items at a time, and give the results in the order of the items; on one alone, or if there
    is to be one thread, without more ado.
    """
    first = list(islice(items, 2))
    if len(first) < 2 or threads == 1:
        yield from map(work, chain(first, items))
        return
    with ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="tokenise") as workers:
        under_way: deque[Future[Item]] = deque()
        try:
            for item in chain(first, items):
                under_way.append(workers.submit(work, item))
                if len(under_way) == WORKERS:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for future in under_way:
                future.cancel()


def _date_order(batches: list[Batch], mapping: Mapping | None) -> DateOrder:
    if mapping is not None and mapping.date_order is not None:
        return mapping.date_order
    dates = _sample(batches, Field.birth_date)
    return "dmy" if dates is None else birth.infer_order(dates)


def _name_order(batches: list[Batch]) -> NameOrder:
    names = _sample(batches, Field.full_name)
    return "first_name_first" if names is None else name.infer_name_order(names)


def _sample(batches: list[Batch], field: Field) -> pl.Series | None:
    column = field.value
    found = [batch.frame[column] for batch in batches if column in batch.frame.columns]
    return pl.concat(found).head(SAMPLE_ROWS) if found else None


def ahead(items: Iterator[Item], *, threads: int | None = None) -> Generator[Item]:
    """Work out the next item in a second thread, if there may be one, while this one is used: reading and
    storing overlap.
    """
    if threads == 1:
        yield from items
        return
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as worker:
        following = worker.submit(next, items, None)
        while (item := following.result()) is not None:
            following = worker.submit(next, items, None)
            yield item


def awaited(batches: Iterator[tuple[Batch, People]]) -> Iterator[tuple[Batch, People]]:
    """The batches; they are tokenised while others are used, and only the waiting is timed."""
    while True:
        with timed("waiting for tokens") as step:
            item = next(batches, None)
            if item is None:
                return
            step.rows_in += item[0].count
            step.rows_out += item[1].height
            step.bytes = item[0].bytes_read
        yield item


def rejected_rows(batch: Batch, people: People) -> list[Reject]:
    """Rows that could not be read, and rows that identify nobody: they can be linked to no one."""
    lost = batch.row_numbers.filter(pl.Series(~people.identified()))
    return [*batch.rejects, *(Reject(row=row, reason=NOTHING_IDENTIFYING) for row in lost.to_list())]
