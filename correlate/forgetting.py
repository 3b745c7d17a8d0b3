"""Erasing people from a vault, and proving it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from correlate.linkage import LinkageModel, link
from correlate.reading import Mapping, open_source
from correlate.vault import Vault, date_order, erase_records

__all__ = ["ForgetReport", "forget"]


@dataclass(frozen=True, kw_only=True)
class ForgetReport:
    """What was erased, and what a second search for the same people found afterwards (0 is the proof)."""

    subjects: int
    records_erased: int
    records_left: int
    probability_min: float
    found_afterwards: int


def forget(
    vault: Vault,
    subjects: Path,
    *,
    model: LinkageModel,
    probability_min: float = 0.5,
    mapping: Mapping | None = None,
) -> ForgetReport:
    """Erase every record that describes one of the given people.

    Args:
        vault: open for writing; it is replaced in one step by a copy without the records.
        subjects: the people, as for scoring.
        model: how they are linked.
        probability_min: erase records that are theirs with at least this probability. Lower erases more, and
            more of other people's.
        mapping: columns that their headers do not tell.

    Returns:
        The counts; ``found_afterwards`` comes from searching the new vault for the same people once more.
    """
    count, doomed = _find(vault, subjects, model, probability_min, mapping)
    erased = erase_records(vault, doomed)
    _, left = _find(vault, subjects, model, probability_min, mapping)
    return ForgetReport(
        subjects=count,
        records_erased=erased,
        records_left=int(vault.engine.scalar("SELECT count(*) FROM record")),
        probability_min=probability_min,
        found_afterwards=len(left),
    )


def _find(
    vault: Vault, subjects: Path, model: LinkageModel, probability_min: float, mapping: Mapping | None
) -> tuple[int, pl.Series]:
    found = [pl.Series("record_id", [], dtype=pl.Int64)]
    count = 0
    order: str | None = None
    with open_source(subjects, mapping=mapping) as source:
        for batch in source.batches():
            order = order or date_order(batch, mapping)
            people = vault.tokeniser.people(batch.frame, asking=True, date_order=order)
            link(vault, people, np.arange(1, people.height + 1), model=model)
            found.append(
                vault.engine.frame(
                    "SELECT DISTINCT record_id FROM linked WHERE probability >= ?", [probability_min]
                )["record_id"]
            )
            count += people.height
    return count, pl.concat(found).unique()
