"""What changed between two files of scores, subject by subject, and why."""

from correlate.changes.causes import CAUSES
from correlate.changes.diff import diff
from correlate.changes.errors import DifferentKeys, DifferentModels, RepeatedSubject, UnusableScores
from correlate.changes.report import CauseCount, Changes
from correlate.changes.scored_file import ScoredFile

__all__ = [
    "CAUSES",
    "CauseCount",
    "Changes",
    "DifferentKeys",
    "DifferentModels",
    "RepeatedSubject",
    "ScoredFile",
    "UnusableScores",
    "diff",
]
