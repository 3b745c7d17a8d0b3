"""What the batch and the single check share: models, linking and assessing, results."""

from correlate.pipeline.budget import Budget, TooLittleMemory
from correlate.pipeline.models import ModelName, Models
from correlate.pipeline.ranges import RangeResult, RangeStore, ResumedOtherwise
from correlate.pipeline.refusal import FieldRefused, Refusal
from correlate.pipeline.results import FORMATS, UnknownOutputFormat, output_format, score_rows, write_scores
from correlate.pipeline.scored import Scored, ScoreReport
from correlate.pipeline.scorer import WITHHELD, Scorer
from correlate.pipeline.subject_id import SubjectIdIdentifies, subject_ids

__all__ = [
    "FORMATS",
    "WITHHELD",
    "Budget",
    "FieldRefused",
    "ModelName",
    "Models",
    "RangeResult",
    "RangeStore",
    "Refusal",
    "ResumedOtherwise",
    "ScoreReport",
    "Scored",
    "Scorer",
    "SubjectIdIdentifies",
    "TooLittleMemory",
    "UnknownOutputFormat",
    "output_format",
    "score_rows",
    "subject_ids",
    "write_scores",
]
