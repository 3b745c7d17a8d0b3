"""Links by depth: how many are true, and how many of those that only a path can find are found.

``python -m benchmarks paths --people 100000`` links the members of a synthetic insurer to the breaches of a
synthetic France, over paths of up to three links, and holds every link to the truth. Records are truly
reachable at depth d when a chain of d - 1 records of the same person leads to them from a true direct link,
each sharing a linkage key with the next.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.harness import RESULTS
from correlate.catalogue import Catalogue
from correlate.linkage import JUDGED, Askers, LinkageModel, judge, link, load_model
from correlate.reading import open_input
from correlate.synthesis import synthesise
from correlate.tokens import SecretKey
from correlate.vault import ROW_BITS, Vault, ingest, tokenised

__all__ = ["measure"]

KEY = SecretKey(secret=bytes(range(32)))
LINKED_FROM = 0.5
ROWS = 100_000
PAIR = ["member_id", "record_id"]


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print a table and write benchmarks/results/paths.json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks paths")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=RESULTS / "paths.json")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), people=options.people, seed=options.seed)
    options.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print("| depth | links | precision | truly reachable | found |\n|---|---|---|---|---|")
    for row in found["depths"]:
        print(
            f"| {row['depth']} | {row['links']:,} | {row['precision']:.4f} | {row['reachable']:,} | "
            f"{row['recall']:.4f} |"
        )
    print(
        f"\n{found['household_links']:,} household links, of the person "
        f"{found['household_links_of_the_person']:,}; dependents taken for the insured: "
        f"{found['dependents_taken_for_the_insured']:,}, for a twin: {found['dependents_taken_for_a_twin']:,}"
    )
    print(f"{found['seconds']:.1f} s for {found['members']:,} members.")


def measure(folder: Path, *, people: int, seed: int, model: LinkageModel | None = None) -> dict[str, Any]:
    """Links of all depths against the truth of one synthetic France.

    A dependent's record bears the insured's NIR; taken for the insured it would be a household link counted
    as a person's. Between twins under one parent's NIR little but the first name tells.
    """
    model = model or load_model()
    subjects = folder / "france" / "subjects.parquet"
    synthesise(folder / "france", people=people, seed=seed)
    with Vault.create(folder / "vault.duckdb", KEY) as vault:
        files = sorted((folder / "france" / "breaches").iterdir())
        for file in files:
            ingest(vault, file, Catalogue.shipped().get(file.stem))
        start = time.perf_counter()
        parts = list(_linked(vault, subjects, model))
        seconds = time.perf_counter() - start
        truth = _truth(vault, folder / "france" / "truth.parquet", files)
        edges = _true_edges(vault, truth, model)
    members = int(pl.scan_parquet(subjects).select(pl.len()).collect().item())
    links = pl.concat([linked for linked, _ in parts]).filter(pl.col("probability") >= LINKED_FROM)
    true = truth.drop_nulls("member_id").select(*PAIR).with_columns(true=pl.lit(value=True))
    links = links.join(true, on=PAIR, how="left").with_columns(pl.col("true").fill_null(value=False))
    household = pl.concat([others for _, others in parts]).join(true, on=PAIR, how="left")
    twins, insured = _dependents_taken(links, truth, folder / "france" / "people.parquet")
    return {
        "people": people,
        "seed": seed,
        "members": members,
        "records": truth.height,
        "model": model.name,
        "depths": list(_by_depth(links, edges, model.hop_depth_max)),
        "household_links": household.height,
        "household_links_of_the_person": int(household["true"].sum()),
        "dependents_taken_for_the_insured": insured,
        "dependents_taken_for_a_twin": twins,
        "seconds": round(seconds, 2),
    }


def _linked(vault: Vault, subjects: Path, model: LinkageModel) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Links and household links of each batch of members."""
    with open_input(subjects, keep=("member_id",)) as source:
        for batch, people in tokenised(vault.tokeniser, source, None, asking=True):
            link(vault, people, np.arange(1, people.height + 1), model=model)
            members = batch.frame["keep:member_id"]
            linked = vault.engine.frame("SELECT subject_no, record_id, depth, probability FROM linked")
            others = vault.engine.frame("SELECT subject_no, record_id FROM household")
            yield _named(linked, members), _named(others, members)


