"""Linkage on tokens: candidate pairs, comparisons, match weights, links."""

from correlate.linkage.comparison import COMPARISONS, Comparison
from correlate.linkage.exposure_table import ExposureTable
from correlate.linkage.link import LINKED, LinkCounts, link
from correlate.linkage.model import DEFAULT_MODEL, LevelOdds, LinkageModel, ModelInvalid, load_model
from correlate.linkage.steps import candidate_steps, hit_step, link_steps

__all__ = [
    "COMPARISONS",
    "DEFAULT_MODEL",
    "LINKED",
    "Comparison",
    "ExposureTable",
    "LevelOdds",
    "LinkCounts",
    "LinkageModel",
    "ModelInvalid",
    "candidate_steps",
    "hit_step",
    "link",
    "link_steps",
    "load_model",
]
