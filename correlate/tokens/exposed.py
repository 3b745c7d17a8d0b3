"""Which attribute classes each row of a batch exposes, as a few class sets and a number per row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.errors import InputError
from correlate.vocabulary import FIELDS, AttributeClass, Field

__all__ = ["CLASS_PREFIX", "ClassSets", "ExposedClasses", "TooManyColumns"]

CLASS_PREFIX = "class:"
# One bit a column in a signed 64-bit word.
MOST_COLUMNS = 62


class TooManyColumns(InputError):
    """The file has {columns} columns that carry personal data, and {most} are the most that can be told apart.
    Map the ones that matter with --map, and set `only_mapped = true` in it.
    """


@dataclass(frozen=True, kw_only=True)
class ClassSets:
    """Distinct class sets (s), each in the vocabulary's order, and the set of each row (n,)."""

    sets: tuple[tuple[AttributeClass, ...], ...]
    of_row: npt.NDArray[np.int32]


class ExposedClasses:
    """Collects, column by column, the rows in which it holds a usable value."""

    def __init__(self, frame: pl.DataFrame) -> None:
        """Start with the bare class columns of ``frame``; fields are marked as they are normalised."""
        self._classes = {c: classes for c in frame.columns if (classes := _classes_of(c))}
        if len(self._classes) > MOST_COLUMNS:
            raise TooManyColumns(columns=len(self._classes), most=MOST_COLUMNS)
        self._bit = {column: np.int64(1 << i) for i, column in enumerate(self._classes)}
        self._mask = np.zeros(frame.height, dtype=np.int64)
        for column in self._classes:
            if column.startswith(CLASS_PREFIX):
                self.mark(column, frame[column].is_not_null().to_numpy())

    def mark(self, column: str, present: npt.NDArray[np.bool_]) -> None:
        """Rows (n,) in which ``column`` holds a usable value."""
        self._mask |= np.where(present, self._bit[column], np.int64(0))

    def unmark(self, column: str, absent: npt.NDArray[np.bool_]) -> None:
        """Rows (n,) in which the value of ``column`` is not this person's."""
        self._mask &= ~np.where(absent, self._bit[column], np.int64(0))

    def collect(self) -> ClassSets:
        """The distinct class sets and each row's; columns of one class count once."""
        masks, inverse = np.unique(self._mask, return_inverse=True)
        order = {code: place for place, code in enumerate(AttributeClass)}
        numbers: dict[tuple[AttributeClass, ...], int] = {}
        of_mask = np.empty(len(masks), dtype=np.int32)
        for place, mask in enumerate(masks):
            classes = {code for c, bit in self._bit.items() if mask & bit for code in self._classes[c]}
            key = tuple(sorted(classes, key=order.__getitem__))
            of_mask[place] = numbers.setdefault(key, len(numbers))
        return ClassSets(sets=tuple(numbers), of_row=of_mask[inverse].astype(np.int32, copy=False))


def _classes_of(column: str) -> tuple[AttributeClass, ...]:
    if column.startswith(CLASS_PREFIX):
        return (AttributeClass(column.removeprefix(CLASS_PREFIX).split(".")[0]),)
    base = column.split(".")[0]
    return FIELDS[Field(base)].classes if base in Field.__members__ else ()
