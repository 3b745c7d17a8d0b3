"""Measures against counting pair by pair."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.evaluation.measures import best_point, calibration_error, curve, point, reliability

# Few probabilities, so that pairs tie, and the ends of bins among them.
PAIRS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.05, 0.1, 0.3, 0.5, 0.5000001, 0.7, 0.95, 1.0]), st.booleans()),
    max_size=30,
)
MISSED = st.integers(0, 5)


def columns(pairs):
    return np.array([p for p, _ in pairs], dtype=np.float64), np.array(
        [true for _, true in pairs], dtype=np.bool_
    )


def all_true(pairs, missed):
    """At least one true pair there is, found or not."""
    return max(1, sum(true for _, true in pairs) + missed)


def counted(pairs, true_pairs, threshold):
    """Precision, recall, F1 by going through the pairs."""
    links = [true for p, true in pairs if p >= threshold]
    hits = sum(links)
    precision = hits / len(links) if links else 1.0
    recall = hits / true_pairs
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return precision, recall, f1


@given(PAIRS, MISSED, st.sampled_from([0.0, 0.3, 0.5, 0.99, 1.0]))
def test_a_point_is_what_counting_gives(pairs, missed, threshold):
    true_pairs = all_true(pairs, missed)
    found = point(*columns(pairs), true_pairs, threshold)
    assert (found.precision, found.recall, found.f1) == pytest.approx(counted(pairs, true_pairs, threshold))
    assert found.links == sum(p >= threshold for p, _ in pairs)
    assert found.true_links == sum(true for p, true in pairs if p >= threshold)


@given(PAIRS, MISSED)
def test_the_curve_has_a_point_for_each_probability_that_occurs(pairs, missed):
    true_pairs = all_true(pairs, missed)
    found = curve(*columns(pairs), true_pairs)
    thresholds = sorted({p for p, _ in pairs}, reverse=True)
    assert found["threshold"].to_list() == thresholds
    for row, threshold in zip(found.select("precision", "recall", "f1").rows(), thresholds, strict=True):
        assert row == pytest.approx(counted(pairs, true_pairs, threshold))


@given(PAIRS, MISSED)
def test_the_best_point_is_the_one_of_highest_f1_and_of_equal_ones_the_highest(pairs, missed):
    true_pairs = all_true(pairs, missed)
    found = best_point(*columns(pairs), true_pairs)
    scores = {p: counted(pairs, true_pairs, p)[2] for p, _ in pairs}
    if not pairs:
        assert (found.threshold, found.links, found.f1) == (1.0, 0, 0)
    else:
        most = max(scores.values())
        assert found.f1 == pytest.approx(most)
        assert found.threshold == max(p for p, f1 in scores.items() if math.isclose(f1, most, abs_tol=1e-12))


@given(PAIRS)
def test_reliability_is_ten_bins_counted_by_hand(pairs):
    bins = {}
    for p, true in pairs:
        bins.setdefault(min(9, int(p * 10)), []).append((p, true))
    expected = [
        (
            number / 10,
            len(held),
            math.fsum(p for p, _ in held) / len(held),
            sum(t for _, t in held) / len(held),
        )
        for number, held in sorted(bins.items())
    ]
    found = reliability(*columns(pairs))
    assert found.columns == ["from", "pairs", "predicted", "observed"]
    assert [pytest.approx(row) for row in expected] == found.rows()


@given(PAIRS)
def test_the_calibration_error_is_the_weighted_distance_of_the_bins(pairs):
    table = reliability(*columns(pairs))
    expected = sum(n * abs(predicted - observed) for _, n, predicted, observed in table.rows())
    assert calibration_error(table) == pytest.approx(expected / len(pairs) if pairs else 0.0)


def test_the_calibration_error_of_a_small_table_by_hand():
    """Two pairs at 0.9 of which one is true, two at 0.2 of which none is: (2 x 0.4 + 2 x 0.2) / 4."""
    pairs = [(0.9, True), (0.9, False), (0.2, False), (0.2, False)]
    assert calibration_error(reliability(*columns(pairs))) == pytest.approx(0.3)


def test_probabilities_that_are_right_have_no_error():
    pairs = [(0.25, n == 0) for n in range(4)] + [(1.0, True)] * 3 + [(0.0, False)] * 5
    assert calibration_error(reliability(*columns(pairs))) == pytest.approx(0)


def test_no_pair_is_no_error_and_no_curve():
    empty = columns([])
    assert calibration_error(reliability(*empty)) == 0
    assert curve(*empty, 3).height == 0
    found = point(*empty, 3, 0.5)
    assert (found.precision, found.recall, found.f1) == (1, 0, 0)


def test_the_order_of_pairs_changes_nothing():
    draw = np.random.default_rng(4)
    probability, true = draw.integers(0, 20, 500) / 20, draw.random(500) < 0.4
    order = draw.permutation(500)
    one, other = ((probability, true), (probability[order], true[order]))
    assert curve(*one, 300).equals(curve(*other, 300))
    assert best_point(*one, 300) == best_point(*other, 300)
    assert isinstance(reliability(*one), pl.DataFrame)
