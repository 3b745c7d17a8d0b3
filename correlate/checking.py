"""The entry point for one person: a few fields in, the same result as a batch would give out."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from correlate.catalogue import Breach
from correlate.declared import Declarable
from correlate.pipeline import Models, Refusal, Scorer, SubjectBatch
from correlate.reading import Source, open_frame
from correlate.risk import unpacked
from correlate.vault import Vault

__all__ = ["check"]

# What the reference is called among the columns; no header of a person is.
REFERENCE = "(reference)"


def check(
    vault: Vault,
    person: Mapping[str, object],
    *,
    models: Models,
    subject_id: str = "1",
    breach: Breach | None = None,
    declared: Sequence[str] = (),
) -> dict[str, Any]:
    """Score one person.

    Args:
        vault: open for reading.
        person: fields by name, under any header that a file could have.
        models: catalogue, linkage model, scenarios, profile and date.
        subject_id: your reference, given back.
        breach: the person is a row of this breach.
        declared: ids of the breaches that the person was told of.

    Returns:
        What a batch's JSON lines hold for this subject: subject_id, the columns of ``risk.ASSESSMENT_SCHEMA``
        but exposure_id, key_id and model.

    Raises:
        InputError: no field of the person is known, and no breach is declared.
        FieldRefused: the profile may not read a field of the person.
        UnknownDeclaredBreach, FutureBreach: a declared breach cannot count.
    """
    breaches = Declarable(catalogue=models.catalogue, as_of=models.as_of)
    told = breaches.listed(
        pl.Series([";".join(declared)]), pl.Series([1]), file="the person", column="“declared”"
    )
    refusal = Refusal.of(models.profile)
    with _opened(person, subject_id, alone_suffices=bool(declared)) as source:
        refusal.check_source(source)
        batch = next(source.batches())
    if look := refusal.look_at(source):
        look(batch)
    scorer = Scorer(vault, models, breach=breach)
    people = vault.tokeniser.people(batch.frame, asking=True)
    scorer.add(SubjectBatch(people=people, ids=pl.Series([subject_id]), declared=told))
    scored = scorer.finish()
    row = unpacked(scored.assessed[scored.subjects["exposure_no"]]).drop("exposure_id").to_dicts()[0]
    return {"subject_id": subject_id, **_plain(row), "key_id": scored.key_id, "model": scored.model}


def _opened(person: Mapping[str, object], subject_id: str, *, alone_suffices: bool) -> Source:
    """One row of strings, its columns recognised as a file's would be, and the reference beside them."""
    texts = {str(name): None if value is None else str(value) for name, value in person.items()}
    texts[REFERENCE] = subject_id
    frame = pl.DataFrame([texts], schema=dict.fromkeys(texts, pl.String))
    return open_frame(frame, keep=(REFERENCE,), kept_suffice=alone_suffices)


def _plain(value: Any) -> Any:  # noqa: ANN401 (any JSON value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime.date) else value
