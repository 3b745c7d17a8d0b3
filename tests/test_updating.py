"""Scores are brought up to date: only those are linked again whom a change can concern."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from correlate.errors import InputError
from correlate.pipeline import Budget, KeptOtherwise, LinksDamaged, LinksNotKept, Models, previous, ranges
from correlate.pipeline.scorer import Scorer
from correlate.reading import RejectsWriter
from correlate.scoring import score
from correlate.tokens import create_key
from correlate.vault import Vault, compact, erase_records, ingest, remove_breach

LATE = "boulanger-2024"
DAY = datetime.date(2026, 11, 1)


@pytest.fixture(scope="module")
def models(small_france):
    """Those of a large vault, in which linkage keys alone find candidates."""
    linkage = dataclasses.replace(small_france.models.linkage, wide_records_max=-1)
    return dataclasses.replace(small_france.models, linkage=linkage)


class World:
    """A vault and a file of subjects of one's own, and scores of them."""

    def __init__(self, folder: Path, france, models: Models, *, like: Path | None = None) -> None:
        self.folder, self.france, self.models = folder, france, models
        self.vault = folder / "vault.duckdb"
        self.subjects = folder / "subjects.csv"
        self.options: dict[str, object] = {}
        if like:
            shutil.copytree(like, folder, dirs_exist_ok=True)
        else:
            shutil.copy(france.vault, self.vault)
            pl.read_parquet(france.subjects).write_csv(self.subjects)

    def change(self, work) -> None:
        with Vault.open(self.vault, self.france.key, write=True) as vault:
            work(vault)

    def score(self, name: str, **options):
        with (
            Vault.open(self.vault, self.france.key) as vault,
            RejectsWriter(self.folder / f"{name}.rejects.csv") as rejects,
        ):
            return score(
                vault,
                self.subjects,
                self.folder / f"{name}.parquet",
                models=self.models,
                id_column="member_id",
                rejects=rejects,
                **{**self.options, **options},
            )

    def again(self, before: str = "before", name: str = "after"):
        """Update, hold it against a full run, and give the report."""
        report = self.score(name, update=self.folder / f"{before}.parquet")
        full = self.score("full")
        assert self.bytes(name) == self.bytes("full")
        assert (self.folder / f"{name}.rejects.csv").read_bytes() == (
            self.folder / "full.rejects.csv"
        ).read_bytes()
        apart = ("output", "seconds", "linked_again", "whole")
        ours, theirs = dataclasses.asdict(report), dataclasses.asdict(full)
        assert {k: v for k, v in ours.items() if k not in apart} == {
            k: v for k, v in theirs.items() if k not in apart
        }
        return report

    def bytes(self, name: str) -> bytes:
        return (self.folder / f"{name}.parquet").read_bytes()

    def members(self, change) -> None:
        change(pl.read_csv(self.subjects, infer_schema=False)).write_csv(self.subjects)


def breach_file(world, breach: str) -> Path:
    return next(path for path in (world.france.folder / "breaches").iterdir() if path.stem == breach)


def held(world) -> list[str]:
    return sorted(path.stem for path in (world.france.folder / "breaches").iterdir())


@pytest.fixture(scope="module")
def late(small_france):
    """A breach that is not the reference of any field."""
    with Vault.open(small_france.vault, small_france.key) as vault:
        sizes = dict(
            vault.engine.rows(
                "SELECT breach, count(*) FROM record JOIN breach USING (breach_no) GROUP BY breach"
            )
        )
    return min(sizes, key=sizes.get)


@pytest.fixture
def unscored(tmp_path, small_france, models):
    return World(tmp_path, small_france, models)


@pytest.fixture(scope="module")
def once_scored(tmp_path_factory, small_france, models):
    """Where most updates begin, made once: ``before``, with its links."""
    made = World(tmp_path_factory.mktemp("scored"), small_france, models)
    made.score("before", keep_links=True)
    return made.folder


@pytest.fixture
def world(tmp_path, small_france, models, once_scored):
    """A copy of a world scored as ``before``."""
    return World(tmp_path, small_france, models, like=once_scored)


