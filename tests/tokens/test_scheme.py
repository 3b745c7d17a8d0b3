"""The two token schemes."""

from __future__ import annotations

import hmac

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.tokens import DEFAULT_SCHEME, SCHEMES, SecretKey, UnknownScheme
from correlate.tokens.scheme import ROWS, HmacSha256, _truncate, column_tokens, make_scheme

from .oracle import SECRET, number, subkey, token

KEY = SecretKey(secret=SECRET)
TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=40), st.sampled_from(["", "a", "a\0", "a\0\0", " a"])))
NIR = "1850375116001"


def by_hmac(domain: str, value: str | None) -> int:
    if value is None:
        return 0
    return number(hmac.digest(subkey(f"hmac-sha256-64/{domain}", 32), value.encode(), "sha256"))


ORACLES = {"aes-cmac-64": token, "hmac-sha256-64": by_hmac}


def test_every_scheme_has_an_oracle():
    assert set(SCHEMES) == set(ORACLES)
    assert DEFAULT_SCHEME == "aes-cmac-64"


@pytest.mark.parametrize("name", sorted(SCHEMES))
@given(texts=TEXTS, data=st.data())
def test_a_column_equals_a_plain_loop(name, texts, data):
    """Random Unicode with nulls, whole, sliced, in chunks and reversed."""
    start = data.draw(st.integers(0, len(texts)))
    scheme, column = make_scheme(name, KEY), pl.Series(texts, dtype=pl.String)
    expected = [ORACLES[name]("email", text) for text in texts]
    assert column_tokens(scheme, "email", column).tolist() == expected
    assert column_tokens(scheme, "email", column.slice(start)).tolist() == expected[start:]
    rotated = column.slice(start).append(column.head(start))
    assert column_tokens(scheme, "email", rotated).tolist() == expected[start:] + expected[:start]
    frame = pl.DataFrame({"x": column, "y": column}).slice(start).reverse()
    assert column_tokens(scheme, "email", frame["y"]).tolist() == expected[start:][::-1]


def test_a_column_longer_than_what_is_packed_at_once():
    values = pl.Series([None if i % 7 == 0 else "x" * (i % 5) + str(i) for i in range(2 * ROWS + 3)])
    tokens = column_tokens(make_scheme("aes-cmac-64", KEY), "email", values)
    for row in (0, 1, ROWS - 1, ROWS, ROWS + 1, 2 * ROWS - 1, 2 * ROWS, 2 * ROWS + 2):
        assert tokens[row] == token("email", values[row])
    assert (tokens == 0).tolist() == values.is_null().to_list()


@pytest.mark.parametrize("name", sorted(SCHEMES))
def test_values_that_padding_might_confuse_have_different_tokens(name):
    values = ["", "\0", "\0\0", "\x80", "\x80\0", "a", "a\0", "a\x80", "a" * 15, "a" * 16, "a" * 15 + "\x80"]
    values += ["a" * 16 + "\0", "a" * 17, "a" * 31, "a" * 32, "a" * 33, "a" * 32 + "\0"]
    tokens = column_tokens(make_scheme(name, KEY), "email", pl.Series(values))
    assert len(set(tokens.tolist())) == len(values)


@pytest.mark.parametrize("name", sorted(SCHEMES))
def test_one_value_in_two_domains_has_unrelated_tokens(name):
    scheme, values = make_scheme(name, KEY), pl.Series([str(i) for i in range(500)])
    nir, phone = (column_tokens(scheme, domain, values) for domain in ("nir", "phone"))
    assert not set(nir.tolist()) & set(phone.tolist())
    # Of 64 bits, half differ on average: 32 +- 0.2 over 500 pairs.
    apart = np.bitwise_count((nir ^ phone).view(np.uint64)).mean()
    assert 31 < apart < 33


def test_two_keys_and_two_schemes_have_unrelated_tokens():
    values = pl.Series([str(i) for i in range(500)])
    other = SecretKey(secret=bytes(32))
    columns = [column_tokens(make_scheme(n, k), "nir", values) for n in SCHEMES for k in (KEY, other)]
    assert len(set(np.concatenate(columns).tolist())) == 4 * 500


@pytest.mark.parametrize(
    ("name", "expected"), [("aes-cmac-64", 6764820476183239485), ("hmac-sha256-64", 7648356015564908275)]
)
def test_the_construction_is_the_one_that_vaults_were_made_with(name, expected):
    """The published vector of docs/decisions/0001-tokens.md: secret 00 01 02 … 1f, domain nir."""
    assert column_tokens(make_scheme(name, KEY), "nir", pl.Series([NIR])).tolist() == [expected]


def test_hmac_by_the_published_vector():
    """RFC 4231, test case 2: the scheme's own code under the vector's key."""

    class Jefe:
        subkey = staticmethod(lambda _purpose, **_length: b"Jefe")

    scheme = HmacSha256(Jefe())  # type: ignore[arg-type]  # all a scheme asks of a key
    tokens = column_tokens(scheme, "any", pl.Series(["what do ya want for nothing?"]))
    assert tokens[0] == np.uint64(0x5BDCC146BF60754E).astype(np.int64)


@pytest.mark.parametrize("name", sorted(SCHEMES))
def test_a_token_is_never_the_sign_for_missing(name):
    tokens = column_tokens(make_scheme(name, KEY), "sex", pl.Series([None, "0", None]))
    assert (tokens == 0).tolist() == [True, False, True]


def test_a_tag_of_zeros_is_moved_aside():
    class Zeros:
        name = "zeros"

        def tokens(self, _domain, messages, _lengths):
            return _truncate(np.zeros((len(messages), 16), dtype=np.uint8))

    assert column_tokens(Zeros(), "x", pl.Series(["a", None])).tolist() == [1, 0]


def test_an_unknown_scheme_is_refused_by_name():
    with pytest.raises(UnknownScheme, match=r'"xxh3" is not known.*aes-cmac-64, hmac-sha256-64'):
        make_scheme("xxh3", KEY)
