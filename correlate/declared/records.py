"""What a person who was notified of a breach is exposed by: some of its classes surely, others perhaps."""

from __future__ import annotations

from correlate.catalogue import Breach
from correlate.risk import Profile, class_shares
from correlate.vocabulary import AttributeClass

__all__ = ["declared_records"]

CERTAIN = 100


def declared_records(breach: Breach, profile: Profile) -> list[tuple[tuple[AttributeClass, ...], int]]:
    """The records that stand for being in ``breach``: nested sets of classes, each with a whole percentage.

    The person is in the breach for certain, so the first set has 100 percent; it is empty where the catalogue
    calls every class doubtful or partial. The further ones, each wider and less sure, are those of
    ``class_shares``. Of the records of one breach the surest counts for each class.
    """
    records = [(classes, round(CERTAIN * share)) for classes, share in class_shares(breach, profile)]
    if not records or records[0][1] < CERTAIN:
        records.insert(0, ((), CERTAIN))
    return records
