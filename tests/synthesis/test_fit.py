"""The built-in laws meet the published figures."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from correlate.synthesis import fit_report
from correlate.synthesis.surname_forge import forge_foreign, forge_french
from correlate.synthesis.surname_law import COMMONEST, surname_shares


@pytest.mark.parametrize("row", fit_report(), ids=lambda row: row.figure)
def test_a_figure_is_met(row):
    assert abs(row.error) < (0.04 if "births" in row.figure else 0.02)


def test_shares_sum_to_one_and_fall():
    shares = surname_shares()
    assert shares.sum() == pytest.approx(1)
    assert (np.diff(shares[20:]) <= 0).all()


def test_surnames_are_distinct_and_start_with_the_commonest():
    names = forge_french(60_000)
    assert names.n_unique() == len(names) == 60_000
    assert names.head(len(COMMONEST)).to_list() == list(COMMONEST)
    assert forge_foreign(5_000).n_unique() == 5_000


def test_drawn_surnames_follow_the_law(people):
    law = people.world.names.surname_law
    drawn = law.draw(np.random.default_rng(1).random(400_000))
    counts = pl.Series(drawn).value_counts(sort=True)["count"] / 400_000
    assert counts[0] == pytest.approx(0.0034, rel=0.1)
    assert counts.head(1_000).sum() == pytest.approx(0.24, abs=0.006)


def test_names_are_written_in_four_styles(people):
    names = people.world.names
    for writing in (names.surnames, names.first_names):
        assert writing.styles["plain"].str.contains(r"^[A-Z' -]+$").all()
        assert writing.styles["slug"].str.contains(r"^[a-z]+$").all()
        assert writing.styles["capitals"].str.contains("É").any()
        assert writing.styles["title"].str.contains(r"^\p{Lu}").all()
