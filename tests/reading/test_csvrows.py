"""CSV rows: the fast way and the exact one agree, and rows are counted exactly."""

from __future__ import annotations

import io

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from correlate.reading.batch import Batch
from correlate.reading.blocks import BlockWalk, Lines
from correlate.reading.columns import Column, Columns
from correlate.reading.csvrows import CsvRows
from correlate.reading.records import ROW_BYTES_MAX, VALUE_LINES_MAX


class Exact(CsvRows):
    """Rows one by one only."""

    def fast(self, lines: Lines) -> None:  # noqa: ARG002 - the way that is not taken
        return None


def all_columns(width: int, skip: int | None = None) -> Columns:
    used = tuple(
        Column(index=index, header=f"h{index}", target=f"t{index}", carries=None)
        for index in range(width)
        if index != skip
    )
    return Columns(used=used, ignored=())


def walk(text: bytes, rows: CsvRows, block_bytes: int = 1 << 16) -> tuple[list[tuple], list[tuple], int]:
    """Give (row number, cells...) of all rows, (row number, reason) of all rejects, and the count of rows."""
    found, rejects, count = [], [], 0
    for part in BlockWalk(io.BytesIO(text), rows, block_bytes).parts():
        assert part.first_row == count + 1
        assert part.frame.height + len(part.rejects) == part.count
        numbers = part.row_numbers.to_list()
        found += [(number, *cells) for number, cells in zip(numbers, part.frame.rows(), strict=True)]
        rejects += [(reject.row, reject.reason) for reject in part.rejects]
        count += part.count
    return found, rejects, count


def read(text: bytes, width: int = 3, **options: int) -> tuple[list[tuple], list[tuple], int]:
    return walk(text, CsvRows(delimiter=";", width=width, columns=all_columns(width)), **options)


pieces = st.sampled_from(
    [
        b"a",
        b"b;c",
        b";",
        b'"',
        b'""',
        b'"x"',
        b'"x;y"',
        b'"x\ny"',
        b"\n",
        b"\r\n",
        b"\r",
        b" ",
        b"\xc3\xa9",
        b"\xe9",
        b"\x00",
        b"1;2;3\n",
        b'"1";2;"3"\n',
        b"1;2;3\r\n",
        b"\n\n",
        b"1;2\n",
    ]
)
texts = st.lists(pieces, max_size=30).map(b"".join)


@given(text=texts, width=st.integers(1, 4), block_bytes=st.integers(4, 80))
@example(text=b'"\n\n', width=1, block_bytes=80)  # blank lines within a quote that is never closed
@example(text=b'1;"\n\n', width=2, block_bytes=80)
@example(text=b'a";"', width=2, block_bytes=80)  # an even number of quotes, of which one is open
@example(text=b'"x\ny"z;2', width=2, block_bytes=80)
@example(text=b"a\ra", width=1, block_bytes=80)
def test_the_fast_way_gives_what_the_exact_one_does(text: bytes, width: int, block_bytes: int) -> None:
    columns = all_columns(width)
    exact = walk(text, Exact(delimiter=";", width=width, columns=columns))
    assert walk(text, CsvRows(delimiter=";", width=width, columns=columns)) == exact
    assert walk(text, CsvRows(delimiter=";", width=width, columns=columns), block_bytes) == exact


def test_a_row_of_another_width_is_set_aside_and_the_rest_goes_on() -> None:
    rows, rejects, count = read(b"1;2;3\n4;5\n6;7;8;9\n\n10;11;12")
    assert rows == [(1, "1", "2", "3"), (4, "10", "11", "12")]
    assert rejects == [(2, "too-few-fields"), (3, "too-many-fields")]
    assert count == 4


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b'a;"b;c', "unclosed-quote"),
        (b"a;b\0;c", "nul-byte"),
        (b'a;"b\0";c', "nul-byte"),
        (b"a;b\rb;c", "carriage-return"),
        (b"a;b\xff;c", "encoding"),
    ],
)
def test_a_malformed_row_has_its_reason(row: bytes, reason: str) -> None:
    rows, rejects, _ = read(b"1;2;3\n" + row + b"\n4;5;6\n")
    assert rows == [(1, "1", "2", "3"), (3, "4", "5", "6")]
    assert rejects == [(2, reason)]


def test_quotes_hold_delimiters_line_ends_and_doubled_quotes() -> None:
    rows, rejects, _ = read(b'"a;b";"c\r\nd";"e ""f"""\r\n""; x ;"g"h\r\n')
    assert rows == [(1, "a;b", "c\r\nd", 'e "f"'), (2, "", " x ", "gh")]
    assert rejects == []


def test_a_quote_within_a_field_is_only_a_quote() -> None:
    assert read(b'5" pipe;a "b" c;d"\n')[0] == [(1, '5" pipe', 'a "b" c', 'd"')]


def test_a_stray_quote_costs_one_row() -> None:
    rows, rejects, _ = read(b'1;"2;3\n4;5;6\n7;"8";9\n')
    assert (rows, rejects) == ([(2, "4", "5", "6"), (3, "7", "8", "9")], [(1, "unclosed-quote")])


