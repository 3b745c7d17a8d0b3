"""Where the people of a batch live."""

from __future__ import annotations

import polars as pl

from correlate.normalise import address
from correlate.tokens.batch import Batch, Reading
from correlate.tokens.distinct import distinct
from correlate.tokens.scheme import MISSING
from correlate.vocabulary import Field

__all__ = ["read_home"]

PARTS = ("postcode", "department")


def read_home(batch: Batch) -> None:
    """Postcode and department, from their own column, or out of the address where that has none."""
    for column in batch.columns(Field.postcode):
        coded = distinct(batch.raw(column))
        _put(batch, [batch.read(column, coded, address.normalise_postcode, "postcode")])
    for column in batch.columns(Field.address):
        _put(batch, [_from_address(batch, batch.raw(column))])


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


def _put(batch: Batch, readings: list[Reading]) -> None:
    for part in PARTS:
        known = [batch.tokens[part]] if part in batch.tokens else []
        batch.put((part,), [*known, *(batch.tokenised(part, reading, part) for reading in readings)])
