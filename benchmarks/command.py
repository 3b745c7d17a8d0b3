"""Run a command in a process of its own and tell what it took: wall and processor seconds, peak memory.

A child that has not replaced its program yet is a copy of its parent, and its parent's memory counts as its
own. So a command is started by a process that holds next to nothing: this very file, run as a script.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CommandFailed", "Took", "correlate", "run"]

CORRELATE = (sys.executable, "-c", "from correlate_cli.app import main; main()")
_MEGABYTE = 1024 * 1024 if sys.platform == "darwin" else 1024


class CommandFailed(Exception):
    """A command ended with another code than 0; ``told`` is what it said on standard error."""

    def __init__(self, command: tuple[str, ...], code: int, told: str, took: Took) -> None:
        super().__init__(f"{' '.join(command)} ended with {code}:\n{told}")
        self.code, self.told, self.took = code, told, took


@dataclass(frozen=True, kw_only=True)
class Took:
    """What a process took."""

    seconds: float
    cpu_seconds: float
    peak_mb: float

    @classmethod
    def together(cls, parts: Iterable[Took]) -> Took:
        """Of processes one after the other: times add up, and the largest peak is the peak."""
        every = tuple(parts)
        return cls(
            seconds=sum(one.seconds for one in every),
            cpu_seconds=sum(one.cpu_seconds for one in every),
            peak_mb=max(one.peak_mb for one in every),
        )


def correlate(*arguments: str | Path) -> Took:
    """Run ``correlate`` as it would be typed; raises CommandFailed."""
    return run(*CORRELATE, *map(str, arguments))


def run(*command: str) -> Took:
    """Run a command; raises CommandFailed."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", __file__, *command], check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(done.stdout)
    code, told = found.pop("code"), found.pop("told")
    took = Took(**found)
    if code:
        raise CommandFailed(command, code, told, took)
    return took


def _launch(command: list[str]) -> None:
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert child.stderr is not None
    told = child.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    found = {
        "code": child.returncode,
        "told": told,
        "seconds": time.perf_counter() - start,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / _MEGABYTE,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    _launch(sys.argv[1:])
