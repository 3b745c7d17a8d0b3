"""Where the people of a batch live."""

from __future__ import annotations

import polars as pl

from correlate.normalise import address
from correlate.tokens.batch import Batch, Normalise, Reading
from correlate.tokens.distinct import distinct
from correlate.tokens.scheme import MISSING
from correlate.vocabulary import Field

__all__ = ["read_home"]

PARTS = ("postcode", "department")
SPELLED: tuple[tuple[Field, Normalise, str], ...] = (
    (Field.city, address.normalise_city, "city"),
    (Field.address, address.normalise_street, "street"),
)


def read_home(batch: Batch) -> None:
    """Postcode and department, town and street.

    A postcode comes from its own column, or out of the address where that has none.
    """
    for column in batch.columns(Field.postcode):
        coded = distinct(batch.raw(column))
        _put(batch, batch.read(column, coded, address.normalise_any_postcode, "postcode"))
    for column in batch.columns(Field.address):
        known = batch.tokens.get("postcode")
        if known is None or not known.all():
            _put(batch, _from_address(batch, batch.raw(column)))
    for target, normalise, name in SPELLED:
        readings = [
            batch.read(column, distinct(batch.raw(column)), normalise, name)
            for column in batch.columns(target)
        ]
        batch.put((name,), [batch.tokenised(name, reading, name) for reading in readings])
        batch.put((f"{name}_sketch",), [batch.sketched(name, reading, name) for reading in readings])


def _from_address(batch: Batch, addresses: pl.Series) -> Reading:
    """Read the addresses of the rows whose postcode is not known."""
    if (known := batch.tokens.get("postcode")) is None:
        found = address.extract_postcode(addresses)
    else:
        rows = pl.Series(known == MISSING).arg_true()
        nothing = pl.repeat(None, len(addresses), dtype=pl.String, eager=True)
        found = nothing.scatter(rows, address.extract_postcode(addresses.gather(rows)))
    coded = distinct(found)
    return Reading(coded=coded, canonical=address.normalise_postcode(coded.values))


def _put(batch: Batch, reading: Reading) -> None:
    for part in PARTS:
        known = [batch.tokens[part]] if part in batch.tokens else []
        batch.put((part,), [*known, batch.tokenised(part, reading, part)])
