"""Paths in SQL equal all paths walked one by one, and reach whom they should and nobody else."""

from __future__ import annotations

import dataclasses
import shutil

import numpy as np
import polars as pl
import pytest

from correlate.linkage import hops, link
from correlate.vault import Vault, erase_records, remove_breach
from tests.linkage.oracle import Holding, Paths
from tests.linkage.worlds import MODEL, ROW_BITS, Town, households, linked, numbered, people, person, store

# In a town of a few, links are likely and not certain, and paths of three are worth following.
SMALL = dataclasses.replace(MODEL, population=60.0, hop_probability_min=0.5)


@pytest.fixture(scope="module")
def vault(tmp_path_factory, key):
    with Vault.create(tmp_path_factory.mktemp("hops") / "vault.duckdb", key) as made:
        yield made


def sparse_town(seed):
    """Rows that each tell little of a person: links are few, and paths are long."""
    place = Town(seed, people=10)
    subjects = [place.row(one, keep=0.25, wrong=0.03) for one in place.people]
    records = [place.row(place.people[n % 10], breach=1 + n % 4, keep=0.35, wrong=0.03) for n in range(60)]
    return subjects, numbered(records)


def walked(subjects, records, model):
    """The best probability of every record reached, and the depths at which it is reached as well."""
    paths = Paths(Holding(records, model))
    found = {}
    for place, subject in enumerate(subjects):
        for record, by_depth in paths.best(subject).items():
            most = max(by_depth.values())
            depths = {depth for depth, probability in by_depth.items() if probability >= most * (1 - 1e-9)}
            found[place, record] = (depths, most)
    return found


@pytest.mark.parametrize(
    ("seed", "model"),
    [
        (0, SMALL),
        (2, dataclasses.replace(SMALL, hop_depth_max=2)),
        (3, dataclasses.replace(SMALL, hop_probability_min=0.9)),
        (4, dataclasses.replace(SMALL, hop_key_records_max=4)),
        (5, dataclasses.replace(SMALL, hop_depth_max=4, hop_probability_min=0.3)),
    ],
)
def test_paths_are_the_best_of_all_paths_walked_one_by_one(vault, monkeypatch, seed, model):
    """Records reached, number of links and probability, however few ends are followed at a time."""
    monkeypatch.setattr(hops, "CROSSING", 7)
    subjects, records = sparse_town(seed)
    store(vault, records)
    found, expected = linked(vault, subjects, model), walked(subjects, records, model)
    assert set(found) == set(expected)
    for pair, (depth, probability) in found.items():
        depths, most = expected[pair]
        assert depth in depths
        # Of a path that is all but certain, contradictions multiply what little is left to one.
        assert probability == pytest.approx(most, rel=1e-6)
    # This is no comparison of nothing with nothing.
    assert sum(depth > 1 for depth, _ in found.values()) > 20
    if model.hop_depth_max > 2:
        assert any(depth > 2 for depth, _ in found.values())


@pytest.mark.parametrize("seed", [6])
def test_no_path_leads_to_one_that_is_another_of_the_household(vault, seed):
    """Who is judged to be another of the household is never reported as the person with one half or more."""
    subjects, records = sparse_town(seed)
    store(vault, records)
    found = linked(vault, subjects, SMALL)
    others = households(vault)
    assert others
    assert all(found[pair][1] < 0.5 and found[pair][0] == 1 for pair in others if pair in found)


def test_one_link_at_most_means_direct_links_alone(vault):
    subjects, records = sparse_town(0)
    store(vault, records)
    one = linked(vault, subjects, dataclasses.replace(SMALL, hop_depth_max=1))
    assert one == linked(vault, subjects, SMALL, hops=False)
    assert {depth for depth, _ in one.values()} == {1}
    assert set(one) < set(linked(vault, subjects, SMALL))


def test_a_path_never_lowers_a_link(vault):
    subjects, records = sparse_town(1)
    store(vault, records)
    one, all_ = (linked(vault, subjects, SMALL, hops=hops) for hops in (False, True))
    assert all(all_[pair][1] >= probability for pair, (_, probability) in one.items())


NIR = {"nir": 51, "birth_yymm": 22, "sex": 1}
NAMES = {"surname": 11, "phonetic": 12, "first_name": 13, "first_phonetic": 14, "first_initial": 15}
BORN = {"birth_date": 21, "birth_yymm": 22, "birth_yydd": 23, "birth_mmdd": 24}
INSURER, TELECOM, COMBO = ((breach << ROW_BITS) + 1 for breach in (1, 2, 3))
CHAIN = [
    person(**NIR, **NAMES, birth_date=21, birth_yydd=23, birth_mmdd=24, phone=35, breach=1),
    person(phone=35, email=61, **NAMES, breach=2),
    person(email=61, breach=3),
]


