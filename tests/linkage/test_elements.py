"""Elements of exposures: what is needed of links, against SQL that says it in other words."""

from __future__ import annotations

import duckdb
import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from correlate.linkage.distinct_lists import list_column
from correlate.linkage.elements import DECLARED, OF_HOUSEHOLD, OWN, elements_of, likeliest, needed

OWNERS = 4

# The form that this took as long as exposures were a table.
NEEDED = f"""
WITH best AS (
    SELECT owner, breach_no, class_set_no, origin, max(percent) AS percent FROM found GROUP BY ALL
),
nearer AS (
    SELECT *, max(percent) OVER (
        PARTITION BY owner, breach_no, class_set_no
        ORDER BY CASE origin WHEN {DECLARED} THEN {OWN} ELSE origin END, origin
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS nearer
    FROM best
)
SELECT owner, breach_no, class_set_no, origin, percent FROM nearer
WHERE percent > coalesce(nearer, 0) ORDER BY ALL
"""
LIKELIEST = """
SELECT owner, breach_no, class_set_no, origin, max(percent) AS percent FROM found GROUP BY ALL ORDER BY ALL
"""
ORIGINS = (OWN, 1, 2, 3, 29, DECLARED, OF_HOUSEHOLD)

found_rows = st.lists(
    st.tuples(
        st.integers(0, OWNERS - 1),
        st.sampled_from([1, 2, 900, 40_000]),
        st.sampled_from([0, 1, 7, 1 << 30, (1 << 30) + 5]),
        st.sampled_from(ORIGINS),
        st.sampled_from([1, 2, 50, 99, 100]),
    ),
    max_size=40,
)


def both(rows, sql):
    """The owner and element of each row, and what SQL makes of them."""
    names = ("owner", "breach_no", "class_set_no", "origin", "percent")
    found = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Int64), orient="row")
    with duckdb.connect() as connection:
        connection.register("found", found)
        expected = connection.execute(sql).fetchall()
    owner, *parts = (found[name].to_numpy() for name in names)
    lists: list[list[int]] = [[] for _ in range(OWNERS)]
    for one, breach, classes, origin, percent in expected:
        lists[one] += elements_of(np.array([breach]), np.array([classes]), origin, percent).tolist()
    breach, classes, origins, percents = parts
    elements = elements_of(breach, classes, 0, percents) + (origins << 7)
    return owner, elements, lists


@given(found_rows)
def test_a_link_that_a_nearer_one_makes_as_likely_is_not_needed(rows):
    owner, elements, expected = both(rows, NEEDED)
    assert list_column(needed(owner, elements, OWNERS)).to_list() == expected


@given(found_rows)
def test_the_likeliest_of_each_origin_stays(rows):
    owner, elements, expected = both(rows, LIKELIEST)
    assert list_column(likeliest(owner, elements, OWNERS)).to_list() == expected
