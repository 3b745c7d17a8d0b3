"""Sources: any file a user gives, read as it was written, or refused with a reason."""

from __future__ import annotations

import csv
import gzip
import io
import os
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from correlate.errors import InputError
from correlate.reading import Format, Mapping, open_source
from correlate.reading.columns import assign_columns
from correlate.reading.errors import (
    ChangedFile,
    CorruptFile,
    EmptyFile,
    FolderGiven,
    MissingFile,
    MissingHeader,
    NoColumnRecognised,
    UnreadableFile,
    UnreadableHeader,
    UnsupportedFormat,
)
from correlate.reading.nulls import NULL_MARKERS
from correlate.reading.texttable import TextTable

FIELDS = ("nir", "surname", "first_name", "city")


def read(path: Path, **options: object) -> tuple[list[tuple], list[tuple[int, str]]]:
    with open_source(path, **options) as source:
        batches = list(source.batches())
    rows = [row for batch in batches for row in batch.frame.rows()]
    return rows, [(reject.row, reject.reason) for batch in batches for reject in batch.rejects]


def written(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


values = st.one_of(
    st.sampled_from(
        [*NULL_MARKERS, "0612345678", "01000", "LE GALL", "O'Neil", 'dit "Jo"', "a;b,c\td|e", "é œ €"]
    ),
    st.text(st.characters(codec="cp1252", exclude_characters="\0"), max_size=6),
)


@given(data=st.data())
def test_what_a_csv_writer_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    width = data.draw(st.integers(1, 4))
    table = data.draw(st.lists(st.tuples(*[values] * width), max_size=12))
    delimiter = data.draw(st.sampled_from(",;\t|:"))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    text = io.StringIO(newline="")
    quoting = data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    line_end = data.draw(st.sampled_from(["\n", "\r\n"]))
    if quoting == csv.QUOTE_MINIMAL:
        # Before Python 3.13 the writer leaves a lone carriage return unquoted, where it ends a line.
        table = [tuple(value.replace("\r", " ") for value in row) for row in table]
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=line_end).writerows(
        [FIELDS[:width], *table]
    )
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    # A mark of UTF-8 or UTF-16 says which it is; without one, a few accents may not tell enough.
    mapping = Mapping(delimiter=delimiter, encoding=encoding if encoding == "cp1252" else None)
    source = TextTable(path, mapping, block_bytes=data.draw(st.integers(8, 300)))
    columns = assign_columns(source.headers, mapping=mapping, file=path)
    batches = list(source.parts(columns, data.draw(st.integers(1, 15))))
    expected = [tuple(None if value in NULL_MARKERS else value for value in row) for row in table]
    assert [row for batch in batches for row in batch.frame.rows()] == expected
    assert [reject for batch in batches for reject in batch.rejects] == []
    assert [number for batch in batches for number in batch.row_numbers] == list(range(1, len(table) + 1))


@pytest.mark.parametrize("batch_rows", [1, 2, 3, 100])
def test_formats_give_the_same_rows_whatever_the_batch(tmp_path: Path, batch_rows: int) -> None:
    frame = pl.DataFrame({"nir": ["01", "02", "03", None], "nom": ["É", "b", None, "d"]})
    frame.write_csv(tmp_path / "a.csv")
    frame.write_csv(tmp_path / "a.tsv", separator="\t")
    frame.write_ndjson(tmp_path / "a.jsonl")
    frame.write_parquet(tmp_path / "a.parquet")
    plain = (tmp_path / "a.csv").read_bytes()
    written(tmp_path / "a.csv.gz", gzip.compress(plain))
    written(tmp_path / "a.csv.zst", pa.compress(plain, codec="zstd", asbytes=True))
    written(tmp_path / "a.jsonl.gz", gzip.compress((tmp_path / "a.jsonl").read_bytes()))
    for path in tmp_path.iterdir():
        with open_source(path, batch_rows=batch_rows) as source:
            batches = list(source.batches())
            assert [row for batch in batches for row in batch.frame.rows()] == frame.rows(), path.name
            assert [batch.count for batch in batches] == [min(batch_rows, 4)] * len(
                batches
            ) or batch_rows == 3
            assert batches[-1].bytes_read == source.bytes == path.stat().st_size


def test_a_source_says_what_it_found(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "nir;nom;x\n1;É;\n")
    with open_source(path, keep=("x",)) as source:
        assert (source.format, source.encoding, source.delimiter) == (Format.csv, "utf-8", ";")
        assert source.headers == ("nir", "nom", "x")
        assert source.columns.targets == ("nir", "surname", "keep:x")
        assert source.checksum() == xxhash.xxh3_128(path.read_bytes()).hexdigest()


def test_content_goes_before_the_files_ending(tmp_path: Path) -> None:
    pl.DataFrame({"nir": ["1"]}).write_parquet(tmp_path / "parquet.csv")
    written(tmp_path / "json.csv", '{"nir": "1"}\n')
    written(tmp_path / "gzip.csv", gzip.compress(b"nir\n1\n"))
    for path in tmp_path.iterdir():
        assert read(path) == ([("1",)], [])


