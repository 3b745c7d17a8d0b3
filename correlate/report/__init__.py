"""Results for people to read."""

from correlate.report.explain import MadeWithAnother, explain_lines
from correlate.report.scored_row import NoSuchSubject, NotScores
from correlate.report.summary import BANDS, example_lines, summary_lines

__all__ = [
    "BANDS",
    "MadeWithAnother",
    "NoSuchSubject",
    "NotScores",
    "example_lines",
    "explain_lines",
    "summary_lines",
]
