"""What must not leave the room: values, unkeyed hashes of values, the key."""

from __future__ import annotations

import ast
import hashlib
import logging
import pickle
from pathlib import Path

import polars as pl
import pytest
import xxhash

import correlate.tokens
from correlate.tokens import TOKEN_COLUMNS, SecretKey, Tokeniser, TooManyColumns

from .oracle import SECRET, number, subkey

ROOM = Path(correlate.tokens.__file__).parent
CANARY = {
    "nir": "1800575116001",
    "birth_name": "CANARINIERE",
    "first_name": "CANARINE",
    "birth_date": "17/05/1980",
    "email": "canari@canari.example",
    "phone": "0612345678",
    "iban": "FR1420041010050500013M02606",
    "address": "7 rue Canari 75002 Paris",
    "postcode": "75011",
    "city": "Canariville",
    "national_id": "CANARI2A77X",
    "birth_place": "Canarinbourg",
    "occupation": "Canariculteur",
    "class:PW": "canari-password",
}
CANONICAL = [
    "7 RUE CANARI",
    "7RUECANARI",
    "CANARIVILLE",
    "CANARINBOURG",
    "CANARICULTEUR",
    "1980-05-17",
    "1980-05",
    "+33612345678",
    "75011",
    "75002",
    "75",
    "C",
    "M",
    "canari@canari.example",
]


@pytest.fixture
def people():
    frame = pl.DataFrame({**{c: [v] for c, v in CANARY.items()}, "phone.2": ["canary phone"]})
    return Tokeniser(SecretKey(secret=SECRET)).people(frame, asking=True)


def shapes_of(value: str) -> list[bytes]:
    return [text.encode() for text in (value, value.lower(), value.title())]


def unkeyed(value: str) -> list[bytes]:
    """What a careless program would store: digests, their hexadecimal, and 64-bit forms in both orders."""
    raw = value.encode()
    digests = [hashlib.new(name, raw).digest() for name in ("md5", "sha1", "sha256", "sha512", "blake2b")]
    digests += [xxhash.xxh3_64_digest(raw), xxhash.xxh3_128_digest(raw), xxhash.xxh64_digest(raw)]
    digests += [int(pl.Series([value]).hash()[0]).to_bytes(8, "big")]
    return [form for d in digests for form in (d[:8], d[:8][::-1], d.hex().encode())]


def test_neither_a_value_nor_an_unkeyed_hash_of_one_is_in_what_comes_out(people):
    pickled, shown = pickle.dumps(people), (repr(people) + str(people)).encode()
    for value in [*CANARY.values(), "canary phone", *CANONICAL]:
        for secret in unkeyed(value) + (shapes_of(value) if len(value) > 4 else []):
            assert secret not in pickled
            assert secret not in shown


def test_every_token_column_is_looked_at(people):
    """All but the second surname, e-mail and telephone, of which the canary has one."""
    empty = {name for name in TOKEN_COLUMNS if people.column(name).null_count()}
    assert empty == {"surname_alt", "phonetic_alt", "email_alt", "phone_alt"}


def test_a_sketch_hangs_on_the_key():
    """Without the key, which bigrams a sketch was made of must not be computable from it."""
    frame = pl.DataFrame({"surname": ["CANARINIERE"], "city": ["Canariville"], "address": ["7 rue Canari"]})
    keys = [SecretKey(secret=bytes([i]) * 32) for i in range(20)]
    made = [Tokeniser(key).people(frame).tokens for key in keys]
    for column in ("surname_sketch", "city_sketch", "street_sketch"):
        assert len({tokens[column][0] for tokens in made}) == len(keys)


def test_what_is_shown_of_people_holds_no_token_either(people):
    tokens = {str(token) for column in people.tokens.values() for token in column.tolist() if token}
    assert tokens
    assert not [token for token in tokens | set(map(str, people.keys.tolist())) if token in repr(people)]


def test_the_key_and_its_subkeys_are_not_in_what_comes_out(people):
    pickled = pickle.dumps(people)
    for secret in (SECRET, subkey("aes-cmac-64/nir"), subkey("aes-cmac-64/email")):
        assert secret not in pickled
        assert secret[:8] not in pickled


def test_a_tokeniser_cannot_be_written_out():
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(Tokeniser(SecretKey(secret=SECRET)))


def test_nothing_is_logged_printed_or_warned(caplog, capfd):
    caplog.set_level(logging.DEBUG)
    frame = pl.DataFrame({**{c: [v] for c, v in CANARY.items()}, "phone.2": ["canary phone"]})
    Tokeniser(SecretKey(secret=SECRET)).people(frame)
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


def test_a_refusal_names_no_value():
    frame = pl.DataFrame({f"phone.{place}": ["canary phone"] for place in range(80)})
    with pytest.raises(TooManyColumns) as caught:
        Tokeniser(SecretKey(secret=SECRET)).people(frame)
    assert "canary" not in str(caught.value)
    assert b"canary" not in pickle.dumps(caught.value)


@pytest.mark.repository
def test_the_room_knows_no_unkeyed_hash_and_no_log():
    """By its imports and by the methods it calls: no xxhash, no hashlib, no hash of Polars, no logging."""
    for path in ROOM.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = [
            a.name for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom) for a in n.names
        ]
        names += [str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
        roots = {name.split(".")[0] for name in names}
        assert not roots & {"xxhash", "hashlib", "zlib", "logging", "pickle"}, path
        called = {
            n.func.attr
            for n in ast.walk(tree)
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
        }
        assert not called & {"hash", "hash_rows", "serialize", "map_elements"}, path


def test_tokens_of_the_few_are_keyed_too():
    """Sex has two values: without the key, which token is which must not be computable from the number."""
    tokens = {
        Tokeniser(SecretKey(secret=bytes([i]) * 32)).people(pl.DataFrame({"sex": ["M"]})).tokens["sex"][0]
        for i in range(20)
    }
    assert len(tokens) == 20
    assert number(hashlib.sha256(b"0").digest()) not in tokens
