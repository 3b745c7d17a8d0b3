"""Columns of civil status: names, sex, birth, NIR."""

from __future__ import annotations

import numpy as np
import polars as pl

from correlate.synthesis.chance import Ints
from correlate.synthesis.column import Builder, View
from correlate.synthesis.days import day_parts, day_texts
from correlate.synthesis.naming import NO_NAME
from correlate.synthesis.partly import partly
from correlate.synthesis.usage import married_names, names_in_use

__all__ = [
    "birth_date",
    "birth_department",
    "birth_name",
    "birth_place",
    "birth_rank",
    "birth_year",
    "first_name",
    "full_name",
    "nir",
    "sex",
    "surname",
    "usage_name",
]


def _surname_text(view: View, name: tuple[Ints, Ints], style: str) -> pl.Series:
    table = view.people.world.names.surnames
    text = table.write(name[0], style)
    double = np.flatnonzero(name[1] != NO_NAME)
    if len(double) == 0:
        return text
    second, hyphen = table.write(name[1][double], style), "-" if style == "title" else " "

    def join(first: pl.Series) -> pl.Series:
        pair = pl.DataFrame({"a": first, "b": second})
        return pair.select(pl.concat_str("a", "b", separator=hyphen).alias("n"))["n"]

    return partly(text, name[1] != NO_NAME, join)


def surname(style: str = "plain", in_use: float = 0.85) -> Builder:
    """Fill with the name in use, or for a share ``1 - in_use`` of the rows with the birth name."""

    def build(view: View) -> pl.Series:
        birth = view.people.surnames
        own = view.rng.random(len(view.rows)) >= in_use
        used = names_in_use(view.people, view.rows, view.day)
        name = (
            np.where(own, birth.birth[view.rows], used[0]),
            np.where(own, birth.birth_second[view.rows], used[1]),
        )
        return _surname_text(view, name, style)

    return build


def birth_name(style: str = "plain") -> Builder:
    """Fill with the birth name."""

    def build(view: View) -> pl.Series:
        names = view.people.surnames
        return _surname_text(view, (names.birth[view.rows], names.birth_second[view.rows]), style)

    return build


def usage_name(style: str = "plain") -> Builder:
    """Fill with the name in use where it is not the birth name, null elsewhere."""
    return lambda view: _surname_text(view, married_names(view.people, view.rows, view.day), style)


def first_name(style: str = "plain", all_names: bool = False, spaced: float = 0.0) -> Builder:
    """Fill with the first name, or with two given names; ``spaced`` compounds lose their hyphen."""

    def build(view: View) -> pl.Series:
        table = view.people.world.names.first_names
        text = table.write(view.people.first_name[view.rows], style)
        if all_names:
            other = table.write(view.people.second_name[view.rows], style)
            text = pl.DataFrame({"a": text, "b": other}).select(
                pl.concat_str("a", "b", separator=" ").alias("n")
            )["n"]
        if spaced:
            text = partly(text, view.rng.random(len(text)) < spaced, _without_hyphen)
        return text

    return build


def _without_hyphen(text: pl.Series) -> pl.Series:
    return text.str.replace("-", " ", literal=True)


def full_name(style: str = "title") -> Builder:
    """Fill with first name and name in use in one column."""

    def build(view: View) -> pl.Series:
        parts = pl.DataFrame({"a": first_name(style)(view), "b": surname(style)(view)})
        return parts.select(pl.concat_str("a", "b", separator=" ").alias("n"))["n"]

    return build


def sex(men: str = "M", women: str = "F") -> Builder:
    """Fill with the sex or the form of address."""
    return lambda view: pl.Series([men, women]).gather(view.people.kin.sex[view.rows] - 1)


def birth_date(pattern: str = "%d/%m/%Y", swapped: float = 0.002, off: float = 0.003) -> Builder:
    """Fill with the birth date; some have day and month exchanged, some a day or a year too many."""

    def build(view: View) -> pl.Series:
        birth = view.people.kin.birth[view.rows]
        chance = view.rng.random(len(birth))
        slip = view.rng.choice(np.array([-365, -10, -1, 1, 10, 366]), len(birth))
        days = np.where(chance < off, birth + slip, birth)
        turned = (chance >= off) & (chance < off + swapped)
        return day_texts(np.where(turned, _exchange(birth), days), pattern)

    return build


def _exchange(birth: Ints) -> Ints:
    """Exchange day and month where that is a date."""
    year, month, day = day_parts(birth)
    first = ((year - 1970) * 12 + np.minimum(day, 12) - 1).astype("datetime64[M]").astype("datetime64[D]")
    return np.where(day <= 12, first.astype(np.int64) + month - 1, birth)


def birth_year(view: View) -> pl.Series:
    """Fill with the year of birth."""
    return pl.Series(day_parts(view.people.kin.birth[view.rows])[0]).cast(pl.String)


def birth_place(view: View) -> pl.Series:
    """Fill with the name of the commune or country of birth."""
    return view.people.world.places.names.gather(view.people.birth_place[view.rows])


def birth_department(view: View) -> pl.Series:
    """Fill with the department of birth, as in a NIR."""
    code = view.people.world.places.codes.gather(view.people.birth_place[view.rows])
    return code.str.extract(r"^(9[78]\d|..)")


def birth_rank(view: View) -> pl.Series:
    """Fill with the rank among births of one day: 2 for a younger twin."""
    return pl.Series(np.where(view.people.kin.twin[view.rows] >= 0, "2", "1"))


def nir(key: float = 1.0, spaced: float = 0.0) -> Builder:
    """Fill with the NIR of the insured: 15 characters for a share ``key``, else 13; some with spaces."""

    def build(view: View) -> pl.Series:
        text = view.people.nir.gather(view.bearer)
        if key < 1.0:
            text = partly(text, view.rng.random(len(text)) >= key, lambda part: part.str.slice(0, 13))
        if spaced:
            text = partly(text, view.rng.random(len(text)) < spaced, _in_groups)
        return text

    return build


def _in_groups(text: pl.Series) -> pl.Series:
    groups = r"^(.)(..)(..)(..)(...)(...)(..)?$"
    return text.str.replace(groups, "$1 $2 $3 $4 $5 $6 $7").str.strip_chars()
