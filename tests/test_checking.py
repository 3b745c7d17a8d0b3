"""One person checked is the same person scored in a batch."""

from __future__ import annotations

import dataclasses
import json

import polars as pl
import pytest

from correlate.checking import check
from correlate.errors import InputError
from correlate.scoring import score_frame
from correlate.vault import Vault

pytestmark = pytest.mark.long


@pytest.fixture
def vault(small_france):
    with Vault.open(small_france.vault, small_france.key) as opened:
        yield opened


def test_a_check_gives_what_the_batch_gives(vault, small_france):
    """Equal in every field, for people with and without links."""
    members = pl.read_parquet(small_france.subjects)
    batch = score_frame(vault, members, models=small_france.models, id_column="member_id")
    wanted = {row["subject_id"]: row for row in map(json.loads, batch.write_ndjson().splitlines())}
    linked = batch.filter(pl.col("breaches").list.len() > 0)["subject_id"]
    found_or_not = pl.col("member_id").is_in(linked.implode())
    parts = [members.filter(found_or_not), members.filter(~found_or_not)]
    for person in [*parts[0].sample(5, seed=3).to_dicts(), *parts[1].sample(3, seed=3).to_dicts()]:
        reference = person.pop("member_id")
        found = check(vault, person, models=small_france.models, subject_id=reference)
        assert json.loads(json.dumps(found)) == wanted[reference]


@pytest.mark.parametrize("options", [{"base_rates": True}, {"shares": True}])
def test_so_it_does_with_base_rates_and_with_exact_shares(vault, small_france, options):
    """And with declared breaches, of people who are linked too."""
    models = dataclasses.replace(small_france.models, **options)
    members = pl.read_parquet(small_france.subjects).head(40)
    told = members.with_columns(told=pl.lit("deezer-2019; viamedis-almerys-2024"))
    batch = score_frame(vault, told, models=models, id_column="member_id", declared_column="told")
    wanted = {row["subject_id"]: row for row in map(json.loads, batch.write_ndjson().splitlines())}
    for person in members.sample(4, seed=5).to_dicts():
        reference = person.pop("member_id")
        declared = ["viamedis-almerys-2024", "Deezer-2019"]
        found = check(vault, person, models=models, subject_id=reference, declared=declared)
        assert json.loads(json.dumps(found)) == wanted[reference]
        if models.shares:
            shares = sum(one["share"] for one in found["breaches"])
            assert shares == pytest.approx(found["score"], abs=0.02 * len(found["breaches"]))


def test_base_rates_give_everybody_a_score_that_is_marked_as_such(vault, small_france):
    models = dataclasses.replace(small_france.models, base_rates=True)
    found = check(vault, {"nom": None, "email": ""}, models=models)
    assert found["score"] > 0
    assert {one["evidence"] for one in found["evidence"]} == {"base_rate"}
    assert "base-rates" in found["model"]


def test_fields_go_by_any_header_a_file_could_have(vault, small_france):
    members = pl.read_parquet(small_france.subjects).filter(pl.col("email").is_not_null())
    email = members["email"][0]
    results = [
        check(vault, {name: email}, models=small_france.models) for name in ("email", "Courriel", "e-mail")
    ]
    assert results[0] == results[1] == results[2]


def test_a_person_without_a_known_field_is_told_which_there_are(vault, small_france):
    with pytest.raises(InputError, match="birth_date"):
        check(vault, {"favourite_colour": "blue"}, models=small_france.models)


def test_a_person_whose_fields_are_empty_scores_zero(vault, small_france):
    found = check(vault, {"nom": None, "email": ""}, models=small_france.models)
    assert (found["score"], found["breaches"]) == (0.0, [])
