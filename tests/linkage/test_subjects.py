"""Rows of subjects, and rows of tokens."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from correlate.linkage.packing import grouped
from correlate.linkage.rows import ASKED, BLOCK, matrix, rows_of
from correlate.linkage.subjects import Subjects

groups = st.lists(st.integers(0, 6), max_size=30)


@given(group=groups)
def test_grouping_is_sorting_by_group_that_keeps_the_order(group):
    order, starts = grouped(np.array(group, dtype=np.int64), groups=7)
    assert order.tolist() == sorted(range(len(group)), key=lambda place: group[place])
    assert np.diff(starts).tolist() == [group.count(number) for number in range(7)]


@given(subject=groups)
def test_each_subject_has_its_rows(subject):
    found = Subjects.of(np.array(subject, dtype=np.int64))
    for number in range(1, max(subject, default=0) + 1):
        own = found.rows[found.starts[number] : found.starts[number + 1]]
        assert own.tolist() == [row for row, each in enumerate(subject) if each == number]
    assert found.several == any(subject.count(number) > 1 for number in subject if number)


def test_rows_hold_their_columns_whatever_the_blocks():
    count = BLOCK + 5
    columns = {name: np.arange(count) * 31 + place for place, name in enumerate(ASKED[::2])}
    own = np.arange(count) % 3 == 0
    rows = rows_of(columns, own)
    for name in ASKED:
        assert rows[name].tolist() == columns.get(name, np.zeros(count, np.int64)).tolist()
    assert rows["nir_own"].tolist() == own.tolist()
    assert matrix(rows)[7].tolist() == [*rows[7]]
