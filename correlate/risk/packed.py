"""Assessments while they are held: names numbered, figures as whole numbers. A nation has millions of them.

Scores and points have two decimals and chances four, severity two: in hundredths and ten-thousandths they
take a quarter of the memory, and nothing is lost. Only where a profile's own grid of probabilities has more
decimals, as thirds have, are they rounded to the four that are promised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
from polars._typing import PolarsDataType

from correlate.catalogue import Catalogue
from correlate.risk.arrays import Ints
from correlate.risk.exposure import EVIDENCE
from correlate.vocabulary import AttributeClass

__all__ = [
    "BASE_RATES",
    "WITHHELD",
    "Names",
    "codes_of",
    "in_one_piece",
    "lists",
    "names_of",
    "packed_schema",
    "unpacked",
]

Names = Mapping[str, pl.Enum]
"""The names that a column or a field of this name may have."""

WITHHELD = "withheld"
"""Stands for a breach that is not named."""

BASE_RATES = "base_rate"
"""Stands for all breaches that count with their base rate, as a breach and as a kind of evidence."""

_UNITS = {
    **dict.fromkeys(("score", "score_min", "score_max", "uplift", "points", "alone", "share"), 100),
    **dict.fromkeys(("probability", "feasibility", "availability"), 10_000),
    "severity": 100,
}


def names_of(
    catalogue: Catalogue, *, bands: Iterable[str], scenarios: Iterable[str], reasons: Iterable[str]
) -> dict[str, pl.Enum]:
    """The names that an assessment with these may have, of each column or field that has names.

    They do not hang on who is assessed, and so neither do the bytes of a file that holds them.
    """
    names: dict[str, Iterable[str]] = {
        "band": bands,
        "evidence": (*EVIDENCE, BASE_RATES),
        "breach": (*catalogue.ids(), WITHHELD, BASE_RATES),
        "scenario": scenarios,
        "attribute": map(str, AttributeClass),
        "reasons": reasons,
    }
    return {name: pl.Enum(sorted(set(known))) for name, known in names.items()}


def packed_schema(schema: pl.Schema, names: Names) -> pl.Schema:
    """The types in which assessments of that schema are held."""

    def held(name: str, dtype: PolarsDataType) -> PolarsDataType:
        if isinstance(dtype, pl.List):
            return pl.List(held(name, dtype.inner))
        if isinstance(dtype, pl.Struct):
            return pl.Struct({field.name: held(field.name, field.dtype) for field in dtype.fields})
        return names.get(name, pl.Int16() if name in _UNITS else dtype)

    return pl.Schema({name: held(name, dtype) for name, dtype in schema.items()})


def codes_of(some: Iterable[str], names: pl.Enum) -> npt.NDArray[np.unsignedinteger]:
    """The numbers of these names, in the type that holds them."""
    return pl.Series(list(some), dtype=names).to_physical().to_numpy()


def lists(values: pl.Series, *, lengths: Ints, names: Names) -> pl.Series:
    """``values`` cut into lists of these lengths; where they, or fields of theirs, are numbers of ``names``,
    they become these.
    """
    every = values.rechunk().to_arrow()
    offsets = pa.array(np.concatenate(([0], np.cumsum(lengths))), type=pa.int64())
    cut = pl.Series(pl.from_arrow(pa.LargeListArray.from_arrays(offsets, every)), dtype=pl.List(values.dtype))
    element = pl.element()
    if not isinstance(values.dtype, pl.Struct):
        return cut.list.eval(element.cat.to(names[values.name]))
    fields = {
        field.name: element.struct.field(field.name).cat.to(names[field.name])
        for field in values.dtype.fields
        if field.name in names
    }
    return cut.list.eval(element.struct.with_fields(**fields))


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