def test_two_gzip_files_joined_are_read_on(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv.gz", gzip.compress(b"nir\n1\n") + gzip.compress(b"2\n"))
    assert read(path)[0] == [("1",), ("2",)]


def test_batches_can_be_read_again(tmp_path: Path) -> None:
    with open_source(written(tmp_path / "a.csv", "nir\n1\n")) as source:
        first, second = ([batch.frame.rows() for batch in source.batches()] for _ in range(2))
    assert first == second == [[("1",)]]


def test_an_empty_identifier_passed_through_is_null_and_other_markers_are_not(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "nir;id\nNA;NA\n-;\n")
    assert read(path, keep=("id",))[0] == [(None, "NA"), (None, None)]


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_a_file_of_headers_only_has_no_rows(tmp_path: Path, name: str) -> None:
    data = b"nir;nom\n"
    assert read(written(tmp_path / name, gzip.compress(data) if name.endswith("gz") else data)) == ([], [])


def test_accepted_and_rejected_rows_make_all_rows(tmp_path: Path) -> None:
    lines = [f"{row};a;b" if row % 7 else f"{row};a" for row in range(1, 5001)]
    path = written(tmp_path / "a.csv", "nir;nom;ville\n" + "\n".join(lines))
    rows, rejects = read(path, batch_rows=999)
    assert [row for row, _ in rejects] == list(range(7, 5001, 7))
    assert [int(row[0]) for row in rows] == [row for row in range(1, 5001) if row % 7]


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.csv", b"", EmptyFile),
        ("a.csv", b"\n \n", EmptyFile),
        ("a.csv.gz", gzip.compress(b""), EmptyFile),
        ("a.csv", b"PK\x03\x04rest", UnsupportedFormat),
        ("a.csv.bz2", b"BZh9", UnsupportedFormat),
        ("a.json", b' [ {"nir": 1} ]', UnsupportedFormat),
        ("a.parquet", b"nir;nom\n", CorruptFile),
        ("a.parquet", b"PAR1 and then nothing", CorruptFile),
        ("a.csv.gz", b"\x1f\x8bnot gzip", CorruptFile),
        ("a.csv.gz", gzip.compress(os.urandom(1000))[:500], CorruptFile),
        ("a.csv.zst", pa.compress(os.urandom(1000), codec="zstd", asbytes=True)[:500], CorruptFile),
        ("a.csv", b"x" * 1_000_000, UnreadableHeader),
        ("a.csv", b"foo;bar\n1;2\n", NoColumnRecognised),
        ("a.csv", b"1800175111001;Dupont\n1;2\n", MissingHeader),
        ("a.jsonl", b'{"foo": 1}\n', NoColumnRecognised),
        ("a.jsonl", b"{not json\n", NoColumnRecognised),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    tmp_path: Path, name: str, data: bytes, error: type[InputError]
) -> None:
    with pytest.raises(error, match=name.split(".")[0]):
        open_source(written(tmp_path / name, data))


def test_a_path_without_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingFile):
        open_source(tmp_path / "absent.csv")
    with pytest.raises(FolderGiven):
        open_source(tmp_path)
    with pytest.raises(MissingFile):
        open_source(written(tmp_path / "a.csv", "nir\n") / "b.csv")


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.csv", "nir\n1\n")

    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnreadableFile, match="Permission denied"):
        open_source(path)


def test_a_gzip_file_cut_short_is_an_error_and_not_a_shorter_file(tmp_path: Path) -> None:
    data = b"nir;nom\n" + b"".join(b"%d;%s\n" % (row, os.urandom(8).hex().encode()) for row in range(40_000))
    path = written(tmp_path / "a.csv.gz", gzip.compress(data, 1)[:-2000])
    with pytest.raises(CorruptFile, match="end early"), open_source(path) as source:
        list(source.batches())


def test_a_file_that_changes_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "nir\n1\n")
    with open_source(path) as source:
        with path.open("a") as file:
            file.write("2\n")
        with pytest.raises(ChangedFile):
            list(source.batches())
        with pytest.raises(ChangedFile):
            source.checksum()


def test_no_error_shows_a_value(tmp_path: Path) -> None:
    secret = "secretvalue"
    files = {
        "a.csv": f"{secret};x@example.org;1980-01-02\n",
        "b.csv": f'nir;"nom\n{secret};{secret}\n',
        "c.jsonl": f'{{"nir": "{secret}"\n',
        "d.parquet": f"PAR1{secret}",
        "e.csv": f"nir;{secret}1;nir\n1;2;3\n",
    }
    for name, text in files.items():
        with pytest.raises(InputError) as caught:
            open_source(written(tmp_path / name, text))
        assert secret not in str(caught.value), name
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None, name


def test_a_batch_has_at_least_a_row(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="batch_rows"):
        open_source(written(tmp_path / "a.csv", "nir\n"), batch_rows=0)
