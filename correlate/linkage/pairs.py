"""Candidate pairs, found, compared and judged: the one place where two rows' tokens become a probability."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from correlate.linkage.askers import Askers
from correlate.linkage.candidates import Asked, Hits, find_pairs, frequencies
from correlate.linkage.compare import LEVELS, Asking, Pairs, compared, pair_chunks
from correlate.linkage.model import LinkageModel
from correlate.linkage.rarity import with_rarity
from correlate.linkage.wide import wide_pairs
from correlate.tokens import TOKEN_COLUMNS
from correlate.vault import RECORD_COLUMNS, Vault

__all__ = [
    "JUDGED",
    "Candidates",
    "PairCounts",
    "find_candidates",
    "judge",
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
    """Counts, the askers' keys, where those occur that more records share than a household has, and the pairs
    (asker_no, record_id), by rising record, that share one.
    """

    counts: PairCounts
    asked: Asked
    crowds: Hits
    pairs: pl.DataFrame


def judge(vault: Vault, askers: Askers, *, model: LinkageModel, probability_min: float = 0.0) -> PairCounts:
    """Find, compare and judge all candidate pairs of some askers; the result is the temporary table JUDGED.

    Args:
        vault: open.
        askers: rows that ask.
        model: parameters.
        probability_min: pairs that reach it neither as person nor as household are left out.
    """
    counts, _, _, pairs = find_candidates(vault, askers, model=model)
    rows = with_rarity(vault.engine, askers, model)
    found = judge_pairs(vault, rows, pairs, model=model, probability_min=probability_min)
    with vault.engine.given(found_pair=found):
        vault.engine.execute(f"CREATE OR REPLACE TEMP TABLE {JUDGED} AS FROM found_pair", step=JUDGED)
    return counts


def judge_pairs(
    vault: Vault,
    asker: pl.DataFrame,
    pairs: pl.DataFrame,
    *,
    model: LinkageModel,
    probability_min: float = 0.0,
) -> pl.DataFrame:
    """Compare and judge pairs (asker_no, record_id); rows as in JUDGED.

    Args:
        vault: open.
        asker: the asking rows with their rarities.
        pairs: which ones, in any order.
        model: parameters.
        probability_min: pairs that reach it neither as person nor as household are left out.
    """

    def judged(pairs: Pairs) -> pl.DataFrame:
        person, household = pairs.probabilities()
        out = pairs.frame().with_columns(
            probability=pl.Series(person), household_probability=pl.Series(household)
        )
        return out.filter(pl.Series((person >= probability_min) | (household >= probability_min)))

    chunks = pair_chunks(vault, pairs)
    every = compared(vault, Asking.of(asker), chunks, model=model, then=judged)
    return pl.concat([pl.DataFrame(schema=SCHEMA), *every])


def find_candidates(vault: Vault, askers: Askers, *, model: LinkageModel) -> Candidates:
    """Find the candidate pairs, and make the temporary table key_frequency, see :func:`note_frequencies`."""
    engine = vault.engine
    keys, asker_no = askers.keys["key"].to_numpy(), askers.keys["asker_no"].to_numpy()
    asked = Asked.of(keys, asker_no, threads=engine.limits.threads)
    found = find_pairs(engine, asked, records_max=model.key_records_max)
    note_frequencies(vault, found.crowds)
    pairs = pl.DataFrame({"asker_no": found.asker_no, "record_id": found.record_id})
    if 0 < int(engine.scalar("SELECT count(*) FROM record")) <= model.wide_records_max:
        pairs = pl.concat((pairs, _found_widely(vault, askers, model))).unique().sort("record_id")
    log.debug("%d keys asked, %d candidate pairs", askers.keys.height, pairs.height)
    if found.keys_capped:
        log.info(
            "%d linkage keys are shared by more than %d records and were not followed",
            found.keys_capped,
            model.key_records_max,
        )
    counts = PairCounts(keys=askers.keys.height, keys_capped=found.keys_capped, candidates=pairs.height)
    return Candidates(counts, asked, found.crowds, pairs)


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
