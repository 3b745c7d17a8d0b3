"""Candidates found by walking sorted keys are those that a plain search finds."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.linkage import candidates
from correlate.linkage.candidates import (
    HOUSEHOLD_RECORDS,
    Asked,
    find_hits,
    found_pairs,
    frequencies,
    pairs_together,
)
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
    return Asked.of(pl.DataFrame(rows, schema={"key": pl.Int64, "asker_no": pl.Int64}, orient="row"))


@pytest.mark.parametrize("stretch", [3, 1_000], ids=["stretch by stretch", "all at once"])
@given(asking=asked, holding=held, most=st.integers(0, 12))
def test_pairs_share_a_key_that_not_too_many_records_have(vault, stretch, asking, holding, most):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "STRETCH_ROWS", stretch)
        patch.setattr(candidates, "SLICE", stretch)
        pairs = stored(vault, holding)
        hits = find_hits(vault.engine, askers(asking).keys)
        made = found_pairs(hits, askers(asking), records_max=most)
    count = Counter(key for key, _ in pairs)
    expected = {
        (asker, record)
        for key, asker in asking
        for other, record in pairs
        if key == other and count[key] <= most
    }
    found = list(made.iter_rows())
    assert len(found) == len(set(found))
    assert set(found) == expected
    assert {key: n for key, n in zip(hits.keys.tolist(), hits.records.tolist(), strict=True) if n} == {
        key: n for key, n in count.items() if key in {key for key, _ in asking}
    }


few = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2**40)), max_size=9)


@given(parts=st.lists(few, min_size=1, max_size=3))
def test_pairs_of_several_frames_stand_once_and_in_order(parts):
    schema = {"asker_no": pl.Int64, "record_id": pl.Int64}
    frames = [pl.DataFrame(part, schema=schema, orient="row") for part in parts]
    assert pairs_together(frames).rows() == sorted({pair for part in parts for pair in part})


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
    hits = find_hits(vault.engine, askers(asking).keys)
    assert frequencies(hits, breach_of_file, accepted).rows() == expected


def test_nobody_asking_finds_nothing(vault):
    stored(vault, [(1, 1, 1)])
    hits = find_hits(vault.engine, askers([]).keys)
    assert found_pairs(hits, askers([]), records_max=9).height == 0
    assert frequencies(hits, {1: 1}, {1: 1}).height == 0
    assert hits.place.dtype == np.int32
