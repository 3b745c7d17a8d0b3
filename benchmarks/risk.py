"""What risk costs on top of linkage, and how leaving a breach out compares with its exact share.

``python -m benchmarks risk --people 2000000``: an insurer's members (half of the people) against five
breaches. Linkage alone reads, tokenises and links them and keeps their distinct exposures; the whole does the
same and then assesses each exposure (scenarios, bounds, uplift, leave-one-out, evidence, reasons, severity)
and writes a row a member as Parquet. Each runs in a process of its own, in turn. Then exact shares are worked
out for every distinct exposure of a sample and held against the points of leave-one-out.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.harness import RESULTS, peak_mb
from correlate.catalogue import Catalogue
from correlate.demonstration import AS_OF
from correlate.linkage import ExposureTable, link
from correlate.pipeline import Models, SubjectNumbers, subject_ids
from correlate.reading import open_input
from correlate.scoring import score
from correlate.synthesis import synthesise
from correlate.tokens import SecretKey
from correlate.vault import Vault, ahead, ingest, tokenised

__all__ = ["measure"]

KEY = SecretKey(secret=bytes(range(32)))
ID = "member_id"
WAYS = ("linkage alone", "the whole")


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print a table and write benchmarks/results/risk.json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks risk")
    parser.add_argument("--people", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path, default=RESULTS / "risk.json")
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.one:
        print(json.dumps(_run(options.one, options.folder)))
        return
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), people=options.people, seed=options.seed, runs=options.runs)
    options.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print("| | seconds | peak MB |\n|---|---|---|")
    for name in WAYS:
        print(f"| {name} | {found[name]['seconds']:.1f} | {found[name]['peak_mb']:,.0f} |")
    print(f"\nRatio {found['ratio']:.2f}, {found['members']:,} members, {found['exposures']:,} exposures.\n")
    for key, value in found["shares"].items():
        print(f"{key:<60} {value}")


def measure(folder: Path, *, people: int, seed: int, runs: int) -> dict[str, Any]:
    """Time both ways, medians of ``runs``, and compare shares with leave-one-out."""
    synthesise(folder / "france", people=people, seed=seed)
    catalogue = Catalogue.shipped()
    with Vault.create(folder / "vault.duckdb", KEY) as vault:
        for file in sorted((folder / "france" / "breaches").iterdir()):
            ingest(vault, file, catalogue.get(file.stem))
    timed: dict[str, list[dict[str, float]]] = {name: [] for name in WAYS}
    for _ in range(runs):
        for name in WAYS:
            command = [sys.executable, "-m", "benchmarks.risk", "--one", name, "--folder", str(folder)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            timed[name].append(json.loads(done.stdout))
    medians = {
        name: {key: statistics.median(run[key] for run in found) for key in found[0]}
        for name, found in timed.items()
    }
    return {
        "people": people,
        "seed": seed,
        "runs": runs,
        "members": int(medians["linkage alone"]["members"]),
        "exposures": int(medians["linkage alone"]["exposures"]),
        **medians,
        "ratio": medians["the whole"]["seconds"] / medians["linkage alone"]["seconds"],
        "shares": _shares(folder),
    }


def _run(way: str, folder: Path) -> dict[str, float]:
    start = time.perf_counter()
    members, exposures = (_link if way == "linkage alone" else _score)(folder)
    return {
        "seconds": time.perf_counter() - start,
        "peak_mb": peak_mb(),
        "members": members,
        "exposures": exposures,
    }


def _link(folder: Path) -> tuple[int, int]:
    models = Models.default(as_of=AS_OF, catalogue=Catalogue.shipped())
    subjects, members = folder / "france" / "subjects.parquet", 0
    with Vault.open(folder / "vault.duckdb", KEY) as vault, open_input(subjects, keep=(ID,)) as source:
        table = ExposureTable(vault)
        for batch, people in ahead(tokenised(vault.tokeniser, source, None, asking=True)):
            ids, _refused = subject_ids(batch, ID)
            subjects = SubjectNumbers.of(ids)
            link(vault, people, subjects.of_row, model=models.linkage)
            table.add(len(subjects.ids))
            members += len(ids)
        return members, table.count


def _score(folder: Path) -> tuple[int, int]:
    models = Models.default(as_of=AS_OF, catalogue=Catalogue.shipped())
    subjects = folder / "france" / "subjects.parquet"
    with Vault.open(folder / "vault.duckdb", KEY) as vault:
        report = score(vault, subjects, folder / "scores.parquet", models=models, id_column=ID)
    return report.subjects, 0


def _shares(folder: Path) -> dict[str, float]:
    """Exact shares against leave-one-out, over members in two breaches or more of a sample."""
    rows = pl.scan_parquet(folder / "scores.parquet").gather_every(20).select("subject_id").collect()
    models = Models.default(as_of=AS_OF, catalogue=Catalogue.shipped())
    subjects = pl.read_parquet(folder / "france" / "subjects.parquet")
    sample = subjects.filter(pl.col(ID).is_in(rows["subject_id"].implode()))
    sample.write_parquet(folder / "sample.parquet")
    with Vault.open(folder / "vault.duckdb", KEY) as vault:
        start = time.perf_counter()
        score(vault, folder / "sample.parquet", folder / "plain.parquet", models=models, id_column=ID)
        plain = time.perf_counter() - start
        models = Models(**{**vars(models), "shares": True})
        start = time.perf_counter()
        score(vault, folder / "sample.parquet", folder / "shares.parquet", models=models, id_column=ID)
        with_shares = time.perf_counter() - start
    found = pl.read_parquet(folder / "shares.parquet", columns=["subject_id", "score", "breaches"])
    found = found.filter((pl.col("breaches").list.len() >= 2) & (pl.col("score") > 0))
    each = found.explode("breaches").unnest("breaches")
    sums = each.group_by("subject_id").agg(
        pl.col("score").first(),
        losses=pl.col("points").sum(),
        top_share=pl.col("breach").sort_by("share", "breach").last(),
        top_loss=pl.col("breach").sort_by("points", "breach").last(),
    )
    scaled = each.join(sums.select("subject_id", "losses"), on="subject_id").filter(pl.col("losses") > 0)
    off = np.abs((scaled["points"] / scaled["losses"] * scaled["score"] - scaled["share"]).to_numpy())
    return {
        "members of the sample in two breaches or more": sums.height,
        "leave-one-out adds up to, of the score (mean)": _mean(sums["losses"] / sums["score"]),
        "the same breach weighs most (share of members)": _mean(sums["top_share"] == sums["top_loss"]),
        "rank correlation over all breaches": round(
            float(each.select(pl.corr("share", "points", method="spearman")).item()), 3
        ),
        "scaled to the score, off by (mean points)": round(float(off.mean()), 2),
        "seconds for the sample without exact shares": round(plain, 1),
        "seconds for the sample with exact shares": round(with_shares, 1),
    }


def _mean(values: pl.Series) -> float:
    return round(float(values.cast(pl.Float64).to_numpy().mean()), 3)


if __name__ == "__main__":
    main()
