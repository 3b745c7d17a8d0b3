"""Paths: from a subject to records that share nothing with it, over records that do.

Records of the vault link to each other by the same comparisons as subjects link to records. A path's
probability is the product of its links; of all paths to a record the best counts. Depth, least probability
and the number of records that may share a key bound the spread.

A path says nothing of what its two ends have to do with each other, so the ends are compared too: what they
agree on has been counted along the path, but where birth date, sex, first name or NIR contradict, the odds of
the path are multiplied by those of the contradiction. A pair that direct comparison has judged to be two
people of one household is no person's path.

Paths are followed when they are asked for, and kept nowhere: they are as current as the vault, and the cost
follows the records that are reached, not all pairs that a vault holds.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from correlate.linkage.askers import Askers
from correlate.linkage.compare import compared
from correlate.linkage.comparison import COMPARISONS
from correlate.linkage.model import LinkageModel
from correlate.linkage.pairs import find_candidates, judge_pairs
from correlate.linkage.rarity import with_rarity
from correlate.linkage.trace import Tracer
from correlate.vault import Step, Vault

__all__ = ["follow_paths"]

# However well two records agree, one link of a path in a thousand may be wrong in a way that no token shows.
# Without that bound nothing that contradicts could weigh against a link that is certain.
SUREST = 0.999

SCHEMA = """
CREATE OR REPLACE TEMP TABLE path (
    subject_no BIGINT, record_id BIGINT, depth TINYINT, probability DOUBLE, fresh BOOLEAN);
