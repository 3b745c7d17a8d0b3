"""A figure and where it comes from: the model holds no number without a source."""

from __future__ import annotations

import math
from dataclasses import dataclass

from correlate.risk.errors import RiskModelError

__all__ = ["Figure", "check_share", "check_source"]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number and the source it was taken from, or the word that it is a judgement and of what."""

    value: float
    source: str

    def __post_init__(self) -> None:
        check_source(self.source, what="a figure")
        if math.isnan(self.value):
            raise RiskModelError(reason="a figure is not a number")


def check_source(source: str, *, what: str) -> None:
    """Refuse ``what`` when its source is empty."""
    if not source.strip():
        raise RiskModelError(reason=f"{what} has no source")


def check_share(value: float, *, what: str) -> None:
    """Refuse a value outside 0 to 1."""
    if not 0.0 <= value <= 1.0:
        raise RiskModelError(reason=f"{what} must be between 0 and 1")
