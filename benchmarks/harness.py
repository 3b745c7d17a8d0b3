"""Contenders side by side: each in a process of its own, several times in turn, medians and ratios.

A benchmark names its contenders and calls ``measure``. The same module is started anew for each run of each
contender, so that no one's imports, caches or memory are another's. Runs go round in turn: a busy moment of
the machine falls on everybody. Where several sizes are asked for, each contender is also held against itself:
what a unit takes at that size, against what it took at the smallest.
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
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.command import Took
from benchmarks.picture import draw

__all__ = [
    "RESULTS",
    "Benchmark",
    "Contender",
    "Done",
    "Work",
    "data_folder",
    "machine",
    "measure",
    "peak_mb",
]

HOME = Path(__file__).parent
RESULTS = HOME / "results"
PICTURES = HOME.parent / "docs" / "pictures"
PACKAGES = ("correlate-risk", "cryptography", "duckdb", "numpy", "polars", "pyarrow", "splink", "xxhash")
# Processor time is counted in steps: what took none took this.
LEAST = 1e-6
MEASURED = ("seconds", "cpu_seconds", "peak_mb")

Report = dict[str, Any]
Run = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Done:
    """What the timed part did.

    Attributes:
        count: how many units.
        took: where the work was done by other processes, what those took; else this one is measured.
        figures: more to be told of it, worked out when all is measured.
        same: what every contender has to agree on: they did the same work only if it is equal.
    """

    count: int
    took: Took | None = None
    figures: Callable[[], Mapping[str, Any]] = dict
    same: str | None = None


Work = Callable[[], int | Done]
"""The timed part; gives how many units it did, or more about it."""


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
    """Contenders for one task.

    Attributes:
        sizes: how many units, unless ``--rows`` says otherwise.
        yardsticks: the contenders that ratios are taken to.
        setup: makes the data of a size, once, before the first run.
        runs: of each contender, unless ``--runs`` says otherwise.
        lacks: why this version of the program cannot be measured; None if it can.
    """

    name: str
    unit: str
    sizes: tuple[int, ...]
    yardsticks: tuple[str, ...]
    contenders: Mapping[str, Contender]
    setup: Callable[[int], object] = lambda rows: rows
    runs: int = 5
    lacks: Callable[[], str | None] = lambda: None


def data_folder() -> Path:
    """Where data is made and kept; deleting it is safe."""
    return Path(os.environ.get("BENCHMARK_DATA", HOME / ".cache"))


def measure(benchmark: Benchmark, argv: Sequence[str] | None = None) -> None:
    """Run a benchmark from the command line: a table on stdout, the figures as JSON, and a picture.

    Ends with 1 where a contender failed, or where they did not do the same work.
    """
    options = _options(benchmark, argv)
    if reason := benchmark.lacks():
        sys.exit(reason)
    data_folder().mkdir(parents=True, exist_ok=True)
    if options.one:
        print(json.dumps(_run(benchmark.contenders[options.one], options.rows[0])))
        return
    wanted = {n: c for n, c in benchmark.contenders.items() if not options.only or n in options.only}
    present = [name for name, contender in wanted.items() if _installed(contender)]
    report = {
        "benchmark": benchmark.name,
        "unit": benchmark.unit,
        "yardsticks": [name for name in benchmark.yardsticks if name in present],
        "runs": options.runs,
        "commit": _commit(),
        "machine": machine(),
        "sizes": [_size(benchmark, present, rows, options.runs) for rows in sorted(options.rows)],
        "not installed": [name for name in wanted if name not in present],
    }
    _hold_against_each_other(report)
    print(table(report))
    plot = options.plot or (options.out.with_suffix(".svg") if options.out else None)
    _write(options.out or RESULTS / f"{benchmark.name}.json", json.dumps(report, indent=2) + "\n")
    _write(plot or PICTURES / f"{benchmark.name}.svg", draw(report))
    if not all(size["same_outcome"] and not size["failed"] for size in report["sizes"]):
        sys.exit(1)


def _options(benchmark: Benchmark, argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks {benchmark.name}",
        description=f"Measures {benchmark.unit}. Without --out and --plot the results that are kept in "
        "benchmarks/results and docs/pictures are replaced.",
    )
    sizes = " ".join(map(str, benchmark.sizes))
    parser.add_argument(
        "--rows",
        type=int,
        nargs="+",
        default=benchmark.sizes,
        help=f"sizes, one or several (default {sizes})",
    )
    parser.add_argument(
        "--runs", type=int, default=benchmark.runs, help="runs of each contender (default %(default)s)"
    )
    parser.add_argument(
        "--only", nargs="+", choices=benchmark.contenders, metavar="NAME",
        help=f"these contenders alone, of: {'; '.join(benchmark.contenders)}",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="FILE.json", help="where the figures go")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE.svg", help="where the picture goes; beside --out if left out"
    )
    parser.add_argument("--one", choices=benchmark.contenders, help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(f"Written to {os.path.relpath(path)}", file=sys.stderr)


# Runs


def _installed(contender: Contender) -> bool:
    return contender.needs is None or importlib.util.find_spec(contender.needs) is not None


def _size(benchmark: Benchmark, names: Sequence[str], rows: int, times: int) -> Report:
    """All runs at one size, in turn; where a contender fails, the others go on."""
    benchmark.setup(rows)
    runs: dict[str, list[Run]] = {name: [] for name in names}
    failed: dict[str, str] = {}
    for turn in range(times):
        for name in [name for name in names if name not in failed]:
            try:
                runs[name].append(_start(benchmark, name, rows))
            except subprocess.CalledProcessError as failure:
                failed[name] = f"ended with {failure.returncode}"
            print(f"{rows:,}, run {turn + 1} of {times}: {name} {failed.get(name, 'done')}", file=sys.stderr)
    outcomes = {one["same"] for found in runs.values() for one in found if one["same"] is not None}
    return {
        "rows": rows,
        "contenders": {name: _summary(found) for name, found in runs.items() if name not in failed},
        "failed": failed,
        "same_outcome": len(outcomes) <= 1,
    }


def _run(contender: Contender, rows: int) -> Run:
    """One run, in this process, which does nothing else."""
    work = contender.prepare(rows)
    _forget_peak()
    before, cpu, start = peak_mb(), time.process_time(), time.perf_counter()
    done = work()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    done = done if isinstance(done, Done) else Done(count=done)
    here = Took(seconds=seconds, cpu_seconds=cpu, peak_mb=peak_mb())
    told = vars(done.took or here) | {"prepared_mb": None if done.took else before}
    return told | {"count": done.count, "same": done.same, "figures": dict(done.figures())}


def _start(benchmark: Benchmark, name: str, rows: int) -> Run:
    command = [sys.executable, "-m", f"benchmarks.{benchmark.name}", "--one", name, "--rows", str(rows)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=HOME.parent)
    # The last line: a library may print its own.
    found: Run = json.loads(done.stdout.splitlines()[-1])
    return found


def _forget_peak() -> None:
    """Let the peak begin with what the process holds now, where Linux can; preparing may have held more."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> float:
    """The most memory this process ever held; on Linux without that of the one that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _summary(runs: list[Run]) -> dict[str, Any]:
    medians = {key: round(statistics.median(run[key] for run in runs), 6) for key in MEASURED}
    prepared = [run["prepared_mb"] for run in runs if run["prepared_mb"] is not None]
    return {
        **medians,
        "prepared_mb": round(statistics.median(prepared), 4) if prepared else None,
        "count": runs[0]["count"],
        "figures": runs[0]["figures"],
        "seconds_of_each_run": [round(run["seconds"], 4) for run in runs],
    }


def _hold_against_each_other(report: Report) -> None:
    """Add what a unit takes against each yardstick, and against the same contender at the smallest size.

    For one unit: a slow contender may be given a part of the work.
    """
    smallest = report["sizes"][0]["contenders"]
    for size in report["sizes"]:
        contenders = size["contenders"]
        for name, found in contenders.items():
            others = [one for one in report["yardsticks"] if one in contenders]
            found["ratios"] = {one: _ratios(found, contenders[one]) for one in others}
            found["against_smallest"] = _ratios(found, smallest[name]) if name in smallest else None


def _ratios(found: Report, other: Report) -> dict[str, float]:
    share = other["count"] / found["count"]
    timed = {key: share * found[key] / max(other[key], LEAST) for key in ("seconds", "cpu_seconds")}
    return {
        key: round(value, 4)
        for key, value in (timed | {"peak_mb": found["peak_mb"] / other["peak_mb"]}).items()
    }


# What it was measured on


def machine() -> dict[str, Any]:
    """The machine and the versions of what runs on it."""
    return {
        "processors": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "packages": {p: importlib.metadata.version(p) for p in PACKAGES if _has(p)},
    }


def _has(package: str) -> bool:
    return any(True for _ in importlib.metadata.distributions(name=package))


def _commit() -> dict[str, Any] | None:
    """The commit that was measured, and whether files differed from it; None outside a repository.

    What runs before this one have frozen is no difference.
    """
    frozen = [f":(top,exclude){path.relative_to(HOME.parent)}" for path in (RESULTS, PICTURES)]
    with suppress(OSError, subprocess.CalledProcessError):
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", ":(top)", *frozen)
        return {"id": _git("rev-parse", "HEAD"), "dirty": bool(changed)}
    return None


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=HOME, check=True, capture_output=True, text=True)
    return done.stdout.strip()


# The table


def table(report: Report) -> str:
    """The figures, a block a size: what was measured, then what a unit takes against others."""
    told, yardsticks = report["machine"], list(enumerate(report["yardsticks"], start=1))
    several = len(report["sizes"]) > 1
    compared = [f"/ [{place}]" for place, _ in yardsticks] + (["/ smallest"] if several else [])
    head = (
        f"{'seconds':>9}{'CPU s':>9}{'a second':>13}{'peak MB':>9}{''.join(f'{one:>11}' for one in compared)}"
    )
    lines = [f"{told['processors']} processors, load {told['load_average']}, {told['system']}"]
    for size in report["sizes"]:
        lines += ["", f"{size['rows']:,} {report['unit']}", f"{'':34}{head}"]
        for name, found in size["contenders"].items():
            others = [found["ratios"].get(one) for one in report["yardsticks"]]
            lines.append(_line(name, found, [*others, *([found["against_smallest"]] if several else [])]))
        lines += [f"{name:34}  failed: {reason}" for name, reason in size["failed"].items()]
        lines += [] if size["same_outcome"] else ["THE OUTCOMES DIFFER: they did not do the same work."]
    lines += ["", *(f"[{place}] time for a unit against: {one}" for place, one in yardsticks)]
    lines += [f"not installed: {name}" for name in report["not installed"]]
    return "\n".join(lines)


def _line(name: str, found: Report, others: Sequence[Mapping[str, float] | None]) -> str:
    rate = found["count"] / found["seconds"]
    measured = f"{found['seconds']:>9.2f}{found['cpu_seconds']:>9.2f}{rate:>13,.0f}{found['peak_mb']:>9,.0f}"
    ratios = [f"{one['seconds']:>10.2f}x" if one else f"{'–':>11}" for one in others]
    told = ", ".join(f"{key} {value}" for key, value in found["figures"].items())
    return f"{name:34}{measured}{''.join(ratios)}  {told}".rstrip()
