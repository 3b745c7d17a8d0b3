"""Everything that decides a score besides the subject and the vault."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from correlate.catalogue import Catalogue
from correlate.linkage import LinkageModel, load_model
from correlate.risk import DEFAULT_PROFILE, Profile, ScenarioSet
from correlate.score_files import BASE_RATES, ModelName

__all__ = ["Models"]


@dataclass(frozen=True, kw_only=True)
class Models:
    """Everything that decides a score besides subject and vault, all of it named in the result.

    ``base_rates`` lets the catalogue's breaches that the vault does not hold count with the share of people
    that each concerns; ``shares`` asks for each breach's exact Shapley share.
    """

    catalogue: Catalogue
    linkage: LinkageModel
    scenarios: ScenarioSet
    profile: Profile
    as_of: datetime.date
    base_rates: bool = False
    shares: bool = False

    @classmethod
    def default(cls, *, as_of: datetime.date, catalogue: Catalogue | None = None) -> Models:
        """The shipped models, with the shipped catalogue and the user's own if none is given."""
        return cls(
            catalogue=catalogue or Catalogue.load(),
            linkage=load_model(),
            scenarios=ScenarioSet.load(),
            profile=Profile.load(DEFAULT_PROFILE),
            as_of=as_of,
        )

    @property
    def name(self) -> str:
        """What stands in the column ``model``: a result with the same name and key was made the same way."""
        profile = self.profile.name + (BASE_RATES if self.base_rates else "")
        name = ModelName(
            linkage=self.linkage.name, profile=profile, scenarios=self.scenarios.version, as_of=self.as_of
        )
        return str(name)
