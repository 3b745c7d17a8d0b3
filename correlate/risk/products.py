"""Sums of products of many sequences of factors: what several of them begin with is multiplied once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from correlate.loops import loop
from correlate.risk.arrays import Floats, Ints

__all__ = ["Products"]

# Without a sign: machine code that looks something up by such a place is twice as fast.
Places = npt.NDArray[np.uint32]

# So many sequences share their beginnings: with all that is worked out of them, they stay in a cache.
_TOGETHER = 1024
# So many products with their sums take a turn of a loop.
_A_TURN = 128


@dataclass(frozen=True, kw_only=True)
class Products:
    """The distinct beginnings of sequences, some of these at a time: trees, whose roots are the empty one.

    Tree i is from ``edges[i]`` to before ``edges[i + 1]``, the shorter beginnings first. ``parent``, counted
    from the first of the tree, is the beginning that one prolongs by ``factor``; ``end`` (sequences,) is what
    each sequence is as a whole.
    """

    parent: Places
    factor: Places
    edges: Ints
    end: Ints

    @classmethod
    def of(cls, sequence: Ints, factor: Ints, *, count: int) -> Products:
        """The trees of ``count`` sequences, from the factors of each, sorted by sequence."""
        first = np.searchsorted(sequence, np.arange(count + 1))
        sizes = np.diff(first)
        many = int(factor.max(initial=0)) + 1
        end = np.arange(count) // _TOGETHER
        roots = np.arange(max(1, -(-count // _TOGETHER)))
        parents, factors, trees, made = [roots], [np.zeros_like(roots)], [roots], len(roots)
        longer = np.flatnonzero(sizes)
        for place in range(int(sizes.max(initial=0))):
            longer = longer[sizes[longer] > place]
            prolonged = end[longer] * many + factor[first[longer] + place]
            distinct, one, its = np.unique(prolonged, return_index=True, return_inverse=True)
            parents.append(distinct // many)
            factors.append(distinct % many)
            trees.append(longer[one] // _TOGETHER)
            end[longer] = made + its
            made += len(distinct)
        tree = np.concatenate(trees)
        order = np.argsort(tree, kind="stable")
        rank = np.empty_like(order)
        rank[order] = np.arange(made)
        edges = np.searchsorted(tree[order], np.arange(len(roots) + 1))
        return cls(
            parent=(rank[np.concatenate(parents)[order]] - edges[tree[order]]).astype(np.uint32),
            factor=np.concatenate(factors)[order].astype(np.uint32),
            edges=edges,
            end=rank[end],
        )

    def __len__(self) -> int:
        return len(self.parent)

    def add_up(
        self, factors: Floats, coefficients: Floats, sums: Floats, *, nodes: Ints, some: Floats
    ) -> None:
        """Add to ``sums`` (rows × beginnings) Σ over columns of coefficient · product, column after column.

        The product of a beginning is multiplied from its first factor on, 1 for the empty one. ``factors`` is
        columns × factors; ``coefficients`` (rows × columns, mostly 0) has rows of ``sums`` first, and then
        those of ``some`` (rows × nodes), which is of the beginnings ``nodes`` (sorted) only.
        """
        column, row = np.nonzero(coefficients.T)
        starts = np.searchsorted(column, np.arange(len(factors) + 1))
        products = np.ones(int(np.diff(self.edges).max()))
        places = np.searchsorted(nodes, self.edges)
        _add_up(len(self) * len(factors) // _A_TURN)(
            *(self.edges, self.parent, self.factor, factors, products),
            starts,
            row.astype(np.uint32),
            *(coefficients[row, column], sums, nodes, places, some),
        )


@loop
def _add_up(
    edges: Ints,
    parent: Places,
    factor: Places,
    factors: Floats,
    products: Floats,
    starts: Ints,
    row: Places,
    coefficient: Floats,
    sums: Floats,
    nodes: Ints,
    places: Ints,
    some: Floats,
) -> None:
    """``products`` has room for the largest tree, and begins with 1; ``starts`` are the coefficients of each
    column, ``places`` the nodes of each tree.
    """
    rows = len(sums)
    for tree in range(len(edges) - 1):
        first, end = edges[tree], edges[tree + 1]
        for column in range(len(factors)):
            by = factors[column]
            for node in range(1, end - first):
                products[node] = products[parent[first + node]] * by[factor[first + node]]
            for each in range(starts[column], starts[column + 1]):
                times = coefficient[each]
                if row[each] < rows:
                    total = sums[row[each], first:end]
                    for node in range(end - first):
                        total[node] += times * products[node]
                else:
                    total = some[row[each] - rows]
                    for place in range(places[tree], places[tree + 1]):
                        total[place] += times * products[nodes[place] - first]
