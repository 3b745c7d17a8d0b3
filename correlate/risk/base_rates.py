"""Breaches that nobody here holds: what they mean for a person of whom nothing is known but that they
happened.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable

import numpy as np

from correlate.catalogue import Breach, Catalogue, PersonsKind
from correlate.risk.holding import Background
from correlate.risk.implication import closure
from correlate.risk.kinds import Kinds
from correlate.risk.profile import Profile
from correlate.risk.rows import WHOLE
from correlate.vocabulary import AttributeClass

__all__ = ["background", "base_rate_breaches", "class_shares"]

# A breach that counts more accounts than there are people still misses somebody.
_SHARE_MAX = 0.99
_COUNTED = (
    PersonsKind.persons_official,
    PersonsKind.persons_reported,
    PersonsKind.victims_reported,
    PersonsKind.accounts_official,
    PersonsKind.accounts_hibp,
)


def base_rate_breaches(
    catalogue: Catalogue, *, held: Collection[str], as_of: datetime.date
) -> tuple[str, ...]:
    """The breaches that may enter with their base rate, in order: those not held whose persons were counted.

    A count that only the thief gives, or of rows, is no count of persons. Compilations are left out: their
    sources are counted, or not known.
    """
    return tuple(
        breach.id
        for breach in catalogue
        if breach.id not in held
        and breach.persons_kind in _COUNTED
        and not breach.compilation
        and breach.date <= as_of
    )


def class_shares(breach: Breach, profile: Profile) -> tuple[tuple[tuple[AttributeClass, ...], float], ...]:
    """What a breach exposes of one of its persons, when only the catalogue tells: class sets, each with its
    share, from the surest to the widest.

    Classes that the catalogue calls doubtful or partial concern a person with the profile's shares only,
    those that are both with the product. Each set holds the sets before it, as the records of one breach do
    of which the likelier is held first.
    """
    of_class = dict.fromkeys(breach.classes, 1.0)
    for each in breach.doubtful:
        of_class[each] *= profile.doubtful_share.value
    for each in breach.partial:
        of_class[each] *= profile.partial_share.value
    shares = sorted(set(of_class.values()), reverse=True)
    return tuple(
        (tuple(sorted(each for each, its in of_class.items() if its >= share)), share) for share in shares
    )


def background(
    breaches: Iterable[str], *, kinds: Kinds, catalogue: Catalogue, profile: Profile
) -> Background:
    """Base rates as rows: the persons of each breach ÷ the population that it may be about."""
    kind: list[int] = []
    chance: list[int] = []
    for breach_id in breaches:
        breach = catalogue.get(breach_id)
        people = profile.population_of(breach)
        rate = min((breach.persons or 0) / people, _SHARE_MAX)
        for classes, share in class_shares(breach, profile):
            kind.append(kinds.number(kinds.breaches.index(breach_id), closure(classes)))
            chance.append(round(rate * share * WHOLE))
    return Background(kind=np.array(kind, dtype=np.int64), chance=np.array(chance, dtype=np.int64))
