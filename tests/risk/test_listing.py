from __future__ import annotations

import numpy as np

from correlate.risk.listing import list_attributes, list_scenarios


def test_a_scenario_counts_as_feasible_from_the_very_limit():
    feasible = np.array([[99, 100, 100, 500]])
    alone = np.array([[0, 0, 99, 100]])
    [below, at_limit, joined, single] = list_scenarios(feasible, alone, names=["F01"], least=100).to_list()
    assert below == []
    assert at_limit == joined == [{"scenario": "F01", "feasibility": 0.01, "combination_only": True}]
    assert single == [{"scenario": "F01", "feasibility": 0.05, "combination_only": False}]


def test_equal_values_stand_in_the_order_of_their_names():
    listed = list_attributes(np.array([[5], [9000], [5], [0]]), names=["ADDR", "DOB", "IBAN", "NIR"])
    assert [one["attribute"] for one in listed.to_list()[0]] == ["DOB", "ADDR", "IBAN"]
