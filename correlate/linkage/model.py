"""The linkage model: m, h and u probabilities per comparison level, and what follows from them.

Three hypotheses compete for a pair of rows: the same person, two people of one household, strangers. With
prior odds against strangers of 1/N and c/N (N residents, c others in a household) and independent fields,
Bayes' rule gives

    P(person) = A / (A + B + 1),   A = 1/N * prod(m/u),   B = c/N * prod(h/u).

With B left out this is Fellegi and Sunter (1969). B is what keeps a spouse with the same surname, home,
telephone and account, or a child under a parent's NIR, from being taken for the subject.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from correlate.linkage.comparison import Comparison

__all__ = ["LevelOdds", "LinkageModel"]


@dataclass(frozen=True, kw_only=True)
class LevelOdds:
    """One level's probabilities under the three hypotheses, each above 0 and at most 1."""

    m: float
    h: float
    u: float

    @property
    def m_bits(self) -> float:
        """log2 m."""
        return math.log2(self.m)

    @property
    def h_bits(self) -> float:
        """log2 h."""
        return math.log2(self.h)


@dataclass(frozen=True, kw_only=True)
class LinkageModel:
    """A named set of parameters.

    Attributes:
        name: stands in every result.
        population: N, residents.
        household_others: c, others per household.
        key_records_max: a linkage-key value shared by more records is not followed.
        wide_records_max: vaults of at most so many records are searched by wide keys too.
        wide_key_records_max: a wide-key value shared by more records is not followed.
        probability_min: links below it are not reported.
        hop_depth_max: the most links of a path; 1 follows none.
        hop_probability_min: the least product of a path's probabilities.
        hop_key_records_max: a key value shared by more records is not followed by a path.
        levels: per field and level.
        sources: per field, where its figures come from.
    """

    name: str
    population: float
    household_others: float
    key_records_max: int
    wide_records_max: int
    wide_key_records_max: int
    probability_min: float
    hop_depth_max: int
    hop_probability_min: float
    hop_key_records_max: int
    levels: dict[str, dict[str, LevelOdds]]
    sources: dict[str, str]

    def odds(self, comparison: Comparison) -> list[LevelOdds]:
        """The odds of a comparison's levels in its order."""
        return [self.levels[comparison.field][level.name] for level in comparison.levels]

    def u_bits(self, comparison: Comparison) -> list[float]:
        """log2 of the chance that strangers reach each level; of a level with a term, of what comes on top of
        how common the token is.
        """
        levels = self.levels[comparison.field]
        out: list[float] = []
        for level in comparison.levels:
            if level.term is None:
                out.append(math.log2(levels[level.name].u))
            else:
                shared = sum(levels[name].u for name in level.within or (level.name,))
                out.append(math.log2(levels[level.name].u / shared))
        return out

    @property
    def person_prior_bits(self) -> float:
        """log2(1/N)."""
        return -math.log2(self.population)

    @property
    def household_prior_bits(self) -> float:
        """log2(c/N)."""
        return math.log2(self.household_others / self.population)
