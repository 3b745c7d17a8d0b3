"""The profile lender cannot be made to read a NIR: every way in is tried, and none leaves a result behind."""

from __future__ import annotations

import dataclasses
import gzip
import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from correlate.checking import check
from correlate.linkage import Askers
from correlate.pipeline import FieldRefused, Models
from correlate.reading import Mapping
from correlate.risk import Profile
from correlate.scoring import score, score_frame
from correlate.tokens import create_key
from correlate.vault import Vault, ingest
from correlate.vocabulary import FIELDS, Field
from correlate_cli.app import app

pytestmark = pytest.mark.long

LENDER = "lender-2026-11"
# Valid numbers from published test suites of validators, and a provisional one.
NIRS = ["2 84 05 88 321 025 32", "284052A32102552", "1 53 12 45 007 231 60", "7112312345678"]
PEOPLE = {
    "client": [f"c{number}" for number in range(4)],
    "nom": ["Durand", "Petit", "Roux", "Blanc"],
    "prenom": ["Anne", "Paul", "Lea", "Luc"],
}
CLEAN = pl.DataFrame(PEOPLE)
HEADERS = ["nir", "NIR", "Numéro de Sécurité Sociale", "num_secu", "NumSecu", "no_ss", "nss", "N° NIR", "nia"]


@pytest.fixture
def models(small_france) -> Models:
    return dataclasses.replace(small_france.models, profile=Profile.load(LENDER))


@pytest.fixture
def vault(once_empty, key, tmp_path):
    with Vault.open(shutil.copy(once_empty, tmp_path / "vault.duckdb"), key, write=True) as made:
        yield made


def with_nir(header: str) -> pl.DataFrame:
    return CLEAN.with_columns(pl.Series(header, NIRS))


def test_the_profile_refuses_the_nir_and_says_by_which_law():
    lender = Profile.load(LENDER)
    assert Field.nir in lender.refuses
    assert "2019-341" in lender.refuses_source
    assert Profile.load().refuses == ()


def test_without_such_a_column_everything_works(vault, models):
    scores = score_frame(vault, CLEAN, models=models, id_column="client")
    assert scores["subject_id"].to_list() == PEOPLE["client"]
    assert LENDER in scores["model"][0]
    assert check(vault, {"nom": "Durand"}, models=models)["score"] == 0


@pytest.mark.parametrize("header", [*HEADERS, *FIELDS[Field.nir].headers])
def test_a_header_that_means_the_nir_is_refused(vault, models, header):
    with pytest.raises(
        FieldRefused, match=rf"profile {LENDER} .* nir, .*column 4 .*2019-341.*CNIL.*Leave that"
    ):
        score_frame(vault, with_nir(header), models=models, id_column="client")
    with pytest.raises(FieldRefused, match=LENDER):
        check(vault, {"nom": "Durand", header: NIRS[0]}, models=models)


@pytest.mark.parametrize("header", FIELDS[Field.national_id].headers)
def test_so_is_a_national_number(vault, models, header):
    with pytest.raises(FieldRefused, match="national_id"):
        score_frame(vault, with_nir(header), models=models, id_column="client")


def test_an_empty_column_is_refused_too(vault, models):
    """It is not to be there."""
    with pytest.raises(FieldRefused):
        score_frame(vault, CLEAN.with_columns(nir=pl.lit(None, pl.String)), models=models)
    with pytest.raises(FieldRefused):
        check(vault, {"nom": "Durand", "nir": None}, models=models)


@pytest.mark.parametrize("target", ["nir", "national_id", "NIR"])
def test_a_mapping_cannot_bring_it_in(vault, models, target):
    mapping = Mapping(columns={"reference": target})
    with pytest.raises(FieldRefused, match="as the mapping says"):
        score_frame(vault, with_nir("reference"), models=models, mapping=mapping)


