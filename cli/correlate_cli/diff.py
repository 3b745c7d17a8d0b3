"""``correlate diff``: two files of scores, and who changed between them, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

import correlate
from correlate_cli.progress import stage
from correlate_cli.shared import refuse_overwriting

__all__ = ["diff"]

ID_WIDTH = 40


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="Scores: Parquet or JSON lines, not CSV.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Later scores of the same people.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write who changed; ends in .parquet, .csv or .jsonl."
        ),
    ] = None,
    crossed: Annotated[
        bool, typer.Option("--crossed", help="Write those only who crossed into another band.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=0, help="How many of those who crossed to show.")
    ] = 20,
    across_models: Annotated[
        bool,
        typer.Option("--across-models", help="Compare even if linkage model, profile or scenarios differ."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tell who crossed from one band of scores into another between two files, and why.

    Causes: new breach and breach gone; new link (the same breach, reached in
    another way); link changed (the same way, another probability); decay (the
    date alone: data ages, controls come into force); model; new subject and
    subject gone; other. All that apply are named, the main one first.

    Both files must be made with one key, and in one way but for the date.

    [bold]Examples[/bold]
      correlate diff scores-may.parquet scores-november.parquet
      correlate diff may.jsonl november.jsonl -o crossed.csv --crossed
    """
    if output is not None:
        refuse_overwriting(output, [old, new], option="--output")
    with stage(f"Comparing {old.name} with {new.name}", None):
        found = correlate.diff(
            old, new, output, across_models=across_models, crossed_only=crossed, limit=limit
        )
    if as_json:
        shown = {**found.as_json(), "crossings": found.crossings.to_dicts()}
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    for line in _lines(found, limit=limit):
        typer.echo(line)


def _lines(found: correlate.Changes, *, limit: int) -> Iterator[str]:
    yield _side("OLD", found.old)
    yield _side("NEW", found.new)
    yield ""
    yield from _counts(found)
    yield ""
    yield from _bands(found)
    if found.causes:
        yield ""
        yield from _causes(found)
    if limit and found.crossings.height:
        yield ""
        yield from _crossings(found)
    if found.output is not None:
        yield ""
        yield f"Written to {found.output}"


def _side(name: str, file: correlate.changes.ScoredFile) -> str:
    return f"{name}  {file.path.name}: {file.rows:,} subjects, {file.model or 'no model, as it is empty'}"


def _counts(found: correlate.Changes) -> Iterator[str]:
    yield f"{found.changed:,} subjects changed. {found.in_both:,} are in both files:"
    if found.mean_old is not None and found.mean_new is not None:
        change = found.mean_new - found.mean_old
        yield f"  mean score {found.mean_old:.2f} before, {found.mean_new:.2f} now ({change:+.2f})"
    yield f"  {found.crossed_up:,} crossed into a higher band, {found.crossed_down:,} into a lower one"


def _bands(found: correlate.Changes) -> Iterator[str]:
    """Subjects by band before (down) and now (across)."""
    columns: list[str | None] = [*found.band_names]
    rows: list[str | None] = [*found.band_names]
    if found.subjects_gone:
        columns.append(None)
    if found.new_subjects:
        rows.append(None)
    yield f"{'before':<12}" + "".join(f"{_fit(column or 'gone', 12):>13}" for column in columns) + "  now"
    for row in rows:
        counts = (found.bands.get((row, column), 0) for column in columns)
        yield f"{_fit(row or 'not there', 12):<12}" + "".join(f"{count:>13,}" for count in counts)


def _causes(found: correlate.Changes) -> Iterator[str]:
    yield f"{'main cause':<14}{'subjects':>12}{'crossed':>12}{'mean change':>13}{'named for':>12}"
    for one in found.causes:
        mean = "" if one.mean_change is None else f"{one.mean_change:+.2f}"
        yield f"{one.cause:<14}{one.main:>12,}{one.crossed:>12,}{mean:>13}{one.named:>12,}"


def _crossings(found: correlate.Changes) -> Iterator[str]:
    crossed = found.crossed_up + found.crossed_down
    more = "" if found.crossings.height == crossed else "; --limit shows more, -o FILE writes all"
    yield f"The greatest changes across a band ({found.crossings.height:,} of {crossed:,}{more}):"
    ids = [_fit(one, ID_WIDTH) for one in found.crossings["subject_id"]]
    width = max(len("subject_id"), *map(len, ids))
    yield f"{'subject_id':<{width}}{'before':>8}{'now':>8}{'change':>8}  bands and causes"
    for name, row in zip(ids, found.crossings.iter_rows(named=True), strict=True):
        yield f"{name:<{width}}{_crossing(row)}"


def _crossing(row: dict[str, Any]) -> str:
    scores = f"{row['old_score']:>8.2f}{row['new_score']:>8.2f}{row['change']:>+8.2f}"
    return f"{scores}  {row['old_band']} to {row['new_band']}: {', '.join(row['causes'])}"


def _fit(text: str, width: int) -> str:
    """A text of a file, without what would steer the terminal, cut to a width."""
    plain = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return plain if len(plain) <= width else f"{plain[: width - 1]}…"
