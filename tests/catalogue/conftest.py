"""A catalogue of one's own must not come in from the machine the tests run on."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_own_catalogue(monkeypatch, tmp_path):
    monkeypatch.delenv("CORRELATE_CATALOGUE", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
