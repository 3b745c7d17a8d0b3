"""The package itself: every public name, and nothing loaded before one is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import correlate


@pytest.mark.parametrize("name", correlate.__all__)
def test_every_public_name_is_there(name):
    assert getattr(correlate, name).__name__ == name
    assert name in dir(correlate)


def test_a_name_that_is_not_public_is_an_error():
    assert not hasattr(correlate, "Nonsense")


def test_importing_the_package_loads_no_room():
    run = "import sys, correlate; print(*[name for name in sys.modules if name.startswith('correlate.')])"
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
