"""Why one pair is linked, or is not: the weight of each comparison, in bits, and what they add up to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from correlate.evaluation.errors import RowOutOfRange, SameRow
from correlate.evaluation.trial import Trial, trial
from correlate.linkage import (
    COMPARISONS,
    MISSING_LEVEL,
    Askers,
    Comparison,
    LinkageModel,
    find_candidates,
    judge_pairs,
    load_model,
    with_rarity,
)
from correlate.reading import Mapping
from correlate.vault import ROW_BITS

__all__ = ["LinkExplanation", "WeightStep", "explain_link", "explain_pair"]

# The number of the records' file: a trial numbers its files from 1.
FILE_NO = 1


@dataclass(frozen=True, kw_only=True)
class WeightStep:
    """One comparison's part in a judgement.

    Attributes:
        field: what was compared.
        level: how far the two rows agree in it, or ``missing``.
        m: the chance of this level for two rows of one person.
        h: the same for two people of one household.
        u: the same for strangers.
        own_rarity: ``u`` is that of the very token the rows agree on, and not the model's average.
        bits: log2(m / u), the weight for being one person.
        household_bits: log2(h / u), the weight for being two people of one household.
        sum_bits: prior and weights for one person, down to here.
        household_sum_bits: the same for one household.
    """

    field: str
    level: str
    m: float
    h: float
    u: float
    own_rarity: bool
    bits: float
    household_bits: float
    sum_bits: float
    household_sum_bits: float


@dataclass(frozen=True, kw_only=True)
class LinkExplanation:
    """How one pair of rows was judged.

    ``compared`` says whether blocking would have compared the pair; it is judged here in any case. Rows count
    from 1, without the header. Of two rows of one file the first is taken to ask, as in an evaluation.
    """

    subject_row: int
    record_row: int
    compared: bool
    prior_bits: float
    household_prior_bits: float
    steps: tuple[WeightStep, ...]
    probability: float
    household_probability: float
    model: str
    fitted: bool

    @property
    def sum_bits(self) -> float:
        """log2 of the odds of one person against strangers."""
        return self.steps[-1].sum_bits

    @property
    def household_sum_bits(self) -> float:
        """log2 of the odds of one household against strangers."""
        return self.steps[-1].household_sum_bits

    @property
    def strangers_probability(self) -> float:
        """What is left for neither the same person nor the same household."""
        person, household = 2.0**self.sum_bits, 2.0**self.household_sum_bits
        strangers: float = 1 / (person + household + 1)
        return strangers

    def as_json(self) -> dict[str, Any]:
        """Plain figures and names of levels, for machines."""
        plain = asdict(self)
        steps = list(plain.pop("steps"))
        return {**plain, "strangers_probability": self.strangers_probability, "steps": steps}


def explain_link(
    subjects: Path,
    subject_row: int,
    records: Path | None,
    record_row: int,
    *,
    mapping: Mapping | None = None,
    model: LinkageModel | None = None,
    learn: bool = True,
) -> LinkExplanation:
    """Judge one pair, and say how. Levels and figures come out, and no value.

    Args:
        subjects: the file of the asking row.
        subject_row: its number from 1, without the header.
        records: the file of the record's row; none, or the subjects' file itself, for two rows of one file.
        record_row: its number from 1.
        mapping: columns that their headers do not tell, for both files; each of them stands in at least one.
        model: the linkage model; the shipped one if none is given.
        learn: learn the model's figures from the files first, as an evaluation does.

    Raises:
        RowOutOfRange: a row does not exist, or was rejected.
        SameRow: both are one and the same row.
        SubjectsUnusable, MappedNowhere, InputError: the files cannot be used.
    """
    given = () if records is None else (records,)
    with trial(subjects, given, model=model or load_model(), mapping=mapping, learn=learn) as opened:
        return explain_pair(opened, subjects, subject_row, record_row)


def explain_pair(opened: Trial, subjects: Path, subject_row: int, record_row: int) -> LinkExplanation:
    """Judge one pair of an open trial; see :func:`explain_link`."""
    if opened.within:
        if subject_row == record_row:
            raise SameRow(row=subject_row, file=subjects)
        subject_row, record_row = sorted((subject_row, record_row))
    asker = _asker(opened, subjects, subject_row)
    # Of two rows of one file each may find the other.
    turned = opened.within and _finds(opened, _asker(opened, subjects, record_row), subject_row)
    return _explained(opened, asker, subject_row, record_row, turned=turned)


def _finds(opened: Trial, asker: Askers, record_row: int) -> bool:
    """Does blocking make the pair of one asker and a record a candidate? Leaves its tables behind."""
    found = find_candidates(opened.vault, asker, model=opened.model)
    return _record_id(opened, record_row) in found.pairs["record_id"]


def _asker(opened: Trial, subjects: Path, row: int) -> Askers:
    number = FILE_NO << ROW_BITS | row if opened.within else row
    # A row number beyond what 64 bits hold is no row either.
    chosen = opened.askers.rows.filter(pl.col("asker_no") == number) if 0 < row < 1 << ROW_BITS else None
    if chosen is None or not chosen.height:
        raise RowOutOfRange(file=subjects, row=row)
    return Askers(rows=chosen, keys=opened.askers.keys.filter(pl.col("asker_no") == number))


def _explained(
    opened: Trial, asker: Askers, subject_row: int, record_row: int, *, turned: bool
) -> LinkExplanation:
    engine, model = opened.vault.engine, opened.model
    pair = pl.DataFrame({"asker_no": asker.rows["asker_no"], "record_id": [_record_id(opened, record_row)]})
    compared = _finds(opened, asker, record_row)
    rows = with_rarity(engine, asker, model)
    judged = judge_pairs(opened.vault, rows, pair, model=model).row(0, named=True)
    return LinkExplanation(
        subject_row=subject_row,
        record_row=record_row,
        compared=compared or turned,
        prior_bits=model.person_prior_bits,
        household_prior_bits=model.household_prior_bits,
        steps=_steps(model, judged, rows.row(0, named=True)),
        probability=judged["probability"],
        household_probability=judged["household_probability"],
        model=model.name,
        fitted=opened.fitted,
    )


def _record_id(opened: Trial, row: int) -> int:
    record_id = FILE_NO << ROW_BITS | row
    found = 0 < row < 1 << ROW_BITS and opened.vault.engine.scalar(
        "SELECT count(*) FROM record WHERE record_id = ?", [record_id]
    )
    if not found:
        raise RowOutOfRange(file=opened.files[FILE_NO], row=row)
    return record_id


def _steps(model: LinkageModel, judged: dict[str, Any], asker: dict[str, Any]) -> tuple[WeightStep, ...]:
    steps: list[WeightStep] = []
    person, household = model.person_prior_bits, model.household_prior_bits
    for comparison in COMPARISONS:
        step = _step(model, comparison, judged[f"{comparison.field}_level"], asker, person, household)
        person, household = step.sum_bits, step.household_sum_bits
        steps.append(step)
    return tuple(steps)


def _step(
    model: LinkageModel,
    comparison: Comparison,
    number: int,
    asker: dict[str, Any],
    person: float,
    household: float,
) -> WeightStep:
    """One step on top of the sums so far; a field that is missing on a side adds nothing."""
    if number == 0:
        return WeightStep(
            field=comparison.field,
            level=MISSING_LEVEL,
            m=1.0,
            h=1.0,
            u=1.0,
            own_rarity=False,
            bits=0.0,
            household_bits=0.0,
            sum_bits=person,
            household_sum_bits=household,
        )
    level, odds = comparison.levels[number - 1], model.odds(comparison)[number - 1]
    u_bits = model.u_bits(comparison)[number - 1] + (asker[level.term] if level.term else 0.0)
    bits, household_bits = odds.m_bits - u_bits, odds.h_bits - u_bits
    return WeightStep(
        field=comparison.field,
        level=level.name,
        m=odds.m,
        h=odds.h,
        u=2.0**u_bits,
        own_rarity=level.term is not None,
        bits=bits,
        household_bits=household_bits,
        sum_bits=person + bits,
        household_sum_bits=household + household_bits,
    )
