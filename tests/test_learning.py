"""Learning a model from a vault: what it is learned from, that order has no part in it, and its file."""

from __future__ import annotations

import math
import stat

import polars as pl
import pytest

from correlate import learning
from correlate.catalogue import Catalogue
from correlate.learning import ModelExists, NobodyToLearnFrom, VaultEmpty, learn, moved, write_model
from correlate.linkage import COMPARISONS, TooLittleToFit, load_model
from correlate.reading import OutputError
from correlate.vault import Vault, ingest

pytestmark = pytest.mark.long

BREACHES = ("francetravail-2024", "free-2024")


@pytest.fixture(scope="module")
def vault(small_france):
    with Vault.open(small_france.vault, small_france.key) as opened:
        yield opened


def filled(folder, france, *, breaches, order):
    with Vault.create(folder, france.key) as made:
        for breach in breaches:
            rows = pl.read_parquet(france.folder / "breaches" / f"{breach}.parquet")
            ingest(made, rows[list(order(rows.height))], Catalogue.shipped().get(breach))
    return Vault.open(folder, france.key)


def test_it_learns_from_subjects(vault, small_france):
    found = learn(vault, small_france.subjects)
    records = vault.engine.scalar("SELECT count(*) FROM record")
    assert found.model.name == f"fit-{vault.key_id}-{records}"
    assert found.askers == pl.read_parquet(small_france.subjects).height
    assert found.model.population < load_model().population


def test_without_subjects_it_learns_from_the_records_whatever_their_order(
    small_france, tmp_path, monkeypatch
):
    """A sample that neither numbers nor files have a part in: the same from a vault filled the other way."""
    monkeypatch.setattr(learning, "ASKERS_MAX", 800)
    forward = filled(tmp_path / "one.duckdb", small_france, breaches=BREACHES, order=range)
    backward = filled(
        tmp_path / "two.duckdb", small_france, breaches=BREACHES[::-1], order=lambda n: range(n - 1, -1, -1)
    )
    with forward, backward:
        one, other = learn(forward), learn(backward)
    assert one.askers == 800
    assert one == other


def test_subjects_are_sampled_as_they_come(vault, small_france, monkeypatch, tmp_path):
    members = pl.read_parquet(small_france.subjects)
    members.reverse().write_parquet(tmp_path / "reversed.parquet")
    monkeypatch.setattr(learning, "ASKERS_MAX", 500)
    one, other = learn(vault, small_france.subjects), learn(vault, tmp_path / "reversed.parquet")
    assert one.askers == 500
    assert one.model == other.model


def test_what_moved_is_told_by_its_weight(vault, small_france):
    start, found = load_model(), learn(vault, small_france.subjects, name="mine")
    told = moved(start, found.model)
    assert len(told) == sum(len(comparison.levels) for comparison in COMPARISONS)
    sizes = [abs(one.change) for one in told]
    assert sizes == sorted(sizes, reverse=True)
    first = told[0]
    odds = found.model.levels[first.field][first.level]
    assert first.bits_after == math.log2(odds.m / odds.u)
    assert all(one.change == 0 for one in moved(start, start))


def test_the_file_gives_the_same_model_back_and_is_never_replaced(vault, small_france, tmp_path):
    model = learn(vault, small_france.subjects, name="mine").model
    file = tmp_path / "mine.toml"
    write_model(model, file)
    assert load_model(file) == model
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    with pytest.raises(ModelExists, match=r"mine\.toml"):
        write_model(load_model(), file)
    assert file.read_bytes() == before
    with pytest.raises(OutputError):
        write_model(model, tmp_path)


def test_an_empty_vault_teaches_nothing(key, tmp_path):
    with Vault.create(tmp_path / "empty.duckdb", key) as empty, pytest.raises(VaultEmpty, match="ingest"):
        learn(empty)


def test_a_small_vault_teaches_too_little(small_france, tmp_path):
    small = filled(tmp_path / "small.duckdb", small_france, breaches=BREACHES[:1], order=lambda _: range(20))
    with small, pytest.raises(TooLittleToFit):
        learn(small)


def test_subjects_who_cannot_be_searched_for_teach_nothing(vault, tmp_path):
    file = tmp_path / "nobody.csv"
    file.write_text("prenom,sexe\nYsoline,F\nFulbert,M\n", encoding="utf-8")
    with pytest.raises(NobodyToLearnFrom, match=r"nobody\.csv") as told:
        learn(vault, file)
    assert "Ysoline" not in str(told.value)
    file.write_text("prenom,sexe\n", encoding="utf-8")
    with pytest.raises(NobodyToLearnFrom):
        learn(vault, file)
