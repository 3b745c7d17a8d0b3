"""AES-CMAC over columns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.tokens.cmac import ROWS, Cmac

from .oracle import cmac

KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
MESSAGE = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)
EDGES = [0, 1, 15, 16, 17, 31, 32, 33, 47, 48, 49]


def matrix(messages: list[bytes]) -> np.ndarray:
    return np.frombuffer(b"".join(messages), dtype=np.uint8).reshape(len(messages), len(messages[0]))


@pytest.mark.parametrize(
    ("length", "tag"),
    [
        (0, "bb1d6929e95937287fa37d129b756746"),
        (16, "070a16b46b4d4144f79bdd9dd04a287c"),
        (20, "7d85449ea6ea19c823a7bf78837dfade"),
        (40, "dfa66747de9ae63030ca32611497c827"),
        (64, "51f0bebf7e3b9d92fc49741779363cfe"),
    ],
)
def test_published_vectors(length, tag):
    """RFC 4493, section 4 (lengths 0, 16, 40, 64), and NIST's example of SP 800-38B (length 20)."""
    assert Cmac(KEY).digest(matrix([MESSAGE[:length]]))[0].tobytes().hex() == tag


@given(
    st.binary(min_size=16, max_size=16),
    st.one_of(st.sampled_from(EDGES), st.integers(0, 200)).flatmap(
        lambda length: st.lists(st.binary(min_size=length, max_size=length), min_size=1, max_size=5)
    ),
)
def test_equals_the_cmac_of_a_library(key, messages):
    tags = Cmac(key).digest(matrix(messages))
    assert [tag.tobytes() for tag in tags] == [cmac(key, message) for message in messages]


@given(st.binary(min_size=16, max_size=16), st.lists(st.integers(0, 16), min_size=1), st.integers(0, 3))
def test_messages_of_several_lengths_equal_the_cmac_of_a_library(key, filled, whole):
    lengths = np.array([16 * whole + (max(size, 1) if whole else size) for size in filled])
    messages = np.random.default_rng(5).integers(0, 256, (len(lengths), 16 * (whole + 1)), dtype=np.uint8)
    messages[np.arange(messages.shape[1]) >= lengths[:, np.newaxis]] = 0
    tags = Cmac(key).digest(messages, lengths)
    expected = [
        cmac(key, message[:length].tobytes()) for message, length in zip(messages, lengths, strict=True)
    ]
    assert [tag.tobytes() for tag in tags] == expected


@pytest.mark.parametrize("length", EDGES)
def test_a_column_longer_than_what_is_enciphered_at_once(length):
    messages = np.random.default_rng(7).integers(0, 256, (ROWS + 3, length), dtype=np.uint8)
    tags = Cmac(KEY).digest(messages)
    for row in (0, 1, ROWS - 1, ROWS, ROWS + 2):
        assert tags[row].tobytes() == cmac(KEY, messages[row].tobytes())


@pytest.mark.parametrize("length", EDGES)
def test_an_empty_column_has_no_tags(length):
    assert Cmac(KEY).digest(np.empty((0, length), dtype=np.uint8)).shape == (0, 16)


def test_messages_are_left_as_they_are():
    messages = np.arange(96, dtype=np.uint8).reshape(3, 32)
    before = messages.copy()
    Cmac(KEY).digest(messages)
    assert (messages == before).all()


def test_messages_may_be_a_view_into_wider_rows():
    wide = np.random.default_rng(1).integers(0, 256, (5, 60), dtype=np.uint8)
    tags = Cmac(KEY).digest(wide[:, 3:43])
    assert [tag.tobytes() for tag in tags] == [cmac(KEY, row[3:43].tobytes()) for row in wide]


def test_threads_may_share_one():
    function = Cmac(KEY)
    messages = np.random.default_rng(2).integers(0, 256, (20_000, 24), dtype=np.uint8)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(function.digest, [messages] * 8))
    assert all((result == results[0]).all() for result in results)
