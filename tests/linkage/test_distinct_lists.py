"""Distinct lists: each is numbered once, however they come, and new ones in the order of their items."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from correlate.linkage import distinct_lists
from correlate.linkage.distinct_lists import DistinctLists, Lists, list_column

some_lists = st.lists(
    st.lists(st.integers(-3, 3) | st.integers(-(2**63), 2**63 - 1), max_size=4), max_size=30
)


def laid(rows: list[list[int]]) -> Lists:
    return Lists.of_column(pl.Series("elements", rows, dtype=pl.List(pl.Int64)))


@given(st.lists(some_lists, max_size=5))
def test_each_distinct_list_has_one_number_and_is_found_under_it(batches):
    table = DistinctLists()
    known: dict[tuple[int, ...], int] = {}
    for batch in batches:
        fresh = sorted({tuple(row) for row in batch} - known.keys())
        known |= {row: number for number, row in enumerate(fresh, table.count)}
        assert table.numbered(laid(batch)).tolist() == [known[tuple(row)] for row in batch]
    assert table.count == len(known)
    held = list_column(table.lists(0, table.count)).to_list()
    assert held == [list(row) for row in sorted(known, key=known.__getitem__)]


@given(some_lists, some_lists)
def test_what_was_appended_is_known(rows, others):
    rows = [list(row) for row in dict.fromkeys(map(tuple, rows))]
    table = DistinctLists()
    table.append(laid(rows))
    assert table.numbered(laid(rows)).tolist() == list(range(len(rows)))
    table.numbered(laid(others))
    assert table.numbered(laid(rows)).tolist() == list(range(len(rows)))


def test_lists_whose_hashes_meet_are_told_apart(monkeypatch):
    """All of them do here."""
    monkeypatch.setattr(Lists, "hashes", lambda self: np.zeros(len(self), dtype=np.int64))
    table = DistinctLists()
    rows = [[n % 7, n % 5] for n in range(60)]
    first, again = table.numbered(laid(rows)), table.numbered(laid(rows[::-1]))
    assert table.count == 35
    assert first.tolist() == again[::-1].tolist()


def test_the_order_of_items_counts():
    table = DistinctLists()
    assert len(set(table.numbered(laid([[1, 2], [2, 1], [1], [2], [], [1, 2, 2]])).tolist())) == 6


def test_room_is_made_for_many(monkeypatch):
    monkeypatch.setattr(distinct_lists, "LEAST_PLACES", 2)
    table = DistinctLists()
    rows = [[n, -n] for n in range(500)]
    assert table.numbered(laid(rows[:100])).tolist() == list(range(100))
    table.append(laid(rows[100:300]))
    assert table.numbered(laid(rows)).tolist() == list(range(500))


def test_the_loop_gives_the_same_compiled(monkeypatch):
    real = distinct_lists._find
    rows = [[n % 11, n % 3, n % 2][: n % 4] for n in range(300)]
    found = []
    for form in (real.plain, real.compiled()):
        monkeypatch.setattr(distinct_lists, "_find", lambda _turns, form=form: form)
        monkeypatch.setattr(distinct_lists, "LEAST_PLACES", 2)
        table = DistinctLists()
        found.append([table.numbered(laid(part)).tolist() for part in (rows[:20], rows[10:], rows)])
    assert found[0] == found[1]
