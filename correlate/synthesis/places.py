"""Where people are born and where they live."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import polars as pl

from correlate.synthesis.chance import Floats, Ints
from correlate.synthesis.fixed import Letters, letters
from correlate.synthesis.law import Law
from correlate.synthesis.resources import read_rows

__all__ = ["Places", "load_places"]

_CITY_OF_DISTRICTS = r" \d+er? Arrondissement$"
# Departments made in 1968 out of Seine and Seine-et-Oise: nobody born before bears their codes.
_YOUNG_DEPARTMENTS = ("91", "92", "93", "94", "95")
# Algeria's departments in force before 1962, with a commune number of our own choice each.
_ALGERIA = {"91": "Alger", "92": "Oran", "93": "Constantine", "94": "Touggourt"}
_ALGERIA_COMMUNES = range(101, 121)


@dataclass(frozen=True, kw_only=True)
class Places:
    """Birth places (positions in ``codes`` and ``names``) and residences (``towns`` and ``postcodes``).

    Birth places come in this order: communes, Corsica before 1976, Algeria before 1962, countries.
    """

    codes: pl.Series
    names: pl.Series
    communes: int
    corsica: Ints  # by commune: its position under department 20, else -1
    young: Ints  # 1 where the commune's department did not exist before 1968
    algeria: Ints
    countries: Ints
    births: Law  # a row a department, then the whole country
    abroad: Law
    department: Ints  # by commune
    towns: pl.Series
    postcodes: pl.Series
    residences: Law
    residence_department: Ints

    @cached_property
    def code_letters(self) -> Letters:
        """Give the five letters of each code."""
        return letters(self.codes)

    @cached_property
    def code_numbers(self) -> Ints:
        """Give each code as the key of a NIR counts it: 2A and 2B as 19 and 18."""
        return self.codes.str.replace_many(["2A", "2B"], ["19", "18"]).cast(pl.Int64).to_numpy()

    def beside(self, place: Ints) -> Ints:
        """Give the next birth place of the list, of the same kind: commune, Corsica, Algeria or country."""
        starts = np.array([0, self.communes, self.algeria[0], self.countries[0], len(self.codes)])
        kind = np.searchsorted(starts, place, side="right")
        return np.where(place + 1 == starts[kind], starts[kind - 1], place + 1)

    @property
    def departments(self) -> int:
        """Count the departments, which is also the row of the whole country in ``births``."""
        return int(self.department.max()) + 1


@cache
def load_places() -> Places:
    """Read the communes of five thousand inhabitants or more and the countries of birth."""
    communes = read_rows("communes.csv").with_columns(
        town=pl.col("name").str.replace(_CITY_OF_DISTRICTS, ""),
        department=pl.when(pl.col("code").str.slice(0, 2).is_in(["97", "98"]))
        .then(pl.col("code").str.slice(0, 3))
        .otherwise(pl.col("code").str.slice(0, 2)),
    )
    ranks = communes["department"].unique().sort()
    department = (
        communes["department"].replace_strict(ranks, np.arange(len(ranks)), return_dtype=pl.Int64).to_numpy()
    )
    population = communes["population"].to_numpy().astype(np.float64)
    codes, names, corsica, algeria, countries = _birth_places(communes)
    residence = communes.with_columns(
        postcode=pl.col("postcodes").str.split(" "), number=pl.Series(department)
    ).with_columns(weight=pl.col("population") / pl.col("postcode").list.len())
    residence = residence.explode("postcode")
    return Places(
        codes=codes,
        names=names,
        communes=len(communes),
        corsica=corsica,
        young=communes["department"].is_in(list(_YOUNG_DEPARTMENTS)).cast(pl.Int64).to_numpy(),
        algeria=algeria,
        countries=countries,
        births=_birth_law(population, department),
        abroad=Law.of([read_rows("countries.csv")["weight"].to_numpy()], [countries]),
        department=department,
        towns=residence["town"],
        postcodes=residence["postcode"],
        residences=Law.of([residence["weight"].to_numpy()]),
        residence_department=residence["number"].to_numpy(),
    )


def _birth_places(communes: pl.DataFrame) -> tuple[pl.Series, pl.Series, Ints, Ints, Ints]:
    island = communes.filter(pl.col("code").str.contains(r"^2[AB]"))
    algeria = [(f"{code}{number}", town) for code, town in _ALGERIA.items() for number in _ALGERIA_COMMUNES]
    countries = read_rows("countries.csv")
    old_codes = pl.concat_str([pl.lit("20"), pl.col("code").str.slice(2)])
    codes = [
        communes["code"],
        island.select(code=old_codes)["code"],
        pl.Series([c for c, _ in algeria]),
        countries["code"],
    ]
    names = [communes["name"], island["name"], pl.Series([n for _, n in algeria]), countries["name"]]
    starts = np.cumsum([len(part) for part in codes])
    corsica = np.full(len(communes), -1, dtype=np.int64)
    corsica[communes["code"].str.contains(r"^2[AB]").to_numpy()] = np.arange(starts[0], starts[1])
    return (
        pl.concat(codes),
        pl.concat(names),
        corsica,
        np.arange(starts[1], starts[2], dtype=np.int64),
        np.arange(starts[2], starts[3], dtype=np.int64),
    )


def _birth_law(population: Floats, department: Ints) -> Law:
    """Weigh births by population to the power 1.3 in towns above 10 000, where the maternities are."""
    weight = population**1.3 * np.where(population >= 10_000, 1.0, 0.15)
    rows = [np.where(department == number, weight, 0.0) for number in range(int(department.max()) + 1)]
    kept = [np.flatnonzero(row) for row in rows] + [np.arange(len(weight))]
    return Law.of([row[keep] for row, keep in zip([*rows, weight], kept, strict=True)], kept)
