"""Learning a linkage model from a vault: u counted, m, h and the priors by expectation-maximisation."""

from __future__ import annotations

import dataclasses
import math
import operator
from dataclasses import dataclass

import numpy as np
import polars as pl

from correlate.errors import InputError
from correlate.linkage.askers import Askers
from correlate.linkage.compare import LEVELS, Asking, Pairs, compared, pair_chunks
from correlate.linkage.comparison import COMPARISONS
from correlate.linkage.em import Estimate, Patterns, Shape, estimate
from correlate.linkage.model import LevelOdds, LinkageModel
from correlate.linkage.pairs import find_candidates
from correlate.linkage.rarity import with_rarity
from correlate.tokens import TOKEN_COLUMNS
from correlate.vault import ROW_BITS, Engine, Vault

__all__ = ["ASKERS_MAX", "Fit", "TooLittleToFit", "fit", "pairs_of_others"]

ASKERS_MAX = 50_000
"""More asking rows than this teach a model nothing new."""

# Rows on each side of the sample of random pairs: more than a million pairs tell a chance of 1e-5 to a
# quarter.
SAMPLE_ROWS = 1_200
PERSON_PAIRS_MIN = 30.0
# Sums of the terms' bits meet in quarters of a bit.
STEPS_PER_BIT = 4


