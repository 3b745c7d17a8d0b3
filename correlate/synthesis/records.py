"""The rows of one file for one chunk of people, and the truth about each row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from correlate.synthesis.chance import stream
from correlate.synthesis.column import Column, View
from correlate.synthesis.days import DAYS_A_YEAR
from correlate.synthesis.leak import Leak
from correlate.synthesis.population import Population
from correlate.vocabulary import AttributeClass

__all__ = ["Records", "make_records"]

# Words that repeat over all rows are kept as numbers of a list, and written as text.
_CLASSES = pl.List(pl.Enum(sorted(map(str, AttributeClass))))
_RELATIONS = pl.Series(["person", "household-nir"], dtype=pl.Enum(["person", "household-nir"]))


@dataclass(frozen=True, kw_only=True)
class Records:
    """Rows of a file and, at the same height and in the same order, whom they are about."""

    rows: pl.DataFrame
    truth: pl.DataFrame


def make_records(leak: Leak, people: Population, chunk: int, day: int, share: float) -> Records:
    """Make the rows a file has for a chunk, in a shuffled order. ``day`` is the day of the breach."""
    rng = stream(people.world.seed, chunk, leak.breach)
    chosen = np.flatnonzero(leak.select(people, day, share))
    again = chosen[rng.random(len(chosen)) < leak.repeated]
    rows = rng.permutation(np.concatenate([chosen, again]))
    view = View(
        people=people, rows=rows, day=_day_of_data(leak, day, rng), rng=rng, family_nir=leak.family_nir
    )
    frame = pl.DataFrame([column.fill(view) for column in leak.columns])
    truth = pl.DataFrame(
        {
            "person_id": view.number + 1,
            "member_id": people.member_id.gather(rows),
            "classes": _classes(leak.columns, frame),
            "relation": _relation(leak.columns, frame, view),
        }
    )
    return Records(rows=frame, truth=truth)


def _day_of_data(leak: Leak, day: int, rng: np.random.Generator) -> int:
    """Take a chunk's data as of one day: the more recent, the likelier."""
    return day - int(leak.stale * DAYS_A_YEAR * rng.random() ** 3)


def _classes(columns: tuple[Column, ...], frame: pl.DataFrame) -> pl.Series:
    """List the attribute classes that a row really exposes: those with a value in it."""
    held = np.zeros(frame.height, dtype=np.int64)
    for place, column in enumerate(columns):
        held |= frame[column.header].is_not_null().to_numpy().astype(np.int64) << place
    # Few columns make few combinations: counting is faster than sorting.
    kinds = np.flatnonzero(np.bincount(held))
    which = np.zeros(1 << len(columns), dtype=np.int64)
    which[kinds] = np.arange(len(kinds))
    lists = [
        sorted(
            {
                str(found)
                for place, column in enumerate(columns)
                if kind >> place & 1
                for found in column.classes
            }
        )
        for kind in kinds.tolist()
    ]
    return pl.Series(lists, dtype=pl.List(pl.String)).cast(_CLASSES).gather(which[held])


def _relation(columns: tuple[Column, ...], frame: pl.DataFrame, view: View) -> pl.Series:
    """Say of each row whether the NIR in it is the person's own or another's of the household."""
    other = view.bearer != view.rows
    for column in columns:
        if column.nir:
            other = other & frame[column.header].is_not_null().to_numpy()
    return _RELATIONS.gather(other.astype(np.int64))
