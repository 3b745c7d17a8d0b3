"""How well the built-in laws meet the published figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from correlate.synthesis.pyramid import native_born
from correlate.synthesis.surname_law import COMMONEST, LISTED, SURNAME_FIGURES, surname_shares

__all__ = ["FitRow", "fit_report"]

# Figures computed from INSEE's files, as the project's notes give them.
_SHARED_SURNAME = 1.505e-4
_NATIVE_BORN = 57.5e6
_MARTIN = 250_013 / 73_470_900


@dataclass(frozen=True, kw_only=True)
class FitRow:
    """One figure: what it is, as published, and by the law."""

    figure: str
    published: float
    law: float

    @property
    def error(self) -> float:
        """Give the relative error of the law."""
        return self.law / self.published - 1


def fit_report() -> tuple[FitRow, ...]:
    """Compare the built-in laws with the published figures."""
    shares = surname_shares()
    cumulated = np.cumsum(shares)
    first = next(iter(COMMONEST))
    rows = [FitRow(figure=f"surnames: share of {first}", published=_MARTIN, law=float(shares[0]))]
    rows += [
        FitRow(
            figure=f"surnames: share of the {rank:,} commonest",
            published=share,
            law=float(cumulated[rank - 1]),
        )
        for rank, share in SURNAME_FIGURES.items()
    ]
    # Two people share a surname: the published figure leaves the rare bucket out on both sides.
    listed = shares[:LISTED] / cumulated[LISTED - 1]
    rows.append(
        FitRow(
            figure="surnames: two people share one", published=_SHARED_SURNAME, law=float((listed**2).sum())
        )
    )
    rows.append(
        FitRow(figure="births x survival: native-born people", published=_NATIVE_BORN, law=native_born())
    )
    return tuple(rows)
