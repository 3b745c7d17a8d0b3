"""Kinds of record: what a breach exposes of a person, and how fresh it is.

A kind is a breach and a set of attribute classes. Kinds are numbered as they turn up: those of the records,
the union of two records of one breach, and what is left of a kind without some classes.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

import numpy as np

from correlate.catalogue import Breach, Catalogue
from correlate.risk.arrays import Floats, Ints
from correlate.risk.errors import FutureBreach
from correlate.risk.profile import Profile
from correlate.vocabulary import AttributeClass

__all__ = ["Kinds"]

_DAYS_PER_YEAR = 365.25
_Classes = frozenset[AttributeClass]


class Kinds:
    """The table of kinds, with the circulation of their breaches and the freshness of their classes.

    ``attributes`` are the classes that any kind may expose, by code; ``breach`` of a kind is the place of its
    breach in ``breaches``.
    """

    def __init__(
        self, breaches: Iterable[str], *, catalogue: Catalogue, profile: Profile, as_of: datetime.date
    ) -> None:
        """Look the breaches up.

        Raises:
            UnknownBreach: a breach is not in the catalogue.
            FutureBreach: a breach is dated after ``as_of``.
            UnknownCirculation: the profile does not know a breach's status.
        """
        self.breaches = tuple(breaches)
        entries = [catalogue.get(breach) for breach in self.breaches]
        self._years = [_years(entry, as_of) for entry in entries]
        self.circulation = np.array([profile.circulation_of(entry) for entry in entries], dtype=np.float64)
        self.compiled = np.array([entry.compilation for entry in entries], dtype=np.bool_)
        self._profile = profile
        self._numbers: dict[tuple[int, _Classes], int] = {}
        self._content: list[tuple[int, _Classes]] = []
        self._breach_of = np.empty(0, dtype=np.int64)
        self._unions: dict[tuple[int, int], int] = {}

    def __len__(self) -> int:
        return len(self._content)

    def number(self, breach: int, classes: Iterable[AttributeClass]) -> int:
        """The number of the kind of this breach with exactly these classes."""
        content = (breach, frozenset(classes))
        if content not in self._numbers:
            self._numbers[content] = len(self._content)
            self._content.append(content)
        return self._numbers[content]

    def classes(self, kind: int) -> _Classes:
        """What the kind exposes."""
        return self._content[kind][1]

    def union(self, one: int, other: int) -> int:
        """The kind of two records of one breach held together."""
        if (one, other) not in self._unions:
            breach, classes = self._content[one]
            self._unions[one, other] = self.number(breach, classes | self.classes(other))
        return self._unions[one, other]

    def without(self, kind: int, classes: _Classes) -> int:
        """The kind with those classes taken out."""
        breach, held = self._content[kind]
        return self.number(breach, held - classes)

    def breach_of(self) -> Ints:
        """The breach of each kind (kinds,)."""
        if len(self._breach_of) < len(self._content):
            self._breach_of = np.array([breach for breach, _classes in self._content], dtype=np.int64)
        return self._breach_of

    def freshness(self, attributes: tuple[AttributeClass, ...], *, first: int = 0) -> Floats:
        """2^(−t/h) where the kind has the class, else 0, for the kinds from ``first`` on: kinds × attributes.

        Raises:
            UnknownHalfLife: the profile does not know a class that a kind has.
        """
        known: Mapping[AttributeClass, int] = {attribute: place for place, attribute in enumerate(attributes)}
        fresh = np.zeros((len(self._content) - first, len(attributes)))
        for row, (breach, classes) in enumerate(self._content[first:]):
            for attribute in classes:
                fresh[row, known[attribute]] = self._profile.freshness(attribute, years=self._years[breach])
        return fresh


def _years(breach: Breach, as_of: datetime.date) -> float:
    if breach.date > as_of:
        raise FutureBreach(breach=breach.id, date=breach.date, as_of=as_of)
    return (as_of - breach.date).days / _DAYS_PER_YEAR