def test_a_subject_with_only_a_nir_reaches_a_second_breach_by_phone_and_a_third_by_e_mail(vault):
    store(vault, numbered(CHAIN))
    found = linked(vault, [person(**NIR)])
    assert {record: depth for (_, record), (depth, _) in found.items()} == {INSURER: 1, TELECOM: 2, COMBO: 3}
    first, second, third = (found[0, record][1] for record in (INSURER, TELECOM, COMBO))
    assert 1 > first > second > third >= 0.8


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_depth_bounds_how_far_a_path_leads(vault, depth):
    store(vault, numbered(CHAIN))
    found = linked(vault, [person(**NIR)], dataclasses.replace(MODEL, hop_depth_max=depth))
    assert [record for _, record in sorted(found)] == [INSURER, TELECOM, COMBO][:depth]


@pytest.mark.parametrize(
    ("against", "reached"),
    [
        ({}, True),
        ({"sex": 2}, False),
        ({"birth_yymm": 72, "birth_date": 71, "birth_yydd": 73, "birth_mmdd": 74}, False),
        ({"nir": 52}, False),
        # A town is moved from.
        ({"postcode": 91, "department": 92}, True),
    ],
)
def test_what_contradicts_at_the_ends_weighs_against_a_path(vault, against, reached):
    """The record between them bears neither sex nor birth date: only the ends can tell."""
    records = [
        person(nir=51, phone=35, email=62, breach=1, **BORN),
        person(**({"email": 62} | against), breach=2),
    ]
    store(vault, numbered(records))
    subject = person(
        **NIR, **{name: BORN[name] for name in ("birth_date", "birth_yydd", "birth_mmdd")}, postcode=81
    )
    assert ((0, TELECOM) in linked(vault, [subject])) == reached


def spouse(**tokens):
    return person(
        surname=11, phonetic=12, first_name=43, first_phonetic=44, first_initial=45, sex=2, **tokens
    )


ELSE_BORN = {"birth_date": 71, "birth_yymm": 72, "birth_yydd": 73, "birth_mmdd": 74}


def test_a_shared_family_phone_does_not_pour_the_records_of_a_spouse_in(vault):
    """Neither over the subject's own record, nor from there on over the spouse's."""
    rows = [
        *CHAIN,
        spouse(phone=35, email=63, **ELSE_BORN, breach=2),
        spouse(email=63, **ELSE_BORN, breach=3),
        spouse(phone=35, breach=4),
    ]
    store(vault, numbered(rows))
    found = linked(vault, [person(**NIR)])
    assert {record for (_, record), (_, p) in found.items() if p >= 0.5} == {INSURER, TELECOM, COMBO}


@pytest.mark.parametrize("shared", [{"phone": 35}, {"email": 62}, {"street": 34, "postcode": 31, "city": 33}])
def test_what_an_office_shares_does_not_make_its_people_one(vault, shared):
    """Twelve people of one breach under one number, one mailbox, one address: nobody is reached over it."""
    office = [
        person(
            **shared,
            surname=200 + n,
            phonetic=300 + n,
            first_name=400 + n,
            first_phonetic=500 + n,
            first_initial=600 + n,
            breach=2,
        )
        for n in range(12)
    ]
    bare = [person(**shared, national_id=700 + n, breach=2) for n in range(12)]
    own = person(**NIR, **NAMES, birth_date=21, birth_yydd=23, birth_mmdd=24, **shared, breach=1)
    for others in (office, bare):
        store(vault, numbered([own, *others]))
        found = linked(vault, [person(**NIR)])
        assert {record for _, record in found} == {INSURER}


def test_a_value_that_too_many_share_is_not_followed(vault):
    """Each in a breach of its own, so that it may be one person's; the limit is that of paths."""
    rows = [*CHAIN[:1], *(person(phone=35, breach=2 + n) for n in range(9))]
    store(vault, numbered(rows))
    for most, reached in ((10, 10), (9, 1)):
        model = dataclasses.replace(MODEL, hop_key_records_max=most, hop_probability_min=0.5)
        assert len(linked(vault, [person(**NIR)], model)) == reached


@pytest.mark.parametrize("by", ["breach", "record"])
def test_what_is_taken_out_leaves_no_path_over_it(vault, once_empty, tmp_path, key, by):
    """The links are those of a vault that never held it."""
    store(vault, {number: row for number, row in numbered(CHAIN).items() if number != TELECOM})
    expected = linked(vault, [person(**NIR)])
    assert set(expected) == {(0, INSURER)}
    with Vault.open(shutil.copy(once_empty, tmp_path / "vault.duckdb"), key, write=True) as vault:
        store(vault, numbered(CHAIN))
        assert len(linked(vault, [person(**NIR)])) == 3
        if by == "breach":
            assert remove_breach(vault, "breach-2") == 1
        else:
            assert erase_records(vault, pl.Series([TELECOM])) == 1
            # The file still counts its rows: they belong to nobody, and make nothing likelier.
            vault.engine.execute("DELETE FROM file WHERE file_no = 2")
        assert linked(vault, [person(**NIR)]) == expected


def test_the_counts_tell_links_that_only_a_path_found(vault):
    store(vault, numbered(CHAIN))
    asked = people(vault, [person(**NIR)], asking=True)
    counts = link(vault, asked, np.ones(1, dtype=np.int64), model=MODEL)
    assert (counts.links, counts.hop_links, counts.household_links) == (3, 2, 0)
