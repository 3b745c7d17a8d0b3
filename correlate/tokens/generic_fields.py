"""Fields that are compared as they are written: identity numbers, places of birth, occupations."""

from __future__ import annotations

from correlate.normalise import birth, national_id, occupation
from correlate.tokens.batch import Batch, Normalise
from correlate.vocabulary import Field

__all__ = ["read_generic"]

# Places and occupations repeat, identity numbers do not.
FIELDS: tuple[tuple[Field, Normalise, bool], ...] = (
    (Field.national_id, national_id.normalise, False),
    (Field.birth_place, birth.normalise_place, True),
    (Field.occupation, occupation.normalise, True),
)


def read_generic(batch: Batch) -> None:
    """One token column each, of the field's name: the first usable value of a row."""
    for target, normalise, repeats in FIELDS:
        name, make = target.value, batch.written(target.value, normalise)
        readings = [
            batch.count(column, batch.repeating(name, column, make) if repeats else batch.each(column, make))
            for column in batch.columns(target)
        ]
        batch.put((name,), [reading.rows(name) for reading in readings])
