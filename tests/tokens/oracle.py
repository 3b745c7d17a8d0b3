"""Tokens by another way: one value at a time, with the CMAC of a library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import polars as pl
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from correlate.normalise import address, birth, email, iban, name, nir, phone, sex
from correlate.vocabulary import FIELDS, Field

SECRET = bytes(range(32))


def cmac(key: bytes, message: bytes) -> bytes:
    function = CMAC(algorithms.AES(key))
    function.update(message)
    return function.finalize()


def subkey(purpose: str, length: int = 16) -> bytes:
    info = f"correlate-risk/2026-11/{purpose}".encode()
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(SECRET)


def number(tag: bytes) -> int:
    return int.from_bytes(tag[:8], "big", signed=True) or 1


@cache
def token(domain: str, value: str | bytes | None) -> int:
    """The AES-CMAC token of one value under SECRET; 0 for None."""
    if value is None:
        return 0
    message = value.encode() if isinstance(value, str) else value
    return number(cmac(subkey(f"aes-cmac-64/{domain}"), message))


@cache
def canonical(field: str, value: str | None) -> dict[str, Any]:
    """What the normaliser of a field says of one value alone."""
    return NORMALISERS[field](pl.Series([value], dtype=pl.String)).row(0, named=True)


@cache
def two_surnames(value: str | None) -> tuple[str | None, str | None]:
    return name.split_married(pl.Series([value], dtype=pl.String)).select("surname", "other").row(0)


@cache
def split_name(value: str | None) -> tuple[str | None, str | None]:
    return name.split_full_name(pl.Series([value], dtype=pl.String)).select("surname", "first_name").row(0)


NORMALISERS: dict[str, Callable[[pl.Series], pl.DataFrame]] = {
    "nir": nir.normalise,
    "surname": name.normalise_surname,
    "first_name": name.normalise_first_name,
    "sex": sex.normalise,
    "birth": birth.normalise,
    "email": email.normalise,
    "phone": phone.normalise,
    "iban": iban.normalise,
    "postcode": address.normalise_postcode,
    "address": lambda s: pl.DataFrame({"postcode": address.extract_postcode(s)}),
}
PRESENCE_ALONE = ("address", "city", "birth_place", "birth_year", "national_id", "occupation")
SURNAMES = ("birth_name", "surname", "full_name", "usage_name")


@dataclass
class Row:
    """One row worked out alone, value by value; ``values`` has the columns of the file."""

    values: dict[str, str | None]
    tokens: dict[str, int] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)
    dropped: Counter[tuple[str, str]] = field(default_factory=Counter)
    nir_own: bool = True

    def __post_init__(self) -> None:
        self.contacts()
        self.names()
        self.home()
        self.birth()
        for column, value in self.values.items():
            there = value is not None and bool(value.strip())
            if column in PRESENCE_ALONE:
                self.expose(column, there=there)
            elif column.startswith("class:") and there:
                self.classes.add(column.removeprefix("class:").split(".")[0])

    def expose(self, column: str, *, there: bool) -> None:
        if there:
            self.classes |= set(FIELDS[Field(column.split(".")[0])].classes)

    def of(self, target: str) -> list[str]:
        return [c for c in self.values if c.split(".")[0] == target]

    def read(self, column: str, normaliser: str, value: str | None, key: str) -> dict[str, Any]:
        found = canonical(normaliser, value)
        if found["issue"] is not None:
            self.dropped[column, found["issue"]] += 1
        self.expose(column, there=found[key] is not None and found["issue"] is None)
        return found

    def keep(self, names: tuple[str, ...], domain: str, found: list[str | None]) -> None:
        different = list(dict.fromkeys(token(domain, value) for value in found if value is not None))
        for column, number in zip(names, [*different, 0, 0], strict=False):
            self.tokens[column] = number

    def contacts(self) -> None:
        for target in ("email", "phone", "iban"):
            found = [self.read(c, target, self.values[c], target)[target] for c in self.of(target)]
            self.keep((target,) if target == "iban" else (target, f"{target}_alt"), target, found)

    def names(self) -> None:
        given = [self.read(c, "first_name", self.values[c], "first_name") for c in self.of("first_name")]
        surnames = []
        for column in [c for target in SURNAMES for c in self.of(target)]:
            value = self.values[column]
            if column == "full_name":
                value, first = split_name(value)
                given.append(self.read(column, "first_name", first, "first_name"))
            one, other = two_surnames(value)
            surnames += [self.read(column, "surname", one, "surname"), canonical("surname", other)]
        self.keep(("surname", "surname_alt"), "surname", [s["surname"] for s in surnames])
        self.keep(("phonetic", "phonetic_alt"), "surname/phonetic", [s["phonetic"] for s in surnames])
        self.keep(("first_name",), "first_name", [g["first_name"] for g in given])
        self.keep(("first_phonetic",), "first_phonetic", [g["phonetic"] for g in given])
        self.keep(("first_initial",), "first_initial", [g["initial"] for g in given])

    def home(self) -> None:
        found = [self.read(c, "postcode", self.values[c], "postcode") for c in self.of("postcode")]
        extracted = [canonical("address", self.values[c])["postcode"] for c in self.of("address")]
        found += [canonical("postcode", postcode) for postcode in extracted]
        for part in ("postcode", "department"):
            self.keep((part,), part, [f[part] for f in found])

    def birth(self) -> None:
        year = month = gender = None
        for column in self.of("birth_date"):
            found = self.read(column, "birth", self.values[column], "birth_year")
            self.tokens["birth_date"] = token("birth_date", found["birth_date"])
            self.tokens["birth_swapped"] = token("birth_date", found["birth_swapped"])
            year = None if found["birth_year"] is None else found["birth_year"] % 100
            month = None if found["birth_month"] is None else int(found["birth_month"][5:])
        for column in self.of("birth_year"):
            alone = canonical("birth", self.values[column])["birth_year"]
            year = alone % 100 if year is None and alone is not None else year
        for column in self.of("sex"):
            gender = self.read(column, "sex", self.values[column], "sex")["sex"]
        for column in self.of("nir"):
            found = self.read(column, "nir", self.values[column], "nir")
            self.tokens["nir"] = token("nir", found["nir"])
            numbered = (found["birth_year"], found["birth_month"], found["sex"])
            self.nir_own = own((year, month, gender), numbered)
            if self.nir_own:
                pairs = zip((year, month, gender), numbered, strict=True)
                year, month, gender = (n if told is None else told for told, n in pairs)
            else:
                self.classes.discard("NIR")
        months = None if year is None or month is None else str(year * 12 + month - 1)
        self.tokens["birth_yymm"] = token("birth_yymm", months)
        self.tokens["sex"] = token("sex", {"M": "0", "F": "1", None: None}[gender])


def own(told: tuple[Any, Any, Any], numbered: tuple[Any, Any, Any]) -> bool:
    """The rules of civil_status.is_own, said again for one row."""
    (year, month, gender), (nir_year, nir_month, nir_sex) = told, numbered
    apart = None if None in (year, nir_year) else min(abs(year - nir_year), 100 - abs(year - nir_year))
    months_known = None not in (month, nir_month)
    if None not in (gender, nir_sex) and gender != nir_sex:
        return apart == 0 and (not months_known or month == nir_month)
    return apart is None or apart == 0 or (months_known and month == nir_month and apart < 10)
