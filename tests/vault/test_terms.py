"""Term frequencies are the counts of the records that there are, whatever came and went."""

from __future__ import annotations

import shutil
from collections import Counter

import duckdb
import polars as pl
import pytest

from correlate.catalogue import Catalogue
from correlate.errors import VaultError
from correlate.tokens import TOKENS_VERSION
from correlate.vault import (
    TERM_FIELDS,
    Vault,
    VaultTokensOld,
    erase_records,
    ingest,
    reference_breaches,
    remove_breach,
    verify,
)
from correlate.vault.schema import MIGRATIONS
from tests.vault.leaks import FRANCE_TRAVAIL, FREE, people, write

VIAMEDIS = Catalogue.shipped().get("viamedis-almerys-2024")
WHAT = "term frequencies that their records do not make"
FIELDS = {
    "surname": ["surname", "surname_alt"],
    "first_name": ["first_name"],
    "birth_date": ["birth_date"],
    "birth_place": ["birth_place"],
    "postcode": ["postcode"],
    "city": ["city"],
    "occupation": ["occupation"],
}


def rich(count, seed):
    """People with a second surname, a home and an occupation, of which some are not told."""
    number = pl.int_range(pl.len())
    return people(count, seed=seed).with_columns(
        nom_usage=pl.when(number % 3 == 0).then(pl.lit("Brindavoine")),
        code_postal=pl.when(number % 4 != 0).then(pl.format("750{}", (number % 9 + 10))),
        ville=pl.when(number % 5 != 0).then(pl.lit("Paris")),
        lieu_naissance=pl.when(number % 8 != 0).then(pl.lit("Lyon")),
        profession=pl.when(number % 2 == 0).then(pl.lit("boulanger")),
        prenom=pl.when(number % 7 != 0).then("prenom"),
        date_naissance=pl.when(number % 6 != 0).then("date_naissance"),
    )


def counted(vault):
    """The terms, row by row."""
    columns = [name for names in FIELDS.values() for name in names]
    counts = Counter()
    for row in vault.engine.frame(f"SELECT breach_no, {', '.join(columns)} FROM record_token").to_dicts():
        breach = row["breach_no"]
        for field, names in FIELDS.items():
            counts.update((breach, field, row[name]) for name in names if row[name] is not None)
            if row[names[0]] is not None:
                counts[breach, field, 0] += 1
    return counts


def held(vault):
    rows = vault.engine.rows("SELECT breach_no, field, token, records FROM term")
    assert len(rows) == len({row[:3] for row in rows})
    return Counter({row[:3]: row[3] for row in rows})


def by_name(vault):
    names = dict(vault.engine.rows("SELECT breach_no, breach FROM breach"))
    return {(names[no], field, token): n for (no, field, token), n in held(vault).items()}


@pytest.fixture(scope="module")
def once(tmp_path_factory, key):
    """Three files of two breaches, and the vault that holds them."""
    folder = tmp_path_factory.mktemp("terms")
    with Vault.create(folder / "vault.duckdb", key) as made:
        ingest(made, write(rich(120, seed=1), folder / "a.csv"), FREE)
        ingest(made, write(rich(90, seed=2), folder / "b.parquet"), FRANCE_TRAVAIL)
        ingest(made, write(rich(60, seed=3), folder / "c.jsonl"), FREE)
    return folder


@pytest.fixture
def vault(once, tmp_path, key):
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    with Vault.open(tmp_path / "vault.duckdb", key, write=True) as made:
        yield made


def test_the_fields_that_are_counted_are_these():
    assert {field: list(columns) for field, columns in TERM_FIELDS.items()} == FIELDS


def test_several_files_add_up(vault):
    found = held(vault)
    assert found == counted(vault)
    assert (found[1, "occupation", 0], found[2, "occupation", 0]) == (90, 45)
    assert {field for _, field, _ in found} == set(FIELDS)
    assert verify(vault) == ()


def test_a_file_that_is_held_already_counts_once(vault, tmp_path):
    before = held(vault)
    assert ingest(vault, tmp_path / "a.csv", FREE).already_held
    assert held(vault) == before


def test_a_breach_that_is_removed_takes_its_counts_along(vault):
    before = held(vault)
    remove_breach(vault, FRANCE_TRAVAIL.id)
    assert held(vault) == counted(vault) != before
    remove_breach(vault, FREE.id)
    assert held(vault) == Counter()
    assert verify(vault) == ()


def test_records_that_are_erased_take_their_counts_along(vault):
    before = held(vault)
    ids = vault.engine.frame("SELECT record_id FROM record ORDER BY record_id")["record_id"]
    erase_records(vault, ids.gather_every(3))
    assert held(vault) == counted(vault) != before
    assert verify(vault) == ()


