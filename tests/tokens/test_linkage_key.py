"""Linkage keys, against a plain loop."""

from __future__ import annotations

import struct
from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.tokens import KEY_KINDS, TOKEN_COLUMNS, SecretKey, Tokeniser, linkage_keys
from correlate.tokens.scheme import AesCmac

from .oracle import SECRET, token

COLUMNS = (*TOKEN_COLUMNS, "birth_swapped")
TOKENS = st.one_of(st.just(0), st.integers(1, 3), st.integers(-(2**63), 2**63 - 1))


def plain(tokens: dict[str, list[int]], height: int, *, asking: bool) -> Counter[tuple[int, int]]:
    found: Counter[tuple[int, int]] = Counter()
    for row in range(height):
        for kind in KEY_KINDS:
            for columns in (kind.columns, *kind.variants, *(kind.asked if asking else ())):
                parts = [tokens[column][row] if column in tokens else 0 for column in columns]
                if 0 not in parts:
                    message = b"".join(struct.pack(">q", part) for part in parts)
                    key = parts[0] if len(parts) == 1 else token(f"link/{kind.name}", message)
                    found[key, row] += 1
    return found


@given(st.sets(st.sampled_from(COLUMNS)), st.integers(0, 6), st.booleans(), st.data())
def test_equal_to_a_plain_loop(columns, height, asking, data):
    """Any columns there or not, any value missing or not, with and without what only a subject asks for."""
    drawn = {c: data.draw(st.lists(TOKENS, min_size=height, max_size=height)) for c in sorted(columns)}
    given_tokens = {column: np.array(values, dtype=np.int64) for column, values in drawn.items()}
    keys, rows = linkage_keys(AesCmac(SecretKey(secret=SECRET)), given_tokens, asking=asking)
    assert Counter(zip(keys.tolist(), rows.tolist(), strict=True)) == plain(drawn, height, asking=asking)


def test_kinds_are_named_once_and_use_columns_that_there_are():
    assert len({kind.name for kind in KEY_KINDS}) == len(KEY_KINDS)
    for kind in KEY_KINDS:
        assert {c for columns in (kind.columns, *kind.variants) for c in columns} <= set(TOKEN_COLUMNS)
        assert {c for columns in kind.asked for c in columns} <= set(COLUMNS)
        widths = {len(columns) for columns in (kind.columns, *kind.variants, *kind.asked)}
        assert widths == {len(kind.columns)}


def test_a_subject_with_day_and_month_exchanged_meets_its_record():
    scheme = AesCmac(SecretKey(secret=SECRET))
    record = {"phonetic": np.array([5]), "birth_date": np.array([70])}
    subject = {"phonetic": np.array([5]), "birth_date": np.array([71]), "birth_swapped": np.array([70])}
    held = set(linkage_keys(scheme, record)[0].tolist())
    assert held & set(linkage_keys(scheme, subject, asking=True)[0].tolist())
    assert not held & set(linkage_keys(scheme, subject)[0].tolist())


def test_a_subject_with_its_names_exchanged_meets_its_record():
    """By birth date and by home; the record makes no key for it."""
    scheme = AesCmac(SecretKey(secret=SECRET))
    names = {"phonetic": np.array([5]), "first_phonetic": np.array([6])}
    exchanged = {"phonetic": np.array([6]), "first_phonetic": np.array([5])}
    for more in ({"birth_date": np.array([70])}, {"postcode": np.array([9])}):
        held = set(linkage_keys(scheme, names | more)[0].tolist())
        assert held & set(linkage_keys(scheme, exchanged | more, asking=True)[0].tolist())
        assert not held & set(linkage_keys(scheme, exchanged | more)[0].tolist())


def test_a_wrong_year_leaves_a_key_by_names_and_day():
    scheme = AesCmac(SecretKey(secret=SECRET))
    names = {"phonetic_alt": np.array([5]), "first_phonetic": np.array([6]), "birth_mmdd": np.array([8])}
    other = names | {"phonetic_alt": np.array([0]), "phonetic": np.array([5]), "birth_date": np.array([1])}
    held, asked = (set(linkage_keys(scheme, tokens)[0].tolist()) for tokens in (names, other))
    assert held & asked


def test_keys_of_tokens_read_back_are_those_of_the_tokens():
    """A vault gives columns back with null for missing, and arrays that cannot be written to."""
    frame = pl.DataFrame(
        {
            "surname": ["Dupont", None, "Martin"],
            "first_name": ["Jean", "Anne", "Zoé"],
            "birth_date": ["17/05/1980", "03/10/1953", None],
            "national_id": [None, "AB1234", None],
            "postcode": ["75002", None, "TQ13 8DF"],
        }
    )
    tokeniser = Tokeniser(SecretKey(secret=SECRET))
    people = tokeniser.people(frame)
    back = {name: people.column(name).fill_null(0).to_numpy() for name in TOKEN_COLUMNS}
    for column in back.values():
        column.setflags(write=False)
    keys, rows = linkage_keys(tokeniser.scheme, back)
    assert (keys.tolist(), rows.tolist()) == (people.keys.tolist(), people.key_rows.tolist())


def test_the_kinds_and_their_order():
    assert [kind.name for kind in KEY_KINDS] == [
        "nir",
        "national_id",
        "email",
        "phone",
        "iban",
        "phonetic+birth_date",
        "first_phonetic+birth_date+postcode",
        "phonetic+first_phonetic+postcode",
        "phonetic+first_phonetic+birth_yymm",
        "phonetic+first_phonetic+birth_mmdd",
    ]


@pytest.mark.parametrize("order", [("phonetic", "first_phonetic"), ("first_phonetic", "phonetic")])
def test_which_token_stands_where_matters(order):
    """A first name that sounds like a surname is not one: MARTIN PIERRE is not PIERRE MARTIN."""
    scheme = AesCmac(SecretKey(secret=SECRET))
    one = {"phonetic": np.array([5]), "first_phonetic": np.array([6]), "postcode": np.array([9])}
    other = {"phonetic": np.array([6]), "first_phonetic": np.array([5]), "postcode": np.array([9])}
    keys = [
        set(linkage_keys(scheme, {c: t[c] for c in (*order, "postcode")})[0].tolist()) for t in (one, other)
    ]
    assert len(keys[0]) == len(keys[1]) == 1
    assert keys[0] != keys[1]