@pytest.fixture(scope="module")
def once_without_late(tmp_path_factory, small_france, models, late):
    made = World(tmp_path_factory.mktemp("without-late"), small_france, models)
    made.change(lambda vault: remove_breach(vault, late))
    made.score("before", keep_links=True)
    return made.folder


@pytest.fixture
def without_late(tmp_path, small_france, models, once_without_late):
    """A copy of a world scored as ``before``, when a breach was not in the vault yet."""
    return World(tmp_path, small_france, models, like=once_without_late)


def test_after_a_breach_came_in_a_part_is_linked_again(without_late, late):
    world = without_late
    file = breach_file(world, late)
    world.change(lambda vault: ingest(vault, file, world.models.catalogue.get(late)))
    report = world.again()
    assert report.whole == ""
    assert 0 < report.linked_again < report.subjects
    assert world.bytes("after") != world.bytes("before")


def test_after_a_breach_was_removed_a_part_is_linked_again(world, late):
    world.change(lambda vault: remove_breach(vault, late))
    report = world.again()
    assert 0 < report.linked_again < report.subjects


def test_after_records_were_erased_a_part_is_linked_again(world, late):

    def some(vault):
        ids = vault.engine.frame(
            "SELECT record_id FROM record JOIN breach USING (breach_no) WHERE breach = ? ORDER BY record_id",
            [late],
        )["record_id"]
        assert erase_records(vault, ids.gather_every(5)) > 5

    world.change(some)
    report = world.again()
    assert 0 < report.linked_again < report.subjects


def test_a_breach_that_left_and_another_that_took_its_number(world, late):
    """The vault gives the number of what is gone to the next that comes."""
    world.change(lambda vault: remove_breach(vault, late))
    other = next(breach.id for breach in world.models.catalogue if breach.id not in held(world))
    file = breach_file(world, late)
    world.change(lambda vault: ingest(vault, file, world.models.catalogue.get(other)))
    assert world.again().linked_again > 0


def test_subjects_who_came_left_or_changed(world):

    def change(rows):
        new = rows.head(3).with_columns(member_id=pl.format("new{}", pl.int_range(pl.len())))
        rows = rows.with_row_index("n").filter(pl.col("n") % 50 != 7)
        moved = pl.when(pl.col("n") % 40 == 3).then(pl.lit("Quimper")).otherwise(pl.col("ville"))
        twice = rows.filter(pl.col("n") % 90 == 11)
        nobody = rows.head(2).with_columns(member_id=pl.lit(None, pl.String))
        rows = pl.concat([rows.with_columns(ville=moved), twice, nobody]).drop("n")
        return pl.concat([rows.sample(fraction=1, shuffle=True, seed=4), new])

    world.members(change)
    report = world.again()
    assert report.rejected == 2
    assert 3 <= report.linked_again < report.subjects / 5


def test_subjects_and_vault_changed_and_then_nothing(without_late, late):
    """Night after night: each update is the next one's earlier output."""
    world = without_late
    world.members(lambda rows: rows.head(800))
    file = breach_file(without_late, late)
    world.change(lambda vault: ingest(vault, file, world.models.catalogue.get(late)))
    assert world.again("before", "second").linked_again > 0
    assert world.again("second", "third").linked_again == 0
    world.members(lambda rows: rows.tail(700))
    assert world.again("third", "fourth").linked_again == 0
    world.change(lambda vault: remove_breach(vault, late))
    world.again("fourth", "fifth")


