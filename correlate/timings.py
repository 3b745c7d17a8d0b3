"""Where the time went: named steps, with rows, seconds, bytes and memory, for whoever asks for them."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Step", "Timings", "peak_memory_mb", "recorded", "timed"]

_STATUS = Path("/proc/self/status")


@dataclass(kw_only=True)
class Step:
    """What one step came to, over all its calls.

    ``rows_in`` and ``rows_out`` are rows, ``bytes`` those read or written where the step knows them, ``cpu``
    the processor seconds of the whole process meanwhile, other threads' included, and ``peak_memory_mb`` the
    most memory that the process ever held by the end of the step.
    """

    name: str
    calls: int = 0
    rows_in: int = 0
    rows_out: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    bytes: int = 0
    peak_memory_mb: float = 0.0


class Timings:
    """Steps by their names, in the order in which they first began."""

    def __init__(self) -> None:
        """Begin without any."""
        self.steps: dict[str, Step] = {}
        self._start, self._cpu = time.perf_counter(), time.process_time()

    def step(self, name: str) -> Step:
        """The step of that name."""
        return self.steps.setdefault(name, Step(name=name))

    def document(self) -> dict[str, object]:
        """All of it, as plain numbers."""
        return {
            "seconds": round(time.perf_counter() - self._start, 3),
            "cpu_seconds": round(time.process_time() - self._cpu, 3),
            "peak_memory_mb": round(peak_memory_mb(), 1),
            "steps": [_rounded(asdict(step)) for step in self.steps.values()],
        }

    def write(self, path: Path) -> None:
        """Write the document as JSON."""
        path.write_text(json.dumps(self.document(), indent=2) + "\n", encoding="utf-8")


def _rounded(step: dict[str, object]) -> dict[str, object]:
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in step.items()}


_recorder: ContextVar[Timings | None] = ContextVar("timings", default=None)


@contextmanager
def recorded(timings: Timings | None) -> Iterator[None]:
    """Let every step within report to ``timings``."""
    token = _recorder.set(timings)
    try:
        yield
    finally:
        _recorder.reset(token)


@contextmanager
def timed(name: str, *, rows_in: int = 0) -> Iterator[Step]:
    """Time a step; the caller says on what is given how many rows came out, and bytes.

    Steps do not contain each other: what is inside one is not another's.
    """
    timings = _recorder.get()
    step = timings.step(name) if timings else Step(name=name)
    start, cpu = time.perf_counter(), time.process_time()
    try:
        yield step
    finally:
        step.calls += 1
        step.rows_in += rows_in
        step.seconds += time.perf_counter() - start
        step.cpu_seconds += time.process_time() - cpu
        if timings:
            step.peak_memory_mb = peak_memory_mb()


def peak_memory_mb() -> float:
    """The most memory this process ever held; on Linux without that of the one that started it."""
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1024**2 if sys.platform == "darwin" else most / 1024
