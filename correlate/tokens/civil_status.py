"""Whose NIR a row bears: the person's own, or that of the insured whose cover the person shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["UNKNOWN", "CivilStatus", "Numbers", "is_own"]

Numbers = npt.NDArray[np.int16]

UNKNOWN = -1
# A dependent's row bears the insured's NIR: then neither year nor month is the dependent's. One wrong
# digit in a date leaves one of the two standing and the years close.
CLOSE_YEARS = 10


@dataclass(frozen=True, kw_only=True)
class CivilStatus:
    """What both a NIR and a row's own columns tell, (n,) each, UNKNOWN (-1) where they do not.

    ``year`` 0 to 99, ``month`` 1 to 12, ``sex`` 0 for M and 1 for F.
    """

    year: Numbers
    month: Numbers
    sex: Numbers

    def completed(self, other: CivilStatus, *, where: npt.NDArray[np.bool_]) -> CivilStatus:
        """Take from ``other`` what is unknown here, in the rows ``where``."""
        return CivilStatus(
            year=np.where((self.year == UNKNOWN) & where, other.year, self.year),
            month=np.where((self.month == UNKNOWN) & where, other.month, self.month),
            sex=np.where((self.sex == UNKNOWN) & where, other.sex, self.sex),
        )


def is_own(told: CivilStatus, numbered: CivilStatus) -> npt.NDArray[np.bool_]:
    """(n,) False where the row's own birth date or sex (``told``) contradicts its NIR (``numbered``).

    - Same sex, or one not known: the NIR is another's unless the years are the same, or the months are and
      the years less than ten apart.
    - Another sex: it is another's unless year and month, as far as known, are the same. A couple is of an
      age, and often born in the same year; one person with the wrong sex *and* the wrong month is rare.
    """
    years = _both_known(told.year, numbered.year)
    months = _both_known(told.month, numbered.month)
    apart = np.abs(told.year - numbered.year)
    apart = np.minimum(apart, 100 - apart)
    same_month = months & (told.month == numbered.month)
    date_agrees = years & ((apart == 0) | (same_month & (apart < CLOSE_YEARS)))
    date_same = years & (apart == 0) & (same_month | ~months)
    other_sex = _both_known(told.sex, numbered.sex) & (told.sex != numbered.sex)
    own: npt.NDArray[np.bool_] = np.where(other_sex, date_same, date_agrees | ~years)
    return own


def _both_known(one: Numbers, other: Numbers) -> npt.NDArray[np.bool_]:
    known: npt.NDArray[np.bool_] = (one != UNKNOWN) & (other != UNKNOWN)
    return known
