"""Pairs into judgements: levels, weights and probabilities, over whole columns.

The columns come out of the vault by one join; comparing them is arithmetic on arrays. In SQL the same took
twice as long for a million pairs, and a tenth of a second of planning for one (docs/decisions/0009).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.linkage.comparison import COMPARISONS, Comparison, levels_of
from correlate.linkage.model import LinkageModel
from correlate.linkage.packing import places_of
from correlate.linkage.sides import Bools, Sides
from correlate.tokens import TOKEN_COLUMNS
from correlate.vault import RECORD_COLUMNS, Vault, side_by_side

__all__ = ["CHUNK_ROWS", "LEVELS", "SHARED", "compared", "judged", "pair_chunks"]

log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

LEVELS = tuple(f"{comparison.field}_level" for comparison in COMPARISONS)
TERMS = tuple(sorted({level.term for one in COMPARISONS for level in one.levels if level.term}))
# Pairs at a time: their columns stay within some tens of megabytes.
CHUNK_ROWS = 100_000
# What two rows of one household may have in common, by the bits of the column ``shared`` from the lowest up.
SHARED = ("nir", "phone", "iban", "email", "home")


def compared(
    vault: Vault,
    askers: pl.DataFrame,
    chunks: Iterator[pl.DataFrame],
    *,
    comparisons: tuple[Comparison, ...] = COMPARISONS,
    then: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame] = lambda levels, _: levels,
) -> Iterator[pl.DataFrame]:
    """Compare pairs, chunk by chunk, two chunks at a time if the vault's limits let.

    Args:
        vault: open.
        askers: the asking rows with their rarities (``with_rarity``).
        chunks: pairs (asker_no, record_id) with what their records hold, as ``pair_chunks`` gives them.
        comparisons: which ones.
        then: what is made of each chunk at once, of its levels and of what its records hold, in two threads.

    Yields:
        asker_no, record_id, breach_no, class_set_no, shared, a level for each comparison (0 missing, 1 the
        first), and term_bits: log2 of how common the agreeing tokens are, summed; or what ``then`` makes of
        them.
    """
    start = time.perf_counter()
    tokens = {name: askers[name].to_numpy() for name in (*TOKEN_COLUMNS, "birth_swapped")}
    terms = {name: askers[name].to_numpy() for name in TERMS}
    place_of = _placing(askers["asker_no"].to_numpy())
    nir_own = askers["nir_own"].to_numpy()

    def work(chunk: pl.DataFrame) -> pl.DataFrame:
        found, of_pair = chunk, place_of(chunk["asker_no"].to_numpy())
        if (strange := of_pair < 0).any():
            found, of_pair = chunk.filter(pl.Series(~strange)), of_pair[~strange]
        sides = Sides(
            tokens,
            of_pair,
            vault.forms.tokens(found),
            s_nir_own=nir_own[of_pair],
            r_nir_own=found["nir_own"].to_numpy(),
        )
        of_terms = {name: term[of_pair] for name, term in terms.items()}
        return then(_levels(found, sides, of_terms, comparisons), found)

    yield from side_by_side(work, chunks, threads=vault.engine.limits.threads)
    log.debug("step compared: %.3f s", time.perf_counter() - start)


def _placing(numbers: Numbers) -> Callable[[Numbers], Numbers]:
    """What gives the place (n,) of each asking row by its number, -1 for one that does not ask.

    Rows that are numbered by their places, as subjects are, need not be sought.
    """
    if np.array_equal(numbers, np.arange(len(numbers))):
        return lambda wanted: np.where(wanted < len(numbers), wanted, -1)
    order = np.argsort(numbers)
    rising = numbers[order]

    def sought(wanted: Numbers) -> Numbers:
        place = places_of(rising, wanted)
        return np.where(place < 0, -1, order[place])

    return sought


def pair_chunks(vault: Vault, pairs: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Pairs (asker_no, record_id), in any order, with what their records hold, in no order."""
    columns = ", ".join(RECORD_COLUMNS)
    select = (
        f"SELECT asker_no, record_id, breach_no, class_set_no, nir_own, {columns} "
        "FROM record JOIN asked USING (record_id)"
    )
    vault.forms.prepare(pairs.height)
    for found in vault.engine.joined(select, pairs.sort("record_id"), "record_id"):
        yield from found.iter_slices(CHUNK_ROWS)


def judged(levels: pl.DataFrame, model: LinkageModel) -> pl.DataFrame:
    """Add probability and household_probability to compared pairs."""
    term_bits = levels["term_bits"].to_numpy()
    person: Floats = np.full(levels.height, model.person_prior_bits) - term_bits
    household: Floats = np.full(levels.height, model.household_prior_bits) - term_bits
    # Always added in the same order, so that a sum is the same to the last bit.
    for comparison, column in zip(COMPARISONS, LEVELS, strict=True):
        level = levels[column].to_numpy()
        chances = model.u_bits(comparison)
        odds = model.odds(comparison)
        person += np.array([0.0, *(each.m_bits - u for each, u in zip(odds, chances, strict=True))])[level]
        household += np.array([0.0, *(each.h_bits - u for each, u in zip(odds, chances, strict=True))])[level]
    a, b = np.exp2(person), np.exp2(household)
    whole = a + b + 1
    return levels.with_columns(probability=a / whole, household_probability=b / whole)


def _levels(
    found: pl.DataFrame, sides: Sides, terms: dict[str, Floats], comparisons: tuple[Comparison, ...]
) -> pl.DataFrame:
    term_bits = np.zeros(len(sides))
    columns: dict[str, npt.NDArray[np.generic]] = {}
    for comparison in comparisons:
        level = levels_of(comparison, sides)
        columns[f"{comparison.field}_level"] = level
        for place, each in enumerate(comparison.levels, 1):
            if each.term is not None:
                term_bits += np.where(level == place, terms[each.term], 0.0)
    named = found.select("asker_no", "record_id", "breach_no", "class_set_no")
    return named.with_columns(
        pl.Series("shared", _shared(sides)),
        *(pl.Series(name, values) for name, values in columns.items()),
        pl.Series("term_bits", term_bits),
    )


def _shared(sides: Sides) -> npt.NDArray[np.int8]:
    """Which values both rows bear; a NIR only where it is the asking row's own."""
    bits: dict[str, Bools] = {
        "nir": sides.same("nir") & sides.s_nir_own,
        "phone": sides.either("phone"),
        "iban": sides.same("iban"),
        "email": sides.either("email"),
        "home": sides.same("street") & sides.same("postcode"),
    }
    out = np.zeros(len(sides), dtype=np.int8)
    for place, name in enumerate(SHARED):
        out |= bits[name].astype(np.int8) << place
    return out
