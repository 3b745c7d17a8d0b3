"""E-mail addresses, telephone numbers and bank accounts of a batch."""

from __future__ import annotations

from correlate.normalise import email, iban, phone
from correlate.tokens.batch import Batch, Normalise
from correlate.vocabulary import Field

__all__ = ["read_contacts"]

CONTACTS: tuple[tuple[Field, Normalise, tuple[str, ...]], ...] = (
    (Field.email, email.normalise, ("email", "email_alt")),
    (Field.phone, phone.normalise, ("phone", "phone_alt")),
    (Field.iban, iban.normalise, ("iban",)),
)


def read_contacts(batch: Batch) -> None:
    """Token columns of each contact: the first different ones of a row. All of them count as exposed."""
    for target, normalise, names in CONTACTS:
        make = batch.written(target.value, normalise)
        readings = [batch.count(column, batch.each(column, make)) for column in batch.columns(target)]
        batch.put(names, [reading.rows(target.value) for reading in readings])
