"""Files of declared breaches: whatever their format, ids are found, and what cannot count is told."""

from __future__ import annotations

import datetime
import json

import polars as pl
import pytest

from correlate.catalogue import Catalogue
from correlate.declared import Declarable, DeclaredColumns, UnknownDeclaredBreach, read_declared
from correlate.pipeline import Refusal
from correlate.reading import RejectsWriter
from correlate.risk import FutureBreach, Profile
from correlate.tokens import Tokeniser

CATALOGUE = Catalogue.shipped()
PAIRS = {("a", "free-2024"), ("a", "ledger-2020"), ("b", "francetravail-2024")}


@pytest.fixture
def reader(key):
    tokeniser = Tokeniser(key)
    breaches = Declarable(catalogue=CATALOGUE, as_of=datetime.date(2026, 11, 1))

    def read(file=None, **options):
        options = {"breaches": breaches, **options}
        guard = Refusal.of(Profile.load())
        return read_declared(file, tokeniser=tokeniser, guard=guard, **options)

    return read


def pairs(declared) -> set[tuple[str, str]]:
    return set(declared.by_subject.iter_rows())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("d.csv", "subject_id,breach\na,free-2024\na,ledger-2020\nb,francetravail-2024\n"),
        ("d.csv", "Member_ID;Fuite\na;FREE-2024 | ledger-2020\nb; francetravail-2024\n"),
        ("d.csv", 'id,breaches\na,"free-2024, ledger-2020"\nb,francetravail-2024;\n'),
        ("d.csv", "dossier,breach_id,subject_id\na,free-2024;ledger-2020,x\nb,francetravail-2024,y\n"),
        (
            "d.jsonl",
            '{"id":"a","breaches":["free-2024","ledger-2020"]}\n{"id":"b","breaches":["francetravail-2024"]}',
        ),
        (
            "d.jsonl",
            '{"id":"a","breaches":"free-2024|ledger-2020"}\n{"id":"b","breaches":["francetravail-2024"]}',
        ),
    ],
)
def test_every_form_says_the_same(tmp_path, reader, name, content):
    (tmp_path / name).write_text(content)
    declared = reader(tmp_path / name, id_column="dossier" if "dossier" in content else None)
    assert pairs(declared) == PAIRS
    assert declared.counts.rejected == 0


def test_parquet_may_hold_texts_or_lists(tmp_path, reader):
    frame = pl.DataFrame(
        {"id": ["a", "b"], "breaches": [["free-2024", "ledger-2020"], ["francetravail-2024"]]}
    )
    frame.write_parquet(tmp_path / "lists.parquet")
    frame.with_columns(pl.col("breaches").list.join(";")).write_parquet(tmp_path / "texts.parquet")
    for name in ("lists.parquet", "texts.parquet"):
        assert pairs(reader(tmp_path / name)) == PAIRS


def test_rows_that_say_nothing_are_rejected_and_counted(tmp_path, reader):
    (tmp_path / "d.csv").write_text("id,breach\na,free-2024\n,free-2024\nb,\nc,;\na,free-2024\nd\n")
    with RejectsWriter(tmp_path / "rejects.csv") as rejects:
        declared = reader(tmp_path / "d.csv", rejects=rejects)
    assert pairs(declared) == {("a", "free-2024")}
    assert (declared.counts.rows, declared.counts.rejected) == (6, 4)
    assert (tmp_path / "rejects.csv").read_text().splitlines()[1:] == [
        "d.csv,2,id,no-subject-id",
        "d.csv,3,breach,no-breach",
        "d.csv,4,breach,no-breach",
        "d.csv,6,,too-few-fields",
    ]


def test_an_unknown_breach_names_file_row_column_and_what_is_near_but_no_value(tmp_path, reader):
    (tmp_path / "d.csv").write_text("id,breach\na,free-2024\nb,ledger-2020;ledger-2120\n")
    with pytest.raises(UnknownDeclaredBreach, match=r"d\.csv, row 2, column breach .*ledger-2020") as caught:
        reader(tmp_path / "d.csv")
    assert "ledger-2120" not in str(caught.value)


def test_a_breach_of_the_future_is_told_as_risk_tells_it(tmp_path, reader):
    (tmp_path / "d.csv").write_text("id,breach\na,free-2024\n")
    early = Declarable(catalogue=CATALOGUE, as_of=datetime.date(2024, 1, 1))
    with pytest.raises(FutureBreach, match="free-2024"):
        reader(tmp_path / "d.csv", breaches=early)
    (tmp_path / "h.json").write_text(json.dumps({"a@x.example": ["FreeMobile"]}))
    with pytest.raises(FutureBreach, match="freemobile-2024"):
        reader(hibp=tmp_path / "h.json", breaches=early)


def test_a_missing_column_lists_those_that_are_there(tmp_path, reader):
    (tmp_path / "d.csv").write_text("nom,breach\na,free-2024\n")
    with pytest.raises(DeclaredColumns, match=r"no column of ids\. It has “nom”, “breach”"):
        reader(tmp_path / "d.csv")
    (tmp_path / "d.csv").write_text("id,nom\na,free-2024\n")
    with pytest.raises(DeclaredColumns, match="no column of breaches"):
        reader(tmp_path / "d.csv")


def test_addresses_become_tokens_and_names_become_ids(tmp_path, reader, key):
    answers = {
        " Anne@X.example": ["Adobe", {"Name": "Deezer", "BreachDate": "2019-04-22"}, "Unheard", "Unheard"],
        "anne@x.example": ["Adobe"],
        "not an address@": ["Adobe"],
        "paul@x.example": [],
    }
    (tmp_path / "h.json").write_text(json.dumps(answers))
    with RejectsWriter(tmp_path / "rejects.csv") as rejects:
        declared = reader(hibp=tmp_path / "h.json", rejects=rejects)
    token = Tokeniser(key).people(pl.DataFrame({"email": ["anne@x.example"]})).tokens["email"][0]
    assert set(declared.by_email.iter_rows()) == {(token, "adobe-2013"), (token, "deezer-2019")}
    counts = declared.counts
    assert (counts.hibp_addresses, counts.hibp_rejected, counts.hibp_unknown) == (4, 1, 1)
    assert (tmp_path / "rejects.csv").read_text().splitlines()[1:] == ["h.json,3,,email-unusable"]
