"""Surnames and first names of a batch."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from correlate.normalise import name
from correlate.normalise.full_name import NameOrder
from correlate.tokens.batch import Batch, Reading
from correlate.tokens.distinct import Distinct, distinct
from correlate.vocabulary import Field

__all__ = ["read_names"]

# In order of permanence: a usage name comes and goes with a marriage.
SURNAME_FIELDS = (Field.birth_name, Field.surname, Field.full_name, Field.usage_name)
# One domain for surnames and first names, so that names written in each other's column can be found.
NAME, SOUND = "name", "name/phonetic"
# A second surname needs a separator before its NEE or EPOUSE: most surnames have none.
SEVERAL_WORDS = r"[^\p{L}\p{M}\-]"


def read_names(batch: Batch, order: NameOrder) -> None:
    """Two surnames, in order of permanence, and the first given name; in spelling and in sound."""
    surnames: list[Reading] = []
    given: list[Reading] = []
    for column in batch.columns(Field.first_name):
        coded = distinct(batch.raw(column))
        given.append(batch.read(column, coded, name.normalise_first_name, "first_name"))
    for target in SURNAME_FIELDS:
        for column in batch.columns(target):
            coded = distinct(batch.raw(column))
            if target is Field.full_name:
                parts = name.split_full_name(coded.values, order)
                first = Distinct(values=parts["first_name"], codes=coded.codes)
                given.append(batch.read(column, first, name.normalise_first_name, "first_name"))
                coded = Distinct(values=parts["surname"], codes=coded.codes)
            surnames.extend(_surnames(batch, column, coded))
    _put(batch, ("surname", "surname_alt"), NAME, surnames, "surname")
    _put(batch, ("phonetic", "phonetic_alt"), SOUND, surnames, "phonetic")
    batch.put(("surname_sketch",), [batch.sketched(NAME, reading, "surname") for reading in surnames])
    _put(batch, ("first_name",), NAME, given, "first_name")
    _put(batch, ("first_phonetic",), SOUND, given, "phonetic")
    _put(batch, ("first_initial",), "first_initial", given, "initial")
    batch.put(("first_sketch",), [batch.sketched(NAME, reading, "first_name") for reading in given])


def _put(batch: Batch, names: tuple[str, ...], domain: str, readings: list[Reading], canonical: str) -> None:
    batch.put(names, [batch.tokenised(domain, reading, canonical) for reading in readings])


def _surnames(batch: Batch, column: str, coded: Distinct) -> Iterator[Reading]:
    """The surname, and the other one where two stand in one value: MARTIN NEE DUPONT."""
    several = coded.values.str.contains(SEVERAL_WORDS).arg_true()
    if not len(several):
        yield batch.read(column, coded, name.normalise_surname, "surname")
        return
    parts = name.split_married(coded.values.gather(several))
    first = coded.values.clone().scatter(several, parts["surname"])
    yield batch.read(column, Distinct(values=first, codes=coded.codes), name.normalise_surname, "surname")
    if parts["other"].null_count() < len(several):
        nothing = pl.repeat(None, len(coded.values), dtype=pl.String, eager=True)
        other = Distinct(values=nothing.scatter(several, parts["other"]), codes=coded.codes)
        yield Reading(coded=other, canonical=name.normalise_surname(other.values))
