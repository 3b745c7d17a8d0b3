"""How feasible each scenario is for whoever holds the attributes.

F(s) = Π over clauses of (chance that at least k of its alternatives serve), each alternative serving
with the chance e·π; for k = 1 that is 1 − Π (1 − e·π). Boosts lift it to F·(1 + β·(1 − F)) with
β = 1 − Π (1 − boost·π): nothing stays nothing, certain stays certain, and between them more helps more.
Controls in force multiply it by 1 − factor each (docs/risk-model.md).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import numpy as np

from correlate.risk.availability import Floats
from correlate.risk.scenario import Clause, Scenario
from correlate.risk.scenario_set import ScenarioSet
from correlate.vocabulary import AttributeClass

__all__ = ["feasibility"]


def feasibility(
    availability: Floats,
    attributes: tuple[AttributeClass, ...],
    *,
    scenarios: ScenarioSet,
    as_of: datetime.date,
) -> Floats:
    """F as scenarios × exposures, from π as attributes × exposures."""
    held = dict(zip(attributes, availability, strict=True))
    feasible = np.zeros((len(scenarios), availability.shape[1]))
    for row, scenario in zip(feasible, scenarios, strict=True):
        row[:] = _one(scenario, held, as_of=as_of, count=availability.shape[1])
    return feasible


def _one(
    scenario: Scenario, held: Mapping[AttributeClass, Floats], *, as_of: datetime.date, count: int
) -> Floats:
    feasible = np.ones(count)
    for clause in scenario.clauses:
        feasible *= _met(clause, held, count=count)
    without = np.ones(count)
    for attribute, boost in sorted(scenario.boosts.items()):
        if attribute in held:
            without *= 1.0 - boost * held[attribute]
    return feasible * (1.0 + (1.0 - without) * (1.0 - feasible)) * scenario.residual(as_of)


def _met(clause: Clause, held: Mapping[AttributeClass, Floats], *, count: int) -> Floats:
    """The chance that at least ``clause.at_least`` independent alternatives serve.

    ``fewer[j]`` is the chance that exactly j < at_least have served so far.
    """
    fewer = np.zeros((clause.at_least, count))
    fewer[0] = 1.0
    for attribute, effectiveness in sorted(clause.alternatives.items()):
        if attribute not in held:
            continue
        serves = effectiveness * held[attribute]
        for served in range(clause.at_least - 1, 0, -1):
            fewer[served] = fewer[served] * (1.0 - serves) + fewer[served - 1] * serves
        fewer[0] *= 1.0 - serves
    # The sum can pass 1 by the last bit when nothing is held.
    met: Floats = np.maximum(1.0 - fewer.sum(axis=0), 0.0)
    return met
