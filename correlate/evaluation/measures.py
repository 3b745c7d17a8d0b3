"""Measures of linkage against truth: precision and recall by threshold, and calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = ["Point", "best_point", "calibration_error", "curve", "point", "reliability"]

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

BINS = 10


@dataclass(frozen=True, kw_only=True)
class Point:
    """One threshold: links are the pairs with at least this probability."""

    threshold: float
    precision: float
    recall: float
    f1: float
    links: int
    true_links: int


def point(probability: Floats, true: Truths, true_pairs: int, threshold: float) -> Point:
    """Precision, recall and F1 at one threshold; pairs that were never compared count as missed."""
    linked = probability >= threshold
    return _point(threshold, int(linked.sum()), int((linked & true).sum()), true_pairs)


def _point(threshold: float, links: int, true_links: int, true_pairs: int) -> Point:
    return Point(
        threshold=threshold,
        precision=true_links / links if links else 1.0,
        recall=true_links / true_pairs,
        f1=2 * true_links / (links + true_pairs),
        links=links,
        true_links=true_links,
    )


def curve(probability: Floats, true: Truths, true_pairs: int) -> pl.DataFrame:
    """The precision-recall curve: one row for each distinct probability, falling."""
    order = np.argsort(-probability, kind="stable")
    falling = probability[order]
    hits = np.cumsum(true[order])
    last = np.flatnonzero(np.append(falling[1:] != falling[:-1], len(falling) > 0))
    links = last + 1
    return pl.DataFrame(
        {
            "threshold": falling[last],
            "precision": hits[last] / links,
            "recall": hits[last] / true_pairs,
            "f1": 2 * hits[last] / (links + true_pairs),
        }
    )


def best_point(probability: Floats, true: Truths, true_pairs: int) -> Point:
    """The threshold with the highest F1; of equal ones the highest."""
    points = curve(probability, true, true_pairs)
    if not points.height:
        return _point(1.0, 0, 0, true_pairs)
    threshold = float(points["threshold"][int(points["f1"].arg_max() or 0)])
    return point(probability, true, true_pairs, threshold)


def reliability(probability: Floats, true: Truths) -> pl.DataFrame:
    """Ten bins of equal width: pairs, the mean probability given, and the share that is true."""
    bins = np.minimum((probability * BINS).astype(np.int64), BINS - 1)
    frame = pl.DataFrame({"bin": bins, "probability": probability, "true": true})
    return (
        frame.group_by("bin")
        .agg(
            pairs=pl.len(),
            predicted=pl.col("probability").mean(),
            observed=pl.col("true").cast(pl.Float64).mean(),
        )
        .sort("bin")
        .select(pl.col("bin") / BINS, pl.col("pairs").cast(pl.Int64), "predicted", "observed")
        .rename({"bin": "from"})
    )


def calibration_error(table: pl.DataFrame) -> float:
    """Expected calibration error (Naeini and others 2015) of a reliability table: the mean distance between
    what was predicted and what was observed, each bin weighted by its pairs.
    """
    pairs = int(table["pairs"].sum())
    if not pairs:
        return 0.0
    return float(((table["predicted"] - table["observed"]).abs() * table["pairs"]).sum()) / pairs
