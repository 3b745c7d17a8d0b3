"""Linkage held against labels: what is counted, what is refused, and that labels and order change no link."""

from __future__ import annotations

import dataclasses
import importlib
import json
import tempfile
from pathlib import Path

import polars as pl
import pytest

from correlate.errors import InputError
from correlate.evaluation import (
    THRESHOLD,
    NoTruePair,
    SubjectsUnusable,
    TruthConstant,
    TruthEmpty,
    TruthMissing,
    evaluate,
    linked_pairs,
)
from correlate.linkage import COMPARISONS, load_model
from correlate.reading import Mapping
from correlate.tokens import SecretKey
from tests.evaluation.files import both_sides, carelessly, population
from tests.vault.leaks import write

pytestmark = pytest.mark.long

IGNORING = Mapping(columns={"who": "ignore"})


@pytest.fixture
def one_key(monkeypatch):
    """The key of a trial hangs on the bytes of its files; here it does not, so that only rows can matter."""
    module = importlib.import_module("correlate.evaluation.trial")
    monkeypatch.setattr(module, "_key", lambda *_: SecretKey(secret=bytes(range(32))))


@pytest.fixture
def sides(tmp_path):
    return both_sides(tmp_path)


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """The same two files as ``sides``, evaluated once with and once without learning, and their pairs."""
    subjects, records = both_sides(tmp_path_factory.mktemp("once"))
    return {
        learn: (
            evaluate(subjects, [records], truth="who", learn=learn),
            linked_pairs(subjects, [records], mapping=IGNORING, learn=learn, probability_min=0.0),
        )
        for learn in (True, False)
    }


def timeless(evaluation):
    """All figures but those of the clock and the machine."""
    figures = evaluation.as_json()
    del figures["seconds"], figures["peak_rss_mb"]
    return figures


def labels(path):
    frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path)
    return dict(enumerate(frame["who"].to_list(), start=1))


def counted(subjects, records, pairs):
    """True pairs, links and true links, by going through all rows."""
    asked = labels(subjects)
    held = {number: labels(path) for number, path in enumerate(records, start=1)}
    true_pairs = sum(
        mine is not None and mine == theirs
        for mine in asked.values()
        for file in held.values()
        for theirs in file.values()
    )
    linked = pairs.select("subject_row", "file", "record_row").rows()
    true_links = sum(
        asked[row] is not None and asked[row] == held[file][record] for row, file, record in linked
    )
    return true_pairs, len(linked), true_links


def test_the_figures_are_those_of_counting_the_linked_pairs(sides, once):
    subjects, records = sides
    found, every = once[True]
    pairs = linked_pairs(subjects, [records], mapping=IGNORING)
    assert pairs.equals(every.filter(pl.col("probability") >= THRESHOLD))
    true_pairs, links, true_links = counted(subjects, [records], pairs)
    assert (found.subjects, found.records, found.true_pairs, found.threshold) == (80, 80, 60, THRESHOLD)
    assert true_pairs == 60
    assert found.precision == pytest.approx(true_links / links)
    assert found.recall == pytest.approx(true_links / true_pairs)
    assert found.f1 == pytest.approx(2 * true_links / (links + true_pairs))
    assert found.best.f1 >= found.f1 > 0.9
    assert found.blocking_recall >= found.recall
    assert found.best.f1 == pytest.approx(found.curve["f1"].max())
    assert found.fitted
    assert found.model == f"{load_model().name}+fit"


def test_candidates_are_all_pairs_that_were_compared(sides, once):
    subjects, records = sides
    found, every = once[False]
    true_pairs, links, true_links = counted(subjects, [records], every)
    assert found.candidates == links
    assert found.blocking_recall == pytest.approx(true_links / true_pairs)
    assert not found.fitted
    assert found.model == load_model().name


def test_calibration_is_over_the_pairs_that_would_be_reported(once):
    found, every = once[True]
    reported = every.filter(pl.col("probability") >= load_model().probability_min)
    assert found.reliability["pairs"].sum() == reported.height
    error = sum(n * abs(said - was) for _, n, said, was in found.reliability.rows()) / reported.height
    assert found.calibration_error == pytest.approx(error)


def test_the_same_files_give_the_same_figures(sides, once):
    subjects, records = sides
    one, again = once[True][0], evaluate(subjects, [records], truth="who")
    assert timeless(one) == timeless(again)
    assert one.curve.equals(again.curve)
    assert json.loads(json.dumps(one.as_json())) == one.as_json()


