"""The claims about ``correlate breaches``."""

from __future__ import annotations

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from correlate.catalogue import Catalogue, CatalogueError, UnknownBreach, read_breaches
from correlate_cli.breaches import _table, app

OWN = """\
[[breach]]
id = "example-2026"
organisation = "Éxample"
date = 2026-02-03
date_kind = "breach"
persons = 10
persons_kind = "persons_official"
status = "confirmed"
scope = "FR"
classes = ["NAME", "EMAIL"]
sources = ["a page"]
"""


@pytest.fixture(autouse=True)
def own(monkeypatch, tmp_path):
    path = tmp_path / "settings" / "own.toml"
    monkeypatch.setenv("CORRELATE_CATALOGUE", str(path))
    return path


def run(*arguments, fails=False):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert (result.exit_code != 0) is fails
    return result


def listed(*arguments):
    header, *rows = (line.split("\t") for line in run("list", *arguments).stdout.splitlines())
    assert header == ["id", "date", "organisation", "persons", "counted", "status", "scope", "classes"]
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_the_list_has_every_breach_by_date():
    rows = listed()
    assert len(rows) == 131
    assert [(row["date"], row["id"]) for row in rows] == sorted((row["date"], row["id"]) for row in rows)


def test_data_go_to_stdout_and_the_count_to_stderr():
    result = run("list", "--class", "NIR")
    assert result.stderr == "28 of 131 breaches\n"
    assert "of 131" not in result.stdout


def test_several_classes_must_all_be_exposed():
    found = {row["id"] for row in listed("--class", "NIR", "--class", "iban")}
    assert found == {
        "adecco-fr-2022",
        "aides-2025",
        "cnfpt-2025",
        "francetravail-2025-10",
        "cnrs-2026",
        "umanens-2026",
    }


def test_both_days_of_a_period_are_in_it():
    rows = listed("--since", "2024-02-06", "--until", "2024-02-28")
    assert [row["id"] for row in rows] == ["viamedis-almerys-2024", "ldlc-2024"]


def test_status_and_scope_are_any_of_those_named():
    rows = listed("--status", "stealer", "--status", "scrape", "--scope", "global")
    assert {row["status"] for row in rows} == {"stealer", "scrape"}
    assert len(rows) == 3


@pytest.mark.parametrize("text", ["ALMERYS", "almerys-2026"])
def test_a_search_goes_through_id_organisation_and_processor(text):
    assert "almerys-2026" in {row["id"] for row in listed("--search", text)}


def test_a_search_needs_no_accents():
    assert [row["id"] for row in listed("--search", "pole emploi")] == [
        "poleemploi-2021",
        "poleemploi-majorel-2023",
    ]


def test_json_holds_whole_entries():
    rows = json.loads(run("list", "--search", "free-2024", "--json").stdout)
    assert [row["id"] for row in rows] == ["free-2024"]
    assert rows[0]["partial"] == ["IBAN"]
    assert rows[0]["date"] == "2024-10-17"


def test_csv_is_the_table():
    rows = list(csv.DictReader(io.StringIO(run("list", "--class", "NIR", "--csv").stdout)))
    assert len(rows) == 28
    assert rows[0]["id"] == "dedalus-2021"


def test_json_and_csv_together_are_refused():
    assert "one of --json and --csv" in run("list", "--json", "--csv", fails=True).stderr


def test_an_unknown_class_is_refused_with_the_known_ones():
    told = run("list", "--class", "NOPE", fails=True).stderr
    assert "NOPE" in told
    assert "wealthsignal" in told.lower()


def test_another_catalogue_can_be_listed(tmp_path):
    path = tmp_path / "other.toml"
    path.write_text(OWN, encoding="utf-8")
    assert [row["id"] for row in listed("--catalogue", path, "--search", "example")] == ["example-2026"]


def test_one_breach_is_shown_with_its_doubts_and_sources():
    text = run("show", "free-2024").stdout
    assert "Bank account number (IBAN) (for some only)" in text
    assert "Telephone number (doubtful, see the note)" in text
    assert "5,100,000 (persons reported)" in text
    assert "source:        CNIL" in text
    assert "membership" not in text


