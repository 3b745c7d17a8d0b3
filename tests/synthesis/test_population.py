"""People agree with themselves: NIR, birth, names, family."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import polars as pl
import pytest
from stdnum.fr import nir as stdnum_nir

from correlate.synthesis.days import day_number, day_parts
from correlate.synthesis.naming import NO_NAME
from correlate.synthesis.orders import OrderBook
from correlate.synthesis.population import populate
from correlate.synthesis.usage import married_names, names_in_use

# The structure published for the NIR, months of birth known only.
STRUCTURE = re.compile(
    r"^[12]\d{2}(0[1-9]|1[0-2])"
    r"((0[1-9]|[1-8]\d|9[0-69]|2[AB])(00[1-9]|0[1-9]\d|[1-8]\d{2}|9[0-8]\d|990)|(9[78]\d)(0[1-9]|[1-8]\d|90))"
    r"(00[1-9]|0[1-9]\d|[1-9]\d{2})(0[1-9]|[1-8]\d|9[0-7])$"
)


def test_every_nir_is_valid(people):
    for number in people.nir.to_list():
        assert STRUCTURE.match(number)
        assert stdnum_nir.is_valid(number)


def test_every_nir_agrees_with_sex_birth_and_place(people):
    year, month, _ = day_parts(people.kin.birth)
    places = people.world.places.codes.gather(people.birth_place)
    assert people.nir.str.slice(0, 1).cast(pl.Int64).to_list() == people.kin.sex.tolist()
    assert people.nir.str.slice(1, 2).cast(pl.Int64).to_list() == (year % 100).tolist()
    assert people.nir.str.slice(3, 2).cast(pl.Int64).to_list() == month.tolist()
    assert people.nir.str.slice(5, 5).to_list() == places.to_list()


def test_no_two_people_share_a_nir_over_chunks(new_world):
    world = new_world(seed=9)
    numbers = pl.concat([populate(world, chunk, 15_000).nir for chunk in range(3)])
    assert numbers.n_unique() == len(numbers)


def test_nearly_all_order_numbers_lie_where_real_ones_do_not(people):
    order = people.nir.str.slice(10, 3).cast(pl.Int64)
    assert (order >= 900).mean() > 0.999


def test_places_are_those_in_force_at_birth(people):
    year = day_parts(people.kin.birth)[0]
    code = people.world.places.codes.gather(people.birth_place)
    table = pl.DataFrame(
        {"year": year, "code": code, "name": people.world.places.names.gather(people.birth_place)}
    )
    corsica = table.filter(pl.col("code").str.contains("^2[0AB]"))
    assert ((corsica["year"] < 1976) == corsica["code"].str.starts_with("20")).all()
    young = table.filter(pl.col("code").str.contains("^9[1-5]") & (pl.col("year") < 1962))
    assert set(young["name"]) <= {"Alger", "Oran", "Constantine", "Touggourt"}
    assert young.height > 0
    assert 0.08 < table["code"].str.starts_with("99").mean() < 0.14


def test_twins_differ_in_nothing_but_first_name_and_order_number_when_alike(people):
    younger = np.flatnonzero(people.kin.twin >= 0)
    elder = people.kin.twin[younger]
    alike = people.kin.sex[younger] == people.kin.sex[elder]
    one, two = people.nir.gather(younger[alike]), people.nir.gather(elder[alike])
    assert len(one) > 50
    assert (one.str.slice(0, 10) == two.str.slice(0, 10)).all()
    assert (one != two).all()
    assert (people.surnames.birth[younger] == people.surnames.birth[elder]).all()
    assert (people.first_name[younger] != people.first_name[elder]).mean() > 0.98


def test_brothers_and_sisters_bear_one_name_and_mostly_the_fathers(people):
    kin, names = people.kin, people.surnames
    child = np.flatnonzero((kin.parent >= 0) & (kin.partner[kin.parent] >= 0))
    mother, father = kin.parent[child], kin.partner[kin.parent[child]]
    fathers = names.birth[child] == names.birth[father]
    assert (fathers | (names.birth[child] == names.birth[mother])).all()
    assert 0.88 < fathers.mean() < 0.97
    table = pl.DataFrame({"home": kin.household[child], "name": names.birth[child]})
    assert table.group_by("home").agg(pl.col("name").n_unique())["name"].max() == 1


def test_most_married_women_bear_their_husbands_name(people):
    kin, names = people.kin, people.surnames
    wives = np.flatnonzero((kin.sex == 2) & (kin.partner >= 0) & (people.age > 65))
    husbands = (names.usage[wives] == names.birth[kin.partner[wives]]) & (
        names.usage_second[wives] == NO_NAME
    )
    assert 0.75 < husbands.mean() < 0.92
    men = kin.sex == 1
    assert (names.usage[men] != NO_NAME).mean() < 0.03


def test_a_name_in_use_is_not_borne_before_the_wedding(people):
    rows = np.arange(len(people))
    import datetime

    early, late = day_number(datetime.date(1995, 1, 1)), day_number(datetime.date(2026, 1, 1))
    before, after = (married_names(people, rows, day)[0] != NO_NAME for day in (early, late))
    assert (after | ~before).all()
    assert after.sum() > before.sum() * 1.3
    unmarried = ~after
    assert (names_in_use(people, rows, late)[0][unmarried] == people.surnames.birth[unmarried]).all()


def test_children_stand_under_a_parents_nir_until_sixteen_to_eighteen(people):
    import datetime

    day = day_number(datetime.date(2026, 11, 21))
    bearer, age = people.bearer(day), people.age
    other = bearer != np.arange(len(people))
    assert age[other].max() < 18
    assert other[(age < 16) & (people.kin.parent >= 0)].all()
    assert (age[bearer[other]] > 18).all()
    assert (people.household[bearer[other]] == people.household[other]).all()


@pytest.mark.parametrize("age", [(0, 15, 0.15, 0.20), (65, 120, 0.14, 0.20)])
def test_ages_follow_births_and_survival(people, age):
    low, high, least, most = age
    assert least < ((people.age >= low) & (people.age < high)).mean() < most


def test_who_finds_a_register_full_is_born_next_to_it_under_a_nir_of_ones_own(new_world, people):
    places = people.world.places
    world = dataclasses.replace(new_world(), orders=OrderBook(len(places.codes), room=2))
    crowded = populate(world, 0, len(people))
    assert crowded.nir.n_unique() == len(crowded)
    assert crowded.nir.str.slice(5, 5).to_list() == places.codes.gather(crowded.birth_place).to_list()
    moved = crowded.birth_place != people.birth_place
    assert 0 < moved.mean() < 0.2
    communes = people.birth_place < places.communes
    assert ((crowded.birth_place < places.communes) == communes).all()