def test_nothing_is_left_behind(sides, tmp_path, monkeypatch):
    """Whether it ends well or not."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    subjects, records = sides
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    evaluate(subjects, [records], truth="who", learn=False)
    linked_pairs(subjects, [records], learn=False)
    stranger = write(population(9, seed=9).rename({"who": "whom"}), tmp_path / "stranger.csv")
    with pytest.raises(TruthMissing):
        evaluate(subjects, [stranger], truth="who")
    stranger.unlink()
    assert list(folder.iterdir()) == []
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


@pytest.mark.usefixtures("one_key")
def test_two_files_of_records_count_together(sides, tmp_path):
    """Cut in two, the records are the same; each pair names its file."""
    subjects, records = sides
    rows = pl.read_csv(records)
    halves = [write(rows.head(30), tmp_path / "a.csv"), write(rows.tail(50), tmp_path / "b.csv")]
    whole = linked_pairs(subjects, [records], mapping=IGNORING, learn=False)
    parted = linked_pairs(subjects, halves, mapping=IGNORING, learn=False)
    assert set(parted["file"].to_list()) == {1, 2}
    joined = parted.with_columns(
        file=pl.lit(1, dtype=pl.Int64), record_row=pl.col("record_row") + (pl.col("file") - 1) * 30
    )
    order = ["subject_row", "record_row"]
    assert joined.sort(order).equals(whole.sort(order))
    found = evaluate(subjects, halves, truth="who", learn=False)
    assert (found.records, found.true_pairs) == (80, 60)
    assert timeless(found) == timeless(evaluate(subjects, [records], truth="who", learn=False))


@pytest.mark.usefixtures("one_key")
def test_the_format_of_the_files_changes_nothing(tmp_path):
    found = []
    for suffix in (".csv", ".parquet"):
        subjects, records = both_sides(tmp_path, suffix)
        found.append(timeless(evaluate(subjects, [records], truth="who")))
    assert found[0] == found[1]


@pytest.mark.usefixtures("one_key")
def test_labels_never_touch_a_link(sides, tmp_path):
    """Nor what is learned: mixed up among the rows, or all one and read like an e-mail, the same links."""
    subjects, records = sides
    expected = linked_pairs(subjects, [records], mapping=IGNORING)
    plain = evaluate(subjects, [records], truth="who", learn=False)
    for place, label in enumerate((pl.col("who").shuffle(seed=3), pl.lit("one@exemple.fr"))):
        changed = [
            write(pl.read_csv(path).with_columns(who=label), tmp_path / f"{place}-{path.name}")
            for path in (subjects, records)
        ]
        assert linked_pairs(changed[0], changed[1:], mapping=IGNORING).equals(expected)
    mixed = [
        write(pl.read_csv(path).with_columns(pl.col("who").shuffle(seed=3)), tmp_path / f"mixed-{path.name}")
        for path in (subjects, records)
    ]
    found = evaluate(mixed[0], mixed[1:], truth="who", learn=False)
    assert found.candidates == plain.candidates
    assert found.curve["threshold"].equals(plain.curve["threshold"])
    assert found.precision < 0.2 < plain.precision


@pytest.mark.usefixtures("one_key")
def test_a_label_by_the_name_of_a_field_is_not_read_as_one(tmp_path):
    """A column called NIR that bears the label is no NIR to the linkage."""
    subjects, records = both_sides(tmp_path)
    plain = timeless(evaluate(subjects, [records], truth="who", learn=False))
    renamed = [
        write(pl.read_csv(path).rename({"who": "nir"}), tmp_path / f"nir-{path.name}")
        for path in (subjects, records)
    ]
    assert timeless(evaluate(renamed[0], renamed[1:], truth="nir", learn=False)) == plain


@pytest.mark.parametrize("named", [True, False], ids=["the file itself as records", "no records"])
def test_of_one_file_each_pair_counts_once_and_none_with_itself(tmp_path, named):
    rows = population(60)
    file = write(
        pl.concat([rows, carelessly(rows.head(40)), carelessly(rows.head(10), seed=8)]), tmp_path / "a.csv"
    )
    records = [file] if named else []
    found = evaluate(file, records, truth="who", learn=named)
    pairs = linked_pairs(file, records, mapping=IGNORING, learn=named)
    # Thirty people stand twice, and ten three times, which makes three pairs each.
    assert (found.subjects, found.records, found.true_pairs) == (110, 110, 30 + 10 * 3)
    assert (pairs["subject_row"] < pairs["record_row"]).all()
    assert pairs.select("subject_row", "record_row").is_unique().all()
    label = labels(file)
    hits = sum(label[a] == label[b] for a, b in pairs.select("subject_row", "record_row").rows())
    assert found.precision == pytest.approx(hits / pairs.height)
    assert found.recall == pytest.approx(hits / 60)
    assert found.f1 > 0.8


def test_rows_that_were_rejected_count_as_missed(tmp_path):
    """Ten records bear nothing but their label: they can be linked to nobody, and were somebody's."""
    subjects, records = both_sides(tmp_path)
    rows = pl.read_csv(records).with_row_index()
    theirs = set(labels(subjects).values())
    blank = rows.filter(pl.col("who").is_in(list(theirs))).head(10)["index"]
    emptied = rows.with_columns(
        pl.when(~pl.col("index").is_in(blank.implode())).then(pl.all().exclude("index", "who"))
    ).drop("index")
    found = evaluate(subjects, [write(emptied, tmp_path / "emptied.csv")], truth="who", learn=False)
    assert (found.records, found.true_pairs) == (70, 60)
    assert found.recall <= 50 / 60
    assert found.blocking_recall <= 50 / 60


