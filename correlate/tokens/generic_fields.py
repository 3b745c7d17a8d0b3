"""Fields that are compared as they are written: identity numbers, places of birth, occupations."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from correlate.normalise import birth, national_id, occupation
from correlate.tokens.batch import Batch, Normalise
from correlate.tokens.distinct import Distinct, as_it_is, distinct
from correlate.vocabulary import Field

__all__ = ["read_generic"]

# Places and occupations repeat, identity numbers do not.
FIELDS: tuple[tuple[Field, Normalise, Callable[[pl.Series], Distinct]], ...] = (
    (Field.national_id, national_id.normalise, as_it_is),
    (Field.birth_place, birth.normalise_place, distinct),
    (Field.occupation, occupation.normalise, distinct),
)


def read_generic(batch: Batch) -> None:
    """One token column each, of the field's name: the first usable value of a row."""
    for target, normalise, code in FIELDS:
        name = target.value
        readings = [
            batch.read(column, code(batch.raw(column)), normalise, name) for column in batch.columns(target)
        ]
        batch.put((name,), [batch.tokenised(name, reading, name) for reading in readings])
