"""How surely whoever combines the breaches holds each attribute class, still fresh.

π(a) = 1 − Π over independent breaches b of (1 − max over records r of b exposing a of
c(r)·κ(b)·2^(−t/h(a))), with c the match probability, κ the circulation, t the age and h the half-life
(docs/risk-model.md). A compilation of other breaches, of which hardly ever all sources are known, is
independent of none: it counts alone or not at all, whichever gives more, attribute by attribute. So it never
adds to what its sources tell, yet adding a record never lowers π.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from correlate.catalogue import Breach, Catalogue
from correlate.risk.errors import FutureBreach
from correlate.risk.implication import closure
from correlate.risk.profile import Profile
from correlate.risk.records import Ints, Records, starts_of
from correlate.vocabulary import AttributeClass

__all__ = ["AvailabilityModel", "Floats"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
_DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, kw_only=True)
class AvailabilityModel:
    """The tables that turn records into availability.

    ``attributes`` are the classes that any record may expose, by code; ``worth`` (attributes × kinds of
    record) is κ(b)·2^(−t/h(a)) where the kind's class set holds or implies the class, else 0;
    ``compiled`` tells which breaches are compilations.
    """

    attributes: tuple[AttributeClass, ...]
    worth: Floats
    compiled: Mask

    @classmethod
    def build(
        cls,
        records: Records,
        class_sets: Mapping[int, tuple[AttributeClass, ...]],
        *,
        catalogue: Catalogue,
        profile: Profile,
        as_of: datetime.date,
    ) -> AvailabilityModel:
        """Prepare the tables for the kinds of record that ``records`` name.

        Raises:
            UnknownBreach: a breach is not in the catalogue.
            FutureBreach: a breach is dated after ``as_of``.
            UnknownCirculation: the profile does not know a breach's status.
            UnknownHalfLife: the profile does not know a class that a record exposes.
        """
        held = {number: frozenset(closure(class_sets[number])) for _breach, number in records.kinds}
        attributes = tuple(sorted(frozenset[AttributeClass]().union(*held.values())))
        worth = np.zeros((len(attributes), len(records.kinds)))
        for column, (breach_id, number) in enumerate(records.kinds):
            breach = catalogue.get(breach_id)
            years = _years(breach, as_of)
            circulation = profile.circulation_of(breach)
            for row, attribute in enumerate(attributes):
                if attribute in held[number]:
                    worth[row, column] = circulation * profile.freshness(attribute, years=years)
        compiled = [catalogue.get(breach).compilation for breach in records.breaches]
        return cls(attributes=attributes, worth=worth, compiled=np.array(compiled, dtype=np.bool_))

    def availability(self, records: Records) -> Floats:
        """π as attributes × exposures."""
        missing = np.ones((len(self.attributes), records.count))
        pairs = records.pair_starts()
        absent = 1.0 - self._held(records, pairs)
        exposure, compiled = records.exposure[pairs], self.compiled[records.breach[pairs]]
        _fold(np.multiply, missing, absent, exposure, ~compiled)
        _fold(np.minimum, missing, absent, exposure, compiled)
        return 1.0 - missing

    def _held(self, records: Records, pairs: Ints) -> Floats:
        """The most that any record of each (exposure, breach) pair gives: attributes × pairs."""
        held = np.take(self.worth, records.kind, axis=1)
        held *= records.step / records.steps
        sizes = np.diff(pairs, append=len(records))
        if not (sizes > 1).any():
            return held
        most = held[:, pairs]
        # Few pairs have several records, and few of those many: one pass for each record after the first.
        for place in range(1, int(sizes.max())):
            longer = np.flatnonzero(sizes > place)
            most[:, longer] = np.maximum(most[:, longer], held[:, pairs[longer] + place])
        return most


def _fold(how: np.ufunc, missing: Floats, absent: Floats, exposure: Ints, chosen: Mask) -> None:
    """Fold the chosen columns of ``absent`` into their exposures' columns of ``missing``."""
    if not chosen.all():
        absent, exposure = absent[:, chosen], exposure[chosen]
    starts = starts_of(exposure)
    if len(starts):
        columns = exposure[starts]
        missing[:, columns] = how(missing[:, columns], how.reduceat(absent, starts, axis=1))


def _years(breach: Breach, as_of: datetime.date) -> float:
    if breach.date > as_of:
        raise FutureBreach(breach=breach.id, date=breach.date, as_of=as_of)
    return (as_of - breach.date).days / _DAYS_PER_YEAR
