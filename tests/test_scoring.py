"""A file of subjects in, every subject out once, the same bytes whatever the threads and row order."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple

import numpy as np
import polars as pl
import pytest

from correlate.pipeline import Scorer, SubjectIdIdentifies, budget
from correlate.reading import OutputError, RejectsWriter
from correlate.score_files import UnknownOutputFormat
from correlate.scoring import score, score_frame
from correlate.vault import Limits, Vault, ingest

COLUMNS = [
    "subject_id",
    "score",
    "band",
    "score_min",
    "score_max",
    "uplift",
    "evidence",
    "breaches",
    "scenarios",
    "attributes",
    "reasons",
    "severity",
    "key_id",
    "model",
]


@pytest.fixture
def vault(small_france):
    with Vault.open(small_france.vault, small_france.key) as opened:
        yield opened


def scored(vault, small_france, subjects: pl.DataFrame, **options) -> pl.DataFrame:
    return score_frame(vault, subjects, models=small_france.models, **options)


@pytest.fixture(scope="module")
def members(small_france) -> pl.DataFrame:
    return pl.read_parquet(small_france.subjects)


def test_every_subject_is_in_the_output_exactly_once(vault, small_france, members, tmp_path):
    output = tmp_path / "scores.parquet"
    report = score(vault, small_france.subjects, output, models=small_france.models, id_column="member_id")
    rows = pl.read_parquet(output)
    assert rows.columns == COLUMNS
    assert rows["subject_id"].to_list() == sorted(members["member_id"].to_list())
    assert (report.rows, report.accepted, report.rejected) == (members.height, members.height, 0)
    assert report.subjects == sum(report.bands.values()) == members.height
    assert rows["score"].is_between(0, 100).all()
    assert (rows["uplift"] <= rows["score"]).all()
    assert 0 < report.linked < report.subjects


@pytest.fixture(scope="module")
def outputs(small_france, tmp_path_factory):
    """The members' scores in every format, made by one thread."""
    folder = tmp_path_factory.mktemp("outputs")
    paths = {ending: folder / f"scores.{ending}" for ending in ("parquet", "csv", "jsonl")}
    with Vault.open(small_france.vault, small_france.key, limits=Limits(threads=1)) as vault:
        for path in paths.values():
            score(vault, small_france.subjects, path, models=small_france.models, id_column="member_id")
    return paths


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_threads_and_row_order_change_no_byte(small_france, members, outputs, tmp_path, ending):
    """The claim of determinism, on the bytes of the file, in every format."""
    shuffled, again = tmp_path / "shuffled.csv", tmp_path / f"scores.{ending}"
    members.sample(fraction=1, shuffle=True, seed=5).write_csv(shuffled)
    with Vault.open(small_france.vault, small_france.key, limits=Limits(threads=2)) as vault:
        score(vault, shuffled, again, models=small_france.models, id_column="member_id")
    assert again.read_bytes() == outputs[ending].read_bytes()


def test_batches_and_their_size_change_nothing(vault, small_france, members, outputs):
    """A subject's row does not depend on who else is asked for."""
    parts = [
        scored(vault, small_france, members[start:end], id_column="member_id")
        for start, end in ((0, 1), (1, 302), (302, members.height))
    ]
    assert pl.concat(parts).sort("subject_id").equals(pl.read_parquet(outputs["parquet"]))


def test_how_many_exposures_are_assessed_at_a_time_changes_no_byte(
    vault, small_france, outputs, tmp_path, monkeypatch
):
    """Less memory makes it fewer."""
    monkeypatch.setattr(budget, "EXPOSURES", 7)
    output = tmp_path / "scores.parquet"
    score(vault, small_france.subjects, output, models=small_france.models, id_column="member_id")
    assert output.read_bytes() == outputs["parquet"].read_bytes()


def test_the_formats_say_the_same(outputs):
    nested = pl.read_parquet(outputs["parquet"])
    assert [json.loads(line) for line in outputs["jsonl"].read_text().splitlines()] == [
        json.loads(line) for line in nested.write_ndjson().splitlines()
    ]
    flat = pl.read_csv(outputs["csv"])
    assert flat.columns == COLUMNS
    assert flat["score"].to_list() == nested["score"].to_list()
    for row, text in zip(nested["breaches"].to_list(), flat["breaches"].fill_null("").to_list(), strict=True):
        assert "|".join(f"{one['breach']}:{one['probability']}:{one['points']}" for one in row) == text
    marks = flat["scenarios"].fill_null("").str.count_matches(r"\+")
    only = nested["scenarios"].list.eval(pl.element().struct.field("combination_only")).list.sum()
    assert marks.to_list() == only.fill_null(0).to_list()
    assert only.sum() > 0


def test_rows_of_one_id_are_one_subject(vault, small_france, members):
    """Two descriptions of a person link at least as well as either, and give one row."""
    half = members.with_columns(nir=None, email=None, telephone=None, iban=None)
    other = members.with_columns(nom_naissance=None, nom_usage=None, prenom=None, adresse=None)
    both = pl.concat([half, other], how="vertical_relaxed")
    together = scored(vault, small_france, both, id_column="member_id")
    assert together["subject_id"].to_list() == sorted(members["member_id"].to_list())
    apart = [scored(vault, small_france, part, id_column="member_id") for part in (half, other)]
    best = np.maximum(*(rows["score"].to_numpy() for rows in apart))
    assert (together["score"].to_numpy() >= best - 1e-9).all()