def test_a_compilation_is_shown_with_its_lineage_and_a_sensitive_one_as_such():
    text = run("show", "frenchcitizens-2024").stdout
    assert "compiled from: ldlc-2024, sport2000-2024, breaches that are not known" in text
    assert "GDPR article 9" in run("show", "aides-2025").stdout


def test_one_breach_is_shown_as_json():
    row = json.loads(run("show", "viamedis-almerys-2024", "--json").stdout)
    assert row["persons"] == 33_000_000
    assert row["classes"] == ["NAME", "DOB", "NIR", "INSURER", "POLICY", "FAMILY"]


def test_an_unknown_breach_is_an_error_of_ours():
    with pytest.raises(UnknownBreach, match="near it there is free-2024"):
        run("show", "free")


def test_import_adds_to_ones_own_catalogue_and_counts(own, tmp_path):
    path = tmp_path / "new.toml"
    path.write_text(OWN, encoding="utf-8")
    assert run("import", path).stdout == "added\t1\nchanged\t0\nunchanged\t0\n"
    assert "example-2026" in Catalogue.load()
    assert run("import", path).stdout == "added\t0\nchanged\t0\nunchanged\t1\n"
    path.write_text(OWN.replace("persons = 10", "persons = 11"), encoding="utf-8")
    assert run("import", path).stdout == "added\t0\nchanged\t1\nunchanged\t0\n"
    assert read_breaches(own)[0].persons == 11


def test_a_dry_run_writes_nothing(own, tmp_path):
    path = tmp_path / "new.toml"
    path.write_text(OWN, encoding="utf-8")
    result = run("import", path, "--dry-run")
    assert result.stdout.startswith("added\t1\n")
    assert "Nothing was written" in result.stderr
    assert not own.exists()


def test_import_writes_where_it_is_told(own, tmp_path):
    path = tmp_path / "new.toml"
    path.write_text(OWN, encoding="utf-8")
    run("import", path, "--to", tmp_path / "team.toml")
    assert not own.exists()
    assert [breach.id for breach in read_breaches(tmp_path / "team.toml")] == ["example-2026"]


def test_import_takes_a_list_of_have_i_been_pwned_and_tells_what_it_left_out(tmp_path):
    path = tmp_path / "breaches.json"
    new = {"Name": "New", "BreachDate": "2026-01-01", "PwnCount": 5, "DataClasses": ["Names", "IQ levels"]}
    deezer = {"Name": "Deezer", "BreachDate": "2019-04-22", "PwnCount": 1, "DataClasses": ["Names"]}
    odd = {"Name": "Odd", "BreachDate": "2026-01-01", "PwnCount": 6, "DataClasses": ["IQ levels"]}
    path.write_text(json.dumps([new, deezer, odd]))
    result = run("import", path)
    assert result.stdout == "added\t1\nchanged\t0\nunchanged\t0\n"
    assert "1 breaches left out: the shipped catalogue tells of them" in result.stderr
    assert "1 breaches left out: none of their data classes" in result.stderr
    assert "IQ levels (2)" in result.stderr
    assert "new-2026" in Catalogue.load()


def test_a_wrong_file_is_refused_and_nothing_written(own, tmp_path):
    path = tmp_path / "new.toml"
    path.write_text(OWN.replace('"FR"', '"XX"'), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"new.toml.*example-2026.*scope has the unknown value"):
        run("import", path)
    assert not own.exists()


def test_a_dry_run_too_refuses_a_lineage_that_does_not_fit(tmp_path):
    path = tmp_path / "new.toml"
    path.write_text(f'{OWN}compilation = true\nlineage = ["nowhere-2020"]\n', encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"new.toml.*example-2026: its lineage names nowhere-2020"):
        run("import", path, "--dry-run")


def test_a_narrow_terminal_gets_fewer_columns():
    row = tuple(listed("--search", "free-2024")[0].values())
    assert [column.header for column in _table([row], 80).columns] == [
        "id",
        "date",
        "organisation",
        "persons",
        "status",
        "classes",
    ]
    wide = _table([row], 160)
    assert [list(column.cells) for column in wide.columns][3:5] == [["5,100,000"], ["persons reported"]]


@pytest.mark.parametrize("command", ["list", "show", "import"])
def test_help_has_examples(command):
    assert f"correlate breaches {command} " in run(command, "--help").stdout
