"""Subjects to records: the one function that links."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.linkage.askers import Askers
from correlate.linkage.compare import Asking, Pairs, compared, pair_chunks
from correlate.linkage.fresh import FreshKeys, KeyForms
from correlate.linkage.hops import Ends, follow_paths
from correlate.linkage.model import LinkageModel
from correlate.linkage.pairs import find_candidates
from correlate.linkage.rarity import with_rarity
from correlate.linkage.subjects import Subjects
from correlate.linkage.trace import Trace, Tracer
from correlate.timings import timed
from correlate.tokens import People
from correlate.vault import Vault

__all__ = ["HOUSEHOLD", "LINKED", "LinkCounts", "link"]

LINKED = "linked"
"""The temporary table that ``link`` leaves: subject_no, record_id, breach_no, class_set_no, depth,
probability. One row a pair."""
HOUSEHOLD = "household"
"""Beside it: subject_no, record_id, breach_no, class_set_no, shared (bits of ``compare.SHARED``), probability
of being another person of the household, at least one half. A pair may stand in both, but then it is less
than half likely to be the person."""

# A compared pair: both probabilities, and the values that both bear.
COMPARED = {
    "subject_no": pl.Int64,
    "record_id": pl.Int64,
    "breach_no": pl.Int16,
    "class_set_no": pl.Int32,
    "shared": pl.Int8,
    "person": pl.Float64,
    "household": pl.Float64,
}


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
        traced: tell what the links of each subject hang on.
    """
    tracer = Tracer(vault) if traced else None
    subjects = Subjects.of(subject_no)
    askers = Askers.of_people(people)
    with timed("candidates", rows_in=askers.height) as step:
        counts, asked, crowds, pairs = find_candidates(vault, askers, model=model)
        step.rows_out += pairs.height
    if tracer is not None:
        tracer.note(asked, subject_no, [crowds], records_max=model.key_records_max)
    del asked, crowds
    with timed("comparing", rows_in=pairs.height) as step:
        asking = Asking.of(with_rarity(vault.engine, askers, model))
        del askers
        forms = KeyForms.of(without) if hops and model.hop_depth_max > 1 else None
        judged, ends = _judged(vault, asking, subjects, pairs, model=model, forms=forms)
        del pairs
        step.rows_out += judged.height
    links = judged.filter(pl.col("person") >= model.probability_min).select(
        "subject_no",
        "record_id",
        "breach_no",
        "class_set_no",
        depth=pl.lit(1, pl.Int8),
        probability="person",
    )
    # Another person of the household, and of no row of the subject the person.
    household = judged.filter((pl.col("household") >= 0.5) & (pl.col("person") < 0.5)).select(
        "subject_no", "record_id", "breach_no", "class_set_no", "shared", probability="household"
    )
    del judged
    if forms is not None:
        with timed("paths", rows_in=links.height) as step:
            links, found = follow_paths(
                vault, asking, subjects, links, household, ends, model=model, forms=forms, tracer=tracer
            )
            step.rows_out += found
    for name, rows in ((LINKED, links), (HOUSEHOLD, household)):
        with vault.engine.given(found_rows=rows):
            vault.engine.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM found_rows", step=name)
    return LinkCounts(
        keys=counts.keys,
        keys_capped=counts.keys_capped,
        candidates=counts.candidates,
        links=links.height,
        hop_links=int((links["depth"] > 1).sum()),
        household_links=household.height,
        trace=tracer.trace(subject_no, linked=LINKED, household=HOUSEHOLD) if tracer is not None else None,
    )


def _judged(
    vault: Vault,
    asking: Asking,
    subjects: Subjects,
    pairs: pl.DataFrame,
    *,
    model: LinkageModel,
    forms: KeyForms | None,
) -> tuple[pl.DataFrame, Ends]:
    """Compare the candidate pairs: subjects and records as in COMPARED, each pair once, and the ends that
    paths may go on from.
    """

    def judge(pairs: Pairs) -> tuple[pl.DataFrame, Ends]:
        person, household = pairs.probabilities()
        subject_no = subjects.of_row[pairs.place]
        near = np.maximum(person, household) >= model.probability_min
        kept = np.flatnonzero(near & (subject_no > 0))
        columns = (
            subject_no,
            *(pairs.found[name].to_numpy() for name in ("record_id", "breach_no", "class_set_no")),
            pairs.shared,
            person,
            household,
        )
        frame = pl.DataFrame([column[kept] for column in columns], schema=COMPARED)
        likely = kept[person[kept] >= model.hop_probability_min]
        return frame, _ends(vault, asking, subjects, pairs, likely, forms)

    frames, ends = [pl.DataFrame(schema=COMPARED)], []
    for frame, some in compared(
        vault, asking, pair_chunks(vault, pairs, rising=True), model=model, then=judge
    ):
        frames.append(frame)
        ends.append(some)
    judged = pl.concat(frames)
    if subjects.several:
        # Several rows of one subject keep the best of their links to a record.
        judged = judged.group_by("subject_no", "record_id").agg(
            pl.col("breach_no", "class_set_no").first(),
            pl.col("shared").bitwise_or(),
            pl.col("person", "household").max(),
        )
    return judged, Ends.together(ends)


def _ends(
    vault: Vault,
    asking: Asking,
    subjects: Subjects,
    pairs: Pairs,
    likely: npt.NDArray[np.intp],
    forms: KeyForms | None,
) -> Ends:
    """The keys by which paths may go on from some of the pairs."""
    if forms is None:
        return Ends.none()
    subject_no = subjects.of_row[pairs.place[likely]]
    fresh: FreshKeys = forms.fresh(vault, asking.rows, subjects, subject_no, pairs.records[likely])
    record_id = pairs.found["record_id"].to_numpy()[likely]
    return Ends(keys=fresh.keys, subject_no=subject_no[fresh.pair], record_id=record_id[fresh.pair])
