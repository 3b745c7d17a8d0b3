"""Say which benchmarks there are, or run one: ``python -m benchmarks``, ``python -m benchmarks tokenise``."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["TABLES", "main"]

TABLES = (
    "tokenise", "ingest", "join", "score", "growth", "memory", "delta", "linkage", "paths", "risk", "attack",
)  # fmt: skip
"""Each a module with a ``main`` that takes the rest of the command line."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run the table that is named first; without one, tell of each."""
    name, *rest = (sys.argv[1:] if argv is None else argv) or [""]
    if name in TABLES:
        importlib.import_module(f"benchmarks.{name}").main(rest)
        return
    print(listing())
    if name not in ("", "-h", "--help"):
        sys.exit(f"\nThere is no table {name}.")


def listing() -> str:
    """Each table's command, and the first line of what its module says of itself."""
    lines = {name: f"python -m benchmarks {name:<10} {_first_line(name)}" for name in TABLES}
    if reason := importlib.import_module("benchmarks.delta").lacks():
        lines["delta"] = f"delta: {reason}."
    return "\n".join([*lines.values(), "", "Each tells its options with --help."])


def _first_line(name: str) -> str:
    text = (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


if __name__ == "__main__":
    main()
