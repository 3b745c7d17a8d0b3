"""Surnames and first names of a batch."""

from __future__ import annotations

import numpy as np
import polars as pl

from correlate.normalise import name
from correlate.normalise.full_name import NameOrder
from correlate.tokens.batch import Batch, Reading, judged
from correlate.tokens.distinct import Distinct, distinct
from correlate.tokens.memory import Table
from correlate.tokens.scheme import MISSING, Tokens
from correlate.vocabulary import Field

__all__ = ["read_names"]

# In order of permanence: a usage name comes and goes with a marriage.
SURNAME_FIELDS = (Field.birth_name, Field.surname, Field.full_name, Field.usage_name)
# One domain for surnames and first names, so that names written in each other's column can be found.
NAME, SOUND = "name", "name/phonetic"
# A second surname needs a separator before its NEE or EPOUSE: most surnames have none.
SEVERAL_WORDS = r"[^\p{L}\p{M}\-]"
# Parts of a surname; the other one of a value that holds two has them behind this.
SPELLING, SKETCH, OTHER = "spelling", "sketch", "other_"


def read_names(batch: Batch, order: NameOrder) -> None:
    """Two surnames, in order of permanence, and the first given name; in spelling and in sound."""
    surnames: list[Reading] = []

    def of_first_names(values: pl.Series) -> Table:
        return _first_names(batch, values)

    def of_surnames(values: pl.Series) -> Table:
        return _surnames(batch, values)

    given = [
        batch.count(column, batch.repeating("first_name", column, of_first_names))
        for column in batch.columns(Field.first_name)
    ]
    for target in SURNAME_FIELDS:
        for column in batch.columns(target):
            if target is Field.full_name:
                whole = distinct(batch.raw(column))
                parts = name.split_full_name(whole.values, order)
                first, last = (
                    Distinct(values=parts[p], codes=whole.codes) for p in ("first_name", "surname")
                )
                given.append(batch.count(column, batch.look_up("first_name", first, of_first_names)))
                reading = batch.look_up("surname", last, of_surnames)
            else:
                reading = batch.repeating("surname", column, of_surnames)
            surnames.append(batch.count(column, reading))
    _put_surnames(batch, surnames)
    for part in ("first_name", "first_phonetic", "first_initial", "first_sketch"):
        batch.put((part,), [reading.rows(part) for reading in given])


def _put_surnames(batch: Batch, readings: list[Reading]) -> None:
    """Keep the surnames of all columns; behind those of each column the other ones in it."""
    for part, names in (
        (SPELLING, ("surname", "surname_alt")),
        (SOUND, ("phonetic", "phonetic_alt")),
        (SKETCH, ("surname_sketch",)),
    ):
        found: list[Tokens] = []
        for reading in readings:
            found.append(reading.rows(part))
            other = reading.rows(OTHER + part) if reading.table[OTHER + part].any() else None
            if other is not None and other.any():
                found.append(other)
        batch.put(names, found)


def _first_names(batch: Batch, values: pl.Series) -> Table:
    canonical = name.normalise_first_name(values)
    return {
        "first_name": batch.tokenised(NAME, canonical["first_name"]),
        "first_phonetic": batch.tokenised(SOUND, canonical["phonetic"]),
        "first_initial": batch.tokenised("first_initial", canonical["initial"]),
        "first_sketch": batch.sketched(NAME, canonical["first_name"]),
        **judged(canonical, "first_name"),
    }


def _surnames(batch: Batch, values: pl.Series) -> Table:
    """The surname, and the other one where two stand in one value: MARTIN NEE DUPONT."""
    several = values.str.contains(SEVERAL_WORDS).arg_true()
    parts = name.split_married(values.gather(several))
    canonical = name.normalise_surname(values.clone().scatter(several, parts["surname"]))
    others = _spelled(batch, name.normalise_surname(parts["other"]))
    table: Table = {**_spelled(batch, canonical), **judged(canonical, "surname")}
    for part, tokens in others.items():
        column = np.full(len(values), MISSING, dtype=np.int64)
        column[several.to_numpy()] = tokens
        table[OTHER + part] = column
    return table


def _spelled(batch: Batch, canonical: pl.DataFrame) -> dict[str, Tokens]:
    return {
        SPELLING: batch.tokenised(NAME, canonical["surname"]),
        SOUND: batch.tokenised(SOUND, canonical["phonetic"]),
        SKETCH: batch.sketched(NAME, canonical["surname"]),
    }
