"""What is kept of a range's linking, so that a later run can tell whose links are still the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
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


def kept_links(trace: Trace, people: People, subjects: SubjectNumbers) -> dict[str, pl.DataFrame]:
    """The frames ``links``, ``keys`` and ``records`` of a range.

    Args:
        trace: what the links rest on.
        people: n rows.
        subjects: of the n rows.
    """
    count = len(subjects.ids)
    sums = np.zeros(count + 1, dtype=np.uint64)
    np.add.at(sums, subjects.of_row, fingerprints(people))
    columns: dict[str, npt.NDArray[Any]] = {"fingerprint": sums[1:]}
    counted = trace.counts["subject_no"].to_numpy() - 1
    for name in ("links", "hop_links", "household_links"):
        columns[name] = np.zeros(count, dtype=np.int32)
        columns[name][counted] = trace.counts[name].to_numpy()
    crowded = trace.crowded.filter("crowded")["subject_no"].to_numpy()
    columns["crowded"] = np.zeros(count, dtype=np.bool_)
    columns["crowded"][crowded - 1] = True
    for name, frame in (("keys", trace.keys), ("records", trace.pairs)):
        columns[name] = np.bincount(frame["subject_no"].to_numpy(), minlength=count + 1)[1:]
    return {
        "links": pl.DataFrame([pl.Series(name, columns[name]).cast(kind) for name, kind in LINKS.items()]),
        "keys": trace.keys.select("key"),
        "records": trace.pairs.select("record_id"),
    }
