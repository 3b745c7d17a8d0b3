"""Linkage on tokens: candidate pairs, comparisons, match weights, links, paths."""

from correlate.linkage.askers import Askers
from correlate.linkage.compare import LEVELS, SHARED
from correlate.linkage.comparison import COMPARISONS, MISSING_LEVEL, Comparison, Level
from correlate.linkage.exposure_table import ExposureTable
from correlate.linkage.fit import ASKERS_MAX, Fit, TooLittleToFit, fit
from correlate.linkage.link import HOUSEHOLD, LINKED, LinkCounts, link
from correlate.linkage.model import LevelOdds, LinkageModel
from correlate.linkage.model_file import DEFAULT_MODEL, ModelInvalid, load_model, model_toml
from correlate.linkage.pairs import JUDGED, PairCounts, find_candidates, judge, judge_pairs
from correlate.linkage.rarity import with_rarity
from correlate.linkage.trace import Trace, keys_of_files

__all__ = [
    "ASKERS_MAX",
    "COMPARISONS",
    "DEFAULT_MODEL",
    "HOUSEHOLD",
    "JUDGED",
    "LEVELS",
    "LINKED",
    "MISSING_LEVEL",
    "SHARED",
    "Askers",
    "Comparison",
    "ExposureTable",
    "Fit",
    "Level",
    "LevelOdds",
    "LinkCounts",
    "LinkageModel",
    "ModelInvalid",
    "PairCounts",
    "TooLittleToFit",
    "Trace",
    "find_candidates",
    "fit",
    "judge",
    "judge_pairs",
    "keys_of_files",
    "link",
    "load_model",
    "model_toml",
    "with_rarity",
]
