"""Linkage held against labelled data: how much it finds, how much of that is true, and how sure it may be."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.evaluation.errors import NoTruePair, TruthConstant, TruthEmpty, TruthMissing
from correlate.evaluation.mappings import mappings
from correlate.evaluation.measures import Point, best_point, calibration_error, curve, point, reliability
from correlate.evaluation.trial import trial
from correlate.linkage import COMPARISONS, MISSING_LEVEL, LinkageModel, load_model
from correlate.reading import Mapping, UnknownColumn, open_input
from correlate.timings import peak_memory_mb

__all__ = ["THRESHOLD", "Evaluation", "evaluate", "linked_pairs"]

THRESHOLD = 0.5
ROW, LABEL = "row", "label"


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What an evaluation found.

    ``blocking_recall`` is the share of true pairs that were compared at all; ``calibration_error`` and
    ``reliability`` are over the pairs of at least the model's least probability; ``curve`` is the
    precision-recall curve; ``seconds`` run from the files to the judged pairs, ``peak_rss_mb`` is the most
    memory the process has held so far.
    """

    subjects: int
    records: int
    true_pairs: int
    candidates: int
    threshold: float
    precision: float
    recall: float
    f1: float
    best: Point
    blocking_recall: float
    calibration_error: float
    reliability: pl.DataFrame
    curve: pl.DataFrame
    model: str
    fitted: bool
    seconds: float
    peak_rss_mb: float

    def as_json(self) -> dict[str, Any]:
        """Plain figures, for machines; the curve is left out."""
        best = asdict(self.best)
        return {
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "threshold": self.threshold,
            "best": {name: best[name] for name in ("threshold", "precision", "recall", "f1")},
            "blocking_recall": self.blocking_recall,
            "calibration_error": self.calibration_error,
            "seconds": round(self.seconds, 3),
            "peak_rss_mb": round(self.peak_rss_mb, 1),
            "subjects": self.subjects,
            "records": self.records,
            "true_pairs": self.true_pairs,
            "candidates": self.candidates,
            "model": self.model,
            "fitted": self.fitted,
            "reliability": self.reliability.to_dicts(),
        }


def evaluate(
    subjects: Path,
    records: Sequence[Path] = (),
    *,
    truth: str,
    mapping: Mapping | None = None,
    model: LinkageModel | None = None,
    learn: bool = True,
) -> Evaluation:
    """Link two sides that are labelled with who is who, and count.

    A true pair is a subject's row and a record's row with the same label, found or not; a row that was
    rejected counts as missed. The label is read by this function alone: linkage never sees it.

    Args:
        subjects: CSV, JSON lines or Parquet.
        records: files of records; none, or the subjects' file itself, evaluates finding duplicates in it.
        truth: the column that bears the label, in every file.
        mapping: columns that their headers do not tell, for all files; each of them stands in at least one.
        model: the linkage model; the shipped one if none is given.
        learn: learn the model's figures from the files first, as ``correlate fit`` does.

    Raises:
        TruthMissing, TruthEmpty, TruthConstant, NoTruePair: the labels cannot be used.
        SubjectsUnusable, MappedNowhere, InputError: nor the files.
    """
    read = mappings(mapping, [subjects, *records])
    asked = _labels(subjects, truth, read[subjects])
    hidden = _without(mapping or Mapping(), truth)
    start = time.perf_counter()
    with trial(subjects, records, model=model or load_model(), mapping=hidden, learn=learn) as opened:
        pairs = opened.pairs()
        seconds = time.perf_counter() - start
        held = {number: _labels(path, truth, read[path]) for number, path in opened.files.items()}
        true_pairs = _true_pairs(asked, held, within=opened.within)
        if not true_pairs:
            raise NoTruePair(subjects=subjects, column=truth)
        counts = opened.askers.height, int(opened.vault.engine.scalar("SELECT count(*) FROM record"))
        judging, fitted = opened.model, opened.fitted
    probability, true = pairs["probability"].to_numpy(), _is_true(pairs, asked, held)
    reported = probability >= judging.probability_min
    table = reliability(probability[reported], true[reported])
    default = point(probability, true, true_pairs, THRESHOLD)
    return Evaluation(
        subjects=counts[0],
        records=counts[1],
        true_pairs=true_pairs,
        candidates=pairs.height,
        threshold=THRESHOLD,
        precision=default.precision,
        recall=default.recall,
        f1=default.f1,
        best=best_point(probability, true, true_pairs),
        blocking_recall=float(true.sum()) / true_pairs,
        calibration_error=calibration_error(table),
        reliability=table,
        curve=curve(probability, true, true_pairs),
        model=judging.name,
        fitted=fitted,
        seconds=seconds,
        peak_rss_mb=peak_memory_mb(),
    )


