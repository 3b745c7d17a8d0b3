from __future__ import annotations

import numpy as np
import polars as pl

from correlate.risk.listing import list_attributes, list_evidence, list_scenarios
from correlate.risk.packed import unpacked
from tests.risk.worlds import NAMES


def told(lists: pl.Series) -> list[list[dict[str, object]]]:
    return unpacked(lists.to_frame("listed"))["listed"].to_list()


def test_a_scenario_counts_as_feasible_from_the_very_limit():
    feasible = np.array([[99], [100], [100], [500]])
    alone = np.array([[0], [0], [99], [100]])
    [below, at_limit, joined, single] = told(
        list_scenarios(feasible, alone, scenarios=["F01"], least=100, names=NAMES)
    )
    assert below == []
    assert at_limit == joined == [{"scenario": "F01", "feasibility": 0.01, "combination_only": True}]
    assert single == [{"scenario": "F01", "feasibility": 0.05, "combination_only": False}]


def test_the_weightiest_class_comes_first_then_the_likeliest_then_by_name():
    attributes = ["ADDR", "DOB", "IBAN", "NIR", "PW"]
    available, points = np.array([[5, 9000, 5, 0, 4]]), np.array([[0, 0, 0, 0, 7]])
    [listed] = told(list_attributes(available, points, attributes=attributes, names=NAMES))
    assert [one["attribute"] for one in listed] == ["PW", "DOB", "ADDR", "IBAN"]
    assert listed[0] == {"attribute": "PW", "availability": 0.0004, "points": 0.07}


def test_evidence_that_adds_nothing_is_not_listed():
    standings = [("own", 0), ("linked", 1), ("linked", 2)]
    listed = list_evidence(np.array([[0, 250], [0, 0], [0, 100]]), standings=standings, names=NAMES)
    assert told(listed) == [
        [],
        [{"evidence": "own", "depth": 0, "points": 2.5}, {"evidence": "linked", "depth": 2, "points": 1.0}],
    ]
