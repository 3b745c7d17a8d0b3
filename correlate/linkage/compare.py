"""Pairs into judgements: levels, weights and probabilities, chunk by chunk.

The records come out of the vault by one join; comparing them is a loop over rows that lie in one piece. In
SQL the same took many times as long for a million pairs, and a tenth of a second of planning for one
(docs/decisions/0009).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.linkage.comparison import COMPARISONS
from correlate.linkage.levels import weigh
from correlate.linkage.model import LinkageModel
from correlate.linkage.packing import places_of
from correlate.linkage.rarity import STEPS_PER_BIT
from correlate.linkage.rows import ASKED, Rows, record_rows, rows_of
from correlate.vault import RECORD_COLUMNS, Vault, ahead, side_by_side

__all__ = ["CHUNK_ROWS", "LEVELS", "SHARED", "Asking", "Pairs", "compared", "pair_chunks"]

log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Small = npt.NDArray[np.int8]
Made = TypeVar("Made")

LEVELS = tuple(f"{comparison.field}_level" for comparison in COMPARISONS)
TERMS = tuple(sorted({level.term for one in COMPARISONS for level in one.levels if level.term}))
MOST_LEVELS = 1 + max(len(comparison.levels) for comparison in COMPARISONS)
# Pairs at a time: their rows stay in a processor's cache.
CHUNK_ROWS = 50_000
# What two rows of one household may have in common, by the bits of the column ``shared`` from the lowest up.
SHARED = ("nir", "phone", "iban", "email", "home")


def _term_of() -> Small:
    """Which of TERMS each level of each comparison takes, -1 for none: (comparisons, levels)."""
    out = np.full((len(COMPARISONS), MOST_LEVELS), -1, dtype=np.int8)
    for row, comparison in zip(out, COMPARISONS, strict=True):
        for place, level in enumerate(comparison.levels, 1):
            if level.term is not None:
                row[place] = TERMS.index(level.term)
    return out


TERM_OF = _term_of()


@dataclass(frozen=True, kw_only=True, eq=False)
class Asking:
    """Rows (a,) that ask, ready to be compared.

    Attributes:
        rows: their tokens.
        terms: (a, terms) how common these are, log2 in sixteenths.
        numbers: (a,) the number of each; None where that is its place.
    """

    rows: Rows
    terms: npt.NDArray[np.int16]
    numbers: Numbers | None

    @classmethod
    def of(cls, askers: pl.DataFrame) -> Asking:
        """Take asking rows with their rarities, as ``with_rarity`` gives them."""
        rows = rows_of({name: askers[name].to_numpy() for name in ASKED}, askers["nir_own"].to_numpy())
        terms = np.empty((askers.height, len(TERMS)), dtype=np.int16)
        for place, name in enumerate(TERMS):
            terms[:, place] = np.rint(askers[name].to_numpy() * STEPS_PER_BIT)
        numbers = askers["asker_no"].to_numpy()
        placed = np.array_equal(numbers, np.arange(len(numbers)))
        return cls(rows=rows, terms=terms, numbers=None if placed else numbers)

    def places(self, wanted: Numbers) -> Numbers:
        """The place (n,) of each asking row by its number, -1 for one that does not ask."""
        if self.numbers is None:
            return np.where(wanted < len(self.rows), wanted, -1)
        order = np.argsort(self.numbers)
        place = places_of(self.numbers[order], wanted)
        return np.where(place < 0, -1, order[place])


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """Compared pairs (n,).

    Attributes:
        found: a row a pair: asker_no, and what its record holds.
        place: the asking row of each.
        records: the record of each.
        levels: (n, comparisons) the level of each comparison, 0 missing, 1 the first.
        shared: what both rows bear, bits of SHARED.
        term_bits: log2 of how common the agreeing tokens are, summed.
        person: log2 of the odds of one person against strangers, and ``household`` likewise of one household.
    """

    found: pl.DataFrame
    place: Numbers
    records: Rows
    levels: Small
    shared: Small
    term_bits: Floats
    person: Floats
    household: Floats

    def probabilities(self) -> tuple[Floats, Floats]:
        """Of being one person, and of being two of one household."""
        person, household = np.exp2(self.person), np.exp2(self.household)
        whole = person + household + 1
        return person / whole, household / whole

    def frame(self) -> pl.DataFrame:
        """asker_no, record_id, breach_no, class_set_no, shared, the level of each comparison, term_bits."""
        named = self.found.select("asker_no", "record_id", "breach_no", "class_set_no")
        levels = (pl.Series(name, column) for name, column in zip(LEVELS, self.levels.T, strict=True))
        return named.with_columns(
            pl.Series("shared", self.shared), *levels, pl.Series("term_bits", self.term_bits)
        )


def compared(
    vault: Vault,
    asking: Asking,
    chunks: Iterator[pl.DataFrame],
    *,
    then: Callable[[Pairs], Made],
    model: LinkageModel | None = None,
) -> Iterator[Made]:
    """Compare pairs, chunk by chunk, two chunks at a time if the vault's limits let.

    Args:
        vault: open.
        asking: the asking rows.
        chunks: pairs (asker_no, record_id) with what their records hold, as ``pair_chunks`` gives them.
        then: what is made of each chunk at once, in two threads.
        model: what the levels weigh; without one the sums of weights are 0.

    Yields:
        What ``then`` makes of each chunk.
    """
    start = time.perf_counter()
    weights = _weights(model)

    def work(chunk: pl.DataFrame) -> Made:
        found, place = chunk, asking.places(chunk["asker_no"].to_numpy())
        if (strange := place < 0).any():
            found, place = chunk.filter(pl.Series(~strange)), place[~strange]
        return then(_pairs(vault, asking, found, place, weights))

    yield from side_by_side(work, chunks, threads=vault.engine.limits.threads)
    log.debug("step compared: %.3f s", time.perf_counter() - start)


def _pairs(vault: Vault, asking: Asking, found: pl.DataFrame, place: Numbers, weights: Floats) -> Pairs:
    records, count = record_rows(vault, found), len(place)
    levels = np.empty((count, len(COMPARISONS)), dtype=np.int8)
    shared, bits = np.empty(count, dtype=np.int8), np.empty((3, count))
    weigh(count)(asking.rows, place, records, asking.terms, TERM_OF, weights, levels, shared, bits)
    return Pairs(
        found=found,
        place=place,
        records=records,
        levels=levels,
        shared=shared,
        term_bits=bits[0],
        person=bits[1],
        household=bits[2],
    )


def _weights(model: LinkageModel | None) -> Floats:
    """What each level weighs, in bits, for one person and for one household, and last the priors."""
    out = np.zeros((2, len(COMPARISONS) + 1, MOST_LEVELS))
    if model is None:
        return out
    for place, comparison in enumerate(COMPARISONS):
        for level, (odds, u_bits) in enumerate(
            zip(model.odds(comparison), model.u_bits(comparison), strict=True), 1
        ):
            out[:, place, level] = odds.m_bits - u_bits, odds.h_bits - u_bits
    out[:, -1, 0] = model.person_prior_bits, model.household_prior_bits
    return out


def pair_chunks(vault: Vault, pairs: pl.DataFrame, *, rising: bool = False) -> Iterator[pl.DataFrame]:
    """Pairs (asker_no, record_id), in any order or with ``rising`` records, with what their records hold, in
    no order.
    """
    columns = ", ".join(RECORD_COLUMNS)
    select = (
        f"SELECT asker_no, record_id, breach_no, class_set_no, nir_own, {columns} "
        "FROM record JOIN asked USING (record_id)"
    )
    vault.forms.prepare(pairs.height)
    asked = pairs if rising else pairs.sort("record_id")
    stretches = vault.engine.joined(select, asked, "record_id")
    if pairs.height > CHUNK_ROWS:
        # One stretch is read while the one before is compared.
        stretches = ahead(stretches, threads=vault.engine.limits.threads)
    for found in stretches:
        yield from found.iter_slices(CHUNK_ROWS)
