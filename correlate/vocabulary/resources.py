"""The vocabulary's tables, which are TOML files beside this module."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

__all__ = ["read_table"]


def read_table(name: str) -> dict[str, Any]:
    """Read ``data/<name>.toml`` of this package."""
    file = resources.files(__package__).joinpath("data", f"{name}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
