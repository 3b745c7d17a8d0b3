"""Tokens that repeat are kept once, and come back from their numbers as they were."""

from __future__ import annotations

import shutil

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from correlate.tokens import TOKEN_COLUMNS
from correlate.vault import Vault, erase_records, ingest, remove_breach, verify
from correlate.vault.engine import Engine
from correlate.vault.forms import FORMS, PLAIN, RECORD_COLUMNS, FormBook, FormWriter
from correlate.vault.schema import MIGRATIONS, migrate
from tests.vault.leaks import FRANCE_TRAVAIL, FREE, found_in, people, write

FORMED = tuple(name for names in FORMS.values() for name in names)

# Few tokens, so that they repeat and are often missing; and some at the ends of the range.
tokens = st.sampled_from([0, 0, 1, 2, 3, -1, 2**63 - 1, -(2**63)])
rows = st.lists(st.fixed_dictionaries(dict.fromkeys(FORMED, tokens)), max_size=12)


def columns(found):
    return {name: np.array([row[name] for row in found], dtype=np.int64) for name in FORMED}


def frame(numbers, height):
    nothing = {name: pl.Series([None] * height, dtype=pl.Int64) for name in PLAIN}
    return pl.DataFrame(nothing | {name: pl.Series(held) for name, held in numbers.items()})


@pytest.fixture
def engine(tmp_path):
    with Engine(tmp_path / "forms.duckdb", write=True) as opened:
        migrate_fresh(opened)
        yield opened


@pytest.fixture(scope="module")
def once_migrated(tmp_path_factory):
    """A file with the tables of a vault, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "forms.duckdb"
    with Engine(path, write=True) as opened:
        migrate_fresh(opened)
    return path


def migrate_fresh(opened):
    with opened.transaction():
        migrate(opened, since=0)


def test_every_token_column_is_plain_or_of_one_form():
    assert sorted((*PLAIN, *FORMED)) == sorted(TOKEN_COLUMNS)


@settings(max_examples=12)
@given(batches=st.lists(rows, min_size=1, max_size=4))
def test_tokens_come_back_from_their_numbers(batches, once_migrated, tmp_path_factory):
    """Whatever was stored before, and whether forms are looked up or read whole."""
    path = shutil.copy(once_migrated, tmp_path_factory.mktemp("f") / "f.duckdb")
    with Engine(path, write=True) as opened:
        for batch in batches:
            given_ = columns(batch)
            numbers = FormWriter(opened).numbers(given_, len(batch))
            few, whole = FormBook(opened), FormBook(opened)
            for form in FORMS:
                whole.table(form)
            for book in (few, whole):
                back = book.tokens(frame(numbers, len(batch)))
                assert all((back[name] == given_[name]).all() for name in FORMED)
        for form in FORMS:
            held, distinct = opened.rows(f"SELECT count(*), count(DISTINCT no) FROM {form}_form")[0]
            combinations = {tuple(row[name] for name in FORMS[form]) for batch in batches for row in batch}
            assert held == distinct == len(combinations - {(0,) * len(FORMS[form])})


def test_a_column_that_is_absent_is_missing_everywhere(engine):
    numbers = FormWriter(engine).numbers({"sex": np.array([5, 0])}, 2)
    assert {name: held.tolist() for name, held in numbers.items() if held.any()} == {"sex_no": [1, 0]}


def test_a_vault_of_version_1_keeps_every_token_when_it_is_migrated(tmp_path, filled, key):
    """The old layout, filled with what a vault of today holds, becomes that vault again."""
    with Vault.open(filled / "vault.duckdb", key) as vault:
        before = vault.engine.frame("SELECT * FROM record_token ORDER BY record_id")
    with Engine(tmp_path / "old.duckdb", write=True) as old:
        with old.transaction():
            old.execute(MIGRATIONS[1])
            old.execute("INSERT INTO meta VALUES ('schema_version', '1')")
            old.append("record", before, step="old records")
        with old.transaction():
            migrate(old, since=1)
        assert old.frame("SELECT * FROM record_token ORDER BY record_id").equals(before)
        assert old.scalar("SELECT count(*) FROM record") == before.height


def test_no_form_stays_that_no_record_has(tmp_path, filled, key):
    path = tmp_path / "v.duckdb"
    path.write_bytes((filled / "vault.duckdb").read_bytes())
    with Vault.open(path, key, write=True) as vault:
        ids = vault.engine.frame("SELECT record_id FROM record ORDER BY record_id")["record_id"]
        erase_records(vault, ids.gather_every(2))
        for form in FORMS:
            lost = f"SELECT count(*) FROM {form}_form ANTI JOIN record ON {form}_no = no"
            assert vault.engine.scalar(lost) == 0
        remove_breach(vault, FREE.id)
        remove_breach(vault, FRANCE_TRAVAIL.id)
        assert [vault.engine.scalar(f"SELECT count(*) FROM {form}_form") for form in FORMS] == [0] * len(
            FORMS
        )
        assert verify(vault) == ()


def test_numbers_that_became_free_do_no_harm(tmp_path, key):
    """Ingest after an erasure may use them again, in the same process too."""
    with Vault.create(tmp_path / "v.duckdb", key) as vault:
        ingest(vault, write(people(30, seed=1), tmp_path / "a.csv"), FREE)
        kept = vault.engine.frame("SELECT record_id FROM record ORDER BY record_id")["record_id"]
        vault.forms.prepare(10**6)
        erase_records(vault, kept.gather_every(3))
        ingest(vault, write(people(30, seed=2), tmp_path / "b.csv"), FREE)
        select = f"SELECT record_id, {', '.join(RECORD_COLUMNS)} FROM record ORDER BY record_id"
        back = vault.forms.tokens(vault.engine.frame(select))
        tokens_ = vault.engine.frame("SELECT * FROM record_token ORDER BY record_id")
        assert all((back[name] == tokens_[name].fill_null(0).to_numpy()).all() for name in TOKEN_COLUMNS)
        assert verify(vault) == ()


def test_an_unknown_form_is_a_finding(tmp_path, filled, key):
    path = tmp_path / "v.duckdb"
    path.write_bytes((filled / "vault.duckdb").read_bytes())
    with Vault.open(path, key, write=True) as vault:
        vault.engine.execute("DELETE FROM first_name_form WHERE no = 1")
        assert "records with an unknown first name" in {finding.what for finding in verify(vault)}


def test_tokens_of_forms_are_gone_from_the_file_with_their_last_record(tmp_path, key):
    path = tmp_path / "v.duckdb"
    with Vault.create(path, key) as vault:
        vault.engine.execute("SET force_compression = 'uncompressed'")
        ingest(vault, write(people(40, seed=1), tmp_path / "a.csv"), FREE)
        names = [n for (n,) in vault.engine.rows("SELECT surname FROM name_form WHERE surname IS NOT NULL")]
    assert found_in(path, names) > 0
    with Vault.open(path, key, write=True) as vault:
        vault.engine.execute("SET force_compression = 'uncompressed'")
        remove_breach(vault, FREE.id)
    assert found_in(path, names) == 0