def _named(pairs: pl.DataFrame, members: pl.Series) -> pl.DataFrame:
    return pairs.with_columns(member_id=members.gather(pairs["subject_no"] - 1)).drop("subject_no")


def _dependents_taken(links: pl.DataFrame, truth: pl.DataFrame, people: Path) -> tuple[int, int]:
    """Dependents' records linked to another member: of the same year of birth, and of another."""
    born = pl.read_parquet(people, columns=["person_id", "member_id", "birth_year"])
    dependents = truth.filter(relation="household-nir").select("record_id", "person_id", about="member_id")
    wrong = links.join(dependents, on="record_id").filter(pl.col("about").ne_missing(pl.col("member_id")))
    wrong = wrong.join(born.select("person_id", about_year="birth_year"), on="person_id")
    wrong = wrong.join(born.drop_nulls("member_id").select("member_id", "birth_year"), on="member_id")
    twins = wrong.filter(pl.col("birth_year") == pl.col("about_year")).height
    return twins, wrong.height - twins


def _truth(vault: Vault, truth: Path, files: Sequence[Path]) -> pl.DataFrame:
    """(record_id, person_id, member_id, relation) of every record of the vault."""
    numbers = {file.stem: number for number, file in enumerate(files, start=1)}
    rows = pl.read_parquet(truth, columns=["breach", "row", "person_id", "member_id", "relation"])
    held = vault.engine.frame("SELECT record_id FROM record")
    number = pl.col("breach").replace_strict(numbers, return_dtype=pl.Int64)
    return rows.select(
        "person_id", "member_id", "relation", record_id=number * 2**ROW_BITS + pl.col("row").cast(pl.Int64)
    ).join(held, on="record_id", how="semi")


def _true_edges(vault: Vault, truth: pl.DataFrame, model: LinkageModel) -> pl.DataFrame:
    """(record_id, to): records of one person that share a linkage key, however they were judged."""
    narrow = dataclasses.replace(model, key_records_max=model.hop_key_records_max, wide_records_max=-1)
    people = truth.select("record_id", "person_id")
    found = []
    for part in Askers.of_records(vault, truth["record_id"]).parts(ROWS):
        judge(vault, part, model=narrow)
        pairs = vault.engine.frame(f"SELECT asker_no, record_id FROM {JUDGED} WHERE asker_no <> record_id")
        both = pairs.join(people, left_on="asker_no", right_on="record_id").join(people, on="record_id")
        found.append(both.filter(pl.col("person_id") == pl.col("person_id_right")))
    return pl.concat(found).select(record_id="asker_no", to="record_id")


def _by_depth(links: pl.DataFrame, edges: pl.DataFrame, deepest: int) -> Iterator[dict[str, Any]]:
    """Precision of the links of each depth, and recall of what is truly reachable at it and no sooner."""
    front = known = links.filter((pl.col("depth") == 1) & pl.col("true")).select(PAIR)
    for depth in range(1, deepest + 1):
        at = links.filter(pl.col("depth") == depth)
        if depth > 1:
            ahead = front.join(edges, on="record_id").select("member_id", record_id="to").unique()
            front = ahead.join(known, on=PAIR, how="anti")
            known = pl.concat([known, front])
        reached = front.join(links, on=PAIR, how="semi").height
        yield {
            "depth": depth,
            "links": at.height,
            "precision": int(at["true"].sum()) / max(1, at.height),
            "reachable": front.height,
            "recall": reached / front.height if front.height else 1.0,
        }


if __name__ == "__main__":
    main()
