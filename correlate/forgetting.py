"""Erasing people from a vault, and proving it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from correlate.linkage import LinkageModel, link
from correlate.reading import Mapping, RejectsWriter, open_input
from correlate.vault import Vault, erase_records, rejected_rows, tokenised

__all__ = ["ForgetReport", "forget"]


@dataclass(frozen=True, kw_only=True)
class ForgetReport:
    """What was erased, and what a second search for the same people found afterwards (0 is the proof).

    ``subjects`` rows were searched for; ``rejected`` rows of the file could not be: malformed, or without
    anything that identifies a person.
    """

    subjects: int
    rejected: int
    records_erased: int
    records_left: int
    probability_min: float
    found_afterwards: int


@dataclass(frozen=True, kw_only=True)
class _Found:
    """Distinct records (n,) of all the people, how many were searched for, and how many could not be."""

    records: pl.Series
    subjects: int
    rejected: int


def forget(
    vault: Vault,
    subjects: Path | pl.DataFrame,
    *,
    model: LinkageModel,
    probability_min: float = 0.5,
    mapping: Mapping | None = None,
    rejects: RejectsWriter | None = None,
) -> ForgetReport:
    """Erase every record that describes one of the given people.

    Args:
        vault: open for writing; it is replaced in one step by a copy without the records.
        subjects: the people, as for scoring.
        model: how they are linked.
        probability_min: erase records that are theirs with at least this probability. Lower erases more, and
            more of other people's.
        mapping: columns that their headers do not tell.
        rejects: where rows that could not be searched for go.

    Returns:
        The counts; ``found_afterwards`` comes from searching the new vault for the same people once more.
    """
    found = _find(vault, subjects, model, probability_min, mapping, rejects)
    erased = erase_records(vault, found.records)
    again = _find(vault, subjects, model, probability_min, mapping, None)
    return ForgetReport(
        subjects=found.subjects,
        rejected=found.rejected,
        records_erased=erased,
        records_left=int(vault.engine.scalar("SELECT count(*) FROM record")),
        probability_min=probability_min,
        found_afterwards=len(again.records),
    )


def _find(
    vault: Vault,
    subjects: Path | pl.DataFrame,
    model: LinkageModel,
    probability_min: float,
    mapping: Mapping | None,
    rejects: RejectsWriter | None,
) -> _Found:
    records = [pl.Series("record_id", [], dtype=pl.Int64)]
    searched = rejected = 0
    with open_input(subjects, mapping=mapping) as source:
        for batch, people in tokenised(vault.tokeniser, source, mapping, asking=True):
            refused = rejected_rows(batch, people)
            if rejects is not None:
                rejects.write(source.path, refused)
            link(vault, people, np.arange(1, people.height + 1), model=model)
            linked = vault.engine.frame(
                "SELECT DISTINCT record_id FROM linked WHERE probability >= ?", [probability_min]
            )
            records.append(linked["record_id"])
            rejected += len(refused)
            searched += batch.count - len(refused)
    return _Found(records=pl.concat(records).unique(), subjects=searched, rejected=rejected)
