"""``correlate evaluate``: linkage against labelled files, for researchers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

import correlate
from correlate_cli.progress import stage
from correlate_cli.shared import MapOption, ModelOption, given_mapping, given_model, refuse_overwriting

__all__ = ["JsonOption", "NoFitOption", "SubjectsOption", "evaluate", "origin"]

BAR_WIDTH = 20

SubjectsOption = Annotated[
    Path, typer.Option("--subjects", metavar="FILE", help="One side: CSV, JSON lines or Parquet.")
]
NoFitOption = Annotated[
    bool, typer.Option("--no-fit", help="Take the model as it is; learn nothing from the files.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def evaluate(
    subjects: SubjectsOption,
    truth: Annotated[
        str, typer.Option("--truth", metavar="COLUMN", help="The column that says who is who, in all files.")
    ],
    records: Annotated[
        list[Path] | None,
        typer.Option("--records", metavar="FILE", help="The other side; more than once for several files."),
    ] = None,
    mapping: MapOption = None,
    model: ModelOption = None,
    no_fit: NoFitOption = False,
    curve: Annotated[
        Path | None,
        typer.Option("--curve", metavar="FILE.csv", help="Write precision and recall at every threshold."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Link labelled files, and tell how much is found and how much of it is true.

    Two rows are a true pair if --truth has the same value in both; linkage
    never sees that column. Without --records, duplicates are sought within
    --subjects. No key is asked for: key and vault live for the run only, and
    nothing is left behind. The model learns from the files first, without the
    truth; --no-fit leaves it as it is.

    [bold]Examples[/bold]
      correlate evaluate --subjects register.csv --records ward.csv --truth person
      correlate evaluate --subjects people.csv --truth person --curve curve.csv
      correlate evaluate --subjects a.csv --records b.csv --truth id --json
    """
    files = list(records or ())
    if curve is not None:
        refuse_overwriting(curve, [f for f in (subjects, *files, mapping, model) if f], option="--curve")
        correlate.reading.check_writable(curve)
    columns, linkage = given_mapping(mapping), given_model(model)
    with stage(f"Linking {subjects.name} and counting", None):
        found = correlate.evaluate(
            subjects, files, truth=truth, mapping=columns, model=linkage, learn=not no_fit
        )
    if curve is not None:
        with correlate.reading.atomic_output(curve) as part:
            found.curve.write_csv(part)
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        return
    for line in _lines(found, learn=not no_fit):
        typer.echo(line)


def origin(model: str, *, fitted: bool, learn: bool) -> str:
    """A model's name, and what was learned here."""
    if fitted:
        return f"Model {model}, learned from these files."
    if learn:
        return f"Model {model}: too little to learn from here, so only its prior was set."
    return f"Model {model}, as it is."


def _lines(found: correlate.Evaluation, *, learn: bool) -> Iterator[str]:
    yield (
        f"{found.subjects:,} subjects, {found.records:,} records, {found.true_pairs:,} true pairs; "
        f"{found.candidates:,} pairs were compared."
    )
    yield origin(found.model, fitted=found.fitted, learn=learn)
    best = found.best
    yield ""
    yield f"{'threshold':<24}{'precision':>10}{'recall':>10}{'F1':>10}"
    yield _scores(f"{found.threshold:g}", found.precision, found.recall, found.f1)
    yield _scores(f"{best.threshold:.6f} (best F1)", best.precision, best.recall, best.f1)
    yield ""
    yield from _blocking(found)
    yield ""
    yield from _calibration(found)
    yield ""
    yield f"{found.seconds:.1f} s, {found.peak_rss_mb:,.0f} MB of memory at the peak."


def _scores(threshold: str, precision: float, recall: float, f1: float) -> str:
    return f"{threshold:<24}{precision:>10.4f}{recall:>10.4f}{f1:>10.4f}"


def _blocking(found: correlate.Evaluation) -> Iterator[str]:
    missed = round((1 - found.blocking_recall) * found.true_pairs)
    yield f"Blocking recall {found.blocking_recall:.4f}"
    if missed:
        yield f"  {missed:,} of {found.true_pairs:,} true pairs were never compared: they agree in nothing"
        yield "  that pairs are searched by, or a row of theirs was rejected. No threshold can find them."
    else:
        yield "  Every true pair was compared; one that is missed was judged, and fell below the threshold."


def _calibration(found: correlate.Evaluation) -> Iterator[str]:
    yield f"Calibration error {found.calibration_error:.4f}, over the pairs that a result would name"
    yield f"{'  probability':<16}{'pairs':>9}{'predicted':>11}{'true':>8}"
    for row in found.reliability.to_dicts():
        bounds = f"  {row['from']:.1f} to {row['from'] + 0.1:.1f}"
        line = f"{bounds:<16}{row['pairs']:>9,}{row['predicted']:>11.4f}{row['observed']:>8.4f}"
        yield f"{line}  {'█' * round(row['observed'] * BAR_WIDTH)}".rstrip()
