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
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from correlate.errors import InputError
from correlate.linkage.comparison import COMPARISONS, Comparison

__all__ = ["DEFAULT_MODEL", "LevelOdds", "LinkageModel", "ModelInvalid", "load_model"]

DEFAULT_MODEL = "default-2026-11"


class ModelInvalid(InputError):
    """The linkage model {file} cannot be used: {reason}. Compare it with the shipped {default}.toml."""


@dataclass(frozen=True, kw_only=True)
class LevelOdds:
    """One level's probabilities under the three hypotheses, each above 0 and at most 1."""

    m: float
    h: float
    u: float

    @property
    def person_bits(self) -> float:
        """log2(m/u): the match weight."""
        return math.log2(self.m / self.u)

    @property
    def household_bits(self) -> float:
        """log2(h/u)."""
        return math.log2(self.h / self.u)


@dataclass(frozen=True, kw_only=True)
class LinkageModel:
    """A named set of parameters.

    Attributes:
        name: stands in every result.
        population: N, residents.
        household_others: c, others per household.
        key_records_max: a linkage-key value shared by more records is not followed.
        probability_min: links below it are not reported.
        levels: per field and level.
    """

    name: str
    population: int
    household_others: float
    key_records_max: int
    probability_min: float
    levels: dict[str, dict[str, LevelOdds]]

    def odds(self, comparison: Comparison) -> list[LevelOdds]:
        """The odds of a comparison's levels in its order."""
        return [self.levels[comparison.field][name] for name, _ in comparison.levels]

    @property
    def person_prior_bits(self) -> float:
        """log2(1/N)."""
        return -math.log2(self.population)

    @property
    def household_prior_bits(self) -> float:
        """log2(c/N)."""
        return math.log2(self.household_others / self.population)


def load_model(path: Path | None = None) -> LinkageModel:
    """Read a model file, or the shipped default; raises ModelInvalid naming what is wrong."""
    shipped = files("correlate.linkage").joinpath("models").joinpath(f"{DEFAULT_MODEL}.toml")
    label = path.name if path else f"{DEFAULT_MODEL}.toml"
    try:
        document = tomllib.loads((path or shipped).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelInvalid(
            file=label, reason=f"it is not readable TOML ({error})", default=DEFAULT_MODEL
        ) from None
    try:
        return _model(document)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelInvalid(file=label, reason=str(error), default=DEFAULT_MODEL) from None


def _model(document: dict[str, Any]) -> LinkageModel:
    stated = {entry["field"]: entry for entry in document["comparison"]}
    levels: dict[str, dict[str, LevelOdds]] = {}
    for comparison in COMPARISONS:
        if comparison.field not in stated:
            raise ValueError(f'it has no comparison for the field "{comparison.field}"')
        if not stated[comparison.field].get("source"):
            raise ValueError(f'the comparison "{comparison.field}" names no source')
        given = stated[comparison.field]["levels"]
        wanted = [name for name, _ in comparison.levels]
        if set(given) != set(wanted):
            raise ValueError(f'the comparison "{comparison.field}" must have the levels {", ".join(wanted)}')
        levels[comparison.field] = {name: _odds(comparison.field, name, given[name]) for name in wanted}
    return LinkageModel(
        name=str(document["name"]),
        population=int(document["prior"]["population"]),
        household_others=float(document["prior"]["household_others"]),
        key_records_max=int(document["limits"]["key_records_max"]),
        probability_min=float(document["limits"]["probability_min"]),
        levels=levels,
    )


def _odds(field: str, level: str, given: dict[str, float]) -> LevelOdds:
    for figure in ("m", "h", "u"):
        if not 0 < given[figure] <= 1:
            raise ValueError(f'"{field}", level "{level}": {figure} must be above 0 and at most 1')
    return LevelOdds(m=given["m"], h=given["h"], u=given["u"])
