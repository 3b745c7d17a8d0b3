"""Declared breaches through the entry points: on an empty vault, from every source alike, beside links."""

from __future__ import annotations

import dataclasses
import json
import shutil

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from correlate.catalogue import UnknownBreach
from correlate.checking import check
from correlate.declared import UnknownDeclaredBreach
from correlate.pipeline import Models
from correlate.risk import FutureBreach
from correlate.scoring import score, score_frame
from correlate.tokens import create_key
from correlate.vault import Vault, ingest
from correlate_cli.app import app

TOLD = {
    "a": ["free-2024", "viamedis-almerys-2024"],
    "b": ["deezer-2019"],
    "c": [],
    "d": ["freemobile-2024"],
}
HIBP = {"a": ["FreeMobile"], "b": ["Deezer", "Adobe"]}


@pytest.fixture
def empty(once_empty, key, tmp_path):
    with Vault.open(shutil.copy(once_empty, tmp_path / "empty.duckdb"), key, write=True) as vault:
        yield vault


@pytest.fixture
def models(small_france) -> Models:
    return small_france.models


def people(**columns) -> pl.DataFrame:
    addresses = [f"{name}@x.example" for name in TOLD]
    return pl.DataFrame({"member_id": list(TOLD), "email": addresses, **columns})


def evidence(scores: pl.DataFrame) -> dict[str, list[tuple[str, float, str, int]]]:
    return {
        row["subject_id"]: sorted(
            (one["breach"], one["probability"], one["evidence"], one["depth"]) for one in row["breaches"]
        )
        for row in scores.iter_rows(named=True)
    }


def test_a_holder_of_no_breach_data_gets_a_score(empty, models):
    """The subjects file alone, with a column of the breaches each was told of."""
    frame = people(fuites=["; ".join(told) for told in TOLD.values()])
    scores = score_frame(empty, frame, models=models, id_column="member_id", declared_column="fuites")
    assert evidence(scores) == {
        name: sorted((breach, 1.0, "declared", 0) for breach in told) for name, told in TOLD.items()
    }
    by_id = dict(scores.select("subject_id", "score").iter_rows())
    assert by_id["c"] == 0
    assert by_id["a"] > by_id["d"] > 0


def test_an_id_and_the_breaches_are_enough(empty, models):
    """Nothing that names a person has to be given at all."""
    frame = pl.DataFrame({"dossier": ["x", "y"], "fuites": ["free-2024", None]})
    scores = score_frame(empty, frame, models=models, id_column="dossier", declared_column="fuites")
    assert evidence(scores) == {"x": [("free-2024", 1.0, "declared", 0)], "y": []}
    assert check(empty, {}, models=models, declared=["free-2024"])["score"] == scores["score"][0]


def test_file_column_and_single_check_say_the_same(empty, models, tmp_path):
    columns = people(fuites=[" | ".join(told) for told in TOLD.values()])
    by_column = score_frame(empty, columns, models=models, id_column="member_id", declared_column="fuites")
    lines = [f"{name},{breach}" for name, told in TOLD.items() for breach in told]
    (tmp_path / "told.csv").write_text("\n".join(["member_id,breach", *reversed(lines)]) + "\n")
    by_file = score_frame(
        empty, people(), models=models, id_column="member_id", declared=tmp_path / "told.csv"
    )
    assert by_file.equals(by_column)
    for row in by_column.to_dicts():
        address = f"{row['subject_id']}@x.example"
        one = check(
            empty,
            {"email": address},
            models=models,
            subject_id=row["subject_id"],
            declared=TOLD[row["subject_id"]],
        )
        assert one == json.loads(pl.DataFrame([row], schema=by_column.schema).write_ndjson())


