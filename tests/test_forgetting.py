"""Forgetting erases the records of the people given, nobody else's, and proves it by searching again."""

from __future__ import annotations

import shutil

import polars as pl
import pytest

from correlate.errors import InputError
from correlate.forgetting import forget
from correlate.linkage import load_model
from correlate.reading import Mapping, RejectsWriter
from correlate.vault import Vault, ingest, verify
from tests.vault.leaks import FRANCE_TRAVAIL, FREE, people, tables, write

MODEL = load_model()
PEOPLE = people(300)


@pytest.fixture(scope="module")
def filled(tmp_path_factory, key):
    """The same people in two breaches: by name and telephone in one, by NIR and e-mail in the other."""
    path = tmp_path_factory.mktemp("forget") / "vault.duckdb"
    by_name, by_number = ["nom", "prenom", "date_naissance", "telephone"], ["nir", "email", "mot_de_passe"]
    with Vault.create(path, key) as vault:
        ingest(vault, write(PEOPLE[by_name], path.with_name("a.csv")), FREE)
        ingest(vault, write(PEOPLE[by_number], path.with_name("b.csv")), FRANCE_TRAVAIL)
    return path


@pytest.fixture
def vault(filled, tmp_path, key):
    path = shutil.copy(filled, tmp_path / "vault.duckdb")
    with Vault.open(path, key, write=True) as opened:
        yield opened


def rows_left(vault):
    """The rows of each file that are still held, from 0."""
    rows = vault.engine.rows("SELECT record_id >> 40, (record_id & 1048575) - 1 FROM record")
    return {number: {row for file, row in rows if file == number} for number in (1, 2)}


def test_every_record_of_the_people_is_erased_and_no_one_elses(vault, filled, tmp_path, key):
    before = tables(filled, key)
    report = forget(vault, write(PEOPLE[40:60], tmp_path / "leavers.csv"), model=MODEL)
    assert rows_left(vault) == dict.fromkeys((1, 2), set(range(300)) - set(range(40, 60)))
    assert verify(vault) == ()
    vault.close()
    assert (report.subjects, report.rejected) == (20, 0)
    assert (report.records_erased, report.records_left, report.found_afterwards) == (40, 560, 0)
    after = tables(vault.path, key)
    assert after["file"] == before["file"]
    assert set(after["record"]) < set(before["record"])
    assert set(after["link_key"]) < set(before["link_key"])


@pytest.mark.parametrize(
    ("columns", "erased_from"),
    [(["nir"], {2}), (["email"], {2}), (["nom", "prenom", "date_naissance", "telephone"], {1})],
)
def test_people_are_found_by_whatever_identifies_them(vault, tmp_path, columns, erased_from):
    report = forget(vault, write(PEOPLE[:10][columns], tmp_path / "leavers.csv"), model=MODEL)
    assert report.found_afterwards == 0
    left = rows_left(vault)
    for number in (1, 2):
        assert len(left[number]) == (290 if number in erased_from else 300)


def test_people_the_vault_does_not_hold_change_nothing(vault, tmp_path):
    before = vault.path.stat().st_ino
    report = forget(vault, write(people(50, seed=7), tmp_path / "leavers.csv"), model=MODEL)
    assert (report.records_erased, report.records_left) == (0, 600)
    assert vault.path.stat().st_ino == before


def test_nothing_is_left_that_scoring_the_same_people_would_find(vault, tmp_path):
    leavers = write(PEOPLE[:50], tmp_path / "leavers.csv")
    forget(vault, leavers, model=MODEL)
    assert forget(vault, leavers, model=MODEL).records_erased == 0


def test_the_files_they_came_from_cannot_bring_them_back(vault, filled, tmp_path):
    forget(vault, write(PEOPLE[:50], tmp_path / "leavers.csv"), model=MODEL)
    assert ingest(vault, filled.with_name("a.csv"), FREE).already_held
    assert vault.info().records == 500


def test_a_lower_probability_erases_more(vault, filled, tmp_path, key):
    """By name and birth date alone, few records are theirs beyond doubt."""
    leavers = write(PEOPLE[:30].drop("telephone", "nir", "email"), tmp_path / "leavers.csv")
    likely = shutil.copy(filled, tmp_path / "likely.duckdb")
    forget(vault, leavers, model=MODEL, probability_min=0.999)
    with Vault.open(likely, key, write=True) as other:
        forget(other, leavers, model=MODEL, probability_min=0.05)
        assert rows_left(other)[1] < rows_left(vault)[1]


def test_rows_that_name_nobody_are_counted_and_listed(vault, tmp_path):
    nobody = pl.when(pl.int_range(10) != 3).then(pl.all())
    leavers = write(PEOPLE[:10].with_columns(nobody), tmp_path / "leavers.csv")
    with RejectsWriter(tmp_path / "rejects.csv") as rejects:
        report = forget(vault, leavers, model=MODEL, rejects=rejects)
    assert (report.subjects, report.rejected, report.records_erased) == (9, 1, 18)
    assert pl.read_csv(tmp_path / "rejects.csv")["row"].to_list() == [4]
    assert {3} <= rows_left(vault)[1]


def test_a_person_on_several_rows_is_one_among_the_records(vault, tmp_path):
    twice = pl.concat([PEOPLE[:10], PEOPLE[:10]])
    report = forget(vault, write(twice, tmp_path / "leavers.csv"), model=MODEL)
    assert (report.subjects, report.records_erased) == (20, 20)


def test_columns_can_be_mapped(vault, tmp_path):
    file = write(PEOPLE[:10].select(x="nir"), tmp_path / "leavers.csv")
    assert forget(vault, file, model=MODEL, mapping=Mapping(columns={"x": "nir"})).records_erased == 10


def test_a_file_that_cannot_be_read_erases_nothing(vault, tmp_path):
    file = write(PEOPLE.head(250), tmp_path / "leavers.parquet")
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(InputError):
        forget(vault, file, model=MODEL)
    assert vault.info().records == 600