def test_a_stray_quote_does_not_swallow_the_rows_up_to_the_next_one() -> None:
    clean = b"4;5;6\n" * (VALUE_LINES_MAX + 1)
    rows, rejects, count = read(b'1;"2;3\n' + clean + b'7;8";9\n')
    assert [reason for _, reason in rejects] == ["unclosed-quote"]
    assert len(rows) == VALUE_LINES_MAX + 2
    assert count == VALUE_LINES_MAX + 3


def test_a_line_without_an_end_is_dropped_in_bounded_memory() -> None:
    class Endless:
        """As many bytes of one line as are asked for, and then a good row."""

        left = 6 * ROW_BYTES_MAX
        largest = 0

        def readinto(self, buffer: memoryview, /) -> int:
            self.largest = max(self.largest, len(buffer))
            size = min(len(buffer), self.left)
            if size:
                buffer[:size] = b"x" * size
                self.left -= size
                return size
            tail, self.tail = self.tail[: len(buffer)], self.tail[len(buffer) :]
            buffer[: len(tail)] = tail
            return len(tail)

        tail = b"\n4;5;6\n"

    text = Endless()
    parts = list(BlockWalk(text, CsvRows(delimiter=";", width=3, columns=all_columns(3))).parts())
    assert [reject for part in parts for reject in part.rejects] == [(1, "line-too-long", "")]
    assert [row for part in parts for row in part.frame.rows()] == [("4", "5", "6")]
    assert parts[-1].row_numbers.to_list() == [2]
    assert text.largest <= 4 * ROW_BYTES_MAX


def test_a_quote_that_never_closes_costs_one_row_and_bounded_memory() -> None:
    line = b"4;5;" + b"6" * 4000 + b"\n"

    class Long(io.BytesIO):
        largest = 0

        def readinto(self, buffer: memoryview, /) -> int:
            self.largest = max(self.largest, len(buffer))
            return super().readinto(buffer)

    text = Long(b'1;"2;3\n' + line * (3 * ROW_BYTES_MAX // len(line)))
    parts = list(BlockWalk(text, CsvRows(delimiter=";", width=3, columns=all_columns(3))).parts())
    assert [reject for part in parts for reject in part.rejects] == [(1, "unclosed-quote", "")]
    assert sum(part.frame.height for part in parts) == 3 * ROW_BYTES_MAX // len(line)
    assert text.largest <= 2 * ROW_BYTES_MAX


def test_a_value_over_lines_where_work_is_divided_stays_one_row() -> None:
    # Arrow divides a block at the last newline before each MiB: here that one is within quotes.
    text = b'"aaaaaaa"\n' * 104_857 + b'"b\ncccccccccccc"\n'
    rows, rejects, count = walk(text, CsvRows(delimiter=";", width=1, columns=all_columns(1)), 1 << 23)
    assert (rows[-1], rejects, count) == ((104_858, "b\ncccccccccccc"), [], 104_858)


def test_only_used_columns_are_read_and_damage_elsewhere_is_no_matter() -> None:
    columns = all_columns(3, skip=1)
    text = b"1;\xff;3\n4;5;6\n"
    assert walk(text, CsvRows(delimiter=";", width=3, columns=columns))[:2] == (
        [(1, "1", "3"), (2, "4", "6")],
        [],
    )


def test_a_column_may_be_read_twice() -> None:
    column = all_columns(1).used[0]
    twice = Columns(used=(column, Column(index=0, header="h0", target="keep:h0", carries=None)), ignored=())
    assert walk(b"1;2\n", CsvRows(delimiter=";", width=2, columns=twice))[0] == [(1, "1", "1")]


def test_one_fault_leaves_the_rest_of_a_large_text_whole() -> None:
    lines = [b"%d;b;c" % number for number in range(1, 60_001)]
    lines[29_999] = b"30000;b"
    rows, rejects, count = read(b"\n".join(lines), block_bytes=1 << 20)
    assert rejects == [(30_000, "too-few-fields")]
    assert [row[0] for row in rows] == [number for number in range(1, 60_001) if number != 30_000]
    assert all(int(row[1]) == row[0] for row in rows)
    assert count == 60_000


def test_values_over_lines_keep_the_rows_of_a_large_text_in_step() -> None:
    lines = [
        b'%d;"b\n%d";c' % (number, number) if number % 9 else b"%d;b;c" % number
        for number in range(1, 40_001)
    ]
    rows, rejects, count = read(b"\n".join(lines), block_bytes=1 << 20)
    assert (rejects, count) == ([], 40_000)
    assert [int(row[1]) for row in rows] == list(range(1, 40_001))
    assert all(row[2] == (f"b\n{row[0]}" if row[0] % 9 else "b") for row in rows)


def test_a_batch_numbers_its_rows() -> None:
    batch = Batch(frame=pl.DataFrame({"nir": ["1", "2"]}), first_row=8, count=2)
    assert batch.row_numbers.to_list() == [8, 9]
    assert batch.next_row == 10
