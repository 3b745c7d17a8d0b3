"""Small synthetic worlds that several tests look at."""

from __future__ import annotations

import polars as pl
import pytest

from correlate.synthesis import FURTHER_LEAKS, LEAKS, synthesise
from correlate.synthesis.names import load_names
from correlate.synthesis.orders import OrderBook
from correlate.synthesis.places import load_places
from correlate.synthesis.population import World, populate

PEOPLE = 6_000


@pytest.fixture(scope="session")
def new_world():
    """Build worlds that share nothing but the names and the places."""

    def build(seed=1, members=0.5):
        places = load_places()
        return World(
            seed=seed,
            names=load_names(None),
            places=places,
            orders=OrderBook(len(places.codes)),
            members=members,
        )

    return build


@pytest.fixture(scope="session")
def people(new_world):
    """Give one chunk of people."""
    return populate(new_world(), 0, 20_000)


@pytest.fixture(scope="session")
def directory(tmp_path_factory):
    """Give a whole set with every breach that can be made."""
    target = tmp_path_factory.mktemp("synth") / "set"
    synthesise(target, people=PEOPLE, seed=11, breaches=tuple(LEAKS | FURTHER_LEAKS))
    return target


@pytest.fixture(scope="session")
def truth(directory):
    """Give the truth of that set."""
    return pl.read_parquet(directory / "truth.parquet")
