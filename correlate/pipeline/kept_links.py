"""What is kept of a range's linking, so that a later run can tell whose links are still the same."""

from __future__ import annotations

import numpy as np
import polars as pl

from correlate.linkage import Trace
from correlate.pipeline.ranges import LINKS
from correlate.pipeline.subject_numbers import SubjectNumbers
from correlate.tokens import People, fingerprints

__all__ = ["kept_links", "subject_fingerprints"]


def subject_fingerprints(people: People, ids: pl.Series) -> pl.DataFrame:
    """(subject_id, fingerprint): the sum over each subject's rows, whatever their order.

    Args:
        people: n rows.
        ids: (n,) the subject of each, null where a row has none.
    """
    rows = pl.DataFrame({"subject_id": ids, "fingerprint": fingerprints(people)}).drop_nulls("subject_id")
    return rows.group_by("subject_id").agg(pl.col("fingerprint").sum())


def kept_links(trace: Trace, people: People, subjects: SubjectNumbers) -> pl.DataFrame:
    """One row a subject, as LINKS has it.

    Args:
        trace: what the links rest on.
        people: n rows.
        subjects: of the n rows.
    """
    keys = trace.keys.group_by("subject_no", maintain_order=True).agg(keys="key")
    records = trace.pairs.group_by("subject_no", maintain_order=True).agg(records="record_id")
    sums = np.zeros(len(subjects.ids) + 1, dtype=np.uint64)
    np.add.at(sums, subjects.of_row, fingerprints(people))
    frame = subjects.frame.with_columns(fingerprint=pl.Series(sums[1:]))
    for each in (trace.counts, trace.crowded, keys, records):
        frame = frame.join(each, on="subject_no", how="left")
    return (
        frame.with_columns(
            pl.col("links", "hop_links", "household_links").fill_null(0),
            pl.col("keys", "records").fill_null([]),
            pl.col("crowded").fill_null(value=False),
        )
        .sort("subject_no")
        .select(pl.col(name).cast(kind) for name, kind in LINKS.items())
    )
