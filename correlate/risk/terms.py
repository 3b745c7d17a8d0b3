"""Feasibility as a sum over sets of missing classes, so that a record's classes come together or not at all.

In a world where the fraudster holds certain classes, a scenario's requirements are met with a chance that
depends on those classes alone. Written in the classes that are *missing*, this chance is a multilinear
polynomial: the sum over sets T of classes of coefficient(T) where all of T is missing (Möbius inversion over
subsets; Rota 1964). Its expectation over worlds therefore needs only N(T), the chance that all of T is
missing, and breaches being independent, N(T) is a product over breaches, whatever hangs together inside each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from correlate.risk.arrays import Floats, Ints
from correlate.risk.scenario import Clause, Scenario
from correlate.risk.scenario_set import ScenarioSet
from correlate.vocabulary import AttributeClass

__all__ = ["Terms"]

# Far under what any effectiveness can tell apart, far above what floating point leaves of a true zero.
_ZERO = 1e-12


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The sets T and what each scenario makes of them.

    ``members`` (terms × attributes) says which classes a term holds, ``single`` (attributes,) which term is
    that of a class alone. ``coefficients`` is scenarios × terms. Row k of ``lacking_coefficients`` is that of
    scenario ``lacking[k][0]`` for somebody who never holds class ``lacking[k][1]``.
    """

    attributes: tuple[AttributeClass, ...]
    members: Floats
    single: Ints
    coefficients: Floats
    lacking: tuple[tuple[int, int], ...]
    lacking_coefficients: Floats

    @classmethod
    def of(cls, scenarios: ScenarioSet, attributes: tuple[AttributeClass, ...]) -> Terms:
        """Work the coefficients out for what the breaches at hand expose; other classes are always
        missing.
        """
        places = {attribute: place for place, attribute in enumerate(attributes)}
        book = _Book()
        single = np.array([book.number(frozenset({place})) for place in places.values()], dtype=np.int64)
        rows: list[dict[int, float]] = []
        lacking: list[tuple[int, int]] = []
        lacking_rows: list[dict[int, float]] = []
        for number, scenario in enumerate(scenarios):
            held = _named(scenario, places)
            met = _met(scenario, held, places)
            rows.append(book.row(met, held))
            if not rows[-1]:
                continue
            for bit, place in enumerate(held):
                lacking.append((number, place))
                lacking_rows.append(book.row(met[np.arange(len(met)) | 1 << bit], held))
            # A class that only lifts the chance: the requirements are met as before.
            lifting = sorted(places[one] for one in scenario.boosts if one in places)
            lacking += [(number, place) for place in lifting if place not in held]
            lacking_rows += [rows[-1] for place in lifting if place not in held]
        return cls(
            attributes=attributes,
            members=book.members(len(attributes)),
            single=single,
            coefficients=book.dense(rows),
            lacking=tuple(lacking),
            lacking_coefficients=book.dense(lacking_rows),
        )


class _Book:
    """Numbers the sets as they turn up."""

    def __init__(self) -> None:
        self._sets: dict[frozenset[int], int] = {}

    def number(self, classes: frozenset[int]) -> int:
        return self._sets.setdefault(classes, len(self._sets))

    def row(self, met: Floats, held: list[int]) -> dict[int, float]:
        """The coefficients that are not 0, by term; ``met`` is indexed by the bits of what is missing."""
        coefficients = met.copy()
        for bit in range(len(held)):
            with_bit = np.flatnonzero(np.arange(len(met)) >> bit & 1)
            coefficients[with_bit] -= coefficients[with_bit ^ 1 << bit]
        return {
            self.number(frozenset(place for bit, place in enumerate(held) if index >> bit & 1)): float(
                coefficients[index]
            )
            for index in np.flatnonzero(np.abs(coefficients) > _ZERO).tolist()
        }

    def members(self, attributes: int) -> Floats:
        members = np.zeros((len(self._sets), attributes))
        for classes, number in self._sets.items():
            members[number, list(classes)] = 1.0
        return members

    def dense(self, rows: list[dict[int, float]]) -> Floats:
        dense = np.zeros((len(rows), len(self._sets)))
        for row, coefficients in zip(dense, rows, strict=True):
            row[list(coefficients)] = list(coefficients.values())
        return dense


def _named(scenario: Scenario, places: dict[AttributeClass, int]) -> list[int]:
    """The places of the classes that a clause names and a breach exposes."""
    named = {one for clause in scenario.clauses for one in clause.alternatives if one in places}
    return sorted(places[one] for one in named)


def _met(scenario: Scenario, held: list[int], places: dict[AttributeClass, int]) -> Floats:
    """The chance that all clauses are met, for every set of missing classes (2 ** len(held),)."""
    missing = np.arange(1 << len(held))
    present: dict[int, Floats] = {
        place: (1 - (missing >> bit & 1)).astype(np.float64) for bit, place in enumerate(held)
    }
    met = np.ones(len(missing))
    for clause in scenario.clauses:
        serving = [
            effectiveness * present[places[one]]
            for one, effectiveness in sorted(clause.alternatives.items())
            if one in places
        ]
        met *= _at_least(clause, serving, count=len(missing))
    return met


def _at_least(clause: Clause, serving: list[Floats], *, count: int) -> Floats:
    """The chance that at least ``clause.at_least`` of independent alternatives serve (Poisson-binomial tail).

    ``fewer[j]`` is the chance that exactly j < at_least have served so far.
    """
    fewer = np.zeros((clause.at_least, count))
    fewer[0] = 1.0
    for serves in serving:
        for served in range(clause.at_least - 1, 0, -1):
            fewer[served] = fewer[served] * (1.0 - serves) + fewer[served - 1] * serves
        fewer[0] *= 1.0 - serves
    met: Floats = 1.0 - fewer.sum(axis=0)
    return met
