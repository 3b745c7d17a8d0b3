"""Fingerprints of rows: the same for the same tokens and classes, another for any change."""

from __future__ import annotations

import polars as pl
import pytest

from correlate.tokens import SecretKey, Tokeniser, fingerprints

ROW = {"surname": "DURAND", "given": "ANNE", "birth_date": "1980-02-03", "email": "anne@example.org"}


def _one(row: dict[str, str], secret: bytes = b"0" * 32) -> int:
    return int(fingerprints(Tokeniser(SecretKey(secret=secret)).people(pl.DataFrame([row])))[0])


def test_order_of_columns_plays_no_part():
    """Neither in the tokens nor in the set of attribute classes that a row exposes."""
    assert _one(dict(reversed(ROW.items()))) == _one(ROW)


@pytest.mark.parametrize(
    "change",
    [
        {"surname": "MARTIN"},
        {"birth_date": "1981-02-03"},
        {"email": "anne@example.net"},
        {"phone": "0612345678"},
        {"iban": "FR7630006000011234567890189"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_row_that_says_something_else_has_another(change: dict[str, str]):
    assert _one(ROW | change) != _one(ROW)


def test_it_depends_on_the_key():
    assert _one(ROW) != _one(ROW, b"1" * 32)