CREATE OR REPLACE TEMP TABLE crossed (record_id BIGINT);
CREATE OR REPLACE TEMP TABLE crowd (key BIGINT, share DOUBLE);
CREATE OR REPLACE TEMP TABLE edge (from_record BIGINT, to_record BIGINT);
CREATE OR REPLACE TEMP TABLE bridge (from_record BIGINT, to_record BIGINT, probability DOUBLE);
"""
# Records that ask at a time, at least: as many as there are subjects, so that neither takes more memory.
ENDS = 50_000


def follow_paths(
    vault: Vault,
    asker: pl.DataFrame,
    *,
    model: LinkageModel,
    without: frozenset[str] = frozenset(),
    tracer: Tracer | None = None,
) -> int:
    """Lengthen direct links link by link; the result is the temporary table path. Gives how many paths of
    several links were found, those that a better one replaced among them.

    Reads the temporary tables ``direct`` (subject_no, record_id, probability) and ``household``
    (subject_no, record_id), and the given table ``owner`` (asker_no, subject_no).

    Args:
        vault: open.
        asker: the subjects' rows with their rarities.
        model: parameters.
        without: token columns that lead from no record to another.
        tracer: notes the keys that are looked up.
    """
    engine = vault.engine
    for statement in filter(str.strip, SCHEMA.split(";")):
        engine.execute(statement, step="the tables of paths")
    engine.execute("INSERT INTO path SELECT subject_no, record_id, 1, probability, true FROM direct")
    found = 0
    for depth in range(2, model.hop_depth_max + 1):
        _cross(vault, model, without, together=max(ENDS, asker.height), tracer=tracer)
        _build_bridges(vault, model, without)
        better = _lengthen(vault, asker, model, depth)
        found += better
        if not better:
            break
    return found


def _cross(
    vault: Vault, model: LinkageModel, without: frozenset[str], *, together: int, tracer: Tracer | None
) -> None:
    """Find what shares a key with the records at the ends of paths, for each record once, and so many of them
    at a time.
    """
    engine = vault.engine
    ends = engine.frame(
        "SELECT DISTINCT record_id FROM path ANTI JOIN crossed USING (record_id) "
        "WHERE fresh AND probability >= ? ORDER BY record_id",
        [model.hop_probability_min],
    )
    narrow = dataclasses.replace(model, key_records_max=model.hop_key_records_max, wide_records_max=-1)
    for part in ends.iter_slices(together):
        crossing = Askers.of_records(vault, part["record_id"], without=without)
        find_candidates(vault, crossing, model=narrow)
        if tracer:
            tracer.asked(engine, crossing.keys, most=model.hop_key_records_max, records=True)
        engine.execute(
            "INSERT INTO edge SELECT asker_no, record_id FROM candidate WHERE asker_no <> record_id",
            step="records that share a key",
        )
        engine.execute("INSERT INTO crowd SELECT key, share FROM key_frequency WHERE share > 0")
        with engine.given(end_record=part):
            engine.execute("INSERT INTO crossed SELECT record_id FROM end_record")


def _build_bridges(vault: Vault, model: LinkageModel, without: frozenset[str]) -> None:
    """Judge the pairs of records over which a path may lead to a record that is not linked as surely yet."""
    engine, least = vault.engine, model.hop_probability_min
    if not engine.run([_promising(least)], into="promising"):
        return
    ends = engine.frame("SELECT DISTINCT asker_no AS record_id FROM promising ORDER BY record_id")
    crossing = Askers.of_records(vault, ends["record_id"], without=without, with_keys=False)
    rows = with_rarity(engine, crossing, model, frequencies="crowd")
    found = judge_pairs(vault, rows, "promising", model=model, probability_min=least)
    with engine.given(found_pair=found.select("asker_no", "record_id", "probability")):
        engine.execute(
            "INSERT INTO bridge SELECT asker_no, record_id, coalesce(probability, 0) "
            "FROM promising LEFT JOIN found_pair USING (asker_no, record_id)",
            step="links between records",
        )


def _promising(least: float) -> Step:
    """Pairs of records (asker_no, record_id) that even the surest of links would make a better path."""
    return (
        "promising",
        f"""
        SELECT DISTINCT from_record AS asker_no, to_record AS record_id
        FROM path JOIN edge ON path.record_id = from_record
        LEFT JOIN path AS known ON known.subject_no = path.subject_no AND known.record_id = to_record
        ANTI JOIN household
            ON household.subject_no = path.subject_no AND household.record_id = to_record
        ANTI JOIN bridge
            ON bridge.from_record = edge.from_record AND bridge.to_record = edge.to_record
        WHERE path.fresh AND least(path.probability, {SUREST!r}) * {SUREST!r} >= {least!r}
            AND least(path.probability, {SUREST!r}) * {SUREST!r} > coalesce(known.probability, 0)
        """,
    )


def _lengthen(vault: Vault, asker: pl.DataFrame, model: LinkageModel, depth: int) -> int:
    """Put one more link behind the fresh paths; gives how many better paths that made."""
    engine, least = vault.engine, model.hop_probability_min
    engine.run(_improving(least), into="improving")
    engine.run(
        [("end_pair", "SELECT asker_no, record_id FROM improving JOIN owner USING (subject_no)")],
        into="end_pair",
    )
    with engine.given(against=_contradictions(vault, asker, model)):
        better = engine.run(_weakened(least), into="better_path")
    engine.execute("UPDATE path SET fresh = false WHERE fresh")
    engine.execute(
        "DELETE FROM path USING better_path AS b "
        "WHERE path.subject_no = b.subject_no AND path.record_id = b.record_id"
    )
    engine.execute(
        "INSERT INTO path SELECT subject_no, record_id, ?, probability, true FROM better_path", [depth]
    )
    return better


def _improving(least: float) -> Sequence[Step]:
    """Records that one more link reaches, more surely than any path before: (subject_no, record_id,
    product).
    """
    return [
        (
            "reached",
            f"""
            SELECT subject_no, to_record AS record_id, max(product) AS product
            FROM (
                SELECT subject_no, to_record,
                    least(path.probability, {SUREST!r}) * least(bridge.probability, {SUREST!r}) AS product
                FROM path JOIN bridge ON path.record_id = from_record WHERE fresh
            )
            WHERE product >= {least!r} GROUP BY subject_no, to_record
            """,
        ),
        (
            "improving",
            """
            SELECT subject_no, record_id, product
            FROM reached LEFT JOIN path AS known USING (subject_no, record_id)
            ANTI JOIN household USING (subject_no, record_id)
            WHERE product > coalesce(known.probability, 0)
            """,
        ),
    ]


def _contradictions(vault: Vault, asker: pl.DataFrame, model: LinkageModel) -> pl.DataFrame:
    """(asker_no, record_id, bits) of the table end_pair: the weights that speak against, in civil fields."""
    civil = tuple(comparison for comparison in COMPARISONS if comparison.civil)
    parts = [pl.DataFrame(schema={"asker_no": pl.Int64, "record_id": pl.Int64, "bits": pl.Float64})]
    for chunk in compared(vault, asker, "end_pair", comparisons=civil):
        bits = np.zeros(chunk.height)
        for comparison in civil:
            against = [min(0.0, math.log2(odds.m / odds.u)) for odds in model.odds(comparison)]
            bits += np.array([0.0, *against])[chunk[f"{comparison.field}_level"].to_numpy()]
        parts.append(chunk.select("asker_no", "record_id", bits=pl.Series(bits)))
    return pl.concat(parts)


def _weakened(least: float) -> Sequence[Step]:
    """The odds of each path times those of the contradiction, of the subject's row that contradicts least."""
    return [
        (
            "weakened",
            """
            SELECT subject_no, record_id, CASE WHEN max(bits) < 0
                THEN max(product) * pow(2, max(bits)) / (max(product) * pow(2, max(bits)) + 1 - max(product))
                ELSE max(product) END AS probability
            FROM improving JOIN owner USING (subject_no) JOIN against USING (asker_no, record_id)
            GROUP BY subject_no, record_id
            """,
        ),
        (
            "better_path",
            f"""
            SELECT subject_no, record_id, w.probability
            FROM weakened AS w LEFT JOIN path AS known USING (subject_no, record_id)
            WHERE w.probability >= {least!r} AND w.probability > coalesce(known.probability, 0)
            """,
        ),
    ]
