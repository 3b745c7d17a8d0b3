"""``correlate explain-link``: why one pair of rows is linked, or is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

import correlate
from correlate_cli.evaluate import JsonOption, NoFitOption, SubjectsOption, origin
from correlate_cli.progress import stage
from correlate_cli.shared import MapOption, ModelOption, given_mapping, given_model

__all__ = ["explain_link"]


def explain_link(
    subjects: SubjectsOption,
    subject_row: Annotated[
        int,
        typer.Option("--subject-row", metavar="N", min=1, help="A row of it, from 1, without the header."),
    ],
    record_row: Annotated[
        int,
        typer.Option("--record-row", metavar="M", min=1, help="A row of the other side, in the same way."),
    ],
    records: Annotated[
        Path | None,
        typer.Option("--records", metavar="FILE", help="The other side; if left out, --subjects itself."),
    ] = None,
    mapping: MapOption = None,
    model: ModelOption = None,
    no_fit: NoFitOption = False,
    as_json: JsonOption = False,
) -> None:
    """Tell why one pair of rows is linked, or is not: the weight of each comparison, in bits.

    A bit doubles the odds. The sum starts from the prior, against strangers;
    beside it runs the sum for two people of one household. Only levels of
    agreement are shown, never a value. As with evaluate, no key is asked for.

    [bold]Example[/bold]
      correlate explain-link --subjects register.csv --subject-row 12
          --records ward.csv --record-row 40
    """
    columns, linkage = given_mapping(mapping), given_model(model)
    with stage(f"Linking {subjects.name}", None):
        found = correlate.explain_link(
            subjects, subject_row, records, record_row, mapping=columns, model=linkage, learn=not no_fit
        )
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        return
    for line in _lines(found, subjects.name, (records or subjects).name, learn=not no_fit):
        typer.echo(line)


def _lines(found: correlate.LinkExplanation, subjects: str, records: str, *, learn: bool) -> Iterator[str]:
    yield f"Row {found.subject_row} of {subjects} and row {found.record_row} of {records}."
    yield origin(found.model, fitted=found.fitted, learn=learn)
    yield ""
    yield f"{'':<47}{'same person':^16}{'same household':^17}".rstrip()
    yield f"{'field':<13}{'level':<19}{'m':>6}{'u':>9}{'bits':>8}{'sum':>8}{'bits':>9}{'sum':>8}"
    yield _prior(found)
    missing = correlate.linkage.MISSING_LEVEL
    said = [step for step in found.steps if step.level != missing]
    yield from map(_step, said)
    if any(step.own_rarity for step in said):
        yield "* how common this very value is among the records, and not the model's average"
    silent = [step.field for step in found.steps if step.level == missing]
    if silent:
        yield f"Without weight, as a side lacks them: {', '.join(silent)}"
    yield ""
    yield f"the same person                   {found.probability:>9.4%}"
    yield f"two people of one household       {found.household_probability:>9.4%}"
    yield f"strangers                         {found.strangers_probability:>9.4%}"
    yield ""
    if found.compared:
        yield "Blocking compares this pair."
    else:
        yield "Blocking does not compare this pair: whatever its probability, no run would link it directly."


def _prior(found: correlate.LinkExplanation) -> str:
    own, household = f"{found.prior_bits:+.2f}", f"{found.household_prior_bits:+.2f}"
    return f"{'prior':<47}{own:>8}{own:>8}{household:>9}{household:>8}"


def _step(step: correlate.evaluation.WeightStep) -> str:
    mark = "*" if step.own_rarity else " "
    return (
        f"{step.field:<13}{step.level:<19}{step.m:>6.3f}{step.u:>8.1e}{mark}"
        f"{step.bits:>+8.2f}{step.sum_bits:>+8.2f}{step.household_bits:>+9.2f}{step.household_sum_bits:>+8.2f}"
    )
