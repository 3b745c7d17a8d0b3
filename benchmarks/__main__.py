"""Say which benchmarks there are: ``python -m benchmarks``."""

from __future__ import annotations

import ast
from pathlib import Path


def main() -> None:
    """Print each benchmark's command and the first line of what it says of itself."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "measure(" in text and path.name not in ("harness.py", "__main__.py"):
            first = (ast.get_docstring(ast.parse(text)) or "").splitlines()[0]
            print(f"python -m benchmarks.{path.stem:<16} {first}")


if __name__ == "__main__":
    main()