class TooLittleToFit(InputError):
    """A linkage model cannot be learned here: about {pairs} pairs of the same person were found, and {least}
    are needed. Use the shipped model, or add more breaches or --subjects.
    """


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A learned model and what it was learned from: asking rows, candidate pairs, pairs expected to be of one
    person and of one household, rounds of the last estimate.
    """

    model: LinkageModel
    askers: int
    candidates: int
    person_pairs: float
    household_pairs: float
    rounds: int


def fit(
    vault: Vault, askers: Askers, *, start: LinkageModel, name: str, among_themselves: bool = False
) -> Fit:
    """Learn a model's figures from how askers and records agree; limits stay those of ``start``.

    The same askers and vault give the same figures, whatever the order of rows, files and threads.

    Args:
        vault: open.
        askers: rows that ask; a sample will do.
        start: where the estimate starts, and what it stays near where there is little to learn from.
        name: the new model's.
        among_themselves: the askers are records of the vault: a pair with itself, or with another record of
            its own breach where there are several breaches, is left out.

    Raises:
        TooLittleToFit: fewer than 30 pairs of one person were found.
    """
    engine = vault.engine
    all_pairs = _other_pairs(engine, askers) if among_themselves else _all_pairs(engine, askers)
    if not all_pairs:
        raise TooLittleToFit(pairs=0, least=round(PERSON_PAIRS_MIN))
    counts, _, _, pairs = find_candidates(vault, askers, model=start)
    asker = with_rarity(engine, askers, start)
    if among_themselves:
        pairs = pairs_of_others(engine, pairs)
    candidates = _patterns(vault, asker, pairs)
    with engine.given(asker=asker):
        random = _patterns(vault, asker, engine.frame(_sample_sql()))
    found = estimate(candidates, random, all_pairs=all_pairs, start=_start(start, all_pairs), shape=_shape())
    if found.person_pairs < PERSON_PAIRS_MIN:
        raise TooLittleToFit(pairs=round(found.person_pairs), least=round(PERSON_PAIRS_MIN))
    return Fit(
        model=_with(start, found, name),
        askers=askers.height,
        candidates=counts.candidates,
        person_pairs=found.person_pairs,
        household_pairs=found.household_pairs,
        rounds=found.rounds,
    )


def _all_pairs(engine: Engine, askers: Askers) -> float:
    return float(askers.height) * float(engine.scalar("SELECT count(*) FROM record"))


def _other_pairs(engine: Engine, askers: Askers) -> float:
    """Pairs of an asking record with a record of another breach, or with another record of the only one."""
    with engine.given(asker=askers.rows):
        rows = engine.rows(
            "SELECT (SELECT count(*) FROM breach), (SELECT count(*) FROM record), "
            "coalesce(sum(held), 0)::BIGINT FROM asker JOIN record ON record_id = asker_no "
            "JOIN (SELECT breach_no, count(*) AS held FROM record GROUP BY breach_no) USING (breach_no)"
        )
    breaches, records, own = rows[0]
    return float(askers.height * records - (own if breaches > 1 else askers.height))


def pairs_of_others(engine: Engine, pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a record with another, which is of another breach where there are several."""
    pairs = pairs.filter(pl.col("asker_no") != pl.col("record_id"))
    if int(engine.scalar("SELECT count(DISTINCT breach_no) FROM record")) == 1:
        return pairs
    breach_of_file = dict(engine.rows("SELECT file_no, breach_no FROM file"))
    breaches = ((pl.col(name) // 2**ROW_BITS).replace_strict(breach_of_file) for name in pairs.columns)
    return pairs.filter(operator.ne(*breaches))


def _start(model: LinkageModel, pairs: float) -> Estimate:
    """The model as an estimate. Its priors are those of a nation; here each asker is taken to have, on the
    whole, about one record.
    """
    records = max(2.0, min(model.population, math.sqrt(max(4.0, pairs))))
    return Estimate(
        m=tuple(np.array([odds.m for odds in model.odds(c)]) for c in COMPARISONS),
        h=tuple(np.array([odds.h for odds in model.odds(c)]) for c in COMPARISONS),
        u=tuple(np.array([odds.u for odds in model.odds(c)]) for c in COMPARISONS),
        person=1 / records,
        household=model.household_others / records,
    )


def _shape() -> Shape:
    """The levels' contexts, and which share an agreement on a token."""
    contexts, within = [], []
    for comparison in COMPARISONS:
        names = [level.name for level in comparison.levels]
        contexts.append(np.array([level.context for level in comparison.levels], dtype=np.int64))
        part = np.zeros((len(names), len(names)))
        for row, level in enumerate(comparison.levels):
            if level.term is not None:
                for name in level.within or (level.name,):
                    part[row, names.index(name)] = 1.0
        within.append(part)
    return Shape(contexts=tuple(contexts), within=tuple(within))


def _sample_sql() -> str:
    """Askers and records in an order that hangs on their tokens alone, each with each."""

    def mixed(of: str) -> str:
        columns = ("email", "phone", "birth_date", "surname", "first_name", "street", "nir", "national_id")
        return (
            "xor(" * (len(columns) - 1)
            + f"coalesce({of}.{columns[0]}, 0)"
            + "".join(f", coalesce({of}.{column}, 0))" for column in columns[1:])
        )

    # Rows that are alike in what is mixed are told apart by the rest; those alike in all may change places.
    every = ", ".join(TOKEN_COLUMNS)
    return f"""
        SELECT asker_no, record_id
        FROM (SELECT asker_no FROM asker AS a ORDER BY {mixed("a")}, {every} LIMIT {SAMPLE_ROWS})
        CROSS JOIN (
            SELECT record_id FROM record_token AS r ORDER BY {mixed("r")} DESC, {every} LIMIT {SAMPLE_ROWS}
        )
        WHERE asker_no <> record_id
        """


def _patterns(vault: Vault, asker: pl.DataFrame, pairs: pl.DataFrame) -> Patterns:
    """The distinct patterns of pairs (asker_no, record_id), in order."""
    steps = (pl.col("term_bits") * STEPS_PER_BIT).round().cast(pl.Int64).alias("steps")
    kept = [*LEVELS, "steps"]

    def counted(pairs: Pairs) -> pl.DataFrame:
        return pairs.frame().with_columns(steps).group_by(kept).agg(pairs=pl.len().cast(pl.Int64))

    parts = compared(vault, Asking.of(asker), pair_chunks(vault, pairs), then=counted)
    empty = pl.DataFrame(schema={**dict.fromkeys(LEVELS, pl.Int8), "steps": pl.Int64, "pairs": pl.Int64})
    frame = pl.concat([empty, *parts]).group_by(kept).agg(pl.col("pairs").sum()).sort(kept)
    return Patterns(
        levels=np.stack([frame[column].to_numpy() for column in LEVELS]),
        pairs=frame["pairs"].cast(pl.Float64).to_numpy(),
        term_bits=frame["steps"].cast(pl.Float64).to_numpy() / STEPS_PER_BIT,
    )


def _with(start: LinkageModel, found: Estimate, name: str) -> LinkageModel:
    """A model with the estimate's figures."""
    levels = {
        comparison.field: {
            level.name: LevelOdds(m=float(m[i]), h=float(h[i]), u=float(u[i]))
            for i, level in enumerate(comparison.levels)
        }
        for comparison, m, h, u in zip(COMPARISONS, found.m, found.h, found.u, strict=True)
    }
    return dataclasses.replace(
        start,
        name=name,
        population=1 / found.person,
        household_others=found.household / found.person,
        levels=levels,
        sources=dict.fromkeys(levels, f"learned by `correlate fit`, starting from {start.name}"),
    )
