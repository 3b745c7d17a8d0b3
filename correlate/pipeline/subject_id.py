"""The name a subject has in the result: the user's own reference, never something that identifies by
itself.
"""

from __future__ import annotations

import polars as pl

from correlate.errors import InputError
from correlate.normalise import email, iban, nir, phone
from correlate.reading import Batch, Reject
from correlate.vocabulary import recognise

__all__ = ["SubjectIdIdentifies", "subject_ids"]

# Of a batch, from all over it.
SAMPLE_ROWS = 1_000
# Some references look like a telephone number by chance; a column of them does not.
SHARE_MAX = 0.5
NO_ID = "no-subject-id"


class SubjectIdIdentifies(InputError):
    """The column {column} cannot name the subjects: it holds {what}, and the result would carry it. Name a
    column with a reference of your own, such as a member number, or leave --id out to use row numbers.
    """


def subject_ids(batch: Batch, id_column: str | None) -> tuple[pl.Series, list[Reject]]:
    """The id of each row of a batch (n,), null where there is none, and those rows as rejects.

    Raises:
        SubjectIdIdentifies: the column carries, or its values are, a person's identifier.
    """
    numbers = batch.row_numbers
    if id_column is None:
        return numbers.cast(pl.String), []
    meaning = recognise(id_column)
    if meaning is not None:
        raise SubjectIdIdentifies(column=id_column, what=f"the field {meaning.value}")
    ids = batch.frame[f"keep:{id_column}"]
    _refuse_identifiers(ids, id_column)
    missing = numbers.filter(ids.is_null())
    return ids, [Reject(row=int(row), reason=NO_ID, column=id_column) for row in missing]


def _refuse_identifiers(ids: pl.Series, column: str) -> None:
    sample = ids.drop_nulls()
    sample = sample.gather_every(max(1, len(sample) // SAMPLE_ROWS))
    lengths, most = sample.str.len_bytes(), SHARE_MAX * len(sample)
    for what, module, least in (
        ("NIRs", nir, 13),
        ("e-mail addresses", email, 6),
        ("IBANs", iban, 15),
        ("telephone numbers", phone, 9),
    ):
        # What is too short for it need not be looked at.
        like = sample.filter(lengths >= least)
        if len(like) > most and module.normalise(like)["issue"].null_count() > most:
            raise SubjectIdIdentifies(column=column, what=what)
