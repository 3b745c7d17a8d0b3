"""What can be wrong with the files and the inputs of the risk model."""

from __future__ import annotations

from correlate.errors import InputError

__all__ = [
    "FutureBreach",
    "InvalidExposures",
    "RiskFileError",
    "RiskModelError",
    "UnknownCirculation",
    "UnknownHalfLife",
    "UnknownPopulation",
    "UnknownProfile",
    "UnweightedScenario",
]


class RiskModelError(InputError):
    """The risk model cannot be used: {reason}."""


class RiskFileError(InputError):
    """{file} is not a usable risk file: {reason}. Correct it there, or use the file that is shipped."""


class UnknownHalfLife(InputError):
    """Profile {profile} gives attribute class {attribute} no half-life.

    It is older than the class: take a newer profile, or add the half-life to one of your own.
    """


class UnknownProfile(InputError):
    """There is no profile named {profile}. Shipped are {known}; or give the path of a TOML file."""


class InvalidExposures(InputError):
    """The exposures cannot be assessed: {reason}."""


class FutureBreach(InputError):
    """Breach {breach} is dated {date}, after the date of the assessment, {as_of}.

    Assess at that date or later, or leave the breach out.
    """


class UnknownCirculation(InputError):
    """Breach {breach} has the status {status}, for which profile {profile} gives no circulation.

    The profile knows {known}: take a newer profile, or add the status to one of your own.
    """


class UnweightedScenario(InputError):
    """Profile {profile} gives no weight to scenario {scenario}.

    It weighs {known}: give the scenario a weight and a weight_source in its own file, or a profile of your
    own a weight for it.
    """


class UnknownPopulation(InputError):
    """Breach {breach} has the scope {scope}, for which profile {profile} gives no population.

    The profile knows {known}: add the scope to a profile of your own, or score without base rates.
    """
