from __future__ import annotations

import pytest

from correlate.vault import Vault, ingest
from tests.vault.leaks import FRANCE_TRAVAIL, FREE, people, write


@pytest.fixture(scope="session")
def filled(tmp_path_factory, key):
    """A vault with two breaches, and the files they came from. Tests only read it, or copy it."""
    folder = tmp_path_factory.mktemp("filled")
    with Vault.create(folder / "vault.duckdb", key) as vault:
        ingest(vault, write(people(600, seed=1), folder / "free.csv"), FREE)
        ingest(vault, write(people(400, seed=2), folder / "travail.parquet"), FRANCE_TRAVAIL)
    return folder
