"""A synthetic French population, the breaches it suffers, and the truth about both."""

from correlate.synthesis.dataset import SynthesisSummary, synthesise
from correlate.synthesis.errors import BadPopulation, DirectoryInUse, InseeFileMissing, UnknownLeak
from correlate.synthesis.fit import FitRow, fit_report
from correlate.synthesis.leaks import DEFAULT_BREACHES, FURTHER_LEAKS, LEAKS, NATION_BREACHES

__all__ = [
    "DEFAULT_BREACHES",
    "FURTHER_LEAKS",
    "LEAKS",
    "NATION_BREACHES",
    "BadPopulation",
    "DirectoryInUse",
    "FitRow",
    "InseeFileMissing",
    "SynthesisSummary",
    "UnknownLeak",
    "fit_report",
    "synthesise",
]
