"""Where the people of a batch live."""

from __future__ import annotations

import polars as pl

from correlate.normalise import address
from correlate.tokens.batch import Batch, Normalise, Reading, judged
from correlate.tokens.distinct import distinct
from correlate.tokens.memory import Make, Table
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
        make = _postcodes(batch, address.normalise_any_postcode)
        _put(batch, batch.count(column, batch.repeating("postcode", column, make)))
    for column in batch.columns(Field.address):
        known = batch.tokens.get("postcode")
        if known is None or not known.all():
            _put(batch, _from_address(batch, batch.raw(column)))
    for target, normalise, name in SPELLED:
        make = _spelled(batch, name, normalise)
        readings = [
            batch.count(column, batch.repeating(name, column, make)) for column in batch.columns(target)
        ]
        for part in (name, f"{name}_sketch"):
            batch.put((part,), [reading.rows(part) for reading in readings])


def _postcodes(batch: Batch, normalise: Normalise) -> Make:
    def make(values: pl.Series) -> Table:
        canonical = normalise(values)
        tokens = {part: batch.tokenised(part, canonical[part]) for part in PARTS}
        return {**tokens, **judged(canonical, "postcode")}

    return make


def _spelled(batch: Batch, name: str, normalise: Normalise) -> Make:
    def make(values: pl.Series) -> Table:
        canonical = normalise(values)
        return {
            name: batch.tokenised(name, canonical[name]),
            f"{name}_sketch": batch.sketched(name, canonical[name]),
            **judged(canonical, name),
        }

    return make


def _from_address(batch: Batch, addresses: pl.Series) -> Reading:
    """Read the addresses of the rows whose postcode is not known."""
    if (known := batch.tokens.get("postcode")) is None:
        found = address.extract_postcode(addresses)
    else:
        rows = pl.Series(known == MISSING).arg_true()
        nothing = pl.repeat(None, len(addresses), dtype=pl.String, eager=True)
        found = nothing.scatter(rows, address.extract_postcode(addresses.gather(rows)))
    coded = distinct(found)
    return Reading(table=_postcodes(batch, address.normalise_postcode)(coded.values), codes=coded.codes)


def _put(batch: Batch, reading: Reading) -> None:
    for part in PARTS:
        known = [batch.tokens[part]] if part in batch.tokens else []
        batch.put((part,), [*known, reading.rows(part)])
