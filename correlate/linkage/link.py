"""Subjects to records: the one function that links."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.linkage.askers import Askers
from correlate.linkage.candidates import Asked
from correlate.linkage.held import HeldRecords
from correlate.linkage.hops import follow_paths
from correlate.linkage.model import LinkageModel
from correlate.linkage.pairs import JUDGED, judge
from correlate.linkage.trace import Trace, Tracer
from correlate.timings import timed
from correlate.tokens import People
from correlate.vault import Engine, Vault

__all__ = ["HOUSEHOLD", "LINKED", "LinkCounts", "link"]

COLUMNS = "subject_no, record_id, breach_no, class_set_no, depth, probability"
LINKED = "linked"
"""The temporary table that ``link`` leaves: subject_no, record_id, breach_no, class_set_no, depth,
probability. One row a pair."""
HOUSEHOLD = "household"
"""Beside it: subject_no, record_id, breach_no, class_set_no, shared (bits of ``compare.SHARED``), probability
of being another person of the household, at least one half. A pair may stand in both, but then it is less
than half likely to be the person."""


@dataclass(frozen=True, kw_only=True)
class LinkCounts:
    """How many rows each stage had: keys asked for, keys too common to follow, candidate pairs, links, links
    that only a path of several found, links to others of the household; and the trace, if one was asked for.
    """

    keys: int
    keys_capped: int
    candidates: int
    links: int
    hop_links: int
    household_links: int
    trace: Trace | None = field(default=None, compare=False)


def link(
    vault: Vault,
    people: People,
    subject_no: npt.NDArray[np.int64],
    *,
    model: LinkageModel,
    hops: bool = True,
    without: frozenset[str] = frozenset(),
    stepwise: bool = False,
    traced: bool = False,
) -> LinkCounts:
    """Link a batch of tokenised subjects to the vault's records: the temporary tables LINKED and HOUSEHOLD.

    Args:
        vault: an open vault.
        people: n rows, tokenised as asking.
        subject_no: (n,) the subject each row belongs to, from 1; a subject may have several rows, and rows
            of no subject (0) are not linked.
        model: parameters.
        hops: follow paths over records too.
        without: token columns that lead from no record to another, as the NIR where it may not be used.
        stepwise: run every step by itself and log its rows and seconds (for debugging; same result).
        traced: tell what the links of each subject hang on.
    """
    engine = vault.engine
    askers = Askers.of_people(people)
    tracer = Tracer(vault) if traced else None
    owner = pl.DataFrame({"asker_no": np.arange(people.height), "subject_no": subject_no})
    with engine.given(owner=owner.filter(pl.col("subject_no") > 0)):
        further = hops and model.hop_depth_max > 1
        held = HeldRecords(vault) if further else None
        judgement = judge(vault, askers, model=model, probability_min=model.probability_min, held=held)
        if tracer is not None:
            found, most = [judgement.hits], model.key_records_max
            tracer.note(Asked.of(askers.keys), subject_no, found, records_max=most)
        direct = engine.run([_direct(model)], into="direct", stepwise=stepwise)
        household = engine.run([_household()], into=HOUSEHOLD, stepwise=stepwise)
        paths = "SELECT *, 1::TINYINT AS depth FROM direct"
        if held is not None:
            with timed("paths", rows_in=direct) as step:
                step.rows_out += follow_paths(
                    vault, judgement.rows, judgement.hits, held, model=model, without=without, tracer=tracer
                )
            paths = "FROM path"
        links = engine.run([("linked", f"SELECT {COLUMNS} FROM ({paths})")], into=LINKED, stepwise=stepwise)
    return LinkCounts(
        keys=judgement.counts.keys,
        keys_capped=judgement.counts.keys_capped,
        candidates=judgement.counts.candidates,
        links=links,
        hop_links=_beyond(engine),
        household_links=household,
        trace=tracer.trace(subject_no, linked=LINKED, household=HOUSEHOLD) if tracer is not None else None,
    )


def _direct(model: LinkageModel) -> tuple[str, str]:
    """From rows to subjects: several rows of one subject keep the best of their links to a record."""
    return (
        "direct",
        f"""
        SELECT subject_no, record_id, any_value(breach_no) AS breach_no,
            any_value(class_set_no) AS class_set_no, max(probability) AS probability
        FROM {JUDGED} JOIN owner USING (asker_no)
        WHERE probability >= {model.probability_min!r} GROUP BY subject_no, record_id
        """,
    )


def _household() -> tuple[str, str]:
    """Pairs that are another person of the household, and of no row of the subject the person."""
    return (
        HOUSEHOLD,
        f"""
        SELECT subject_no, record_id, any_value(breach_no) AS breach_no,
            any_value(class_set_no) AS class_set_no, bit_or(shared) AS shared,
            max(household_probability) AS probability
        FROM {JUDGED} JOIN owner USING (asker_no)
        GROUP BY subject_no, record_id
        HAVING max(household_probability) >= 0.5 AND max(probability) < 0.5
        """,
    )


def _beyond(engine: Engine) -> int:
    return int(engine.scalar(f"SELECT count(*) FROM {LINKED} WHERE depth > 1"))
