"""Tokens by another way: one value at a time, with the CMAC of a library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import polars as pl
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from correlate.normalise import address, birth, email, iban, name, national_id, nir, occupation, phone, sex
from correlate.vocabulary import FIELDS, Field

SECRET = bytes(range(32))
ALPHABET = "\0ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


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
def ranks(domain: str) -> tuple[dict[bytes, int], ...]:
    """The rank of each bigram, as two bytes, in each of 16 slots."""
    bigrams = [bytes((first, second)) for first in range(37) for second in range(37)]
    slots = [
        sorted(bigrams, key=lambda b, s=slot: token(f"sketch/{domain}", bytes((s,)) + b))
        for slot in range(16)
    ]
    return tuple({bigram: rank for rank, bigram in enumerate(slot)} for slot in slots)


def bigrams(value: str) -> set[bytes]:
    symbols = ["\0", *(c for c in value if c in ALPHABET), "\0"]
    numbers = [ALPHABET.index(c) for c in symbols]
    return {bytes(numbers[place : place + 2]) for place in range(len(numbers) - 1)}


def sketch(value: str | None, slots: tuple[dict[bytes, int], ...]) -> int:
    """The sketch of one value, from its definition; 0 for None and for what has no symbol."""
    if value is None or not set(value) & set(ALPHABET[1:]):
        return 0
    word = sum((min(slot[b] for b in bigrams(value)) % 16) << (4 * place) for place, slot in enumerate(slots))
    return (word - 2**64 if word >= 2**63 else word) or 1


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
    "birth": partial(birth.normalise, earliest=1500),
    "email": email.normalise,
    "phone": phone.normalise,
    "iban": iban.normalise,
    "postcode": address.normalise_any_postcode,
    "city": address.normalise_city,
    "street": address.normalise_street,
    "national_id": national_id.normalise,
    "birth_place": birth.normalise_place,
    "occupation": occupation.normalise,
    "address": lambda s: pl.DataFrame({"postcode": address.extract_postcode(s)}),
}
PRESENCE_ALONE = ("birth_year",)
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
        self.spelled()
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

    def told(self) -> int:
        """How many of a name, a date and a home it has."""
        kinds = (
            ("phonetic", "first_phonetic"),
            ("birth_date", "birth_mmdd", "birth_yydd"),
            ("street", "postcode", "city"),
        )
        return sum(any(self.tokens.get(column) for column in kind) for kind in kinds)

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
        self.keep(("surname", "surname_alt"), "name", [s["surname"] for s in surnames])
        self.keep(("phonetic", "phonetic_alt"), "name/phonetic", [s["phonetic"] for s in surnames])
        self.keep(("first_name",), "name", [g["first_name"] for g in given])
        self.keep(("first_phonetic",), "name/phonetic", [g["phonetic"] for g in given])
        self.keep(("first_initial",), "first_initial", [g["initial"] for g in given])

        self.keep_sketch("surname", "name", [s["surname"] for s in surnames])
        self.keep_sketch("first", "name", [g["first_name"] for g in given])

    def keep_sketch(self, column: str, domain: str, found: list[str | None]) -> None:
        first = next((value for value in found if value is not None), None)
        self.tokens[f"{column}_sketch"] = sketch(first, ranks(domain))

    def spelled(self) -> None:
        for target, part in (("city", "city"), ("address", "street")):
            found = [self.read(c, part, self.values[c], part)[part] for c in self.of(target)]
            self.keep((part,), part, found)
            self.keep_sketch(part, part, found)
        for target in ("national_id", "birth_place", "occupation"):
            found = [self.read(c, target, self.values[c], target)[target] for c in self.of(target)]
            self.keep((target,), target, found)

    def home(self) -> None:
        found = [self.read(c, "postcode", self.values[c], "postcode") for c in self.of("postcode")]
        extracted = [canonical("address", self.values[c])["postcode"] for c in self.of("address")]
        found += [canonical("postcode", postcode) for postcode in extracted]
        for part in ("postcode", "department"):
            self.keep((part,), part, [f[part] for f in found])

    def birth(self) -> None:
        year = month = day = gender = None
        for column in self.of("birth_date"):
            found = self.read(column, "birth", self.values[column], "birth_year")
            self.tokens["birth_date"] = token("birth_date", found["birth_date"])
            self.tokens["birth_swapped"] = token("birth_date", found["birth_swapped"])
            year = None if found["year_part"] is None else found["year_part"] % 100
            month, day = found["month_part"], found["day_part"]
        for column in self.of("birth_year"):
            alone = canonical("birth", self.values[column])["year_part"]
            year = alone % 100 if year is None and alone is not None else year
        for column in self.of("sex"):
            gender = self.read(column, "sex", self.values[column], "sex")["sex"]
        days = None if year is None or day is None else str(year * 31 + day - 1)
        self.tokens["birth_yydd"] = token("birth_yydd", days)
        days = None if month is None or day is None else str((month - 1) * 31 + day - 1)
        self.tokens["birth_mmdd"] = token("birth_mmdd", days)
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
