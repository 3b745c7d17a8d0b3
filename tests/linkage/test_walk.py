"""Hits on a walk through the vault are those that the engine's join finds."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.linkage import walk
from correlate.vault import Vault

# Neighbours that only the last bits tell apart, and both ends of the range.
NEAR = [-(2**63), -(2**63) + 1, -1, 0, 1, 2**40, 2**40 + 1, 2**62, 2**63 - 2, 2**63 - 1]
keys = st.one_of(st.sampled_from(NEAR), st.integers(-(2**63), 2**63 - 1))


@pytest.fixture(scope="module")
def vault(tmp_path_factory, key):
    with Vault.create(tmp_path_factory.mktemp("walk") / "v.duckdb", key) as made:
        yield made


def stored(vault, held):
    vault.engine.execute("DELETE FROM link_key")
    frame = pl.DataFrame({"key": held, "record_id": range(len(held))}, schema_overrides={"key": pl.Int64})
    vault.engine.append("link_key", frame, step="keys")


def found(vault, asked, walked):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "WALKED", 0 if walked else len(asked) + 1)
        patch.setattr(walk, "STEP_ROWS", 7)
        places, records = walk.find_hits(vault.engine, asked)
    assert places.dtype == np.int32
    return sorted(zip(places.tolist(), records.tolist(), strict=True))


@given(asked=st.sets(keys, max_size=30), held=st.lists(keys, max_size=40))
def test_a_walk_finds_what_a_join_finds(vault, asked, held):
    stored(vault, held)
    rising = np.array(sorted(asked), dtype=np.int64)
    expected = [(place, no) for no, key in enumerate(held) for place in np.flatnonzero(rising == key)]
    assert found(vault, rising, walked=True) == found(vault, rising, walked=False) == sorted(expected)


def test_many_keys_are_found_by_machine_code_as_by_the_engine(vault):
    random = np.random.default_rng(1)
    held = random.integers(-(2**63), 2**63, 50_000)
    stored(vault, held)
    asked = np.unique(np.concatenate((held[::3], random.integers(-(2**63), 2**63, 20_000))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "WALKED", 1)
        places, records = walk.find_hits(vault.engine, asked)
    assert sorted(records.tolist()) == list(range(0, 50_000, 3))
    assert (asked[places] == held[records]).all()
