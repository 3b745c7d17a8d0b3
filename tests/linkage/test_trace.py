"""Whoever has other links after a vault has changed is among those that the trace tells to link again."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import pytest

from correlate.linkage import link
from correlate.linkage.trace import cut
from correlate.vault import Vault
from tests.linkage.worlds import MODEL, Town, numbered, people, person, store

# No wide keys: they are of small vaults, where everybody is linked again. Keys that too many share are met
# with, and paths are worth following.
TRACED = dataclasses.replace(
    MODEL,
    population=60.0,
    wide_records_max=-1,
    key_records_max=5,
    hop_probability_min=0.5,
    hop_key_records_max=4,
    hop_depth_max=4,
)


@pytest.fixture(scope="module")
def vault(tmp_path_factory, key):
    with Vault.create(tmp_path_factory.mktemp("trace") / "vault.duckdb", key) as made:
        yield made


def world(seed):
    """Subjects of six towns, some of several rows and one of nobody, and records of five breaches."""
    towns = [Town(10 * seed + n, people=10) for n in range(6)]
    everybody = [(place, one) for place in towns for one in place.people]
    subjects = [place.row(one, keep=0.25, wrong=0.03) for place, one in everybody]
    numbers = np.minimum(np.arange(1, 61), 55) * (np.arange(60) != 7)
    rows = [
        place.row(one, breach=1 + (n + times) % 5, keep=0.35, wrong=0.03)
        for times in range(4)
        for n, (place, one) in enumerate(everybody)
    ]
    # An office's number, in the last two breaches.
    _, one = everybody[20]
    rows += [{**row, "phone": one["phone"]} for row in rows[:16] if row["breach"] > 3]
    return subjects, numbers, numbered(rows)


def found(vault, subjects, numbers, **options):
    """The trace, and each subject's links and others in the household."""
    asked = people(vault, subjects, asking=True)
    counts = link(vault, asked, numbers, model=TRACED, traced=True, **options)
    rows = vault.engine.rows(
        "SELECT subject_no, record_id, depth, probability FROM linked UNION ALL "
        "SELECT subject_no, record_id, shared, probability FROM household"
    )
    links = {number: set() for number in numbers.tolist()}
    for number, record, what, probability in rows:
        links[number].add((record, what, round(probability, 9)))
    return counts.trace, links


def both(vault, seed, **options):
    """What is found before the last breach comes, with it, and the keys and record_ids that come. How common
    each name is stays as it was: that is everybody's.
    """
    subjects, numbers, records = world(seed)
    old = {number: row for number, row in records.items() if row["breach"] < 5}
    store(vault, old)
    before = found(vault, subjects, numbers, **options)
    terms = vault.engine.frame("SELECT * FROM term")
    store(vault, records)
    with vault.engine.given(old_term=terms):
        vault.engine.execute("DELETE FROM term")
        vault.engine.execute("INSERT INTO term SELECT * FROM old_term")
    after = found(vault, subjects, numbers, **options)
    fresh = set(records) - set(old)
    keys = vault.engine.frame("SELECT key, record_id FROM link_key").filter(pl.col("record_id").is_in(fresh))
    return before, after, cut(keys["key"].to_numpy()), fresh


def changed(one, other):
    return {number for number, links in one.items() if links != other[number]}


@pytest.mark.parametrize("seed", range(7))
def test_whoever_changes_is_told_by_the_trace(vault, seed):
    """When a breach comes, by its keys; when it goes again, by its records."""
    (came, old_links), (goes, new_links), keys, records = both(vault, seed)
    by_key = set(came.keys.filter(pl.col("key").is_in(keys))["subject_no"])
    by_record = set(goes.pairs.filter(pl.col("record_id").is_in(records))["subject_no"])
    moved = changed(old_links, new_links)
    assert moved
    assert moved <= by_key | crowded(came)
    assert moved <= by_record | crowded(goes)
    # This is no trace of everybody.
    assert len(crowded(came)) < 45


def crowded(trace):
    return set(trace.crowded.filter("crowded")["subject_no"])


def test_a_trace_has_keys_of_paths_and_rows_of_nobody_leave_none(vault):
    with_paths, without = (both(vault, 0, hops=hops)[0][0] for hops in (True, False))
    assert with_paths.keys.height > without.keys.height
    assert set(without.keys.iter_rows()) < set(with_paths.keys.iter_rows())
    assert with_paths.keys.schema == {"subject_no": pl.Int64, "key": pl.UInt32}
    assert with_paths.keys.equals(with_paths.keys.unique().sort("subject_no", "key"))
    assert with_paths.crowded["subject_no"].to_list() == [n for n in range(1, 56) if n != 8]
    assert 0 not in with_paths.keys["subject_no"]


@pytest.mark.parametrize(("breaches", "expected"), [((2,) * 5, False), ((2,) * 6, True), ((2, 3) * 5, False)])
@pytest.mark.parametrize(
    "subject",
    [{"phone": 35}, {"nir": 51, "birth_yymm": 22, "sex": 1}],
    ids=["its own key", "a key on a path"],
)
def test_a_key_of_more_records_of_one_breach_than_a_household_is_a_crowds(vault, subject, breaches, expected):
    born = {"birth_date": 21, "birth_yymm": 22, "birth_yydd": 23, "birth_mmdd": 24}
    own = person(nir=51, phone=35, surname=11, sex=1, **born, breach=1)
    store(
        vault, numbered([own, *(person(phone=35, surname=100 + n, breach=b) for n, b in enumerate(breaches))])
    )
    model = dataclasses.replace(MODEL, wide_records_max=-1)
    asked = people(vault, [person(**subject)], asking=True)
    trace = link(vault, asked, np.ones(1, dtype=np.int64), model=model, traced=True).trace
    assert trace.crowded.rows() == [(1, expected)]


def test_nothing_is_traced_that_was_not_asked_for(vault):
    subjects, numbers, records = world(0)
    store(vault, records)
    asked = people(vault, subjects, asking=True)
    assert link(vault, asked, numbers, model=TRACED).trace is None
