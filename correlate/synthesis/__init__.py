"""A synthetic French population, the breaches it suffers, and the truth about both."""

from correlate.synthesis.errors import BadPopulation, DirectoryInUse, InseeFileMissing, UnknownLeak
from correlate.synthesis.leaks import DEFAULT_BREACHES, LEAKS
from correlate.synthesis.synthesise import SynthesisSummary, synthesise

__all__ = [
    "DEFAULT_BREACHES",
    "LEAKS",
    "BadPopulation",
    "DirectoryInUse",
    "InseeFileMissing",
    "SynthesisSummary",
    "UnknownLeak",
    "synthesise",
]
