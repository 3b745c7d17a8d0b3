"""Where households live: a town, a street and a number for each of their moves."""

from __future__ import annotations

import numpy as np
import polars as pl

from correlate.synthesis.chance import Ints, mixed, uniform
from correlate.synthesis.places import Places
from correlate.synthesis.resources import street_names

__all__ = ["ABBREVIATED", "STREETS", "residence_at", "street_at"]

_KINDS = {
    "rue": 62, "avenue": 12, "boulevard": 4, "chemin": 6, "impasse": 6, "allée": 5, "place": 3, "route": 4,
    "square": 1, "résidence": 2, "quai": 1,
}  # fmt: skip
_SHORT = {
    "avenue ": "av ", "boulevard ": "bd ", "chemin ": "ch ", "impasse ": "imp ", "allée ": "all ",
    "place ": "pl ",
}  # fmt: skip
_STAYS_IN_TOWN = 0.45
_NUMBER_SCALE, _BIS_SHARE = 38.0, 0.03


def _streets() -> tuple[pl.Series, pl.Series]:
    """Give every street, whole and abbreviated, a kind as often as its weight says."""
    kinds = [kind for kind, weight in _KINDS.items() for _ in range(weight)]
    whole = pl.Series([f"{kind} {name}" for kind in kinds for name in street_names()])
    return whole, whole.str.replace_many(list(_SHORT), list(_SHORT.values()))


STREETS, ABBREVIATED = _streets()


def residence_at(places: Places, household: Ints, version: Ints, seed: int) -> Ints:
    """Give the position among residences of each household at a version; a move often stays in town."""
    drawn = places.residences.draw(uniform(household, seed, "residence", version))
    stays = uniform(household, seed, "stays", version) < _STAYS_IN_TOWN
    first = places.residences.draw(uniform(household, seed, "residence", 0))
    return np.where(stays | (version == 0), first, drawn)


def street_at(household: Ints, version: Ints, seed: int, table: pl.Series = STREETS) -> pl.Series:
    """Write number and street of each household at a version."""
    spread = uniform(household, seed, "street number", version)
    number = 1 + (-np.log1p(-spread) * _NUMBER_SCALE).astype(np.int64)
    bis = uniform(household, seed, "bis", version) < _BIS_SHARE
    street = (mixed(household, seed, "street", version) % np.uint64(len(table))).astype(np.int64)
    parts = pl.DataFrame(
        {
            "number": number,
            "bis": pl.Series([" ", " bis "]).gather(bis.astype(np.int64)),
            "street": table.gather(street),
        }
    )
    return parts.select(pl.concat_str("number", "bis", "street").alias("street"))["street"]
