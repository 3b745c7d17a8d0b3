"""Results for people to read."""

from correlate.report.summary import BANDS, example_lines, summary_lines

__all__ = ["BANDS", "example_lines", "summary_lines"]
