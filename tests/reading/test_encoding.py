"""Encodings: found out while reading, and never a wrong letter without a word."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.reading import Mapping, open_source
from correlate.reading.encoding import is_single_byte, votes_utf8
from correlate.reading.errors import UnreadableEncoding
from correlate.reading.formats import Compression
from correlate.reading.stream import ByteStream
from correlate.reading.text import SAMPLE_BYTES, TextStream


def rows_of(path: Path, mapping: Mapping | None = None) -> tuple[list[tuple], list[tuple[int, str]], str]:
    with open_source(path, mapping=mapping) as source:
        batches = list(source.batches())
        rows = [row for batch in batches for row in batch.frame.rows()]
        return (
            rows,
            [(reject.row, reject.reason) for batch in batches for reject in batch.rejects],
            source.encoding,
        )


@pytest.mark.parametrize(
    ("encoding", "mark", "found"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8"),
        ("utf-16-le", b"\xff\xfe", "utf-16-le"),
        ("utf-16-be", b"\xfe\xff", "utf-16-be"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
        ("utf-32-le", b"\xff\xfe\0\0", "utf-32-le"),
        ("cp1252", b"", "windows-1252"),
        ("iso-8859-1", b"", "windows-1252"),
        ("iso-8859-15", b"", "iso-8859-15"),
    ],
)
def test_the_usual_encodings_are_recognised(tmp_path: Path, encoding: str, mark: bytes, found: str) -> None:
    text = "nir;prénom\r\n01;Zoé\r\n02;" + ("Maëlle" if encoding == "iso-8859-1" else "Cœur") + "\r\n"
    path = tmp_path / "a.csv"
    path.write_bytes(mark + text.encode(encoding))
    rows, rejects, encoding = rows_of(path)
    assert rows == [("01", "Zoé"), ("02", text.split(";")[-1].strip())]
    assert (rejects, encoding) == ([], found)


def test_an_accent_far_into_the_file_still_tells_its_encoding(tmp_path: Path) -> None:
    lines = SAMPLE_BYTES // 4
    path = tmp_path / "a.csv"
    path.write_bytes(b"nir;nom\n" + b"01;a\n" * lines + "02;É\n".encode("cp1252"))
    rows, rejects, encoding = rows_of(path)
    assert rows[-1] == ("02", "É")
    assert (len(rows), rejects, encoding) == (lines + 1, [], "windows-1252")


def test_a_row_that_is_not_utf8_in_a_utf8_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("nir;nom\n01;É\n02;È\n".encode() + b"03;\xc9\n04;e\n")
    rows, rejects, _ = rows_of(path)
    assert rows == [("01", "É"), ("02", "È"), ("04", "e")]
    assert rejects == [(3, "encoding")]


def test_a_row_in_utf8_in_a_windows_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("nir;nom\n01;É\n02;È\n03;À\n".encode("cp1252") + "04;É\n".encode())
    rows, rejects, _ = rows_of(path)
    assert rows == [("01", "É"), ("02", "È"), ("03", "À")]
    assert rejects == [(4, "encoding")]


def test_a_letter_in_utf8_is_seen_where_the_file_is_read_on(tmp_path: Path) -> None:
    start = "nir;nom\n01;É\n02;È\n03;".encode("cp1252")
    path = tmp_path / "a.csv"
    path.write_bytes(start + b"a" * (SAMPLE_BYTES - len(start) - 1) + "é\n04;b\n".encode())
    rows, rejects, _ = rows_of(path)
    assert [row[0] for row in rows] == ["01", "02", "04"]
    assert rejects == [(3, "encoding")]


def test_a_byte_without_meaning_in_windows_1252_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"nir;nom\n01;\xc9\n02;\x81\n")
    assert rows_of(path)[:2] == ([("01", "É")], [(2, "encoding")])


def test_half_a_character_at_the_end_of_utf16_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\ufeffnir;nom\n01;é\n02;x".encode("utf-16-le") + b"x")
    assert rows_of(path)[:2] == ([("01", "é")], [(2, "encoding")])


def test_an_unpaired_surrogate_in_utf16_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\ufeffnir;nom\n01;\ud83d\n02;x\n".encode("utf-16-le", "surrogatepass"))
    assert rows_of(path)[:2] == ([("02", "x")], [(1, "encoding")])


def test_a_given_encoding_is_trusted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("nir;nom\n01;Ã©\n".encode("cp1252"))
    assert rows_of(path, Mapping(encoding="cp1252"))[0] == [("01", "Ã©")]
    path.write_bytes("nir;nom\n01;é\n".encode("cp850"))
    assert rows_of(path, Mapping(encoding="CP850"))[0] == [("01", "é")]


def test_a_wrong_encoding_of_many_bytes_is_an_error_that_says_where(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"nir;nom\n01;\xff\xff\xff\n")
    with pytest.raises(UnreadableEncoding, match="byte 15"):
        rows_of(path, Mapping(encoding="gb2312"))


@given(
    words=st.lists(
        st.text(st.characters(codec="cp1252", exclude_characters="\0\n"), max_size=8), max_size=30
    ),
    encoding=st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "cp1252"]),
    sizes=st.integers(1, 7),
)
def test_text_comes_through_in_any_portions(
    tmp_path_factory: pytest.TempPathFactory, words: list[str], encoding: str, sizes: int
) -> None:
    path = tmp_path_factory.mktemp("text") / "a"
    text = "\n".join(words)
    path.write_bytes(text.encode(encoding))
    stream = ByteStream(path, Compression.none)
    reader = TextStream(stream, encoding)
    out, buffer = io.BytesIO(), bytearray(sizes)
    while size := reader.readinto(memoryview(buffer)):
        out.write(buffer[:size])
    stream.close()
    assert out.getvalue() == (text.removeprefix("\ufeff")).encode()


def test_which_encodings_have_one_byte_a_character() -> None:
    assert all(map(is_single_byte, ("cp1252", "latin-1", "mac-roman")))
    assert not any(map(is_single_byte, ("utf-8", "utf-16", "gbk", "cp037")))


def test_most_accented_lines_decide_for_utf8() -> None:
    assert votes_utf8("é\né\n".encode() + b"\xe9\n")
    assert not votes_utf8("é\n".encode() + b"\xe9\n\xe9\n")
    assert votes_utf8("aé".encode()[:-1])