def linked_pairs(
    subjects: Path,
    records: Sequence[Path] = (),
    *,
    mapping: Mapping | None = None,
    model: LinkageModel | None = None,
    learn: bool = True,
    probability_min: float = THRESHOLD,
) -> pl.DataFrame:
    """The linked pairs of some files, with the agreement that made them: levels, and no value.

    Returns:
        subject_row and record_row (from 1, without the header), file (the records' file by its place from 1),
        probability, household_probability, and for each comparison its level by name, ``missing`` where a
        side lacks the field.
    """
    with trial(subjects, records, model=model or load_model(), mapping=mapping, learn=learn) as opened:
        pairs = opened.pairs(probability_min=probability_min)
    return named_levels(pairs.filter(pl.col("probability") >= probability_min))


def named_levels(pairs: pl.DataFrame) -> pl.DataFrame:
    """Numbers of levels as their names."""
    return pairs.with_columns(
        pl.col(f"{comparison.field}_level")
        .replace_strict(
            dict(enumerate((MISSING_LEVEL, *(level.name for level in comparison.levels)))),
            return_dtype=pl.String,
        )
        .alias(comparison.field)
        for comparison in COMPARISONS
    ).drop(f"{comparison.field}_level" for comparison in COMPARISONS)


def _without(mapping: Mapping, truth: str) -> Mapping:
    return dataclasses.replace(mapping, columns={**mapping.columns, truth: "ignore"})


def _labels(path: Path, truth: str, mapping: Mapping) -> pl.DataFrame:
    """(row, label) of a file, rows without a label left out."""
    try:
        with open_input(path, mapping=_without(mapping, truth), keep=(truth,)) as source:
            parts = [
                pl.DataFrame({ROW: batch.row_numbers, LABEL: batch.frame[f"keep:{truth}"]})
                for batch in source.batches()
            ]
    except UnknownColumn:
        raise TruthMissing(file=path, column=truth) from None
    labels = pl.concat(parts) if parts else pl.DataFrame(schema={ROW: pl.Int64, LABEL: pl.String})
    known = labels.drop_nulls(LABEL)
    if not known.height:
        raise TruthEmpty(file=path, column=truth)
    if known.height > 1 and known[LABEL].n_unique() == 1 and known.height == labels.height:
        raise TruthConstant(file=path, column=truth)
    return known


def _true_pairs(asked: pl.DataFrame, held: dict[int, pl.DataFrame], *, within: bool) -> int:
    records = pl.concat(list(held.values()))
    counts = asked.group_by(LABEL).len("a").join(records.group_by(LABEL).len("b"), on=LABEL)
    if within:
        return int((counts["a"].cast(pl.Int64) * (counts["a"].cast(pl.Int64) - 1) // 2).sum())
    return int((counts["a"].cast(pl.Int64) * counts["b"].cast(pl.Int64)).sum())


def _is_true(
    pairs: pl.DataFrame, asked: pl.DataFrame, held: dict[int, pl.DataFrame]
) -> npt.NDArray[np.bool_]:
    records = pl.concat(
        [labels.with_columns(file=pl.lit(number, dtype=pl.Int64)) for number, labels in held.items()]
    )
    both = pairs.select("subject_row", "file", "record_row").join(
        asked.rename({ROW: "subject_row", LABEL: "mine"}), on="subject_row", how="left", maintain_order="left"
    )
    both = both.join(
        records.rename({ROW: "record_row", LABEL: "theirs"}),
        on=["file", "record_row"],
        how="left",
        maintain_order="left",
    )
    return (both["mine"] == both["theirs"]).fill_null(value=False).to_numpy()
