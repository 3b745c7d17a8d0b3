"""What helps a scenario, and what stands in its way.

Boosts lift the chance F that the requirements are met to F·(1 + β·(1 − F)) with β = 1 − Π (1 − boost·π):
nothing stays nothing, certain stays certain, and between them more helps more. Controls in force multiply it
by 1 − factor each (docs/risk-model.md).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from correlate.risk.arrays import Floats
from correlate.risk.scenario_set import ScenarioSet
from correlate.vocabulary import AttributeClass

__all__ = ["Lift"]


@dataclass(frozen=True, kw_only=True)
class Lift:
    """Boosts by scenario, as (place of the class, boost), and the share of attempts that controls let
    pass.
    """

    boosts: tuple[tuple[tuple[int, float], ...], ...]
    residual: Floats

    @classmethod
    def build(
        cls, scenarios: ScenarioSet, attributes: tuple[AttributeClass, ...], *, as_of: datetime.date
    ) -> Lift:
        """Keep the boosts of classes that a breach at hand exposes."""
        places = {attribute: place for place, attribute in enumerate(attributes)}
        return cls(
            boosts=tuple(
                tuple((places[one], boost) for one, boost in sorted(each.boosts.items()) if one in places)
                for each in scenarios
            ),
            residual=np.array([each.residual(as_of) for each in scenarios]),
        )

    def of(self, chance: Floats, held: Floats) -> Floats:
        """F as rows × scenarios, from the chance that requirements are met and π as rows × attributes."""
        return self._lifted(chance, held, [(number, -1) for number in range(chance.shape[1])])

    def lacking(self, chance: Floats, held: Floats, pairs: tuple[tuple[int, int], ...]) -> Floats:
        """F as rows × pairs of (scenario, class that is lacking)."""
        return self._lifted(chance, held, pairs)

    def _lifted(self, chance: Floats, held: Floats, columns: Sequence[tuple[int, int]]) -> Floats:
        lifted = np.empty_like(chance)
        for column, (number, lack) in enumerate(columns):
            without = np.ones(len(chance))
            for place, boost in self.boosts[number]:
                if place != lack:
                    without *= 1.0 - boost * held[:, place]
            met = chance[:, column]
            lifted[:, column] = met * (1.0 + (1.0 - without) * (1.0 - met)) * self.residual[number]
        return lifted
