"""Linkage: precision, recall, time and memory of ours and of others, on data whose truth is known.

``python -m benchmarks linkage --data febrl4 --contender splink exact`` runs each contender on each data set
in a process of its own, prints a table and writes benchmarks/results/linkage.json. The clock runs from raw
files to pairs (load, prepare, train, predict), imports left out; every true pair counts, reachable or not.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.harness import RESULTS, machine, peak_mb
from benchmarks.linkage_data import CACHE, DATA_SETS, DataMissing, DataSet, data_set
from benchmarks.linkage_peers import PEERS

__all__ = ["main"]

Run = dict[str, Any]
# What may differ from run to run; the rest must not.
_MEASURED = ("seconds", "peak_rss_mb", "stages")


def main(argv: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks linkage")
    parser.add_argument(
        "--data", nargs="+", default=DATA_SETS, help=f"of {', '.join(DATA_SETS)}; any N in france-N"
    )
    parser.add_argument("--contender", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--runs", type=int, default=1, help="runs of each (default %(default)s)")
    parser.add_argument("--timeout", type=float, default=1800, help="seconds for a run (default %(default)s)")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where data sets are made and kept")
    parser.add_argument("--out", type=Path, default=RESULTS / "linkage.json")
    parser.add_argument(
        "--one", action="store_true", help="run one contender on one set here, and print JSON"
    )
    options = parser.parse_args(argv)
    if options.one:
        (name,), (contender,) = options.data, options.contender
        print(json.dumps(run(contender, data_set(name, options.cache))))
        return
    report = measure(options)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(table(report))


def run(contender: str, data: DataSet) -> Run:
    """One run, in this process, which does nothing else."""
    work = PEERS[contender].prepare(data)
    start = time.perf_counter()
    found = work()
    seconds = time.perf_counter() - start
    # Before the truth is read.
    peak = peak_mb()
    return {
        "contender": contender,
        "data": data.name,
        **found.accuracy(data),
        # An evaluation also reads the truth, and tells what linkage took without it.
        "seconds": round(getattr(getattr(found, "evaluation", None), "seconds", seconds), 2),
        "peak_rss_mb": round(peak),
        "stages": {name: round(part, 2) for name, part in found.stages.items()},
    }


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Every contender on every data set, one process after another; where one fails, the rest goes on."""
    results: list[Run] = []
    sat_out: list[dict[str, str]] = []
    for name in options.data:
        try:
            data_set(name, options.cache)
        except DataMissing as missing:
            sat_out.append({"contender": "all", "data": name, "reason": str(missing)})
            continue
        for contender in options.contender:
            if reason := _missing(PEERS[contender].needs):
                sat_out.append({"contender": contender, "data": name, "reason": reason})
                continue
            try:
                results.append(_summary([_start(contender, name, options) for _ in range(options.runs)]))
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
                sat_out.append({"contender": contender, "data": name, "reason": _reason(failure)})
            print(f"{name}: {contender} done", file=sys.stderr)
    return {"benchmark": "linkage", "machine": machine(), "results": results, "sat out": sat_out}


def _missing(module: str | None) -> str | None:
    if module is None or importlib.util.find_spec(module) is not None:
        return None
    return f"{module} is not installed"


def _start(contender: str, name: str, options: argparse.Namespace) -> Run:
    command = [sys.executable, "-m", "benchmarks.linkage", "--one", "--contender", contender, "--data", name]
    command += ["--cache", str(options.cache)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=options.timeout)
    # The last line: a library may print its own.
    found: Run = json.loads(done.stdout.splitlines()[-1])
    return found


def _reason(failure: subprocess.CalledProcessError | subprocess.TimeoutExpired) -> str:
    if isinstance(failure, subprocess.TimeoutExpired):
        return f"not done after {failure.timeout:.0f} seconds"
    lines = str(failure.stderr).strip().splitlines()
    return f"failed: {lines[-1] if lines else failure.returncode}"


def _summary(runs: list[Run]) -> Run:
    """Medians of what was measured, and whether the figures were the same each time."""
    figures = [{key: value for key, value in found.items() if key not in _MEASURED} for found in runs]
    return {
        **runs[0],
        **{key: statistics.median(found[key] for found in runs) for key in ("seconds", "peak_rss_mb")},
        "seconds_of_each_run": [found["seconds"] for found in runs],
        "same_figures_each_run": all(found == figures[0] for found in figures),
    }


def table(report: dict[str, Any]) -> str:
    """The figures as a Markdown table, and below it who sat out and why."""
    lines = [
        "| data | contender | precision | recall | F1 | best F1 (threshold) | seconds | peak MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for found in report["results"]:
        best = f"{found['best']['f1']:.4f} ({found['best']['threshold']:.3f})"
        figures = " | ".join(f"{found[key]:.4f}" for key in ("precision", "recall", "f1"))
        cost = f"{found['seconds']:.1f} | {found['peak_rss_mb']:,.0f}"
        lines.append(f"| {found['data']} | {found['contender']} | {figures} | {best} | {cost} |")
    lines += [f"\n{out['contender']} sat out {out['data']}: {out['reason']}" for out in report["sat out"]]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
