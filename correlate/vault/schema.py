"""The vault's schema: numbered SQL files, applied in order, each once."""

from __future__ import annotations

from importlib.resources import files

from correlate.vault.engine import Engine

__all__ = ["SCHEMA_VERSION", "migrate"]


def _migrations() -> dict[int, str]:
    folder = files("correlate.vault").joinpath("sql")
    scripts = (entry for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return {int(script.name[:4]): script.read_text(encoding="utf-8") for script in scripts}


SCHEMA_VERSION = max(_migrations())


def migrate(engine: Engine, *, since: int) -> None:
    """Bring a vault of schema version ``since`` (0: an empty file) to the newest, inside the caller's
    transaction.
    """
    for version, script in sorted(_migrations().items()):
        if version > since:
            engine.execute(script, step=f"migration {version}")
    engine.execute(
        "INSERT OR REPLACE INTO meta VALUES ('schema_version', ?)",
        [str(SCHEMA_VERSION)],
        step="the schema version",
    )
