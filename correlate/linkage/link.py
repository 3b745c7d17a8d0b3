"""Subjects to records: the one function that links."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.linkage.model import LinkageModel
from correlate.linkage.steps import candidate_steps, hit_step, link_steps
from correlate.tokens import TOKEN_COLUMNS, People
from correlate.vault import Vault

__all__ = ["LINKED", "LinkCounts", "link"]

log = logging.getLogger(__name__)

LINKED = "linked"
"""The temporary table that ``link`` leaves: subject_no, record_id, breach_no, class_set_no, probability,
household_probability."""


@dataclass(frozen=True, kw_only=True)
class LinkCounts:
    """How many rows each stage had: keys asked for, keys too common to follow, candidate pairs, links."""

    keys: int
    keys_capped: int
    candidates: int
    links: int


def link(
    vault: Vault,
    people: People,
    subject_no: npt.NDArray[np.int64],
    *,
    model: LinkageModel,
    stepwise: bool = False,
) -> LinkCounts:
    """Link a batch of tokenised subjects to the vault's records; the result is the temporary table LINKED.

    Args:
        vault: an open vault.
        people: n rows, tokenised as asking.
        subject_no: (n,) the subject each row belongs to, from 1; a subject may have several rows, and rows
            of no subject (0) are not linked.
        model: parameters.
        stepwise: run every step by itself and log its rows and seconds (for debugging; same result).
    """
    engine = vault.engine
    subject = pl.DataFrame({"subject_no": np.arange(people.height), "nir_own": people.nir_own}).with_columns(
        people.column(name) for name in (*TOKEN_COLUMNS, "birth_swapped")
    )
    keys = pl.DataFrame({"key": people.keys, "subject_no": people.key_rows}).unique()
    owner = pl.DataFrame({"subject_no": np.arange(people.height), "owner_no": subject_no})
    with engine.given(subject=subject, subject_key=keys, owner=owner):
        engine.run([hit_step()], into="hit", stepwise=stepwise)
        candidates = engine.run(candidate_steps(model), into="candidate", stepwise=stepwise)
        links = engine.run([*link_steps(model), _owned()], into=LINKED, stepwise=stepwise)
        capped = int(
            engine.scalar(
                "SELECT count(*) FROM (SELECT key FROM hit GROUP BY key HAVING count(*) > ?)",
                [model.key_records_max],
            )
        )
    if capped:
        log.info(
            "%d linkage keys are shared by more than %d records and were not followed",
            capped,
            model.key_records_max,
        )
    return LinkCounts(keys=keys.height, keys_capped=capped, candidates=candidates, links=links)


def _owned() -> tuple[str, str]:
    """From rows to subjects: several rows of one subject keep the best of their links to a record."""
    return (
        "owned",
        """
        SELECT owner_no AS subject_no, record_id, breach_no, class_set_no,
            max(probability) AS probability,
            arg_max(household_probability, probability) AS household_probability
        FROM linked JOIN owner USING (subject_no) WHERE owner_no > 0 GROUP BY ALL
        """,
    )
