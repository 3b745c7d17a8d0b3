"""Which attribute classes each row of a batch exposes, as a few class sets and a number per row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from correlate.errors import InputError
from correlate.vocabulary import FIELDS, AttributeClass, Field

__all__ = ["CLASS_PREFIX", "ClassSets", "ExposedClasses", "TooManyColumns"]

CLASS_PREFIX = "class:"
# One bit a column in a signed 64-bit word.
MOST_COLUMNS = 62

Present = npt.NDArray[np.bool_]


class TooManyColumns(InputError):
    """The file has {columns} columns that carry personal data, and {most} are the most that can be told
    apart. Map the ones that matter with --map, and set `only_mapped = true` in it.
    """


@dataclass(frozen=True, kw_only=True)
class ClassSets:
    """Distinct class sets (s), each in the vocabulary's order, and the set of each row (n,)."""

    sets: tuple[tuple[AttributeClass, ...], ...]
    of_row: npt.NDArray[np.int32]

    @classmethod
    def together(cls, parts: Sequence[ClassSets]) -> ClassSets:
        """Those of several batches, one after the other."""
        sets = tuple(dict.fromkeys(each for part in parts for each in part.sets))
        place = {each: place for place, each in enumerate(sets)}
        of_row = [
            np.array([place[each] for each in part.sets], dtype=np.int32)[part.of_row]
            for part in parts
            if len(part.of_row)
        ]
        return cls(sets=sets, of_row=np.concatenate([np.empty(0, dtype=np.int32), *of_row]))


class ExposedClasses:
    """Collects, column by column, the rows in which it holds a usable value."""

    def __init__(self, frame: pl.DataFrame) -> None:
        """Give a bit to each column of ``frame`` that carries personal data; nothing is exposed yet."""
        self._classes = {c: classes for c in frame.columns if (classes := _classes_of(c))}
        if len(self._classes) > MOST_COLUMNS:
            raise TooManyColumns(columns=len(self._classes), most=MOST_COLUMNS)
        self._bit = {column: np.int64(1 << i) for i, column in enumerate(self._classes)}
        self._mask = np.zeros(frame.height, dtype=np.int64)
        self._pending = set(self._classes)

    @property
    def unmarked(self) -> list[str]:
        """The columns that nothing was said of yet, in the frame's order."""
        return [column for column in self._classes if column in self._pending]

    def mark(self, column: str, present: Present) -> None:
        """Rows (n,) in which ``column`` holds a usable value."""
        self._pending.discard(column)
        self._mask |= self._bit[column] * present

    def unmark(self, column: str, absent: Present) -> None:
        """Rows (n,) in which the value of ``column`` is not this person's."""
        self._mask &= ~(self._bit[column] * absent)

    def collect(self) -> ClassSets:
        """The distinct class sets and each row's; columns of one class count once."""
        encoded = pa.array(self._mask).dictionary_encode()
        found = encoded.dictionary.to_pylist()
        numbers: dict[tuple[AttributeClass, ...], int] = {}
        of_mask = {mask: numbers.setdefault(self._set(mask), len(numbers)) for mask in sorted(found)}
        of_code = np.array([of_mask[mask] for mask in found], dtype=np.int32)
        return ClassSets(sets=tuple(numbers), of_row=of_code[encoded.indices.to_numpy(zero_copy_only=False)])

    def _set(self, mask: int) -> tuple[AttributeClass, ...]:
        classes = {code for c, bit in self._bit.items() if mask & int(bit) for code in self._classes[c]}
        return tuple(code for code in AttributeClass if code in classes)


def _classes_of(column: str) -> tuple[AttributeClass, ...]:
    base = column.removeprefix(CLASS_PREFIX).split(".")[0]
    if column.startswith(CLASS_PREFIX):
        return (AttributeClass(base),)
    return FIELDS[Field(base)].classes if base in Field.__members__ else ()
