"""The vault's schema: numbered SQL files, applied in order, each once."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

from correlate.vault.engine import Engine

__all__ = ["MIGRATIONS", "migrate", "newest", "read_migrations"]


def read_migrations(folder: Traversable) -> dict[int, str]:
    """Give the scripts of a folder by version: ``0002_more_fields.sql`` leads to version 2."""
    scripts = (entry for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return {int(script.name.split("_")[0]): script.read_text(encoding="utf-8") for script in scripts}


MIGRATIONS = read_migrations(files("correlate.vault").joinpath("sql"))


def newest() -> int:
    """The schema version that this program reads and writes."""
    return max(MIGRATIONS)


def migrate(engine: Engine, *, since: int) -> None:
    """Bring a vault of schema version ``since`` (0: an empty file) to the newest, inside the caller's
    transaction.
    """
    for version, script in sorted(MIGRATIONS.items()):
        if version > since:
            engine.execute(script, step=f"migration {version}")
    engine.execute(
        "INSERT OR REPLACE INTO meta VALUES ('schema_version', ?)",
        [str(newest())],
        step="the schema version",
    )
