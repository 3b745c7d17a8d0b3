"""Batches come in one ahead, bounded, and their dates are read one way."""

from __future__ import annotations

from dataclasses import replace
from threading import get_ident

import polars as pl
import pytest

from correlate.reading import Mapping, open_source
from correlate.tokens import Tokeniser
from correlate.vault import ahead, rejected_rows, side_by_side, tokenised
from tests.vault.leaks import people, write


def test_nothing_is_lost_or_moved_on_the_way():
    assert list(ahead(iter(range(1, 50)))) == list(range(1, 50))
    assert list(ahead(iter([]))) == []


def test_only_one_item_is_worked_out_ahead():
    """However long the file: one is used, one waits or is being made."""
    made = []
    for used, item in enumerate(ahead(made.append(item) or item for item in range(1, 100)), start=1):
        assert item == used
        assert len(made) <= used + 1


def test_what_fails_ahead_is_raised_where_it_is_used():
    def items():
        yield 1
        raise KeyError

    taken = []
    with pytest.raises(KeyError):
        taken.extend(ahead(items()))


def test_one_thread_is_one_thread():
    """Whoever may keep one processor busy works where he is called."""
    taken = ahead(side_by_side(lambda _: get_ident(), iter(range(9)), threads=1), threads=1)
    assert set(taken) == {get_ident()}
    assert get_ident() not in set(side_by_side(lambda _: get_ident(), iter(range(9)), threads=2))


def test_the_order_of_dates_is_told_by_the_first_rows_however_they_are_cut(tmp_path, key):
    dates = pl.Series([f"0{month}/0{month}/1980" for month in range(1, 10)] + ["01/31/1980"])
    file = write(people(10).with_columns(date_naissance=dates), tmp_path / "a.csv")
    tokeniser = Tokeniser(key)
    found = []
    for batch_rows in (1, 9, 10):
        with open_source(file, batch_rows=batch_rows) as source:
            found.append(
                [token for _, p in tokenised(tokeniser, source, None) for token in p.tokens["birth_date"]]
            )
    assert found[0] == found[1] == found[2]
    assert 0 not in found[0]
    with open_source(file) as source:
        told = [p for _, p in tokenised(tokeniser, source, Mapping(date_order="dmy"))]
    assert told[0].tokens["birth_date"][9] == 0


def test_a_row_that_names_nobody_is_rejected_with_its_number(tmp_path, key):
    rows = people(5).with_columns(pl.when(pl.int_range(5) != 2).then(pl.all()))
    file = write(rows, tmp_path / "a.csv")
    file.write_text(file.read_text(encoding="utf-8") + "one,two\n", encoding="utf-8")
    with open_source(file) as source:
        [(batch, tokens)] = tokenised(Tokeniser(key), source, None)
    rejects = {(reject.row, reject.reason) for reject in rejected_rows(batch, tokens)}
    assert (3, "nothing-identifying") in rejects
    assert {row for row, _ in rejects} == {3, 6}


@pytest.mark.parametrize("batch_rows", [1, 4, 10, 40])
def test_rows_that_are_picked_come_together_in_order_and_dates_are_read_as_in_the_whole(
    tmp_path, key, batch_rows
):
    dates = pl.Series([f"0{1 + n % 9}/0{1 + n % 9}/1980" for n in range(39)] + ["01/31/1980"])
    file = write(people(40).with_columns(date_naissance=dates), tmp_path / "a.csv")
    tokeniser, seen = Tokeniser(key), []

    def pick(batch):
        numbers = batch.row_numbers
        some = (numbers % 7 == 3) | (numbers == 40)
        return replace(batch, frame=batch.frame.filter(some), rows=numbers.filter(some), rejects=())

    with open_source(file, batch_rows=batch_rows) as source:
        whole = [token for _, p in tokenised(tokeniser, source, None) for token in p.tokens["birth_date"]]
    with open_source(file, batch_rows=batch_rows) as source:
        found = list(
            tokenised(tokeniser, source, None, look=lambda batch: seen.append(batch.count), pick=pick)
        )
    wanted = [3, 10, 17, 24, 31, 38, 40]
    assert sum(seen) == sum(batch.count for batch, _ in found) == 40
    assert [row for batch, _ in found for row in batch.row_numbers] == wanted
    assert [token for _, p in found for token in p.tokens["birth_date"]] == [whole[row - 1] for row in wanted]
    assert all(batch.frame.height <= batch_rows for batch, _ in found)
    assert len(found) <= -(-len(wanted) // batch_rows) + (batch_rows > 1)
    assert [batch.bytes_read for batch, _ in found][-1] == file.stat().st_size
    with open_source(file, batch_rows=batch_rows) as source:
        again = list(tokenised(tokeniser, source, None, pick=pick, skip=1))
    assert [batch.row_numbers.to_list() for batch, _ in again] == [
        batch.row_numbers.to_list() for batch, _ in found[1:]
    ]
