"""Sketches, against their definition one value at a time, and by the law they are made for."""

from __future__ import annotations

import hmac
import random
import string

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.tokens import SCHEMES, SKETCH_SLOTS, SecretKey, Tokeniser, equal_slots
from correlate.tokens.scheme import ROWS, make_scheme
from correlate.tokens.sketch import Sketcher

from .oracle import SECRET, bigrams, number, ranks, sketch, subkey

KEY = SecretKey(secret=SECRET)
SKETCHERS = {name: Sketcher(make_scheme(name, KEY)) for name in SCHEMES}
TEXTS = st.lists(
    st.none()
    | st.text(alphabet=string.ascii_uppercase + string.digits + " ", max_size=30)
    | st.text(max_size=12)
    | st.sampled_from(["", " ", "A", "AA", "AAAAAAAA", "É", "a", "12 RUE FOCH", "MARTIN", "MARTINE"])
)
WORDS = st.integers(-(2**63), 2**63 - 1)


def hmac_ranks(domain: str) -> tuple[dict[bytes, int], ...]:
    key = subkey(f"hmac-sha256-64/sketch/{domain}", 32)
    bigrams = [bytes((first, second)) for first in range(37) for second in range(37)]
    slots = [
        sorted(bigrams, key=lambda b, s=slot: number(hmac.digest(key, bytes((s,)) + b, "sha256")))
        for slot in range(16)
    ]
    return tuple({bigram: rank for rank, bigram in enumerate(slot)} for slot in slots)


RANKS = {"aes-cmac-64": ranks("name"), "hmac-sha256-64": hmac_ranks("name")}


def one(text: str, domain: str = "name") -> np.ndarray:
    return SKETCHERS["aes-cmac-64"].sketches(domain, pl.Series([text]))


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
@given(texts=TEXTS)
def test_a_column_equals_the_definition(scheme, texts):
    """Random Unicode, nulls, and texts that have no symbol."""
    found = SKETCHERS[scheme].sketches("name", pl.Series(texts, dtype=pl.String))
    assert found.tolist() == [sketch(text, RANKS[scheme]) for text in texts]


def test_a_column_longer_than_what_is_packed_at_once():
    values = pl.Series([None if i % 7 == 0 else "X" * (i % 5) + str(i) for i in range(ROWS + 3)])
    found = SKETCHERS["aes-cmac-64"].sketches("name", values)
    for row in (0, 1, ROWS - 1, ROWS, ROWS + 1, ROWS + 2):
        assert found[row] == sketch(values[row], RANKS["aes-cmac-64"])
    assert ((found == 0) == values.is_null().to_numpy()).all()


@given(st.lists(st.tuples(WORDS, WORDS | st.none()), min_size=1, max_size=20))
def test_equal_slots_are_counted_one_nibble_at_a_time(pairs):
    """Sketches that are the same now and then, and ones that differ in a single slot."""
    pairs = [(a, a ^ (0xF << 8) if b is None else b) for a, b in pairs]
    counted = equal_slots(*(np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True)))
    for (a, b), count in zip(pairs, counted.tolist(), strict=True):
        assert count == sum((a >> 4 * slot) & 15 == (b >> 4 * slot) & 15 for slot in range(SKETCH_SLOTS))


def test_the_share_of_equal_slots_is_what_is_expected_of_the_shared_bigrams():
    """J + (1 - J) / 16, for pairs that share anything between nothing and all of their bigrams.

    A pair's own share has a standard deviation of at most 1/8 over 16 slots.
    """
    rng = random.Random(7)
    texts = ["".join(rng.choices(string.ascii_uppercase, k=rng.randint(4, 14))) for _ in range(400)]
    tails = ["".join(rng.choices(string.ascii_uppercase, k=rng.randint(1, 9))) for _ in texts]
    others = [text[: rng.randint(0, len(text))] + tail for text, tail in zip(texts, tails, strict=True)]
    sets = [(bigrams(a), bigrams(b)) for a, b in zip(texts, others, strict=True)]
    jaccard = np.array([len(a & b) / len(a | b) for a, b in sets])
    for sketcher in SKETCHERS.values():
        equal = equal_slots(*(sketcher.sketches("name", pl.Series(column)) for column in (texts, others)))
        errors = equal / SKETCH_SLOTS - (jaccard + (1 - jaccard) / 16)
        assert abs(errors.mean()) < 0.02
        assert np.abs(errors).mean() < 0.1


def test_a_misspelling_is_nearer_than_another_name():
    near = equal_slots(one("LEFEBVRE"), one("LEFEVRE"))[0]
    far = equal_slots(one("LEFEBVRE"), one("MARTIN"))[0]
    assert near > far
    assert equal_slots(one("12 RUE FOCH"), one("12RUEFOCH"))[0] == SKETCH_SLOTS


def test_sketches_of_two_domains_and_two_keys_are_unrelated():
    texts = pl.Series([f"NOM{i}" for i in range(500)])
    other = Sketcher(make_scheme("aes-cmac-64", SecretKey(secret=bytes(32))))
    name = SKETCHERS["aes-cmac-64"].sketches("name", texts)
    for found in (SKETCHERS["aes-cmac-64"].sketches("city", texts), other.sketches("name", texts)):
        # By chance one slot in sixteen; all texts share some bigrams, so this scatters between keys.
        assert equal_slots(name, found).mean() < 4


def test_a_sketch_of_zeros_is_moved_aside():
    class Flat:
        name = "flat"

        def tokens(self, _domain, messages):
            return np.arange(len(messages), dtype=np.int64)

    # In the order of bigrams, that of the edge and A is the second: lowest rank 1 in each slot.
    flat = Sketcher(Flat())
    assert flat.sketches("x", pl.Series(["A", None])).tolist() == [0x1111111111111111, 0]
    assert flat.sketches("x", pl.Series(["P"])).tolist() == [1]


def test_names_are_sketched_across_columns_and_streets_are_not_names():
    people = Tokeniser(KEY).people(
        pl.DataFrame(
            {"surname": ["Martin"], "first_name": ["MARTIN"], "city": ["Martin"], "address": ["Martin"]}
        )
    )
    found = {name: people.tokens[f"{name}_sketch"][0] for name in ("surname", "first", "city", "street")}
    assert found["surname"] == found["first"] == sketch("MARTIN", ranks("name"))
    assert len(set(found.values())) == 3