def test_what_comes_after_an_erasure_adds_up_too(vault, tmp_path):
    remove_breach(vault, FREE.id)
    ingest(vault, write(rich(40, seed=4), tmp_path / "d.csv"), FREE)
    assert held(vault) == counted(vault)


def test_the_order_of_files_changes_no_count(vault, tmp_path, key):
    with Vault.create(tmp_path / "other.duckdb", key) as other:
        for name, breach in (("c.jsonl", FREE), ("b.parquet", FRANCE_TRAVAIL), ("a.csv", FREE)):
            ingest(other, tmp_path / name, breach)
        assert by_name(other) == by_name(vault)


def test_the_reference_of_a_field_is_the_breach_with_most_records_that_have_it(vault, tmp_path):
    """Not the largest breach; and of equals the first by name, whatever came in first."""
    number = {breach: no for no, breach in vault.engine.rows("SELECT breach_no, breach FROM breach")}
    assert reference_breaches(vault.engine) == dict.fromkeys(FIELDS, number[FREE.id])
    ingest(vault, write(rich(400, seed=9).drop("profession"), tmp_path / "big.csv"), FRANCE_TRAVAIL)
    found = reference_breaches(vault.engine)
    assert found.pop("occupation") == number[FREE.id]
    assert set(found.values()) == {number[FRANCE_TRAVAIL.id]}
    ingest(vault, write(rich(90, seed=5), tmp_path / "jobs.csv"), FRANCE_TRAVAIL)
    occupied = {no: n for (no, field, token), n in held(vault).items() if (field, token) == ("occupation", 0)}
    assert len(set(occupied.values())) == 1
    assert reference_breaches(vault.engine)["occupation"] == number[min(FREE.id, FRANCE_TRAVAIL.id)]


def test_what_is_counted_of_a_breach_stays_when_another_comes_in(vault, tmp_path):
    before = held(vault)
    ingest(vault, write(rich(500, seed=6), tmp_path / "other.csv"), VIAMEDIS)
    assert {place: n for place, n in held(vault).items() if place in before} == before


def test_a_vault_of_the_version_before_is_counted_as_it_would_be_now(vault):
    """The migration's own counting, against this program's."""
    engine, now = vault.engine, held(vault)
    engine.execute("DROP TABLE term; CREATE TABLE term (field VARCHAR, token BIGINT, records BIGINT)")
    engine.execute("DELETE FROM meta WHERE name IN ('vault_id', 'last_file_no')")
    engine.execute(MIGRATIONS[3])
    assert held(vault) == now


def test_an_empty_vault_has_no_terms(tmp_path, key):
    with Vault.create(tmp_path / "empty.duckdb", key) as made:
        assert held(made) == Counter()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE term SET records = records + 1 WHERE token = (SELECT max(token) FROM term)",
        "UPDATE term SET records = records + 1 WHERE token = 0 AND field = 'surname'",
        "UPDATE term SET token = token + 1 WHERE token = (SELECT max(token) FROM term)",
        "UPDATE term SET field = 'city' WHERE field = 'first_name' AND token = 0",
        "DELETE FROM term WHERE token = (SELECT max(token) FROM term)",
        "INSERT INTO term VALUES (1, 'surname', 5, 1)",
        "INSERT INTO birth_place_form VALUES (1, 77); UPDATE record SET birth_place_no = 1 WHERE rowid = 0",
    ],
)
def test_a_term_that_its_records_do_not_make_is_found(filled, tmp_path, key, damage):
    path = shutil.copy(filled / "vault.duckdb", tmp_path / "v.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(damage)
    with Vault.open(path, key) as opened:
        [finding] = verify(opened)
    assert finding.what == WHAT
    assert 1 <= finding.rows <= 4


def test_a_term_that_stands_twice_is_found(filled, tmp_path, key):
    path = shutil.copy(filled / "vault.duckdb", tmp_path / "v.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO term FROM term LIMIT 1")
    with Vault.open(path, key) as opened:
        assert [finding.what for finding in verify(opened)] == [WHAT]


@pytest.mark.parametrize("write_too", [False, True])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("DELETE FROM meta WHERE name = 'tokens'", "1"),
        ("UPDATE meta SET content = '1' WHERE name = 'tokens'", "1"),
        ("UPDATE meta SET content = '9' WHERE name = 'tokens'", "9"),
    ],
)
def test_tokens_of_another_construction_are_refused_by_name(filled, tmp_path, key, change, said, write_too):
    """They would never meet those of this program, and nobody would be told."""
    path = shutil.copy(filled / "vault.duckdb", tmp_path / "v.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(change)
    before = path.read_bytes()
    with pytest.raises(VaultTokensOld) as stop:
        Vault.open(path, key, write=write_too)
    assert isinstance(stop.value, VaultError)
    assert f"construction {said}" in str(stop.value)
    assert f"construction {TOKENS_VERSION}" in str(stop.value)
    assert "v.duckdb" in str(stop.value)
    assert path.read_bytes() == before