@pytest.mark.parametrize("form", ["domain", "addresses", "download"])
def test_answers_of_have_i_been_pwned_find_people_by_address(empty, models, tmp_path, form):
    content = {
        "domain": HIBP,
        "addresses": {f"{name.upper()}@X.example": names for name, names in HIBP.items()},
        "download": {
            "BreachSearchResults": [
                {"Alias": name, "DomainName": "x.example", "Breaches": [{"Name": each} for each in names]}
                for name, names in HIBP.items()
            ]
        },
    }[form]
    (tmp_path / "hibp.json").write_text(json.dumps(content))
    scores = score_frame(
        empty,
        people(),
        models=models,
        id_column="member_id",
        hibp=tmp_path / "hibp.json",
        hibp_domain="x.example",
    )
    assert {name: [one[0] for one in found] for name, found in evidence(scores).items()} == {
        "a": ["freemobile-2024"],
        "b": ["adobe-2013", "deezer-2019"],
        "c": [],
        "d": [],
    }


def test_what_reached_nobody_is_counted(empty, models, tmp_path):
    (tmp_path / "told.csv").write_text("id,breach\na,free-2024\nzz,free-2024\nyy,free-2024\n,free-2024\n")
    answers = {"a@x.example": ["Adobe", "Unheard"], "zz@x.example": ["Adobe"]}
    (tmp_path / "hibp.json").write_text(json.dumps(answers))
    people().write_csv(tmp_path / "people.csv")
    report = score(
        empty,
        tmp_path / "people.csv",
        tmp_path / "scores.csv",
        models=models,
        id_column="member_id",
        declared=tmp_path / "told.csv",
        hibp=tmp_path / "hibp.json",
    )
    assert report.declared == {
        "declared": 2,
        "declared_subjects": 1,
        "declared_rows": 4,
        "declared_rejected": 1,
        "declared_without_subject": 2,
        "hibp_addresses": 2,
        "hibp_rejected": 0,
        "hibp_without_subject": 1,
        "hibp_unknown": 1,
    }


def test_rows_of_one_subject_declare_together_however_they_are_cut(empty, models):
    frame = pl.DataFrame(
        {"id": ["a", "b", "a"], "told": ["free-2024", "deezer-2019", "deezer-2019;free-2024"]}
    )
    scores = score_frame(empty, frame, models=models, id_column="id", declared_column="told")
    assert [one[0] for one in evidence(scores)["a"]] == ["deezer-2019", "free-2024"]


def test_being_told_of_a_breach_never_lowers_a_score(small_france, models):
    """Beside links: each gets at least what the links alone give."""
    members = pl.read_parquet(small_france.subjects).head(200)
    with Vault.open(small_france.vault, small_france.key) as vault:
        alone = score_frame(vault, members, models=models, id_column="member_id")
        told = members.with_columns(fuites=pl.lit("francetravail-2024"))
        more = score_frame(vault, told, models=models, id_column="member_id", declared_column="fuites")
    assert (more["score"] >= alone["score"]).all()
    assert (more["score"] > alone["score"]).any()
    for found in evidence(more).values():
        assert ("francetravail-2024", 1.0, "declared", 0) in found


def test_of_equal_certainty_what_was_told_comes_before_a_path(empty, models):
    """The subject's own row of a breach stays its own; declared on top changes nothing for those classes."""
    breach = models.catalogue.get("deezer-2019")
    frame = people(fuites=["deezer-2019"] * 4)
    rows = score_frame(
        empty, frame, models=models, id_column="member_id", breach=breach, declared_column="fuites"
    )
    assert {one[2] for found in evidence(rows).values() for one in found} == {"own"}


@settings(max_examples=4)
@given(data=st.data())
def test_the_order_of_rows_changes_nothing(data, small_france):
    models = small_france.models
    known = ["free-2024", "deezer-2019", "ledger-2020", "viamedis-almerys-2024", "poleemploi-2021"]
    pairs = st.tuples(st.sampled_from("abcdef"), st.sampled_from(known))
    rows = data.draw(st.lists(pairs, min_size=2, max_size=30))
    shuffled = data.draw(st.permutations(rows))
    with Vault.open(small_france.vault, small_france.key) as vault:
        results = [
            score_frame(
                vault,
                pl.DataFrame([*order, ("z", "")], schema=["id", "told"], orient="row"),
                models=models,
                id_column="id",
                declared_column="told",
            )
            for order in (rows, shuffled)
        ]
    assert results[0].equals(results[1])


