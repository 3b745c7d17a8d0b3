"""What is known of pairs is what a plain look at all links says."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from correlate.linkage.known import NEVER, Known

pair = st.tuples(st.integers(1, 5), st.integers(1, 6))
links = st.dictionaries(pair, st.floats(0, 1), max_size=12)


def frame(found):
    rows = [(*key, probability) for key, probability in found.items()]
    schema = {"subject_no": pl.Int64, "record_id": pl.Int64, "probability": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


@given(linked=links, household=links, asked=st.lists(pair, max_size=20))
def test_links_and_households_are_found_again(linked, household, asked):
    known = Known.gathered(frame(linked), frame(household), subjects=6)
    subject_no, record_id = (np.array([key[at] for key in asked], dtype=np.int64) for at in (0, 1))
    surest = [NEVER if key in household else linked.get(key, 0.0) for key in asked]
    assert known.of(subject_no, record_id).tolist() == surest
    assert known.linked(subject_no, record_id).tolist() == [linked.get(key, 0.0) for key in asked]
