"""What the combination of breaches makes possible: exposure, scenarios, score and uplift."""

from correlate.risk.assessment import ASSESSMENT_SCHEMA, Assessment, assess
from correlate.risk.base_rates import base_rate_breaches, class_shares
from correlate.risk.errors import (
    FutureBreach,
    InvalidExposures,
    RiskFileError,
    RiskModelError,
    UnknownCirculation,
    UnknownHalfLife,
    UnknownPopulation,
    UnknownProfile,
    UnweightedScenario,
)
from correlate.risk.exposure import EVIDENCE, EXPOSURE_SCHEMA, Exposures
from correlate.risk.packed import BASE_RATES, WITHHELD, in_one_piece, unpacked
from correlate.risk.profile import DEFAULT_PROFILE, Profile
from correlate.risk.reasons import ReasonBook, UnknownReason
from correlate.risk.scenario import Bilingual, Clause, Scenario
from correlate.risk.scenario_set import ScenarioSet
from correlate.risk.severity import Severity, SeverityTable
from correlate.risk.severity import severity as severity_of

__all__ = [
    "ASSESSMENT_SCHEMA",
    "BASE_RATES",
    "DEFAULT_PROFILE",
    "EVIDENCE",
    "EXPOSURE_SCHEMA",
    "WITHHELD",
    "Assessment",
    "Bilingual",
    "Clause",
    "Exposures",
    "FutureBreach",
    "InvalidExposures",
    "Profile",
    "ReasonBook",
    "RiskFileError",
    "RiskModelError",
    "Scenario",
    "ScenarioSet",
    "Severity",
    "SeverityTable",
    "UnknownCirculation",
    "UnknownHalfLife",
    "UnknownPopulation",
    "UnknownProfile",
    "UnknownReason",
    "UnweightedScenario",
    "assess",
    "base_rate_breaches",
    "class_shares",
    "in_one_piece",
    "severity_of",
    "unpacked",
]