def test_what_cannot_count_stops_the_run(empty, models):
    early = dataclasses.replace(models, as_of=models.catalogue.get("free-2024").date.replace(year=2023))
    frame = people(fuites=["free-2024", "", "", ""])
    with pytest.raises(FutureBreach, match="free-2024"):
        score_frame(empty, frame, models=early, id_column="member_id", declared_column="fuites")
    with pytest.raises(FutureBreach):
        check(empty, {}, models=early, declared=["free-2024"])
    wrong = people(fuites=["free-2024", "", "fre-2024", ""])
    with pytest.raises(UnknownDeclaredBreach, match=r"row 3, column “fuites”.*free-2024"):
        score_frame(empty, wrong, models=models, id_column="member_id", declared_column="fuites")
    with pytest.raises((UnknownDeclaredBreach, UnknownBreach), match="free-2024"):
        check(empty, {}, models=models, declared=["fre-2024"])


def run(folder, *arguments, stdin=""):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return CliRunner().invoke(
            app, arguments, input=stdin, env={"CORRELATE_KEY_FILE": str(folder / "secret.key")}
        )


def test_the_path_of_a_bank_as_a_user_goes_it(tmp_path):
    """Key, empty vault, two files; no breach data anywhere. Counts on standard output, errors with code 2."""
    people(fuites=["free-2024", "", "", ""]).write_csv(tmp_path / "clients.csv")
    (tmp_path / "told.csv").write_text("member_id,breach\nb,ledger-2020\nnobody,free-2024\n,free-2024\n")
    create_key(tmp_path / "secret.key")
    assert run(tmp_path, "vault", "create", "v.duckdb").exit_code == 0
    command = ["score", "v.duckdb", "clients.csv", "--id", "member_id", "--as-of", "2026-11-01"]
    both = ("--declared", "told.csv", "--declared-column", "fuites", "--rejects", "rejects.csv")
    done = run(tmp_path, *command, *both, "-o", "scores.parquet")
    assert done.exit_code == 0, done.output
    assert "2 declared breaches of 2 subjects count." in done.output
    assert "1 ids in them that no subject has" in done.output
    assert (tmp_path / "rejects.csv").read_text().splitlines()[1:] == ["told.csv,3,member_id,no-subject-id"]
    scores = pl.read_parquet(tmp_path / "scores.parquet")
    assert evidence(scores)["b"] == [("ledger-2020", 1.0, "declared", 0)]

    person = json.dumps({"subject_id": "b", "email": "b@x.example", "declared": ["ledger-2020"]})
    one = run(tmp_path, "check", "v.duckdb", "--as-of", "2026-11-01", stdin=person)
    assert json.loads(one.stdout)["score"] == scores.filter(subject_id="b")["score"].item()

    (tmp_path / "told.csv").write_text("member_id,breach\nb,ledgr-2020\n")
    wrong = run(tmp_path, *command, "--declared", "told.csv", "-o", "never.csv")
    assert wrong.exit_code == 2
    person = json.dumps({"subject_id": "b", "declared": 3})
    assert run(tmp_path, "check", "v.duckdb", stdin=person).exit_code == 2
    same = run(tmp_path, *command, "--declared", "told.csv", "-o", "told.csv")
    assert same.exit_code == 2
    assert not (tmp_path / "never.csv").exists()


def test_a_breach_that_reveals_something_sensitive_is_not_named(empty, models):
    frame = pl.DataFrame({"id": ["a"], "told": ["aides-2025"]})
    scores = score_frame(empty, frame, models=models, id_column="id", declared_column="told")
    assert [one[0] for one in evidence(scores)["a"]] == ["withheld"]


def test_the_vault_is_not_changed(empty, models):
    ingest(empty, people(), models.catalogue.get("deezer-2019"))
    before = empty.info()
    score_frame(
        empty,
        people(fuites=["free-2024"] * 4),
        models=models,
        id_column="member_id",
        declared_column="fuites",
    )
    assert empty.info() == before