@pytest.mark.parametrize("target", ["phone", "ignore", "USER", "iban"])
def test_a_mapping_cannot_rename_it(vault, models, target):
    """Not even to leave it unread: it is not to be in the file."""
    with pytest.raises(FieldRefused):
        score_frame(vault, with_nir("nir"), models=models, mapping=Mapping(columns={"nir": target}))


@pytest.mark.parametrize("target", ["phone", "iban", "surname", "email", "occupation", "USER", "POLICY"])
def test_values_under_another_name_are_refused(vault, models, target):
    with pytest.raises(FieldRefused, match="by its values"):
        score_frame(
            vault, with_nir("reference"), models=models, mapping=Mapping(columns={"reference": target})
        )


def test_values_in_the_columns_that_are_passed_through_are_refused(vault, models):
    frame = with_nir("reference")
    with pytest.raises(FieldRefused, match="by its values"):
        score_frame(vault, frame, models=models, id_column="reference")
    with pytest.raises(FieldRefused):
        score_frame(vault, with_nir("nir"), models=models, id_column="nir")
    with pytest.raises(FieldRefused):
        score_frame(vault, with_nir("nir"), models=models, declared_column="nir")
    with pytest.raises(FieldRefused, match="by its values"):
        score_frame(vault, frame, models=models, declared_column="reference")
    with pytest.raises(FieldRefused, match="by its values"):
        check(vault, {"nom": "Durand"}, models=models, subject_id=NIRS[0])
    with pytest.raises(FieldRefused, match="by its values"):
        check(vault, {"telephone": NIRS[0]}, models=models)


def test_a_column_that_is_not_read_may_hold_anything(vault, models):
    """What no header and no mapping asks for is never looked at."""
    scores = score_frame(vault, with_nir("reference"), models=models, id_column="client")
    assert scores.equals(score_frame(vault, CLEAN, models=models, id_column="client"))


def test_the_rows_of_a_breach_are_subjects_like_others(vault, models):
    breach = models.catalogue.get("viamedis-almerys-2024")
    with pytest.raises(FieldRefused):
        score_frame(vault, with_nir("nir"), models=models, breach=breach)
    with pytest.raises(FieldRefused):
        check(vault, {"nir": NIRS[0]}, models=models, breach=breach)


def files(folder: Path) -> dict[str, Path]:
    """The same table with a NIR in every format, and lines of which only a late one has it."""
    frame = with_nir("num_secu")
    frame.write_csv(folder / "f.csv")
    frame.write_ndjson(folder / "f.jsonl")
    frame.write_parquet(folder / "f.parquet")
    (folder / "f.csv.gz").write_bytes(gzip.compress((folder / "f.csv").read_bytes()))
    lines = CLEAN.write_ndjson() * 5_000
    for name, key in {"late": '"nir"', "escaped": '"n\\u0069r"', "nested": '"assure":{"nir"'}.items():
        end = "}}" if name == "nested" else "}"
        late = f'{{"client":"z",{key}:"{NIRS[0]}"{end}\n'
        (folder / f"{name}.jsonl").write_text(lines + late)
    (folder / "headless.csv").write_text(
        "\n".join(f"{name};{nir}" for name, nir in zip("abcd", NIRS, strict=True))
    )
    return {path.name: path for path in folder.iterdir() if path.suffix != ".duckdb"}


