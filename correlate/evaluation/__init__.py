"""Linkage against labelled data, for researchers: under an ephemeral key, with nothing left behind."""

from correlate.evaluation.errors import (
    GivenTwice,
    MappedNowhere,
    NoTruePair,
    RowOutOfRange,
    SameRow,
    SubjectsUnusable,
    TruthConstant,
    TruthEmpty,
    TruthMissing,
)
from correlate.evaluation.evaluate import THRESHOLD, Evaluation, evaluate, linked_pairs
from correlate.evaluation.explain import LinkExplanation, WeightStep, explain_link
from correlate.evaluation.measures import Point

__all__ = [
    "THRESHOLD",
    "Evaluation",
    "GivenTwice",
    "LinkExplanation",
    "MappedNowhere",
    "NoTruePair",
    "Point",
    "RowOutOfRange",
    "SameRow",
    "SubjectsUnusable",
    "TruthConstant",
    "TruthEmpty",
    "TruthMissing",
    "WeightStep",
    "evaluate",
    "explain_link",
    "linked_pairs",
]
