"""Linkage keys in order."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from correlate.vault.runs import sorted_run


def test_keys_come_out_in_order_with_their_own_records_and_equal_ones_as_they_came():
    draw = np.random.default_rng(7)
    keys = draw.integers(-(2**63), 2**63 - 1, size=200_000)
    # Neighbours that differ in their last bits, and keys of several records.
    keys[:20_000] = keys[20_000] + draw.integers(0, 1 << 18, size=20_000)
    keys[30_000:60_000] = keys[60_000:90_000]
    keys[-2:] = -(2**63), 2**63 - 1
    records = draw.permutation(len(keys)) + (3 << 40)

    run = sorted_run([(part, records[at]) for part, at in _cut(keys)])

    order = np.argsort(keys, kind="stable")
    assert run["key"].to_numpy().tolist() == keys[order].tolist()
    assert run["record_id"].to_numpy().tolist() == records[order].tolist()


def test_runs_of_no_key_and_of_one():
    nothing = np.empty(0, dtype=np.int64)
    assert sorted_run([(nothing, nothing)]).rows() == []
    assert sorted_run([(nothing, nothing), (np.array([5]), np.array([8]))]).rows() == [(5, 8)]


def _cut(keys: np.ndarray) -> list[tuple[np.ndarray, slice]]:
    bounds = [0, 1, 70_001, 70_001, len(keys)]
    return [(keys[slice(*span)], slice(*span)) for span in pairwise(bounds)]
