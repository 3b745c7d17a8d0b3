"""What the batch and the single check share: models, linking and assessing, results."""

from correlate.pipeline.budget import Budget, TooLittleMemory
from correlate.pipeline.change import VaultChange
from correlate.pipeline.keeping import Keeping
from correlate.pipeline.kept_links import subject_fingerprints
from correlate.pipeline.models import Models
from correlate.pipeline.previous import KeptOtherwise, LinksDamaged, LinksNotKept, Previous
from correlate.pipeline.ranges import RangeResult, RangeStore, ResumedOtherwise
from correlate.pipeline.refusal import FieldRefused, Refusal
from correlate.pipeline.results import score_rows, write_scores
from correlate.pipeline.scored import Scored, ScoreReport
from correlate.pipeline.scorer import Scorer
from correlate.pipeline.subject_id import SubjectIdIdentifies, subject_ids
from correlate.pipeline.subject_numbers import SubjectNumbers
from correlate.pipeline.subject_rows import SubjectBatch, SubjectRows
from correlate.pipeline.update import Seen, Update

__all__ = [
    "Budget",
    "FieldRefused",
    "Keeping",
    "KeptOtherwise",
    "LinksDamaged",
    "LinksNotKept",
    "Models",
    "Previous",
    "RangeResult",
    "RangeStore",
    "Refusal",
    "ResumedOtherwise",
    "ScoreReport",
    "Scored",
    "Scorer",
    "Seen",
    "SubjectBatch",
    "SubjectIdIdentifies",
    "SubjectNumbers",
    "SubjectRows",
    "TooLittleMemory",
    "Update",
    "VaultChange",
    "score_rows",
    "subject_fingerprints",
    "subject_ids",
    "write_scores",
]
