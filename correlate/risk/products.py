"""Products of many sequences of factors: what several of them begin with is multiplied once."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from correlate.risk.arrays import Floats, Ints

__all__ = ["Products"]


@dataclass(frozen=True, kw_only=True)
class Products:
    """The distinct beginnings of sequences, the shorter first: a tree whose root is the empty one.

    ``parent`` is the beginning that one prolongs by ``factor``; those of one length lie between two
    ``edges``. ``end`` (sequences,) is what each sequence is as a whole.
    """

    parent: Ints
    factor: Ints
    edges: tuple[int, ...]
    end: Ints

    @classmethod
    def of(cls, sequence: Ints, factor: Ints, *, count: int) -> Products:
        """The tree of ``count`` sequences, from the factors of each, sorted by sequence."""
        first = np.searchsorted(sequence, np.arange(count + 1))
        sizes = np.diff(first)
        many = int(factor.max(initial=0)) + 1
        end, root = np.zeros(count, dtype=np.int64), np.zeros(1, dtype=np.int64)
        parents, factors, edges = [root], [root], [1]
        longer = np.flatnonzero(sizes)
        for place in range(int(sizes.max(initial=0))):
            longer = longer[sizes[longer] > place]
            prolonged = end[longer] * many + factor[first[longer] + place]
            distinct, its = np.unique(prolonged, return_inverse=True)
            parents.append(distinct // many)
            factors.append(distinct % many)
            end[longer] = edges[-1] + its
            edges.append(edges[-1] + len(distinct))
        return cls(
            parent=np.concatenate(parents), factor=np.concatenate(factors), edges=tuple(edges), end=end
        )

    def __len__(self) -> int:
        return len(self.parent)

    def work_out(self, factors: Floats) -> Floats:
        """The product of each beginning, multiplied from its first factor on; 1 for the empty one."""
        if not len(factors):
            return np.ones(len(self))
        # Without a check of bounds, which takes longer than the rest.
        products = factors.take(self.factor, mode="clip")
        products[0] = 1.0
        for start, stop in itertools.pairwise(self.edges):
            products[start:stop] *= products.take(self.parent[start:stop], mode="clip")
        return products
