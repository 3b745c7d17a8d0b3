"""Canonical forms of identifying fields: whole columns in, frames of the same height out."""

from __future__ import annotations

from correlate.normalise import (
    address,
    birth,
    email,
    folding,
    iban,
    name,
    national_id,
    nir,
    occupation,
    phone,
    phonetic,
    sex,
)

__all__ = [
    "address",
    "birth",
    "email",
    "folding",
    "iban",
    "name",
    "national_id",
    "nir",
    "occupation",
    "phone",
    "phonetic",
    "sex",
]
