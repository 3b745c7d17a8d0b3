"""A file is scored range by range: a run that was broken off goes on, and ends as if it had not been."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time

import polars as pl
import pytest

from correlate.pipeline import Budget, ResumedOtherwise, TooLittleMemory
from correlate.pipeline.scorer import Scorer
from correlate.reading import RejectsWriter
from correlate.scoring import score
from correlate.vault import Limits, Vault, ingest

# More of them with KILLS=20: each takes some seconds.
KILLS = int(os.environ.get("KILLS", "2"))
SMALL = Budget(batch_rows=250, range_rows=500)
# The command line in a process of its own, with ranges small enough for a file of a thousand rows.
RUN = """
from correlate.pipeline import Budget
Budget.of = classmethod(lambda cls, limits: cls(batch_rows=250, range_rows=500))
from correlate_cli.app import main
main()
"""


@pytest.fixture
def small_ranges(monkeypatch):
    monkeypatch.setattr(Budget, "of", classmethod(lambda _cls, _limits: SMALL))


@pytest.fixture(scope="module")
def subjects(small_france, tmp_path_factory):
    """Members, one in seven of whom stands in a row far away too, and two rows without an id."""
    members = pl.read_parquet(small_france.subjects).head(1_000)
    rows = pl.concat([members, members.gather_every(7), members.head(2).with_columns(member_id=None)])
    path = tmp_path_factory.mktemp("subjects") / "subjects.csv"
    rows.write_csv(path)
    return path


def run(small_france, subjects, output, **options):
    with Vault.open(small_france.vault, small_france.key) as vault:
        return score(vault, subjects, output, models=small_france.models, id_column="member_id", **options)


@pytest.fixture(scope="module")
def whole(small_france, subjects, tmp_path_factory):
    """What one range gives."""
    folder = tmp_path_factory.mktemp("whole")
    with RejectsWriter(folder / "rejects.csv") as rejects:
        report = run(small_france, subjects, folder / "scores.parquet", rejects=rejects)
    return folder, report


class BrokenOff(Exception):
    """The run ends here."""


def broken_off(monkeypatch, small_france, subjects, output, *, after):
    """Run until so many ranges are linked, and one more begins."""
    real, done = Scorer.close_range, []

    def close(self, **given):
        if len(done) == after:
            raise BrokenOff
        done.append(1)
        return real(self, **given)

    with monkeypatch.context() as patch:
        patch.setattr(Scorer, "close_range", close)
        with pytest.raises(BrokenOff):
            run(small_france, subjects, output)


@pytest.mark.usefixtures("small_ranges")
def test_ranges_give_the_bytes_of_one_range(small_france, subjects, whole, tmp_path):
    """Rejects and counts too, and subjects whose rows lie in several ranges (their links count in each)."""
    folder, report = whole
    with RejectsWriter(tmp_path / "rejects.csv") as rejects:
        ours = run(small_france, subjects, tmp_path / "scores.parquet", rejects=rejects)
    for name in ("scores.parquet", "rejects.csv"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
    assert (ours.rows, ours.rejected, ours.subjects) == (report.rows, report.rejected, report.subjects)
    assert (ours.linked, ours.dropped, ours.bands) == (report.linked, report.dropped, report.bands)
    assert ours.links >= report.links
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rejects.csv", "scores.parquet"]


@pytest.mark.usefixtures("small_ranges")
@pytest.mark.parametrize("after", [2])
def test_a_run_that_was_broken_off_goes_on_without_doing_ranges_again(
    monkeypatch, small_france, subjects, whole, tmp_path, after
):
    output = tmp_path / "scores.parquet"
    broken_off(monkeypatch, small_france, subjects, output, after=after)
    assert [path.name for path in tmp_path.iterdir()] == ["scores.parquet.ranges"]
    linked = []
    real = Scorer.close_range
    monkeypatch.setattr(Scorer, "close_range", lambda self, **given: linked.append(1) or real(self, **given))
    with RejectsWriter(tmp_path / "rejects.csv") as rejects:
        report = run(small_france, subjects, output, resume=True, rejects=rejects)
    assert len(linked) == -(-report.rows // SMALL.range_rows) - after
    assert output.read_bytes() == (whole[0] / "scores.parquet").read_bytes()
    assert (tmp_path / "rejects.csv").read_bytes() == (whole[0] / "rejects.csv").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rejects.csv", "scores.parquet"]


@pytest.mark.usefixtures("small_ranges")
@pytest.mark.parametrize("harm", ["cut", "half"])
def test_a_range_that_is_not_whole_is_done_again(monkeypatch, small_france, subjects, whole, tmp_path, harm):
    output = tmp_path / "scores.parquet"
    broken_off(monkeypatch, small_france, subjects, output, after=2)
    second = tmp_path / "scores.parquet.ranges" / "00001"
    if harm == "cut":
        held = (second / "subjects.arrow").read_bytes()
        (second / "subjects.arrow").write_bytes(held[: len(held) // 2])
    else:
        second.rename(second.with_suffix(".part"))
    run(small_france, subjects, output, resume=True)
    assert output.read_bytes() == (whole[0] / "scores.parquet").read_bytes()


@pytest.mark.usefixtures("small_ranges")
def test_without_resume_a_run_starts_anew(monkeypatch, small_france, subjects, whole, tmp_path):
    output = tmp_path / "scores.parquet"
    broken_off(monkeypatch, small_france, subjects, output, after=2)
    run(small_france, subjects, output)
    assert output.read_bytes() == (whole[0] / "scores.parquet").read_bytes()
    assert not (tmp_path / "scores.parquet.ranges").exists()


@pytest.mark.parametrize("left", [False, True])
def test_where_there_is_nothing_to_resume_a_run_begins(small_france, subjects, whole, tmp_path, left):
    """As when it was killed before its first range was done, with or without a folder."""
    output = tmp_path / "scores.parquet"
    if left:
        (tmp_path / "scores.parquet.ranges" / "00000.part").mkdir(parents=True)
    run(small_france, subjects, output, resume=True)
    assert output.read_bytes() == (whole[0] / "scores.parquet").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["scores.parquet"]


@pytest.mark.usefixtures("small_ranges")
def test_a_run_of_other_subjects_is_not_resumed(monkeypatch, small_france, subjects, tmp_path):
    output = tmp_path / "scores.parquet"
    broken_off(monkeypatch, small_france, subjects, output, after=2)
    other = tmp_path / "other.csv"
    pl.read_csv(subjects, infer_schema=False).head(800).write_csv(other)
    with pytest.raises(ResumedOtherwise, match="the file of subjects is not what it was"):
        run(small_france, other, output, resume=True)
    assert (tmp_path / "scores.parquet.ranges").exists()


@pytest.mark.usefixtures("small_ranges")
def test_a_run_on_another_state_of_the_vault_is_not_resumed(monkeypatch, small_france, subjects, tmp_path):
    path = tmp_path / "v.duckdb"
    path.write_bytes(small_france.vault.read_bytes())
    there = type(small_france)(**{**vars(small_france), "vault": path})
    broken_off(monkeypatch, there, subjects, tmp_path / "scores.parquet", after=2)
    with Vault.open(path, small_france.key, write=True) as vault:
        ingest(vault, pl.DataFrame({"email": ["a@b.fr"]}), small_france.models.catalogue.get("free-2024"))
    with pytest.raises(ResumedOtherwise, match="the vault is not what it was"):
        run(there, subjects, tmp_path / "scores.parquet", resume=True)


@pytest.mark.usefixtures("small_ranges")
def test_another_breach_or_model_is_not_resumed(monkeypatch, small_france, subjects, tmp_path):
    output = tmp_path / "scores.parquet"
    broken_off(monkeypatch, small_france, subjects, output, after=2)
    viamedis = small_france.models.catalogue.get("viamedis-almerys-2024")
    with pytest.raises(ResumedOtherwise, match="--breach is not what it was"):
        run(small_france, subjects, output, resume=True, breach=viamedis)
    models = type(small_france.models)(**{**vars(small_france.models), "base_rates": True})
    with (
        Vault.open(small_france.vault, small_france.key) as vault,
        pytest.raises(ResumedOtherwise, match="the profile or the day"),
    ):
        score(vault, subjects, output, models=models, id_column="member_id", resume=True)


@pytest.mark.usefixtures("small_ranges")
def test_what_is_kept_is_the_users_alone_and_holds_no_value_and_no_token(
    monkeypatch, small_france, subjects, tmp_path
):
    """Ids, numbers, codes of attribute classes and reasons: every column and every key is known here."""
    broken_off(monkeypatch, small_france, subjects, tmp_path / "scores.parquet", after=1)
    folder = tmp_path / "scores.parquet.ranges"
    assert folder.stat().st_mode & 0o777 == 0o700
    names = {path.name for path in (folder / "00000").iterdir()}
    columns = {path.stem: pl.read_ipc_schema(path) for path in (folder / "00000").glob("*.arrow")}
    assert names == {"range.json", *(f"{name}.arrow" for name in columns)}
    assert {name: list(schema) for name, schema in columns.items()} == {
        "subjects": ["subject_id", "exposure_no"],
        "exposures": ["exposure_no", "elements"],
        "told": ["subject_id", "breach"],
        "rejects": ["row", "reason", "column"],
    }
    document = json.loads((folder / "00000" / "range.json").read_text())
    assert set(document) == {"batches", "read_to", "counts", "dropped", "names", "reached", "sums"}
    assert document["names"]["breaches"] == {}
    elements = pl.read_ipc(folder / "00000" / "exposures.arrow")["elements"].explode()
    # Breach, class set, origin and hundredths: the tokens of a vault fill 64 bits.
    assert elements.drop_nulls().is_between(0, 2**52).all()


@pytest.mark.parametrize(("memory", "rows"), [("1.5GB", 50_000), ("2GB", 225_000), ("8GB", 3_250_000)])
def test_a_range_fits_into_the_memory_that_is_given(memory, rows):
    assert Budget.of(Limits(memory=memory)).range_rows == rows


def test_too_little_memory_is_told_with_what_is_needed(small_france, subjects, tmp_path):
    with (
        Vault.open(small_france.vault, small_france.key, limits=Limits(memory="300MB")) as vault,
        pytest.raises(TooLittleMemory, match=r"300MB .* at least 1\.5GB"),
    ):
        score(vault, subjects, tmp_path / "s.parquet", models=small_france.models, id_column="member_id")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_killed_at_any_instant_a_run_resumes_to_the_same_bytes(small_france, subjects, whole, tmp_path):
    """SIGKILL, again and again on one output, until a run gets to its end."""
    (tmp_path / "key").write_text(bytes(range(32)).hex() + "\n")
    (tmp_path / "key").chmod(0o600)
    output, ranges = tmp_path / "scores.parquet", tmp_path / "scores.parquet.ranges"
    command = [sys.executable, "-c", RUN, "score", small_france.vault, subjects, "--id", "member_id"]
    command += ["--key", tmp_path / "key", "--as-of", "2026-11-01", "-o", output]
    draw = random.Random(5)
    kills = 0
    for _ in range(KILLS):
        process = subprocess.Popen([*map(str, command), "--resume"], stdout=subprocess.DEVNULL)
        # Before there is anything to keep, there is nothing to resume.
        while not ranges.exists() and process.poll() is None:
            time.sleep(0.01)
        time.sleep(draw.uniform(0, 1.5))
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
        if output.exists():
            break
    if not output.exists():
        subprocess.run([*map(str, command), "--resume"], check=True, stdout=subprocess.DEVNULL)
    assert kills
    assert output.read_bytes() == (whole[0] / "scores.parquet").read_bytes()
