"""What the combination of breaches makes possible: exposure, scenarios, score and uplift."""

from correlate.risk.assessment import ASSESSMENT_SCHEMA, Assessment, assess
from correlate.risk.errors import (
    FutureBreach,
    InvalidExposures,
    RiskFileError,
    RiskModelError,
    UnknownCirculation,
    UnknownHalfLife,
    UnknownProfile,
    UnweightedScenario,
)
from correlate.risk.exposure import EXPOSURE_SCHEMA, Exposures
from correlate.risk.profile import DEFAULT_PROFILE, Profile
from correlate.risk.scenario_set import ScenarioSet

__all__ = [
    "ASSESSMENT_SCHEMA",
    "DEFAULT_PROFILE",
    "EXPOSURE_SCHEMA",
    "Assessment",
    "Exposures",
    "FutureBreach",
    "InvalidExposures",
    "Profile",
    "RiskFileError",
    "RiskModelError",
    "ScenarioSet",
    "UnknownCirculation",
    "UnknownHalfLife",
    "UnknownProfile",
    "UnweightedScenario",
    "assess",
]
