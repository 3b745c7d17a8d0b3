"""What all tests share: how hypothesis searches, and an environment that no developer's settings reach."""

from __future__ import annotations

import datetime
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from correlate.catalogue import Catalogue
from correlate.pipeline import Models
from correlate.synthesis import synthesise
from correlate.tokens import SecretKey
from correlate.vault import Vault, ingest
from correlate_cli.log import LOGGERS

# The suite draws the same examples every time, so that a red run can be run again.
# HYPOTHESIS_PROFILE=thorough searches further, and elsewhere each time; brief only sees that all of it runs,
# as for an installed wheel of code that has been searched already.
settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.register_profile("brief", parent=settings.get_profile("suite"), max_examples=5)
settings.register_profile("thorough", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a test after the size of its binary data.

    gzip puts the time of day into them, and the processes that share the tests have to agree on names.
    """
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) and not val.isascii() else None


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the settings of whoever runs the tests, and fix the width that help texts are wrapped at."""
    for name in [name for name in os.environ if name.startswith("CORRELATE_")]:
        monkeypatch.delenv(name)
    for name in ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture(autouse=True)
def untouched_log_levels() -> Iterator[None]:
    """Undo what --verbose and --quiet of one test would do to the next."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


@pytest.fixture(scope="session")
def key() -> SecretKey:
    """A key that protects nothing: the same in every test."""
    return SecretKey(secret=bytes(range(32)))


@pytest.fixture(scope="session")
def once_empty(tmp_path_factory: pytest.TempPathFactory, key: SecretKey) -> Path:
    """A vault that holds nothing, made once a process; tests copy it."""
    path = tmp_path_factory.mktemp("empty") / "vault.duckdb"
    Vault.create(path, key).close()
    return path


@dataclass(frozen=True, kw_only=True)
class SmallFrance:
    """A synthetic population of two thousand people, its breaches in a vault, and the models to score it."""

    folder: Path
    vault: Path
    key: SecretKey
    models: Models

    @property
    def subjects(self) -> Path:
        return self.folder / "subjects.parquet"


@pytest.fixture(scope="session")
def small_france(tmp_path_factory: pytest.TempPathFactory, key: SecretKey) -> SmallFrance:
    """Made once a process; tests only read it."""
    folder = tmp_path_factory.mktemp("france")
    synthesise(folder, people=2_000, seed=11)
    models = Models.default(as_of=datetime.date(2026, 11, 1), catalogue=Catalogue.shipped())
    vault = folder / "vault.duckdb"
    with Vault.create(vault, key) as made:
        for file in sorted((folder / "breaches").iterdir()):
            ingest(made, file, models.catalogue.get(file.stem))
    return SmallFrance(folder=folder, vault=vault, key=key, models=models)
