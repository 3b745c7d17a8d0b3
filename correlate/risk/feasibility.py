"""What helps a scenario, and what stands in its way.

Boosts lift the chance F that the requirements are met to F·(1 + β·(1 − F)) with β = 1 − Π (1 − boost·π):
nothing stays nothing, certain stays certain, and between them more helps more. Controls in force multiply it
by 1 − factor each (docs/risk-model.md).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from correlate.risk.arrays import Floats, Ints
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

    def table(self) -> tuple[Ints, Ints, Floats, Floats]:
        """Where each scenario's boosts begin, the class and the boost of each, and the residual shares."""
        starts = np.cumsum([0, *map(len, self.boosts)])
        every = [each for some in self.boosts for each in some]
        place = np.array([each for each, _boost in every], dtype=np.int64)
        return starts, place, np.array([boost for _each, boost in every], dtype=np.float64), self.residual
