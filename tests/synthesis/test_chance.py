"""Hashing and permuting."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from correlate.synthesis.chance import mixed, scrambled, stream


@given(st.integers(2, 60), st.integers(0, 2**40), st.text(max_size=5))
def test_scrambling_is_a_permutation(half, seed, purpose):
    numbers = scrambled(np.arange(half * half), seed, purpose, half)
    assert sorted(numbers.tolist()) == list(range(half * half))


@given(st.integers(0, 2**40))
def test_seeds_and_purposes_are_unrelated(seed):
    numbers = np.arange(200)
    hashes = [
        mixed(numbers, seed, "a"),
        mixed(numbers, seed, "b"),
        mixed(numbers, seed + 1, "a"),
        mixed(numbers, seed, "a", 1),
    ]
    assert len(set(np.concatenate(hashes).tolist())) == 800


def test_streams_of_chunks_and_purposes_differ():
    drawn = [stream(1, 0, "a"), stream(1, 1, "a"), stream(2, 0, "a"), stream(1, 0, "b"), stream(1, 0, "a")]
    first = [generator.random() for generator in drawn]
    assert len(set(first)) == 4
    assert first[0] == first[4]
