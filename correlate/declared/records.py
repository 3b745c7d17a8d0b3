"""What a person who was notified of a breach is exposed by: some of its classes surely, others perhaps."""

from __future__ import annotations

from correlate.catalogue import Breach
from correlate.risk import Profile
from correlate.vocabulary import AttributeClass

__all__ = ["declared_records"]

Classes = tuple[AttributeClass, ...]


def declared_records(breach: Breach, profile: Profile) -> list[tuple[Classes, int]]:
    """The records that stand for being in ``breach``: nested sets of classes, each with a whole percentage.

    The person is in the breach for certain, so the first set has 100 percent; it may be empty. It holds the
    classes that the catalogue calls neither doubtful nor partial. The others are the person's with the
    profile's ``doubtful_share`` and ``partial_share``, those that are both with the product. Each further set
    adds the classes of the next lower share. As records of one breach the surest counts for each class.
    """
    share = dict.fromkeys(breach.classes, 1.0)
    for code in breach.doubtful:
        share[code] *= profile.doubtful_share.value
    for code in breach.partial:
        share[code] *= profile.partial_share.value
    percents = {code: round(100 * value) for code, value in share.items()}
    levels = sorted({100, *percents.values()} - {0}, reverse=True)
    return [
        (tuple(code for code in AttributeClass if percents.get(code, 0) >= level), level) for level in levels
    ]
