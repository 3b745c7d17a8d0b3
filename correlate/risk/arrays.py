"""The types of arrays that risk is worked out on, and what numpy lacks for runs of equal values in them."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from correlate.loops import loop

__all__ = ["Floats", "Ints", "Mask", "Words", "columns", "folded", "keep_most", "repeated", "starts_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]
_Array = TypeVar("_Array", Floats, Ints, Mask)

# So many figures are compared in a turn of a loop.
_A_TURN = 64


def starts_of(sorted_values: Ints) -> Ints:
    """The first place of each run of equal values."""
    if not len(sorted_values):
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(np.diff(sorted_values, prepend=sorted_values[0] - 1))


def repeated(edges: Ints, chosen: Ints) -> tuple[Ints, Ints]:
    """All places of the chosen runs, one run after the other, and which choice each belongs to.

    Run i is ``edges[i]`` to ``edges[i + 1]``.
    """
    sizes = edges[chosen + 1] - edges[chosen]
    turn = np.repeat(np.arange(len(chosen)), sizes)
    within = np.arange(len(turn)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return edges[chosen][turn] + within, turn


def folded(how: np.ufunc, rows: _Array, starts: Ints) -> _Array:
    """``how.reduceat(rows, starts, axis=0)``, some ten times as fast for short runs of wide rows."""
    sizes = np.diff(starts, append=len(rows))
    result = rows[starts]
    for place in range(1, int(sizes.max(initial=1))):
        longer = np.flatnonzero(sizes > place)
        result[longer] = how(result[longer], rows[starts[longer] + place])
    return result


def columns(rows: Floats, chosen: Ints) -> Floats:
    """``rows[:, chosen]``, but row after row in memory."""
    # Without a check of bounds, which takes longer than the copy.
    return rows.take(chosen, axis=1, mode="clip")


def keep_most(most: Floats | Ints, owner: Ints, values: Floats | Ints, place: Ints) -> None:
    """Raise each owner's column of ``most`` to the highest that it has in ``values``: item i has column
    ``place[i]`` there, and raises column ``owner[i]``.
    """
    _keep_most(most.shape[0] * len(owner) // _A_TURN)(most, owner, values, place)


@loop
def _keep_most(most: Floats | Ints, owner: Ints, values: Floats | Ints, place: Ints) -> None:
    for row in range(len(most)):
        best, own = most[row], values[row]
        for item in range(len(owner)):
            value = own[place[item]]
            if value > best[owner[item]]:
                best[owner[item]] = value
