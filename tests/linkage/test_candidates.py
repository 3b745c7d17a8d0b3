"""Candidates found by their keys are those that a plain search finds."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.linkage import candidates, walk
from correlate.linkage.candidates import HOUSEHOLD_RECORDS, Asked, find_pairs, frequencies
from correlate.vault import ROW_BITS, Vault, engine

# Few values, so that they meet; and those at both ends of the range.
keys = st.sampled_from([-(2**63), -5, -1, 0, 1, 2, 3, 2**63 - 1])
asked = st.lists(st.tuples(keys, st.integers(0, 4)), max_size=20)
held = st.lists(st.tuples(keys, st.integers(1, 3), st.integers(1, 9)), max_size=60)


@pytest.fixture(scope="module")
def vault(tmp_path_factory, key):
    with Vault.create(tmp_path_factory.mktemp("candidates") / "v.duckdb", key) as made:
        yield made


def stored(vault, rows):
    """(key, record_id) of a vault that holds these keys of (file, row) and no other."""
    pairs = [(key, (file << ROW_BITS) + row) for key, file, row in rows]
    vault.engine.execute("DELETE FROM link_key")
    frame = pl.DataFrame(pairs, schema={"key": pl.Int64, "record_id": pl.Int64}, orient="row")
    vault.engine.append("link_key", frame, step="keys")
    return pairs


def askers(rows):
    keys, numbers = (np.array([row[place] for row in rows], dtype=np.int64) for place in (0, 1))
    return Asked.of(keys, numbers)


@pytest.mark.parametrize("at_a_time", [3, 1_000], ids=["a few at a time", "all at once"])
@pytest.mark.parametrize("walked", [0, 1_000], ids=["walked", "joined"])
@given(asking=asked, holding=held, most=st.integers(0, 12))
def test_pairs_share_a_key_that_not_too_many_records_have(vault, at_a_time, walked, asking, holding, most):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "STRETCH_ROWS", at_a_time)
        patch.setattr(walk, "WALKED", walked)
        for name in ("HITS", "PAIRS", "TOGETHER", "PARTED"):
            patch.setattr(candidates, name, at_a_time)
        pairs = stored(vault, holding)
        made = find_pairs(vault.engine, askers(asking), records_max=most)
    count = Counter(key for key, _ in pairs)
    expected = {
        (record, asker)
        for key, asker in asking
        for other, record in pairs
        if key == other and count[key] <= most
    }
    found = list(zip(made.record_id.tolist(), made.asker_no.tolist(), strict=True))
    assert found == sorted(expected)
    sought = {key for key, _ in asking}
    assert made.keys_capped == sum(count[key] > most for key in sought)
    crowded = {key: n for key, n in count.items() if key in sought and n > min(HOUSEHOLD_RECORDS, most)}
    crowds = made.crowds
    assert dict(zip(crowds.keys.tolist(), crowds.records.tolist(), strict=True)) == crowded
    of_crowds = zip(crowds.keys[crowds.place].tolist(), crowds.record_id.tolist(), strict=True)
    assert sorted(of_crowds) == sorted(pair for pair in pairs if pair[0] in crowded)


@given(asking=asked, holding=held)
def test_of_the_pairs_those_are_kept_that_are_wanted(vault, asking, holding):
    stored(vault, holding)
    every, some = (
        find_pairs(vault.engine, askers(asking), records_max=60, keep=keep)
        for keep in (None, lambda asker, record: (asker + record) % 2 == 0)
    )
    pairs = zip(every.asker_no.tolist(), every.record_id.tolist(), strict=True)
    kept = zip(some.asker_no.tolist(), some.record_id.tolist(), strict=True)
    assert list(kept) == [pair for pair in pairs if sum(pair) % 2 == 0]


@given(asking=asked, holding=st.lists(st.tuples(keys, st.integers(1, 3), st.integers(1, 9)), max_size=200))
def test_keys_of_more_records_than_a_household_are_counted_by_breach(vault, asking, holding):
    pairs = stored(vault, holding)
    breach_of_file, accepted = {1: 1, 2: 1, 3: 2}, {1: 700, 2: 90}
    by_breach = Counter((key, breach_of_file[record >> ROW_BITS]) for key, record in pairs)
    expected = []
    for key in sorted({key for key, _ in asking}):
        each = {breach: n for (other, breach), n in by_breach.items() if other == key}
        if sum(each.values()) > HOUSEHOLD_RECORDS:
            share = max(max(0, n - HOUSEHOLD_RECORDS) / accepted[breach] for breach, n in each.items())
            expected.append((key, sum(each.values()), share))
    crowds = find_pairs(vault.engine, askers(asking), records_max=3).crowds
    assert frequencies(crowds, breach_of_file, accepted).rows() == expected


def test_nobody_asking_finds_nothing(vault):
    stored(vault, [(1, 1, 1)])
    found = find_pairs(vault.engine, askers([]), records_max=9)
    assert len(found.asker_no) == len(found.record_id) == found.keys_capped == 0
    assert frequencies(found.crowds, {1: 1}, {1: 1}).height == 0
    assert frequencies(found.crowds, {}, {}).height == 0
