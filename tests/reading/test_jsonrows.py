"""JSON lines: one object a line, the fast way and the exact one agree."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.reading.blocks import BlockWalk, Lines
from correlate.reading.columns import Column, Columns
from correlate.reading.jsonrows import JsonRows, find_paths


class Exact(JsonRows):
    """Rows one by one only."""

    def fast(self, lines: Lines) -> None:  # noqa: ARG002 - the way that is not taken
        return None


def columns_of(*names: str) -> Columns:
    return Columns(
        used=tuple(Column(index=i, header=name, target=name, carries=None) for i, name in enumerate(names)),
        ignored=(),
    )


def walk(
    text: bytes,
    kind: type[JsonRows] = JsonRows,
    paths: tuple[tuple[str, ...], ...] = (("a",), ("b",)),
    block_bytes: int = 1 << 16,
):
    rows = kind(paths=paths, columns=columns_of(*map(".".join, paths)))
    found, rejects = [], []
    for part in BlockWalk(io.BytesIO(text), rows, block_bytes).parts():
        assert part.frame.height + len(part.rejects) == part.count
        found += zip(part.row_numbers.to_list(), part.frame.rows(), strict=True)
        rejects += [(reject.row, reject.reason) for reject in part.rejects]
    return found, rejects


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(allow_nan=True), st.text(max_size=6),
    st.sampled_from(["[x", "{", "\ud800", "\0", "é"]), st.lists(st.integers(), max_size=1), st.just({"k": 1}),
)  # fmt: skip
objects = st.dictionaries(st.sampled_from(["a", "b", "c"]), scalars, max_size=3).map(json.dumps)
lines = st.one_of(
    objects,
    objects,
    objects,
    st.sampled_from(["", " ", "{", "[1]", "null", '{"a":1,"a":2}', '{"a":1} x', "{}\r"]),
)


@given(text=st.lists(lines, max_size=8).map("\n".join), block_bytes=st.integers(4, 80))
def test_the_fast_way_gives_what_the_exact_one_does(text: str, block_bytes: int) -> None:
    exact = walk(text.encode(), Exact)
    assert walk(text.encode()) == exact
    assert walk(text.encode(), block_bytes=block_bytes) == exact


def test_numbers_are_written_out_and_absent_keys_are_null() -> None:
    text = b'{"a":612345678.0,"b":1.85e14}\n{"a":1.50,"b":true}\n{"b":null}\n'
    text += b'{"a":1e-7,"b":12345678901234567890123}'
    assert [cells for _, cells in walk(text)[0]] == [
        ("612345678", "185000000000000"),
        ("1.5", "true"),
        (None, None),
        ("0.0000001", "12345678901234567890123"),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a":1', "json-malformed"),
        (b'{"a":NaN}', "json-malformed"),
        (b'{"a":1e999}', "json-malformed"),
        (b"[" * 100_000, "json-malformed"),
        (b'{"a":' + b"9" * 5000 + b"}", "json-malformed"),
        (b"[1]", "json-not-object"),
        (b'{"a":[1]}', "nested-value"),
        (b'{"a":{"k":1}}', "nested-value"),
        (b'{"a":"\\u0000"}', "nul-byte"),
        (b'{"a":"\\ud800"}', "encoding"),
        (b'{"a":"\xff"}', "encoding"),
    ],
)
def test_a_line_that_cannot_be_used_is_set_aside(line: bytes, reason: str) -> None:
    rows, rejects = walk(b'{"a":"x"}\n' + line + b'\n\n{"b":"y"}\n')
    assert rows == [(1, ("x", None)), (3, (None, "y"))]
    assert rejects == [(2, reason)]


def test_an_object_within_gives_dotted_columns() -> None:
    text = b'{"nir":"1","contact":{"email":"x","tel":"y"}}\n{"contact":null,"ville":"z"}\n{oops\n'
    paths = find_paths(text)
    assert list(paths) == ["nir", "contact.email", "contact.tel", "contact", "ville"]
    rows = walk(text, paths=(("nir",), ("contact", "email")))[0]
    assert rows == [(1, ("1", "x")), (2, (None, None))]
