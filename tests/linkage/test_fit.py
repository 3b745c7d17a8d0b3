"""A model learned from a vault: the same whatever the order of things, and no model from too little."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from correlate.catalogue import Catalogue
from correlate.errors import InputError
from correlate.linkage import Askers, TooLittleToFit, find_candidates, fit, load_model, model_toml
from correlate.linkage.fit import pairs_of_others
from correlate.reading import open_input
from correlate.vault import Vault, ingest, tokenised
from tests.vault.leaks import FREE, people, write

pytestmark = pytest.mark.long

MODEL = load_model()
BREACHES = ("bouygues-2025", "viamedis-almerys-2024")


def of_subjects(vault, path, *, shuffled=False):
    """The rows of a file, as asking."""
    frame = pl.read_parquet(path)
    if shuffled:
        frame = frame.sample(fraction=1, shuffle=True, seed=5)
    parts = []
    with open_input(frame) as source:
        for batch, found in tokenised(vault.tokeniser, source, None, asking=True):
            parts.append(Askers.of_people(found, numbers=batch.row_numbers.to_numpy()))
    return Askers.together(parts)


def of_records(vault):
    return Askers.of_records(vault, vault.engine.frame("SELECT record_id FROM record")["record_id"])


@pytest.fixture(scope="module")
def in_order(small_france, tmp_path_factory, key):
    """Two breaches' files as they are."""
    with Vault.create(tmp_path_factory.mktemp("fit") / "vault.duckdb", key) as vault:
        for breach in BREACHES:
            ingest(
                vault, small_france.folder / "breaches" / f"{breach}.parquet", Catalogue.shipped().get(breach)
            )
        yield vault


@pytest.fixture(scope="module")
def out_of_order(small_france, tmp_path_factory, key):
    """The same files, the last first, and their rows shuffled."""
    folder = tmp_path_factory.mktemp("shuffled")
    with Vault.create(folder / "vault.duckdb", key) as vault:
        for breach in reversed(BREACHES):
            rows = pl.read_parquet(small_france.folder / "breaches" / f"{breach}.parquet")
            rows.sample(fraction=1, shuffle=True, seed=7).write_parquet(folder / f"{breach}.parquet")
            ingest(vault, folder / f"{breach}.parquet", Catalogue.shipped().get(breach))
        yield vault


def learned(vault, askers, **options):
    return fit(vault, askers, start=MODEL, name="learned", **options)


@pytest.fixture(scope="module")
def fitted(in_order, small_france):
    return learned(in_order, of_subjects(in_order, small_france.subjects))


def test_a_model_learned_from_subjects_hangs_on_no_order(fitted, in_order, out_of_order, small_france):
    """Of the vault's files, their rows, or the subjects'; twice gives the same text."""
    one = fitted
    again = learned(in_order, of_subjects(in_order, small_france.subjects))
    other = learned(out_of_order, of_subjects(out_of_order, small_france.subjects, shuffled=True))
    assert one.person_pairs > 200
    assert model_toml(one.model) == model_toml(again.model) == model_toml(other.model)
    assert one == again == other


def test_a_model_learned_from_a_sample_of_the_records_hangs_on_no_order(in_order, out_of_order):
    one, other = (
        learned(vault, of_records(vault).sample(900), among_themselves=True)
        for vault in (in_order, out_of_order)
    )
    assert one.askers == 900
    assert one.person_pairs > 100
    assert one == other
    assert model_toml(one.model) == model_toml(other.model)


def test_what_is_learned_is_a_model(fitted, tmp_path):
    """Every chance is one, levels that compete for m add up to 1, limits stay, and a file holds it."""
    found = fitted.model
    path = tmp_path / "learned.toml"
    path.write_text(model_toml(found), encoding="utf-8")
    assert load_model(path) == found
    assert found.name == "learned"
    assert MODEL.name in found.sources["surname"]
    assert (found.key_records_max, found.probability_min) == (MODEL.key_records_max, MODEL.probability_min)
    # About one record of these among two thousand is a subject's.
    assert 300 < found.population < 6_000


def test_the_records_of_one_breach_are_not_compared_with_each_other_where_there_are_several(
    in_order, key, tmp_path
):
    """Else who stands twice in a file would be learned from; with one breach there is nothing else."""
    assert learned(in_order, of_records(in_order).sample(300), among_themselves=True).person_pairs > 30
    found, others = found_among(in_order)
    breaches = dict(in_order.engine.rows("SELECT record_id, breach_no FROM record"))
    expected = [(one, other) for one, other in found if breaches[one] != breaches[other]]
    assert 0 < len(expected) < len(found)
    assert others == expected
    twice = pl.concat([people(60), people(60)])
    with Vault.create(tmp_path / "one.duckdb", key) as vault:
        ingest(vault, write(twice, tmp_path / "one.csv"), FREE)
        assert learned(vault, of_records(vault), among_themselves=True).person_pairs == pytest.approx(
            120, rel=0.05
        )
        found, others = found_among(vault)
        assert others == [(one, other) for one, other in found if one != other] != []


def found_among(vault):
    """Candidate pairs of some records, and those of them that are learned from."""
    pairs = find_candidates(vault, of_records(vault).sample(300), model=MODEL).pairs
    return pairs.rows(), pairs_of_others(vault.engine, pairs).rows()


def test_too_little_is_no_model(key, tmp_path):
    with Vault.create(tmp_path / "tiny.duckdb", key) as vault:
        ingest(vault, write(people(12), tmp_path / "tiny.csv"), FREE)
        asking = vault.tokeniser.people(
            people(12).select("nir", "email", birth_date="date_naissance", first_name="prenom"), asking=True
        )
        with pytest.raises(TooLittleToFit) as stop:
            learned(vault, Askers.of_people(asking))
    assert isinstance(stop.value, InputError)
    assert "about 12 pairs" in str(stop.value)
    assert "30" in str(stop.value)


def test_an_empty_vault_is_too_little(key, tmp_path):
    with Vault.create(tmp_path / "empty.duckdb", key) as vault, pytest.raises(TooLittleToFit):
        learned(
            vault, Askers.of_people(vault.tokeniser.people(people(40).select("nir", "email"), asking=True))
        )


def test_askers_are_sampled_by_what_they_are_and_not_by_where_they_stand(in_order):
    askers = of_records(in_order)
    mixed = Askers(rows=askers.rows.sample(fraction=1, shuffle=True, seed=3), keys=askers.keys)
    one, other = (each.sample(200).rows["asker_no"].sort() for each in (askers, mixed))
    assert one.equals(other)
    assert len(one) == 200
    keys = askers.sample(200).keys["asker_no"]
    assert set(keys.to_list()) <= set(one.to_list())
    assert np.isin(
        askers.keys.filter(pl.col("asker_no").is_in(one.implode()))["key"], askers.sample(200).keys["key"]
    ).all()
