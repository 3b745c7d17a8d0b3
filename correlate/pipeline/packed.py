"""Assessments while they are held: names numbered, figures as whole numbers. A nation has millions of them.

Scores and points have two decimals and chances four, severity two: in hundredths and ten-thousandths they
take a quarter of the memory, and nothing is lost. Only where a profile's own grid of probabilities has more
decimals, as thirds have, are they rounded to the four that are promised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import polars as pl
from polars._typing import PolarsDataType

from correlate.pipeline.models import Models
from correlate.risk import BASE_RATES, EVIDENCE, ReasonBook
from correlate.vocabulary import AttributeClass

__all__ = ["WITHHELD", "in_one_piece", "names_of", "packed", "unpacked"]

WITHHELD = "withheld"
"""Stands for a breach that is not named."""

_UNITS = {
    **dict.fromkeys(("score", "score_min", "score_max", "uplift", "points", "alone", "share"), 100),
    **dict.fromkeys(("probability", "feasibility", "availability"), 10_000),
    "severity": 100,
}


def names_of(models: Models) -> dict[str, pl.Enum]:
    """The names that an assessment by these models may have, of each column or field that has names.

    They do not hang on who is assessed, and so neither do the bytes of a file that holds them.
    """
    names: dict[str, Iterable[str]] = {
        "band": (band.name for band in models.profile.bands),
        "evidence": (*EVIDENCE, BASE_RATES),
        "breach": (*(breach.id for breach in models.catalogue), WITHHELD, BASE_RATES),
        "scenario": (scenario.id for scenario in models.scenarios),
        "attribute": map(str, AttributeClass),
        "reasons": ReasonBook.load(models.scenarios).texts,
    }
    return {name: pl.Enum(sorted(set(known))) for name, known in names.items()}


def packed(frame: pl.DataFrame, names: Mapping[str, pl.Enum]) -> pl.DataFrame:
    """Assessments, as ``assess`` gives them, to be held."""

    def held(name: str, value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
        if dtype == pl.String:
            return value.cast(names[name])
        return (value * _UNITS[name]).round().cast(pl.Int16) if name in _UNITS else value

    # Lists that were made block by block keep room for more, five times what they hold; in one piece they do
    # not.
    return _mapped(frame, held).rechunk()


def in_one_piece(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Frames of the same columns, one below the other; a column at a time, so that one alone is held twice.
    The list is emptied.
    """
    columns = []
    for name in parts[0].columns:
        columns.append(pl.concat([part[name] for part in parts], rechunk=True))
        parts[:] = [part.drop(name) for part in parts]
    return pl.DataFrame(columns)


def unpacked(frame: pl.DataFrame, *, named: bool = True) -> pl.DataFrame:
    """Assessments, or some columns of theirs, as they were, but that names stay numbered if they are not to
    be ``named``. What is not packed stays as it is.
    """

    def own(name: str, value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
        if dtype == pl.Int16:
            # By a column: Polars multiplies by one over a number, which is another in the last bit.
            return value.cast(pl.Float64) / (value * 0 + _UNITS[name]).cast(pl.Float64)
        return value.cast(pl.String) if named and isinstance(dtype, pl.Enum) else value

    return _mapped(frame, own)


def _mapped(frame: pl.DataFrame, change: Callable[[str, pl.Expr, pl.DataType], pl.Expr]) -> pl.DataFrame:
    """Every column, and every entry and field of those that are nested, by its name and type."""
    columns, element = [], pl.element()
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.Struct):
            fields = {
                field.name: change(field.name, element.struct.field(field.name), _instance(field.dtype))
                for field in dtype.inner.fields
            }
            columns.append(column.list.eval(element.struct.with_fields(**fields)))
        elif isinstance(dtype, pl.List):
            columns.append(column.list.eval(change(name, element, _instance(dtype.inner))))
        else:
            columns.append(change(name, column, dtype))
    return frame.select(columns)


def _instance(dtype: PolarsDataType) -> pl.DataType:
    return dtype() if isinstance(dtype, type) else dtype