def test_rows_without_a_label_are_nobody_known(tmp_path):
    """Links to them are wrong as far as anybody can tell, and no pair is missed."""
    subjects, records = both_sides(tmp_path)
    rows = pl.read_csv(records)
    unknown = rows.with_columns(who=pl.when(pl.int_range(pl.len()) >= 40).then("who"))
    file = write(unknown, tmp_path / "unknown.csv")
    found = evaluate(subjects, [file], truth="who", learn=False)
    pairs = linked_pairs(subjects, [file], mapping=IGNORING, learn=False)
    true_pairs, links, true_links = counted(subjects, [file], pairs)
    assert found.true_pairs == true_pairs < 60
    assert found.precision == pytest.approx(true_links / links)


def test_levels_are_given_by_name_and_no_value_is(once):
    pairs = once[False][1].filter(pl.col("probability") >= THRESHOLD)
    assert pairs.columns == [
        "subject_row",
        "file",
        "record_row",
        "probability",
        "household_probability",
        *(comparison.field for comparison in COMPARISONS),
    ]
    for comparison in COMPARISONS:
        names = {level.name for level in comparison.levels} | {"missing"}
        assert set(pairs[comparison.field].to_list()) <= names
    assert set(pairs["birth_date"].to_list()) == {"exact"}
    assert set(pairs["iban"].to_list()) == {"missing"}


def test_too_few_pairs_to_learn_from_change_the_prior_alone(tmp_path):
    subjects, records = both_sides(tmp_path, count=12)
    found = evaluate(subjects, [records], truth="who")
    assert not found.fitted
    assert found.model == f"{load_model().name}+prior"
    small = dataclasses.replace(load_model(), population=12.0)
    expected = linked_pairs(subjects, [records], mapping=IGNORING, model=small, learn=False)
    assert linked_pairs(subjects, [records], mapping=IGNORING).equals(expected)


def relabelled(path: Path, label) -> Path:
    frame = pl.read_csv(path).with_columns(who=label)
    return write(frame, path.with_name(f"re-{path.name}"))


@pytest.mark.parametrize("side", [0, 1], ids=["subjects", "records"])
@pytest.mark.parametrize(
    ("label", "error"),
    [(None, TruthMissing), (pl.lit(None, dtype=pl.String), TruthEmpty), (pl.lit("x"), TruthConstant)],
    ids=["missing", "empty", "constant"],
)
def test_labels_that_cannot_be_used_are_named_with_their_file(sides, tmp_path, side, label, error):
    files = list(sides)
    if label is None:
        files[side] = write(pl.read_csv(files[side]).drop("who"), tmp_path / "re-unlabelled.csv")
    else:
        files[side] = relabelled(files[side], label)
    with pytest.raises(error) as stop:
        evaluate(files[0], files[1:], truth="who")
    assert isinstance(stop.value, InputError)
    assert files[side].name in str(stop.value)
    assert "who" in str(stop.value)


def test_labels_of_which_none_is_on_both_sides_are_refused(sides):
    subjects, records = sides
    with pytest.raises(NoTruePair, match="nothing to find"):
        evaluate(subjects, [relabelled(records, "other-" + pl.col("who"))], truth="who")


def test_one_file_in_which_nobody_stands_twice_is_refused(tmp_path):
    with pytest.raises(NoTruePair):
        evaluate(write(population(20), tmp_path / "a.csv"), truth="who")


def test_subjects_that_tell_nothing_are_refused(sides, tmp_path):
    _, records = sides
    subjects = write(
        population(20).select("who", note=pl.lit("x"), code_postal=pl.lit("75011")), tmp_path / "s.csv"
    )
    with pytest.raises(SubjectsUnusable, match=r"s\.csv"):
        evaluate(subjects, [records], truth="who")


def test_a_file_that_is_not_there_is_told(sides, tmp_path):
    with pytest.raises(InputError, match=r"none\.csv"):
        evaluate(sides[0], [tmp_path / "none.csv"], truth="who")
