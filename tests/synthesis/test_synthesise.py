"""A set is whole, repeatable, and refuses what it cannot do."""

from __future__ import annotations

import hashlib

import polars as pl
import pytest

from correlate.errors import InputError
from correlate.synthesis import (
    DEFAULT_BREACHES,
    BadPopulation,
    DirectoryInUse,
    InseeFileMissing,
    UnknownLeak,
    synthesise,
)

TWO = ("viamedis-almerys-2024", "free-2024")


def digests(directory):
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.rglob("*")
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        synthesise(tmp_path / name, people=1_500, seed=5, breaches=TWO)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_another_seed_gives_other_people(tmp_path):
    for seed in (5, 6):
        synthesise(tmp_path / str(seed), people=500, seed=seed, breaches=TWO)
    first, second = (pl.read_parquet(tmp_path / seed / "subjects.parquet")["nir"] for seed in ("5", "6"))
    assert not set(first.drop_nulls()) & set(second.drop_nulls())


def test_more_people_leave_the_first_chunks_as_they_were(tmp_path, monkeypatch):
    monkeypatch.setattr("correlate.synthesis.dataset.CHUNK", 800)
    monkeypatch.setattr("correlate.synthesis.population.CHUNK", 800)
    for people in (800, 2_000):
        synthesise(tmp_path / str(people), people=people, seed=3, breaches=TWO)
    for name in ("people", "subjects", "breaches/free-2024", "breaches/viamedis-almerys-2024"):
        few, many = (pl.read_parquet(tmp_path / size / f"{name}.parquet") for size in ("800", "2000"))
        assert few.height > 0
        assert many.head(few.height).equals(few)
        assert many.height > few.height


def test_a_breach_does_not_depend_on_which_others_are_made(tmp_path):
    synthesise(tmp_path / "alone", people=700, seed=3, breaches=("free-2024",))
    synthesise(tmp_path / "both", people=700, seed=3, breaches=TWO)
    name = "breaches/free-2024.parquet"
    assert (tmp_path / "alone" / name).read_bytes() == (tmp_path / "both" / name).read_bytes()


def test_csv_holds_what_parquet_holds(tmp_path):
    synthesise(tmp_path / "p", people=900, seed=3, breaches=TWO)
    synthesise(tmp_path / "c", people=900, seed=3, breaches=TWO, format="csv")
    for name in ("subjects", "breaches/viamedis-almerys-2024"):
        parquet = pl.read_parquet(tmp_path / "p" / f"{name}.parquet")
        csv = pl.read_csv(tmp_path / "c" / f"{name}.csv", infer_schema_length=0)
        assert csv.equals(parquet)


def test_the_summary_counts_what_is_in_the_files(tmp_path):
    summary = synthesise(tmp_path / "set", people=1_234, seed=3)
    people = pl.read_parquet(tmp_path / "set" / "people.parquet")
    assert summary.people == people.height == people["person_id"].n_unique() == 1_234
    assert summary.households == people["household_id"].n_unique()
    assert summary.members == people["member_id"].is_not_null().sum()
    assert tuple(summary.rows) == DEFAULT_BREACHES
    for breach, rows in summary.rows.items():
        assert pl.read_parquet(tmp_path / "set" / "breaches" / f"{breach}.parquet").height == rows
    assert set(summary.files) == set(digests(tmp_path / "set"))
    assert "Nobody in these files exists" in (tmp_path / "set" / "SYNTHETIC.txt").read_text()


def test_the_progress_reaches_the_number_of_people(tmp_path, monkeypatch):
    monkeypatch.setattr("correlate.synthesis.dataset.CHUNK", 400)
    seen = []
    synthesise(tmp_path / "s", people=1_000, seed=1, breaches=TWO, progress=lambda *step: seen.append(step))
    assert seen == [(400, 1_000), (800, 1_000), (1_000, 1_000)]


@pytest.mark.parametrize("people", [1, 2, 3, 17])
def test_even_a_handful_of_people_make_a_set(tmp_path, people):
    assert synthesise(tmp_path / "few", people=people, seed=2).people == people


@pytest.mark.parametrize(
    "wrong", [{"people": 0}, {"people": -4}, {"seed": -1}, {"members": 1.5}, {"format": "xls"}]
)
def test_numbers_out_of_range_are_refused(tmp_path, wrong):
    with pytest.raises(BadPopulation):
        synthesise(tmp_path / "set", **{"people": 10, "seed": 1, **wrong})
    assert not (tmp_path / "set").exists()


def test_an_unknown_breach_is_refused_with_one_like_it(tmp_path):
    with pytest.raises(UnknownLeak, match="free-2024"):
        synthesise(tmp_path / "set", people=10, seed=1, breaches=("fre-2024",))


def test_a_set_is_replaced_only_by_force(tmp_path):
    synthesise(tmp_path / "set", people=10, seed=1)
    before = digests(tmp_path / "set")
    with pytest.raises(DirectoryInUse, match="--force"):
        synthesise(tmp_path / "set", people=20, seed=1)
    assert digests(tmp_path / "set") == before
    synthesise(tmp_path / "set", people=20, seed=1, force=True)
    assert pl.read_parquet(tmp_path / "set" / "people.parquet").height == 20
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_a_directory_of_other_files_is_never_replaced(tmp_path):
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(DirectoryInUse):
        synthesise(tmp_path, people=10, seed=1, force=True)
    assert (tmp_path / "mine.txt").read_text() == "kept"


def test_a_failure_leaves_nothing_behind(tmp_path):
    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        synthesise(tmp_path / "set", people=10, seed=1, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_missing_insee_files_are_named(tmp_path):
    with pytest.raises(InseeFileMissing, match=r"insee_noms_2008\.txt\.zip"):
        synthesise(tmp_path / "set", people=10, seed=1, insee=tmp_path)
    assert issubclass(InseeFileMissing, InputError)
