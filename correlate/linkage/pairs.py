"""Candidate pairs, found, compared and judged: the one place where two rows' tokens become a probability."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from correlate.linkage.askers import Askers
from correlate.linkage.candidates import Asked, Hits, find_hits, found_pairs, frequencies
from correlate.linkage.compare import LEVELS, compared, judged, pair_chunks
from correlate.linkage.held import HeldRecords
from correlate.linkage.model import LinkageModel
from correlate.linkage.rarity import with_rarity
from correlate.linkage.wide import wide_pairs
from correlate.timings import timed
from correlate.tokens import TOKEN_COLUMNS
from correlate.vault import RECORD_COLUMNS, Vault

__all__ = [
    "JUDGED",
    "Candidates",
    "PairCounts",
    "find_candidates",
    "judge",
    "judge_chunks",
    "judge_pairs",
    "note_frequencies",
]

log = logging.getLogger(__name__)

JUDGED = "judged"
"""The temporary table that ``judge`` leaves: asker_no, record_id, breach_no, class_set_no, shared, the level
of each comparison, term_bits, probability, household_probability."""

SCHEMA = {
    "asker_no": pl.Int64,
    "record_id": pl.Int64,
    "breach_no": pl.Int16,
    "class_set_no": pl.Int32,
    "shared": pl.Int8,
    **dict.fromkeys(LEVELS, pl.Int8),
    "term_bits": pl.Float64,
    "probability": pl.Float64,
    "household_probability": pl.Float64,
}


@dataclass(frozen=True, kw_only=True)
class PairCounts:
    """How many rows each stage had: keys asked for, keys too common to follow, candidate pairs."""

    keys: int
    keys_capped: int
    candidates: int


class Candidates(NamedTuple):
    """Counts, where the askers' keys occur, and the pairs (asker_no, record_id) that share one."""

    counts: PairCounts
    hits: Hits
    pairs: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What was found out on the way to JUDGED: counts, the asking rows with their rarities, and where their
    keys occur.
    """

    counts: PairCounts
    rows: pl.DataFrame
    hits: Hits


def judge(
    vault: Vault,
    askers: Askers,
    *,
    model: LinkageModel,
    probability_min: float = 0.0,
    held: HeldRecords | None = None,
) -> Judgement:
    """Find, compare and judge all candidate pairs of some askers; the result is the temporary table JUDGED.

    Args:
        vault: open.
        askers: rows that ask.
        model: parameters.
        probability_min: pairs that reach it neither as person nor as household are left out.
        held: takes in the records that paths may be continued from.
    """
    with timed("candidates", rows_in=askers.height) as step:
        counts, hits, pairs = find_candidates(vault, askers, model=model)
        step.rows_out += pairs.height
    with timed("comparing", rows_in=counts.candidates) as step:
        rows = with_rarity(vault.engine, askers, model)
        found = judge_pairs(vault, rows, pairs, model=model, probability_min=probability_min, held=held)
        step.rows_out += found.height
    with vault.engine.given(found_pair=found):
        vault.engine.execute(f"CREATE OR REPLACE TEMP TABLE {JUDGED} AS FROM found_pair", step=JUDGED)
    return Judgement(counts=counts, rows=rows, hits=hits)


def judge_pairs(
    vault: Vault,
    asker: pl.DataFrame,
    pairs: pl.DataFrame,
    *,
    model: LinkageModel,
    probability_min: float = 0.0,
    held: HeldRecords | None = None,
) -> pl.DataFrame:
    """Compare and judge pairs (asker_no, record_id); rows as in JUDGED.

    Args:
        vault: open.
        asker: the asking rows with their rarities.
        pairs: which ones, in any order.
        model: parameters.
        probability_min: pairs that reach it neither as person nor as household are left out.
        held: takes in the records that paths may be continued from.
    """
    chunks = pair_chunks(vault, pairs)
    return judge_chunks(vault, asker, chunks, model=model, probability_min=probability_min, held=held)


def judge_chunks(
    vault: Vault,
    asker: pl.DataFrame,
    chunks: Iterator[pl.DataFrame],
    *,
    model: LinkageModel,
    probability_min: float,
    held: HeldRecords | None = None,
) -> pl.DataFrame:
    """Compare and judge pairs that come with what their records hold; see :func:`judge_pairs`.

    ``held`` takes in the records that paths may be continued from: they need not be read again.
    """
    enough = (pl.col("probability") >= probability_min) | (pl.col("household_probability") >= probability_min)

    def then(levels: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
        out = judged(levels, model)
        if held is not None:
            held.take(found.filter(out["probability"] >= model.hop_probability_min))
        return out.filter(enough)

    return pl.concat([pl.DataFrame(schema=SCHEMA), *compared(vault, asker, chunks, then=then)])


def find_candidates(vault: Vault, askers: Askers, *, model: LinkageModel) -> Candidates:
    """Find the candidate pairs, and make the temporary table key_frequency, see :func:`note_frequencies`."""
    engine = vault.engine
    asked = Asked.of(askers.keys)
    hits = find_hits(engine, asked.keys)
    note_frequencies(vault, hits)
    pairs = found_pairs(hits, asked, records_max=model.key_records_max)
    capped = int((hits.records > model.key_records_max).sum())
    del asked
    if 0 < int(engine.scalar("SELECT count(*) FROM record")) <= model.wide_records_max:
        pairs = pl.concat((pairs, _found_widely(vault, askers, model))).unique()
    log.debug("%d keys asked, %d candidate pairs", askers.keys.height, pairs.height)
    if capped:
        log.info(
            "%d linkage keys are shared by more than %d records and were not followed",
            capped,
            model.key_records_max,
        )
    counts = PairCounts(keys=askers.keys.height, keys_capped=capped, candidates=pairs.height)
    return Candidates(counts, hits, pairs)


def _found_widely(vault: Vault, askers: Askers, model: LinkageModel) -> pl.DataFrame:
    """The pairs (asker_no, record_id) that share a wide key."""
    held = vault.engine.frame(f"SELECT record_id, {', '.join(RECORD_COLUMNS)} FROM record")
    asked = {name: askers.rows[name].to_numpy() for name in TOKEN_COLUMNS}
    asker, record = wide_pairs(asked, vault.forms.tokens(held), records_max=model.wide_key_records_max)
    return pl.DataFrame(
        {
            "asker_no": askers.rows["asker_no"].to_numpy()[asker],
            "record_id": held["record_id"].to_numpy()[record],
        }
    )


def note_frequencies(vault: Vault, hits: Hits) -> None:
    """Make the temporary table key_frequency (key, records, share) of the keys that more records share than a
    household has.
    """
    engine = vault.engine
    breach_of_file = dict(engine.rows("SELECT file_no, breach_no FROM file"))
    accepted = dict(engine.rows("SELECT breach_no, sum(rows_accepted)::BIGINT FROM file GROUP BY breach_no"))
    with engine.given(crowded_key=frequencies(hits, breach_of_file, accepted)):
        engine.execute(
            "CREATE OR REPLACE TEMP TABLE key_frequency AS FROM crowded_key", step="key frequencies"
        )
