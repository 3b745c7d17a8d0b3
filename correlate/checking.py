"""The entry point for one person: a few fields in, the same result as a batch would give out."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import polars as pl

from correlate.catalogue import Breach
from correlate.pipeline import Models, Scorer
from correlate.reading import open_frame
from correlate.vault import Vault

__all__ = ["check"]


def check(
    vault: Vault,
    person: Mapping[str, object],
    *,
    models: Models,
    subject_id: str = "1",
    breach: Breach | None = None,
) -> dict[str, Any]:
    """Score one person.

    Args:
        vault: open for reading.
        person: fields by name, under any header that a file could have.
        models: catalogue, linkage model, scenarios, profile and date.
        subject_id: your reference, given back.
        breach: the person is a row of this breach.

    Returns:
        What a batch's JSON lines hold for this subject: subject_id, score, band, uplift, breaches, scenarios,
        attributes, key_id, model.

    Raises:
        InputError: no field of the person is known.
    """
    scorer = Scorer(vault, models, breach=breach)
    people = vault.tokeniser.people(_frame(person), asking=True)
    scorer.add(people, pl.Series([subject_id]))
    scored = scorer.finish()
    row = scored.assessed[scored.subjects["exposure_no"]].drop("exposure_id").to_dicts()[0]
    return {"subject_id": subject_id, **_plain(row), "key_id": scored.key_id, "model": scored.model}


def _frame(person: Mapping[str, object]) -> pl.DataFrame:
    """One row of strings, its columns recognised as a file's would be."""
    texts = {str(name): None if value is None else str(value) for name, value in person.items()}
    with open_frame(pl.DataFrame([texts], schema=dict.fromkeys(texts, pl.String))) as source:
        return next(source.batches()).frame


def _plain(value: Any) -> Any:  # noqa: ANN401 (any JSON value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime.date) else value