def test_files_of_every_format_are_refused_and_nothing_is_written(vault, models, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    for name, path in files(folder).items():
        mapping = (
            Mapping(columns={"1": "surname", "2": "phone"}, header=False) if "headless" in name else None
        )
        with pytest.raises(FieldRefused, match=name):
            score(vault, path, tmp_path / "scores.csv", models=models, mapping=mapping)
        assert not list(tmp_path.glob("scores.csv*")), name


def test_a_file_of_declared_breaches_is_refused(vault, models, tmp_path):
    told = tmp_path / "told.csv"
    contents = [
        f"client,breach,nir\nc0,free-2024,{NIRS[0]}\n",
        f"nss,breach\n{NIRS[0]},free-2024\n",
        f"client,breach\n{NIRS[0]},free-2024\n",
    ]
    for content in contents:
        told.write_text(content)
        with pytest.raises(FieldRefused, match=r"told\.csv"):
            score_frame(vault, CLEAN, models=models, id_column="client", declared=told)


def test_the_command_line_is_refused_with_code_2(tmp_path):
    create_key(tmp_path / "secret.key")
    (tmp_path / "map.toml").write_text('[columns]\nreference = "nir"\n')
    (tmp_path / "told.csv").write_text("client,breach,nir\nc0,free-2024,1\n")
    with_nir("nir").write_csv(tmp_path / "nir.csv")
    with_nir("reference").write_csv(tmp_path / "reference.csv")
    CLEAN.write_csv(tmp_path / "clean.csv")

    def run(*arguments: str, stdin: str = ""):
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)
            return CliRunner().invoke(app, arguments, input=stdin, env={"CORRELATE_KEY_FILE": "secret.key"})

    assert run("vault", "create", "v.duckdb").exit_code == 0
    lender = ("--profile", LENDER, "-o", "scores.csv")
    tries = [
        ("nir.csv",),
        ("nir.csv", "--id", "client"),
        ("nir.csv", "--id", "nir"),
        ("nir.csv", "--declared-column", "nir"),
        ("nir.csv", "--breach", "viamedis-almerys-2024"),
        ("reference.csv", "--map", "map.toml"),
        ("reference.csv", "--id", "reference"),
        ("clean.csv", "--id", "client", "--declared", "told.csv"),
    ]
    for arguments in tries:
        done = run("score", "v.duckdb", *arguments, *lender)
        assert done.exit_code == 2, arguments
        assert isinstance(done.exception, FieldRefused) or "may not read" in done.output, arguments
        assert not list(tmp_path.glob("*scores*")), arguments
    person = json.dumps({"nom": "Durand", "Numéro de sécu": NIRS[0]})
    for arguments in ((), ("--breach", "viamedis-almerys-2024")):
        done = run("check", "v.duckdb", "--profile", LENDER, *arguments, stdin=person)
        assert done.exit_code == 2
        assert not done.stdout
    assert run("score", "v.duckdb", "clean.csv", "--id", "client", *lender).exit_code == 0
    assert run("check", "v.duckdb", "--profile", LENDER, stdin='{"nom": "Durand"}').exit_code == 0


def chain(vault: Vault, models: Models) -> pl.DataFrame:
    """A client found in one breach by e-mail; only the NIR leads on, to a row that bears nothing else."""
    nir = "284058832102532"
    ingest(vault, pl.DataFrame({"email": ["c@x.example"], "nir": [nir]}), models.catalogue.get("free-2024"))
    ingest(
        vault,
        pl.DataFrame({"nir": [nir], "assureur": ["x"]}),
        models.catalogue.get("viamedis-almerys-2024"),
    )
    return pl.DataFrame({"client": ["c"], "email": ["c@x.example"]})


def test_no_path_over_other_records_travels_by_a_nir(vault, small_france, models):
    """For research the second breach is two links away; for a lender it is out of reach."""
    clients = chain(vault, models)
    found = {
        name: {
            (one["breach"], one["depth"])
            for one in score_frame(vault, clients, models=each, id_column="client")["breaches"][0].to_list()
        }
        for name, each in {"research": small_france.models, "lender": models}.items()
    }
    assert found["research"] == {("free-2024", 1), ("viamedis-almerys-2024", 2)}
    assert found["lender"] == {("free-2024", 1)}


def test_records_ask_without_the_columns_that_are_left_out(vault, models):
    chain(vault, models)
    ids = vault.engine.frame("SELECT record_id FROM record")["record_id"]
    whole, without = (Askers.of_records(vault, ids, without=names) for names in (frozenset(), {"nir"}))
    assert (whole.rows["nir"] != 0).all()
    assert (without.rows["nir"] == 0).all()
    assert len(without.keys) < len(whole.keys)
