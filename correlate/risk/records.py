"""The rows of an assessment as sorted arrays, and the tables their numbers point into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.risk.exposure import DEPTH_MAX, EVIDENCE, Exposures
from correlate.risk.profile import Profile

__all__ = ["ORIGINS", "Ints", "Records", "depth_of", "evidence_of", "starts_of"]

Ints = npt.NDArray[np.int64]

ORIGINS = (DEPTH_MAX + 2) * len(EVIDENCE)


@dataclass(frozen=True, kw_only=True)
class Records:
    """Rows sorted by exposure, then breach, class set, step and origin.

    ``kind`` is the place in ``kinds`` of the row's breach and class set, and ``breach`` the place of the
    breach alone in ``breaches``. ``step`` is the match probability in steps of the profile's grid, at
    most ``steps``; ``origin`` holds evidence and depth, the surer the higher (see ``origin_of``).
    """

    exposure: Ints
    breach: Ints
    kind: Ints
    step: Ints
    origin: Ints
    breaches: tuple[str, ...]
    kinds: tuple[tuple[str, int], ...]
    steps: int
    count: int

    @classmethod
    def of(cls, exposures: Exposures, *, profile: Profile) -> Records:
        """Round the probabilities to the profile's grid, drop what is below its minimum, and sort."""
        steps = np.rint(exposures.frame["probability"].to_numpy() * profile.steps).astype(np.int64)
        kept = steps >= max(profile.step_min, 1)
        frame, step = exposures.frame.filter(pl.Series(kept)), steps[kept]
        breaches = tuple(frame["breach"].unique().sort().to_list())
        class_sets = tuple(frame["class_set"].unique().sort().to_list())
        breach = _places(frame["breach"], breaches)
        present, kind = _distinct(breach * len(class_sets) + _places(frame["class_set"], class_sets))
        origin = _origins(frame)
        exposure = frame["exposure_id"].to_numpy()
        # Rows with equal keys are equal, so it does not matter that the sort is not stable.
        order = np.argsort(((exposure * len(present) + kind) * (profile.steps + 1) + step) * ORIGINS + origin)
        return cls(
            exposure=exposure[order],
            breach=breach[order],
            kind=kind[order],
            step=step[order],
            origin=origin[order],
            breaches=breaches,
            kinds=tuple(
                (breaches[code // len(class_sets)], class_sets[code % len(class_sets)])
                for code in present.tolist()
            ),
            steps=profile.steps,
            count=exposures.count,
        )

    def __len__(self) -> int:
        return len(self.exposure)

    def blocks(self, *, rows_max: int) -> Iterator[Records]:
        """Cut into runs of whole exposures of about ``rows_max`` rows, each numbered from 0 again."""
        edges = np.searchsorted(self.exposure, np.arange(self.count + 1))
        first = 0
        while first < self.count:
            reach = int(np.searchsorted(edges, edges[first] + rows_max, side="right")) - 1
            # At least one exposure a block, however many rows it has; and not too many empty ones.
            last = min(max(reach, first + 1), first + rows_max, self.count)
            rows = slice(int(edges[first]), int(edges[last]))
            yield self._cut(rows, exposure=self.exposure[rows] - first, count=last - first)
            first = last

    def singles(self) -> tuple[Records, Ints]:
        """Each breach of each exposure as an exposure of its own, those of one record only once.

        Returns the records, and for each (exposure, breach) pair in order the single's number.
        """
        pairs = self.pair_starts()
        sizes = np.diff(pairs, append=len(self))
        lone, lone_rows = sizes == 1, pairs[sizes == 1]
        content = self.kind[lone_rows] * (self.steps + 1) + self.step[lone_rows]
        present, number = _distinct(content)
        # Any row will do that has the content, as long as it is the same one every time.
        example = np.empty(len(present), dtype=np.int64)
        example[number[::-1]] = lone_rows[::-1]
        number_of_pair = np.empty(len(pairs), dtype=np.int64)
        number_of_pair[lone] = number
        number_of_pair[~lone] = len(present) + np.arange(len(pairs) - len(lone_rows))
        exposure = np.concatenate((np.arange(len(present)), np.repeat(number_of_pair[~lone], sizes[~lone])))
        rows = np.concatenate((example, np.flatnonzero(np.repeat(~lone, sizes))))
        count = len(present) + len(pairs) - len(lone_rows)
        return self._cut(rows, exposure=exposure, count=count), number_of_pair

    def pair_starts(self) -> Ints:
        """The first row of each (exposure, breach) pair."""
        return starts_of(self.exposure * max(len(self.breaches), 1) + self.breach)

    def up_to(self, depth: int) -> Records:
        """Only the records that at most so many links lead to; as many exposures as before."""
        rows = np.flatnonzero(depth_of(self.origin) <= depth)
        return self._cut(rows, exposure=self.exposure[rows], count=self.count)

    def _cut(self, rows: slice | Ints, *, exposure: Ints, count: int) -> Records:
        return Records(
            exposure=exposure,
            breach=self.breach[rows],
            kind=self.kind[rows],
            step=self.step[rows],
            origin=self.origin[rows],
            breaches=self.breaches,
            kinds=self.kinds,
            steps=self.steps,
            count=count,
        )


def depth_of(origin: Ints) -> Ints:
    """How many links lead to a record, 0 for a declared one."""
    return DEPTH_MAX + 1 - origin // len(EVIDENCE)


def evidence_of(origin: Ints) -> Ints:
    """The place of the evidence in EVIDENCE."""
    return origin % len(EVIDENCE)


def _origins(frame: pl.DataFrame) -> Ints:
    """Evidence and depth in one number: a shorter path before a longer, then by evidence."""
    evidence = frame["evidence"].replace_strict(
        {kind: place for place, kind in enumerate(EVIDENCE)}, return_dtype=pl.Int64
    )
    return ((DEPTH_MAX + 1 - frame["depth"].cast(pl.Int64)) * len(EVIDENCE) + evidence).to_numpy()


def starts_of(sorted_values: Ints) -> Ints:
    """The first place of each run of equal values."""
    if not len(sorted_values):
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(np.diff(sorted_values, prepend=sorted_values[0] - 1))


def _places(column: pl.Series, values: tuple[object, ...]) -> Ints:
    if not values:  # Polars would give a column of no type
        return np.empty(0, dtype=np.int64)
    places = pl.Series(range(len(values)), dtype=pl.Int64)
    return column.replace_strict(pl.Series(values, dtype=column.dtype), places).to_numpy()


def _distinct(codes: Ints) -> tuple[Ints, Ints]:
    """The distinct codes, rising, and the place of each code among them; codes are small and dense."""
    present = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.bool_)
    present[codes] = True
    places = np.cumsum(present) - 1
    return np.flatnonzero(present), places[codes]