def test_a_row_without_an_id_is_rejected_and_the_rest_goes_on(vault, small_france, members, tmp_path):
    holed = members.with_columns(
        member_id=pl.when(pl.int_range(pl.len()) == 3).then(None).otherwise(pl.col("member_id"))
    )
    holed.write_csv(tmp_path / "members.csv")
    output, rejects = tmp_path / "scores.csv", tmp_path / "rejects.csv"
    with RejectsWriter(rejects) as writer:
        report = score(
            vault,
            tmp_path / "members.csv",
            output,
            models=small_france.models,
            id_column="member_id",
            rejects=writer,
        )
    assert (report.rows, report.accepted, report.rejected) == (members.height, members.height - 1, 1)
    assert report.subjects == members.height - 1
    assert rejects.read_text().splitlines()[1:] == ["members.csv,4,member_id,no-subject-id"]


def test_without_an_id_row_numbers_name_the_subjects_in_file_order(vault, small_france, members):
    rows = scored(vault, small_france, members)
    assert rows["subject_id"].to_list() == [str(number) for number in range(1, members.height + 1)]


def test_a_subject_with_nothing_usable_scores_zero(vault, small_france):
    nobody = pl.DataFrame({"member_id": ["x"], "nom": [None], "email": ["not an address"]})
    row = scored(vault, small_france, nobody, id_column="member_id").row(0, named=True)
    assert (row["score"], row["band"], row["breaches"], row["scenarios"]) == (0.0, "low", [], [])


def test_works_without_the_nir(vault, small_france, members):
    """The bank's path: no NIR column at all, and most people who are found with it are found without it."""
    with_nir = scored(vault, small_france, members, id_column="member_id")
    without = scored(vault, small_france, members.drop("nir"), id_column="member_id")
    found = [(rows["breaches"].list.len() > 0).sum() for rows in (with_nir, without)]
    assert found[1] >= 0.9 * found[0]


def test_the_rows_of_a_breach_are_certainly_in_it(small_france, key, tmp_path):
    """--breach on an empty vault: each row is exposed by its own breach, with its columns' classes."""
    breach = small_france.models.catalogue.get("viamedis-almerys-2024")
    rows = pl.read_parquet(small_france.folder / "breaches" / "viamedis-almerys-2024.parquet")
    with Vault.create(tmp_path / "empty.duckdb", key) as empty:
        scores = scored(empty, small_france, rows, breach=breach)
    assert scores.height == rows.height
    one = scores.row(0, named=True)
    assert [(b["breach"], b["probability"], b["evidence"]) for b in one["breaches"]] == [
        (breach.id, 1.0, "own")
    ]
    assert (scores["uplift"] == 0).all()


def test_a_breach_whose_membership_is_sensitive_is_not_named(small_france, key, tmp_path):
    breach = small_france.models.catalogue.get("aides-2025")
    rows = pl.read_parquet(small_france.subjects)
    with Vault.create(tmp_path / "empty.duckdb", key) as empty:
        scores = scored(empty, small_france, rows, breach=breach, id_column="member_id")
    names = scores["breaches"].list.eval(pl.element().struct.field("breach")).explode().unique().to_list()
    assert names == ["withheld"]
    dates = scores["breaches"].list.eval(pl.element().struct.field("date")).explode()
    assert dates.null_count() == len(dates), "the date would tell the name"
    assert scores["score"].max() > 0


@pytest.mark.parametrize("column", ["nir", "email", "iban", "telephone"])
def test_an_identifier_cannot_name_the_subjects(vault, small_france, members, column):
    """Neither under its own header nor under one that hides it."""
    with pytest.raises(SubjectIdIdentifies, match=column):
        scored(vault, small_france, members, id_column=column)
    disguised = members.drop("member_id").rename({column: "reference"})
    with pytest.raises(SubjectIdIdentifies, match="reference"):
        scored(vault, small_france, disguised, id_column="reference")


def test_an_output_that_cannot_be_written_is_told_before_the_work(vault, small_france, tmp_path):
    with pytest.raises(UnknownOutputFormat, match=r"\.parquet, \.csv"):
        score(vault, small_france.subjects, tmp_path / "scores.xlsx", models=small_france.models)
    with pytest.raises(OutputError, match="no folder"):
        score(vault, small_france.subjects, tmp_path / "none" / "s.csv", models=small_france.models)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_a_disk_without_room_is_told_before_anybody_is_linked(
    vault, small_france, tmp_path, monkeypatch, ending
):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 500, 500))
    monkeypatch.setattr(Scorer, "close_range", None)
    output = tmp_path / f"scores.{ending}"
    with pytest.raises(OutputError, match=r"0\.5 kB free, and it needs at least about [0-9.]+ [kM]B"):
        score(vault, small_france.subjects, output, models=small_france.models)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["{surname} {first}", "{first} {surname}"])
def test_a_column_of_full_names_is_read_in_the_order_of_the_file(small_france, key, tmp_path, form):
    """All in capitals, where only the file as a whole tells which name comes first."""
    names = [("DUROC", "PAUL"), ("KERVELLA", "MARIE"), ("SANTINI", "JEAN"), ("LEVASSEUR", "ANNE")] * 5
    rows = pl.DataFrame(
        {
            "nom_complet": [form.format(surname=surname, first=first) for surname, first in names],
            "date_naissance": [f"{day:02}/03/1971" for day in range(1, 21)],
        }
    )
    apart = rows.with_columns(
        nom=pl.Series([surname for surname, _ in names]), prenom=pl.Series([first for _, first in names])
    ).drop("nom_complet")
    with Vault.create(tmp_path / "vault.duckdb", key) as vault:
        ingest(vault, rows, small_france.models.catalogue.get("free-2024"))
        scores = scored(vault, small_france, apart)
    assert (scores["breaches"].list.len() == 1).all()
