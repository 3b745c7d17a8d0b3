"""What ingest stores, counts, rejects and recognises."""

from __future__ import annotations

import gzip
import importlib
import shutil
from collections import Counter
from functools import partial

import polars as pl
import pytest

from correlate.catalogue import Catalogue
from correlate.reading import Mapping, RejectsWriter, load_mapping, open_source
from correlate.vault import FileInOtherBreach, Vault, ingest, verify
from correlate.vocabulary import AttributeClass
from tests.vault.leaks import FRANCE_TRAVAIL, FREE, is_whole, people, tables, write

ROWS = people(300)


@pytest.fixture
def vault(once_empty, tmp_path, key):
    with Vault.open(shutil.copy(once_empty, tmp_path / "vault.duckdb"), key, write=True) as made:
        yield made


def untidy(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of which some lack fields, hold junk, or name nobody."""
    number = pl.int_range(pl.len())
    junk = {"nir": "12", "email": "nobody", "date_naissance": "31/02/1980", "telephone": "0000000000"}
    spoilt = rows.with_columns(
        pl.when(number % 7 == place).then(pl.lit(text)).otherwise(pl.col(name)).alias(name)
        for place, (name, text) in enumerate(junk.items())
    )
    empty = spoilt.with_columns(pl.when(number % 11 != 0).then(pl.all()))
    return empty.with_columns(prenom=pl.when(number % 5 != 0).then("prenom"))


def held(path, key):
    """What the vault holds without the file's own name, size and checksum."""
    found = tables(path, key)
    found["file"] = [(no, breach, *counts) for no, breach, _, _, _, *counts in found["file"]]
    return found


def ingested(folder, key, file, **settings):
    path = folder / f"{file.name}.duckdb"
    with Vault.create(path, key) as vault:
        report = ingest(vault, file, FREE, **settings)
    return report, held(path, key)


def test_rows_accepted_and_rejected_add_up_to_the_rows_read(vault, tmp_path):
    report = ingest(vault, write(untidy(ROWS), tmp_path / "a.csv"), FREE)
    # A row of a CSV file whose cells are all empty still has its commas: it is a row.
    assert report.read == 300
    assert report.rejected == 28
    assert report.accepted + report.rejected == report.read
    assert vault.engine.rows("SELECT rows_read, rows_accepted, rows_rejected FROM file") == [(300, 272, 28)]
    assert vault.engine.scalar("SELECT count(*) FROM record") == 272
    assert verify(vault) == ()


def test_fields_that_are_unusable_are_counted_by_column_and_reason(vault, tmp_path):
    spoilt = untidy(ROWS)
    report = ingest(vault, write(spoilt, tmp_path / "a.csv"), FREE)
    counted = Counter({drop.column: drop.rows for drop in report.dropped})
    junk = {"nir": "12", "email": "nobody", "date_naissance": "31/02/1980", "telephone": "0000000000"}
    assert counted == Counter({name: spoilt[name].eq(text).sum() for name, text in junk.items()})
    assert all(drop.reason for drop in report.dropped)


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_the_format_of_a_file_changes_nothing(suffix, tmp_path, key):
    expected = ingested(tmp_path, key, write(untidy(ROWS), tmp_path / "a.csv"))
    report, found = ingested(tmp_path, key, write(untidy(ROWS), tmp_path / f"b{suffix}"))
    assert found == expected[1]
    assert (report.accepted, report.dropped) == (expected[0].accepted, expected[0].dropped)


@pytest.mark.parametrize("batch_rows", [7, 59])
def test_the_size_of_batches_changes_nothing(batch_rows, tmp_path, key, monkeypatch):
    """Month comes first in these dates, which only the later rows show."""
    american = ROWS.head(60).with_columns(
        date_naissance=pl.col("date_naissance").str.replace(r"(\d+)-(\d+)-(\d+)", "$2/$3/$1"),
        day=pl.col("date_naissance").str.slice(8).cast(pl.Int8),
    )
    file = write(american.sort("day").drop("day"), tmp_path / "a.csv")
    expected = ingested(tmp_path, key, file)
    (tmp_path / "a.csv.duckdb").unlink()
    module = importlib.import_module("correlate.vault.ingest")
    monkeypatch.setattr(module, "open_input", partial(open_source, batch_rows=batch_rows))
    report, found = ingested(tmp_path, key, file)
    assert found == expected[1]
    assert report.dropped == expected[0].dropped == ()


def test_progress_adds_up_to_the_file(vault, tmp_path):
    for name in ("a.csv", "a.jsonl", "a.parquet"):
        file = write(people(300, seed=len(name)), tmp_path / name)
        calls = []
        ingest(vault, file, FREE, progress=lambda n_bytes, rows, calls=calls: calls.append((n_bytes, rows)))
        assert [sum(part) for part in zip(*calls, strict=True)] == [file.stat().st_size, 300]
    packed = tmp_path / "b.csv.gz"
    packed.write_bytes(gzip.compress(write(people(300, seed=9), tmp_path / "b.csv").read_bytes()))
    calls.clear()
    ingest(vault, packed, FREE, progress=lambda n_bytes, rows: calls.append((n_bytes, rows)))
    assert [sum(part) for part in zip(*calls, strict=True)] == [packed.stat().st_size, 300]


def test_a_file_is_recognised_and_a_second_time_changes_nothing(vault, tmp_path, key):
    file = write(untidy(ROWS), tmp_path / "a.csv")
    first = ingest(vault, file, FREE)
    vault.close()
    before = tables(vault.path, key)
    with Vault.open(vault.path, key, write=True) as again:
        second = ingest(again, file.rename(tmp_path / "renamed.csv"), FREE)
    assert second.already_held
    assert not first.already_held
    assert (second.read, second.accepted, second.rejected) == (first.read, first.accepted, first.rejected)
    assert tables(vault.path, key) == before


def test_a_file_under_another_breach_is_refused_and_changes_nothing(vault, tmp_path, key):
    file = write(ROWS, tmp_path / "a.csv")
    ingest(vault, file, FREE)
    vault.close()
    before = tables(vault.path, key)
    with Vault.open(vault.path, key, write=True) as again, pytest.raises(FileInOtherBreach) as stop:
        ingest(again, file, FRANCE_TRAVAIL)
    assert "free-2024" in str(stop.value)
    assert tables(vault.path, key) == before


def test_the_checksum_of_a_file_says_nothing_to_who_lacks_the_key(vault, tmp_path):
    file = write(people(1), tmp_path / "a.csv")
    ingest(vault, file, FREE)
    [(checksum,)] = vault.engine.rows("SELECT checksum FROM file")
    with open_source(file) as source:
        assert source.checksum()[:16] != checksum != source.checksum()[16:]
    assert len(checksum) == 16


def test_rejects_name_row_and_reason_and_no_value(vault, tmp_path):
    file = tmp_path / "a.csv"
    text = write(untidy(ROWS), file).read_text(encoding="utf-8").splitlines()
    text[4] += ",one,too,many"
    file.write_text("\n".join(text), encoding="utf-8")
    with RejectsWriter(tmp_path / "rejects.csv") as rejects:
        report = ingest(vault, file, FREE, rejects=rejects)
    found = pl.read_csv(tmp_path / "rejects.csv")
    assert found.columns == ["file", "row", "column", "reason"]
    assert found.height == report.rejected == 29
    assert found["row"].to_list() == sorted([4, *range(1, 301, 11)])
    assert found["file"].unique().to_list() == ["a.csv"]
    assert "@" not in (tmp_path / "rejects.csv").read_text(encoding="utf-8")


def test_rejects_are_named_again_when_the_file_is_held_already(vault, tmp_path):
    """A process may be killed after the vault has the file and before the rejects stand in place."""
    file = write(untidy(ROWS), tmp_path / "a.csv")
    with RejectsWriter(tmp_path / "first.csv") as rejects:
        ingest(vault, file, FREE, rejects=rejects)
    with RejectsWriter(tmp_path / "second.csv") as rejects:
        assert ingest(vault, file, FREE, rejects=rejects).already_held
    assert (tmp_path / "second.csv").read_bytes() == (tmp_path / "first.csv").read_bytes()


def test_assumed_classes_are_those_of_the_catalogue_that_no_column_carries(vault, tmp_path):
    breach = Catalogue.shipped().get("free-2024")
    ingest(vault, write(people(10)[["nom", "prenom", "telephone"]], tmp_path / "a.csv"), breach)
    ingest(
        vault,
        write(people(10, seed=2)[["nom", "prenom", "telephone"]], tmp_path / "b.csv"),
        breach,
        assume_classes=True,
    )
    plain, assumed = (
        {c for (text,) in vault.engine.rows(SETS_OF_FILE, [no]) for c in text.split(",")} for no in (1, 2)
    )
    assert plain == {"NAME", "PHONE"}
    assert assumed == plain | set(breach.classes)
    assert AttributeClass.PHONE in breach.classes


SETS_OF_FILE = """
SELECT DISTINCT classes FROM record JOIN class_set USING (class_set_no) WHERE record_id >> 40 = ?
"""


def test_a_mapping_names_columns_that_their_headers_do_not(vault, tmp_path):
    (tmp_path / "map.toml").write_text(
        '[columns]\n"c1" = "nir"\n"c2" = "PW"\n"nom" = "ignore"\n[read]\ndelimiter = ";"\n', encoding="utf-8"
    )
    rows = people(20).select(c1="nir", c2="mot_de_passe", nom="nom")
    rows.write_csv(tmp_path / "a.csv", separator=";")
    report = ingest(vault, tmp_path / "a.csv", FREE, mapping=load_mapping(tmp_path / "map.toml"))
    assert report.accepted == 20
    assert vault.engine.rows("SELECT DISTINCT classes FROM class_set") == [("NIR,PW",)]
    assert vault.engine.scalar("SELECT count(surname) FROM record_token") == 0


def test_the_order_of_day_and_month_may_be_told(tmp_path, key):
    rows = people(50).with_columns(date_naissance=pl.lit("03/04/1980"))
    told = {}
    for order in ("dmy", "mdy"):
        file = write(rows, tmp_path / f"{order}.csv")
        _, found = ingested(tmp_path, key, file, mapping=Mapping(date_order=order))
        told[order] = found["record"]
    assert told["dmy"] != told["mdy"]


def test_a_frame_gives_the_records_of_its_file(tmp_path, key):
    expected = ingested(tmp_path, key, write(untidy(ROWS), tmp_path / "a.csv"))
    with Vault.create(tmp_path / "b.duckdb", key) as vault:
        report = ingest(vault, untidy(ROWS), FREE)
        assert ingest(vault, untidy(ROWS), FREE).already_held
    assert held(tmp_path / "b.duckdb", key) == expected[1]
    assert (report.accepted, report.dropped) == (expected[0].accepted, expected[0].dropped)


def test_two_files_of_one_breach_stand_side_by_side(vault, tmp_path, key):
    for seed in (1, 2):
        ingest(vault, write(people(30, seed=seed), tmp_path / f"{seed}.csv"), FREE)
    assert vault.engine.rows("SELECT file_no, breach_no, rows_accepted FROM file ORDER BY 1") == [
        (1, 1, 30),
        (2, 1, 30),
    ]
    assert [b.records for b in vault.info().breaches] == [60]
    vault.close()
    assert is_whole(vault.path, key)
