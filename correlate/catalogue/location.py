"""Where a user's own catalogue is kept."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["default_user_catalogue"]


def default_user_catalogue() -> Path:
    """Give the path of the user's own catalogue, whether or not a file is there.

    It is the environment variable ``CORRELATE_CATALOGUE``, or else ``correlate/breaches.toml`` in the
    directory for settings (``XDG_CONFIG_HOME``, by default ``~/.config``).
    """
    if named := os.environ.get("CORRELATE_CATALOGUE"):
        return Path(named)
    settings = os.environ.get("XDG_CONFIG_HOME", "")
    # The XDG rule: a relative path there is not valid, and is ignored.
    home = Path(settings) if Path(settings).is_absolute() else Path.home() / ".config"
    return home / "correlate" / "breaches.toml"
