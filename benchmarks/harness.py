"""Contenders side by side: each in a process of its own, several times in turn, medians and ratios.

A benchmark names its contenders and calls ``measure``. The same module is started anew for each run of each
contender, so that no one's imports, caches or memory are another's. Runs go round in turn: a busy moment of
the machine falls on everybody.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Benchmark", "Contender", "measure"]

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("correlate-risk", "cryptography", "duckdb", "numpy", "polars", "pyarrow")

Work = Callable[[], int]
"""The timed part; gives how many units it did."""


@dataclass(frozen=True, kw_only=True)
class Contender:
    """One way to do the work.

    Attributes:
        prepare: takes the size asked for and returns the timed part; its own cost is not timed.
        needs: a module that it cannot do without; where that is not installed the contender sits out.
    """

    prepare: Callable[[int], Work]
    needs: str | None = None


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """Contenders for one task. ``yardstick`` names the one that ratios are taken to."""

    name: str
    unit: str
    size: int
    yardstick: str
    contenders: Mapping[str, Contender]


def measure(benchmark: Benchmark, argv: Sequence[str] | None = None) -> None:
    """Run a benchmark from the command line: a table on stdout, the figures in benchmarks/results/."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{benchmark.name}")
    parser.add_argument("--rows", type=int, default=benchmark.size, help="how many (default %(default)s)")
    parser.add_argument("--runs", type=int, default=5, help="runs of each contender (default %(default)s)")
    parser.add_argument("--only", nargs="+", choices=benchmark.contenders, help="these contenders alone")
    parser.add_argument("--out", type=Path, default=RESULTS / f"{benchmark.name}.json")
    parser.add_argument("--one", choices=benchmark.contenders, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.one:
        print(json.dumps(_run(benchmark.contenders[options.one], options.rows)))
        return
    wanted = {n: c for n, c in benchmark.contenders.items() if not options.only or n in options.only}
    runs: dict[str, list[dict[str, float]]] = {name: [] for name, c in wanted.items() if _installed(c)}
    for _ in range(options.runs):
        for name, found in runs.items():
            found.append(_start(benchmark, name, options.rows))
    report = {
        "benchmark": benchmark.name,
        "unit": benchmark.unit,
        "rows": options.rows,
        "yardstick": benchmark.yardstick,
        "machine": _machine(),
        "contenders": {name: _summary(found) for name, found in runs.items()},
        "not installed": [name for name in wanted if name not in runs],
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    _print(report)


def _installed(contender: Contender) -> bool:
    return contender.needs is None or importlib.util.find_spec(contender.needs) is not None


def _run(contender: Contender, rows: int) -> dict[str, float]:
    """One run, in this process, which does nothing else."""
    work = contender.prepare(rows)
    before, cpu, start = _peak_mb(), time.process_time(), time.perf_counter()
    count = work()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    return {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "peak_mb": _peak_mb(),
        "prepared_mb": before,
        "count": count,
    }


def _start(benchmark: Benchmark, name: str, rows: int) -> dict[str, float]:
    command = [sys.executable, "-m", f"benchmarks.{benchmark.name}", "--one", name, "--rows", str(rows)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _peak_mb() -> float:
    """The most memory this process ever held; on Linux without that of the one that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _summary(runs: list[dict[str, float]]) -> dict[str, Any]:
    medians = {key: round(statistics.median(run[key] for run in runs), 4) for key in runs[0]}
    return {**medians, "seconds_of_each_run": [round(run["seconds"], 4) for run in runs]}


def _machine() -> dict[str, Any]:
    versions = {p: importlib.metadata.version(p) for p in PACKAGES if _has(p)}
    return {
        "processors": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "packages": versions,
    }


def _has(package: str) -> bool:
    return any(True for _ in importlib.metadata.distributions(name=package))


def _print(report: dict[str, Any]) -> None:
    contenders, machine = report["contenders"], report["machine"]
    yardstick = contenders.get(report["yardstick"])
    print(f"{report['rows']:,} {report['unit']}")
    print(f"{machine['processors']} processors, load {machine['load_average']}, {machine['system']}")
    print(f"{'':32}{'seconds':>9}{'CPU s':>8}{'M/s':>8}{'peak MB':>9}{'time':>9}{'CPU time':>10}")
    for name, found in sorted(contenders.items(), key=lambda item: item[1]["cpu_seconds"]):
        rate = found["count"] / found["seconds"] / 1e6
        measured = f"{found['seconds']:>9.2f}{found['cpu_seconds']:>8.2f}{rate:>8.2f}{found['peak_mb']:>9.0f}"
        print(f"{name:32}{measured}{_ratios(found, yardstick) if yardstick else ''}")
    for name in report["not installed"]:
        print(f"{name:32}  not installed")


def _ratios(found: dict[str, float], yardstick: dict[str, float]) -> str:
    """Time for one unit against the yardstick's: a slow contender may be given a part of the work."""
    share = yardstick["count"] / found["count"]
    wall, cpu = (share * found[key] / yardstick[key] for key in ("seconds", "cpu_seconds"))
    return f"{wall:>8.2f}x{cpu:>9.2f}x"