@pytest.mark.parametrize("rows", [240])
def test_ranges_of_any_size_and_subjects_scattered_over_them(monkeypatch, unscored, late, rows):
    """With ranges as small as these, one in seven subjects has rows in two of them."""
    world = unscored
    small = Budget(batch_rows=rows // 2, range_rows=rows)
    monkeypatch.setattr(Budget, "of", classmethod(lambda _cls, _limits: small))
    world.members(lambda rows: pl.concat([rows.head(630), rows.head(630).gather_every(7)]))
    world.change(lambda vault: remove_breach(vault, late))
    world.score("before", keep_links=True)
    file = breach_file(world, late)
    world.change(lambda vault: ingest(vault, file, world.models.catalogue.get(late)))
    report = world.score("after", update=world.folder / "before.parquet")
    world.score("full")
    assert world.bytes("after") == world.bytes("full")
    assert 0 < report.linked_again < report.subjects


def test_what_was_declared_may_change(unscored):
    """A breach that is new to a subject, one no longer told, and one that the vault has come to hold."""
    world = unscored
    declared = world.folder / "declared.csv"
    ids = pl.read_csv(world.subjects, infer_schema=False)["member_id"]
    other = next(breach.id for breach in world.models.catalogue if breach.id not in held(world))

    def tell(some, breach):
        pl.DataFrame({"member_id": some, "breach": [breach] * len(some)}).write_csv(declared)

    tell(ids.head(40), other)
    world.options = {"declared": declared}
    world.score("before", keep_links=True)
    tell(ids.slice(20, 40), other)
    report = world.again()
    assert report.linked_again == 40
    file = breach_file(world, held(world)[0])
    odd = pl.read_csv(file, infer_schema=False) if file.suffix == ".csv" else pl.read_parquet(file)
    odd.head(30).write_parquet(world.folder / "odd.parquet")
    world.change(lambda v: ingest(v, world.folder / "odd.parquet", world.models.catalogue.get(other)))
    assert world.again("after", "later").linked_again >= 40


def test_another_day_assesses_all_and_links_nobody(world):
    world.models = dataclasses.replace(world.models, as_of=datetime.date(2026, 12, 1))
    assert world.again().linked_again == 0
    assert world.bytes("after") != world.bytes("before")


def test_the_same_day_assesses_only_what_is_new(monkeypatch, world):
    sizes = []
    from correlate.pipeline import scorer

    real = scorer.assess
    monkeypatch.setattr(
        scorer, "assess", lambda given, **more: sizes.append(given.count) or real(given, **more)
    )
    assert world.score("after", update=world.folder / "before.parquet").linked_again == 0
    assert sizes == []
    assert world.bytes("after") == world.bytes("before")


def test_rows_of_a_breach_are_their_own_evidence(unscored, late):
    world = unscored
    world.options = {"breach": world.models.catalogue.get("ameli-2022")}
    world.change(lambda vault: remove_breach(vault, late))
    world.score("before", keep_links=True)
    file = breach_file(world, late)
    world.change(lambda vault: ingest(vault, file, world.models.catalogue.get(late)))
    assert 0 < world.again().linked_again < 1000


def test_a_vault_that_is_compacted_is_the_same(world):
    world.change(compact)
    assert world.again().linked_again == 0


def test_where_common_names_are_told_by_another_breach_everybody_is_linked(world):
    """Then every match weight may move."""
    with Vault.open(world.vault, world.france.key) as vault:
        first = vault.engine.scalar(
            "SELECT breach FROM term JOIN breach USING (breach_no) WHERE field = 'surname' AND token = 0 "
            "ORDER BY records DESC LIMIT 1"
        )
    world.change(lambda vault: remove_breach(vault, first))
    report = world.again()
    assert report.linked_again is None
    assert "how common" in report.whole
    assert world.again("after", "next").linked_again == 0


def test_a_small_vault_is_searched_anew(unscored, small_france, late):
    """Wide keys are not stored, so nothing tells whom a new record could concern."""
    world = unscored
    world.models = small_france.models
    world.change(lambda vault: remove_breach(vault, late))
    world.score("before", keep_links=True)
    file = breach_file(world, late)
    world.change(lambda vault: ingest(vault, file, world.models.catalogue.get(late)))
    assert "small" in world.again().whole
    world.members(lambda rows: rows.head(500))
    assert world.again("after", "next").whole == ""


def test_an_update_that_was_broken_off_goes_on(monkeypatch, unscored, late):
    world = unscored
    small = Budget(batch_rows=40, range_rows=80)
    monkeypatch.setattr(Budget, "of", classmethod(lambda _cls, _limits: small))
    world.members(lambda rows: rows.head(240))
    world.change(lambda vault: remove_breach(vault, late))
    world.score("before", keep_links=True)
    file = breach_file(world, late)
    world.change(lambda vault: ingest(vault, file, world.models.catalogue.get(late)))
    world.members(lambda rows: rows.with_columns(ville=pl.lit("Lyon")))
    before, real, linked = world.folder / "before.parquet", Scorer.close_range, []

    def close(self, **given):
        if len(linked) == stop:
            raise KeyboardInterrupt
        linked.append(1)
        return real(self, **given)

    monkeypatch.setattr(Scorer, "close_range", close)
    stop = 2
    with pytest.raises(KeyboardInterrupt):
        world.score("after", update=before)
    stop = None
    report = world.score("after", update=before, resume=True)
    ranges = len(linked)
    world.score("full")
    assert len(linked) == 2 * ranges
    assert world.bytes("after") == world.bytes("full")
    assert 0 < report.linked_again <= report.subjects
    assert not (world.folder / "after.parquet.ranges").exists()
    assert (world.folder / "after.parquet.links").is_dir()


def test_what_holds_still_is_handed_on_as_it_lies_and_outlives_what_it_came_from(world, late):
    world.change(lambda vault: remove_breach(vault, late))
    world.again()
    before, after = world.folder / "before.parquet.links", world.folder / "after.parquet.links"
    for name in ("subjects", "links", "keys", "records"):
        assert (before / "00000" / f"{name}.arrow").samefile(after / "00000" / f"{name}.arrow")
    assert (before / "assessed-00000.arrow").samefile(after / "assessed-00000.arrow")
    gone = pl.read_ipc(after / "00000" / "gone.arrow")["place"]
    ids = pl.read_ipc(after / "00000" / "subjects.arrow")["subject_id"]
    assert sorted(ids[gone]) == sorted(pl.read_ipc(after / "00001" / "subjects.arrow")["subject_id"])
    shutil.rmtree(before)
    assert world.again("after", "next").linked_again == 0


def test_an_update_that_was_broken_off_at_its_very_end_harms_nothing_it_came_from(monkeypatch, world, late):
    world.change(lambda vault: remove_breach(vault, late))
    before = world.folder / "before.parquet.links"
    content = {path: path.read_bytes() for path in before.rglob("*.arrow")}
    real = ranges.keep_frame

    def keep(frame, path, **options):
        if options:
            real(frame.head(1), path, **options)
            raise KeyboardInterrupt
        return real(frame, path)

    with monkeypatch.context() as patch:
        patch.setattr(ranges, "keep_frame", keep)
        with pytest.raises(KeyboardInterrupt):
            world.score("after", update=world.folder / "before.parquet")
    world.score("after", update=world.folder / "before.parquet", resume=True)
    world.score("full")
    assert world.bytes("after") == world.bytes("full")
    assert content == {path: path.read_bytes() for path in before.rglob("*.arrow")}
    assert world.again("after", "next").linked_again == 0


@pytest.mark.parametrize("harm", ["gone", "assessed"])
def test_where_files_cannot_have_two_names_they_are_copied(monkeypatch, world, late, harm):
    """And what was handed on is looked through as well as what was made."""

    def link(*_paths):
        raise OSError

    monkeypatch.setattr(os, "link", link)
    world.change(lambda vault: remove_breach(vault, late))
    world.again()
    folder = world.folder / "after.parquet.links"
    path = folder / ("assessed-00000.arrow" if harm == "assessed" else "00000/gone.arrow")
    assert path.stat().st_nlink == 1
    content = path.read_bytes()
    path.write_bytes(content[:-9] + bytes(9))
    with pytest.raises(LinksDamaged):
        world.score("next", update=world.folder / "after.parquet")
    path.write_bytes(content)
    assert world.again("after", "next").linked_again == 0


def test_a_range_that_most_have_left_is_written_anew(world):
    world.members(lambda rows: rows.head(300))
    world.again()
    # What has been seen of the rows comes first.
    held = world.folder / "after.parquet.links" / "00001"
    assert pl.read_ipc(held / "subjects.arrow").height == pl.read_ipc(held / "links.arrow").height == 300
    links = pl.read_ipc(held / "links.arrow")
    assert links["keys"].sum() == pl.read_ipc(held / "keys.arrow").height
    assert links["records"].sum() == pl.read_ipc(held / "records.arrow").height
    assert not (held / "gone.arrow").exists()
    world.members(lambda rows: rows.head(200))
    assert world.again("after", "next").linked_again == 0


@pytest.mark.parametrize("most", [1, 2])
def test_assessments_of_many_updates_are_written_as_one(monkeypatch, without_late, late, most):
    monkeypatch.setattr(previous, "MOST_FILES", most)
    world = without_late
    file = breach_file(world, late)
    world.change(lambda vault: ingest(vault, file, world.models.catalogue.get(late)))
    world.again("before", "second")
    names = [path.name for path in (world.folder / "second.parquet.links").glob("assessed-*")]
    assert len(names) == most
    world.change(lambda vault: remove_breach(vault, late))
    world.again("second", "third")
    assert world.again("third", "fourth").linked_again == 0


def test_nothing_is_kept_that_was_not_asked_for(unscored):
    world = unscored
    world.score("plain")
    assert not (world.folder / "plain.parquet.links").exists()
    with pytest.raises(LinksNotKept, match="--keep-links"):
        world.score("after", update=world.folder / "plain.parquet")
    world.score("kept", keep_links=True)
    folder = world.folder / "kept.parquet.links"
    assert folder.stat().st_mode & 0o077 == 0
    assert world.bytes("plain") == world.bytes("kept")


@pytest.mark.parametrize(
    ("harm", "frame"),
    [
        *(("range", frame) for frame in ("subjects", "exposures", "links", "keys", "records", "told")),
        *((harm, "") for harm in ("scores", "assessed", "kept", "no kept")),
    ],
)
def test_links_that_are_not_whole_or_of_other_scores_are_refused(world, harm, frame):
    folder = world.folder / "before.parquet.links"
    files = {
        "scores": world.folder / "before.parquet",
        "range": folder / "00000" / f"{frame}.arrow",
        "assessed": folder / "assessed-00000.arrow",
        "kept": folder / "kept.json",
        "no kept": folder / "kept.json",
    }
    if harm == "no kept":
        files[harm].unlink()
    else:
        content = files[harm].read_bytes()
        files[harm].write_bytes(content[:-3])
    with pytest.raises(LinksDamaged, match=r"not whole, or belongs to other scores"):
        world.score("after", update=world.folder / "before.parquet")
    assert not (world.folder / "after.parquet").exists()


def test_scores_of_another_run_are_refused_and_the_error_says_why(world, tmp_path, small_france):
    before = world.folder / "before.parquet"

    def refused(what, **options):
        with pytest.raises(KeptOtherwise, match=what):
            world.score("after", update=before, **options)

    refused("--breach", breach=world.models.catalogue.get("ameli-2022"))
    mine = world.models
    world.models = dataclasses.replace(mine, linkage=dataclasses.replace(mine.linkage, probability_min=0.2))
    refused("linkage model")
    world.models = mine
    for own in (False, True):
        key = create_key(tmp_path / "other.key") if own else small_france.key
        other = tmp_path / f"other{own}.duckdb"
        with Vault.create(other, key) as vault:
            rows = pl.read_csv(world.subjects, infer_schema=False).head(9)
            ingest(vault, rows, world.models.catalogue.get("ameli-2022"))
        with (
            Vault.open(other, key) as vault,
            pytest.raises(KeptOtherwise, match="key" if own else "the vault"),
        ):
            score(
                vault,
                world.subjects,
                tmp_path / "never.parquet",
                models=world.models,
                id_column="member_id",
                update=before,
            )
    assert not (tmp_path / "never.parquet").exists()
    assert issubclass(KeptOtherwise, InputError)


def test_what_is_kept_names_no_breach_of_the_vault(world):
    """Who stands in a breach is told by the vault alone."""
    folder = world.folder / "before.parquet.links"
    names = [breach.encode() for breach in held(world)]
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.startswith("assessed-"):
            content = path.read_bytes()
            assert not any(name in content for name in names), path.name
    kept = json.loads((folder / "kept.json").read_text(encoding="utf-8"))
    assert kept["snapshot"]["files"]
