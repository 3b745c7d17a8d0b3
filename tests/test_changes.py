"""What changed between two files of scores: against a slow oracle, by laws, and with files that are wrong."""

from __future__ import annotations

import datetime
import json
import statistics
from collections import Counter
from pathlib import Path

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given
from polars.testing import assert_frame_equal

from correlate.changes import (
    CAUSES,
    DifferentKeys,
    DifferentModels,
    RepeatedSubject,
    UnusableScores,
    diff,
)

pytestmark = pytest.mark.long

BANDS = ((0, "low"), (1000, "moderate"), (3000, "high"), (6000, "critical"))
LINK = {
    "breach": pl.String,
    "probability": pl.Float64,
    "date": pl.Date,
    "evidence": pl.String,
    "depth": pl.Int8,
}
SCHEMA = {
    "subject_id": pl.String,
    "score": pl.Float64,
    "band": pl.String,
    "uplift": pl.Float64,
    "breaches": pl.List(pl.Struct(LINK)),
    "key_id": pl.String,
    "model": pl.String,
}
MODEL = "default-2026-11b/research-2026-11b/2026-11b/2026-11-22"
EARLIER = MODEL.replace("2026-11-22", "2026-05-22")
OTHER_PROFILE = MODEL.replace("research-2026-11b", "insurer-2026-11")
MIRROR = {
    "new breach": "breach gone",
    "breach gone": "new breach",
    "new subject": "subject gone",
    "subject gone": "new subject",
}

Link = tuple[str, int, str, int]
Subjects = dict[str, tuple[int, tuple[Link, ...]]]


def band(score: int) -> str:
    return [name for start, name in BANDS if start <= score][-1]


def frame(subjects: Subjects, *, model: str = MODEL, key_id: str = "k1") -> pl.DataFrame:
    rows = [
        {
            "subject_id": name,
            "score": score / 100,
            "band": band(score),
            "uplift": 0.0,
            "breaches": [
                {
                    "breach": breach,
                    "probability": chance / 10_000,
                    "date": datetime.date(2024, 1, 31),
                    "evidence": evidence,
                    "depth": depth,
                }
                for breach, chance, evidence, depth in links
            ],
            "key_id": key_id,
            "model": model,
        }
        for name, (score, links) in subjects.items()
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def written(folder: Path, name: str, subjects: Subjects, **given: str) -> Path:
    path, made = folder / name, frame(subjects, **given)
    if path.suffix == ".parquet":
        made.write_parquet(path, row_group_size=2)
    else:
        made.write_ndjson(path)
    return path


def oracle(
    old: Subjects, new: Subjects, *, redated: bool = False, remodelled: bool = False
) -> dict[str, dict[str, object]]:
    """Subject by subject, with dictionaries and loops."""
    found = {}
    for name in sorted({*old, *new}):
        added: list[str] = []
        gone: list[str] = []
        moved: list[str] = []
        causes = set()
        was, now = old.get(name), new.get(name)
        if was and now:
            left = list((Counter(was[1]) - Counter(now[1])).elements())
            right = list((Counter(now[1]) - Counter(was[1])).elements())
            for breach in sorted({link[0] for link in left + right}):
                before = sorted([one for one in left if one[0] == breach], key=lambda o: (-o[1], o[2], o[3]))
                after = sorted([one for one in right if one[0] == breach], key=lambda o: (-o[1], o[2], o[3]))
                for one, other in zip(before, after, strict=False):
                    moved.append(breach)
                    causes.add("link changed" if one[2:] == other[2:] else "new link")
                gone += [breach] * (len(before) - len(after))
                added += [breach] * (len(after) - len(before))
            causes |= {"new breach"} if added else set()
            causes |= {"breach gone"} if gone else set()
            if was[0] != now[0]:
                by_links = bool(causes)
                causes |= {"model"} if remodelled else set()
                causes |= {"decay"} if redated and not by_links else set()
                causes |= set() if causes else {"other"}
        else:
            causes.add("subject gone" if was else "new subject")
        if causes:
            rose = ["new breach", "new link", "link changed", "breach gone"]
            fell = was and now and now[0] < was[0]
            order = ([rose[3], rose[1], rose[2], rose[0]] if fell else rose) + [
                "new subject",
                "subject gone",
                "model",
                "decay",
                "other",
            ]
            found[name] = {
                "old_score": was and was[0] / 100,
                "new_score": now and now[0] / 100,
                "change": (now[0] - was[0]) / 100 if was and now else None,
                "old_band": was and band(was[0]),
                "new_band": now and band(now[0]),
                "crossed": bool(was and now and band(was[0]) != band(now[0])),
                "causes": [one for one in order if one in causes],
                "breaches_added": added,
                "breaches_gone": gone,
                "links_changed": moved,
            }
    return found


# "withheld" may stand twice in a list, and small ranges make alike what would hardly ever be.
LINKS = st.tuples(
    st.sampled_from(["free-2024", "adecco-2022", "withheld", "withheld"]),
    st.sampled_from([500, 5000, 9999, 10_000]),
    st.sampled_from(["linked", "declared", "household"]),
    st.sampled_from([0, 1, 2]),
)
SUBJECTS = st.dictionaries(
    st.sampled_from([f"m{number}" for number in range(8)] + ["Ω", "a b", "Z"]),
    st.tuples(st.sampled_from([0, 999, 1000, 2690, 10_000]), st.lists(LINKS, max_size=4).map(tuple)),
    max_size=8,
)


def compare(folder: Path, old: Subjects, new: Subjects, **given: object) -> tuple[pl.DataFrame, object]:
    models = {side: given.pop(side, MODEL) for side in ("old_model", "new_model")}
    output = folder / "changes.parquet"
    paths = [
        written(folder, f"{side}.parquet", subjects, model=models[f"{side}_model"])
        for side, subjects in (("old", old), ("new", new))
    ]
    changes = diff(*paths, output, **given)
    return pl.read_parquet(output), changes


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("changes")


@given(old=SUBJECTS, new=SUBJECTS, range_rows=st.sampled_from([1, 2, 100]), redated=st.booleans())
def test_changes_are_what_loops_over_subjects_find(folder, old, new, range_rows, redated):
    earlier = EARLIER if redated else MODEL
    found, changes = compare(folder, old, new, range_rows=range_rows, old_model=earlier)
    expected = oracle(old, new, redated=redated)
    rows = {row.pop("subject_id"): row for row in found.drop("old_model", "new_model").to_dicts()}
    assert rows == expected
    assert list(rows) == sorted(rows)
    check_counts(changes, old, new, expected)


def check_counts(changes, old: Subjects, new: Subjects, expected: dict) -> None:
    """The report's counts, added up from the subjects."""
    names = {*old, *new}
    both = {*old} & {*new}
    assert changes.changed == len(expected)
    assert changes.in_both == len(both)
    assert (changes.new_subjects, changes.subjects_gone) == (len(names - {*old}), len(names - {*new}))
    pairs = Counter(
        (band(old[name][0]) if name in old else None, band(new[name][0]) if name in new else None)
        for name in names
    )
    assert changes.bands == dict(pairs)
    if both:
        assert changes.mean_old == pytest.approx(statistics.mean(old[name][0] / 100 for name in both))
        assert changes.mean_new == pytest.approx(statistics.mean(new[name][0] / 100 for name in both))
    crossed = [name for name, row in expected.items() if row["crossed"]]
    up = [name for name in crossed if new[name][0] > old[name][0]]
    assert (changes.crossed_up, changes.crossed_down) == (len(up), len(crossed) - len(up))
    furthest = sorted(crossed, key=lambda name: (-abs(expected[name]["change"]), name))
    assert changes.crossings["subject_id"].to_list() == furthest
    assert [one.cause for one in changes.causes] == [
        cause for cause in CAUSES if any(cause in row["causes"] for row in expected.values())
    ]
    for one in changes.causes:
        mine = [row for row in expected.values() if row["causes"][0] == one.cause]
        moves = [row["change"] for row in mine if row["change"] is not None]
        assert one.main == len(mine)
        assert one.named == sum(one.cause in row["causes"] for row in expected.values())
        assert one.crossed == sum(row["crossed"] for row in mine)
        assert one.mean_change == (pytest.approx(statistics.mean(moves), abs=1e-9) if moves else None)


@given(subjects=SUBJECTS)
def test_nothing_changed_between_a_file_and_itself(folder, subjects):
    found, changes = compare(folder, subjects, subjects)
    assert found.is_empty()
    assert (changes.changed, changes.causes, changes.crossings.height) == (0, (), 0)


@given(old=SUBJECTS, new=SUBJECTS, redated=st.booleans())
def test_the_files_exchanged_tell_the_mirror_image(folder, old, new, redated):
    earlier = EARLIER if redated else MODEL
    there, _ = compare(folder, old, new, old_model=earlier)
    back, _ = compare(folder, new, old, new_model=earlier)
    assert back["subject_id"].to_list() == there["subject_id"].to_list()
    for one, other in zip(there.to_dicts(), back.to_dicts(), strict=True):
        assert {MIRROR.get(cause, cause) for cause in one["causes"]} == set(other["causes"])
        assert (one["old_score"], one["new_band"]) == (other["new_score"], other["old_band"])
        assert one["crossed"] == other["crossed"]
        assert (one["breaches_added"], one["breaches_gone"]) == (
            other["breaches_gone"],
            other["breaches_added"],
        )
        if one["change"]:
            assert one["change"] == -other["change"]
            assert MIRROR.get(one["causes"][0], one["causes"][0]) == other["causes"][0]


@given(old=SUBJECTS, new=SUBJECTS, order=st.randoms(use_true_random=False))
def test_neither_format_nor_order_nor_ranges_change_a_byte(folder, old, new, order):
    compare(folder, old, new)
    expected = (folder / "changes.parquet").read_bytes()
    shuffled = [dict(order.sample(list(one.items()), len(one))) for one in (old, new)]
    paths = [
        written(folder, f"{number}.jsonl" if one else f"{number}.parquet", one)
        for number, one in enumerate(shuffled)
    ]
    diff(*paths, folder / "again.parquet")
    assert (folder / "again.parquet").read_bytes() == expected
    diff(*paths, folder / "in-ranges.parquet", range_rows=2)
    assert_frame_equal(
        pl.read_parquet(folder / "in-ranges.parquet"), pl.read_parquet(folder / "changes.parquet")
    )


OLD: Subjects = {
    "a": (2000, (("free-2024", 10_000, "linked", 1),)),
    "b": (4000, (("free-2024", 9000, "linked", 1), ("adecco-2022", 10_000, "linked", 1))),
    "c": (500, ()),
    "d": (7000, (("free-2024", 10_000, "linked", 2),)),
    "e": (3100, (("free-2024", 10_000, "linked", 1),)),
}
NEW: Subjects = {
    "a": (6500, (("free-2024", 10_000, "linked", 1), ("viamedis-almerys-2024", 9500, "linked", 1))),
    "b": (2000, (("free-2024", 8000, "linked", 1),)),
    "d": (7200, (("free-2024", 10_000, "linked", 1),)),
    "e": (2900, (("free-2024", 10_000, "linked", 1),)),
    "f": (6100, ()),
}


def test_a_small_case_reads_as_one_would_tell_it(tmp_path):
    found, changes = compare(tmp_path, OLD, NEW, old_model=EARLIER)
    assert {row["subject_id"]: row["causes"] for row in found.to_dicts()} == {
        "a": ["new breach"],
        "b": ["breach gone", "link changed"],
        "c": ["subject gone"],
        "d": ["new link"],
        "e": ["decay"],
        "f": ["new subject"],
    }
    assert changes.crossings["subject_id"].to_list() == ["a", "b", "e"]
    assert found["old_model"].unique().to_list() == [EARLIER]
    assert found["new_model"].unique().to_list() == [MODEL]


def test_another_model_is_named_for_every_score_that_moved(tmp_path):
    found, _ = compare(tmp_path, OLD, NEW, new_model=OTHER_PROFILE, across_models=True)
    told = {row["subject_id"]: row["causes"] for row in found.to_dicts()}
    assert told["a"] == ["new breach", "model"]
    assert told["e"] == ["model"]
    assert told["f"] == ["new subject"]


def test_a_score_that_moved_for_no_visible_reason_says_so(tmp_path):
    found, _ = compare(tmp_path, {"a": (500, ())}, {"a": (600, ())})
    assert found["causes"].to_list() == [["other"]]


def test_those_who_crossed_can_be_written_alone_and_few_be_kept(tmp_path):
    found, changes = compare(tmp_path, OLD, NEW, crossed_only=True, limit=1)
    assert found["subject_id"].to_list() == ["a", "b", "e"]
    assert changes.crossings["subject_id"].to_list() == ["a"]
    assert changes.changed == 6


def test_every_format_of_output_tells_the_same(tmp_path):
    found, _ = compare(tmp_path, OLD, NEW)
    paths = tmp_path / "old.parquet", tmp_path / "new.parquet"
    diff(*paths, tmp_path / "changes.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "changes.jsonl").read_text().splitlines()]
    assert lines == found.to_dicts()
    diff(*paths, tmp_path / "changes.csv")
    flat = pl.read_csv(tmp_path / "changes.csv", infer_schema=False).to_dicts()
    assert [row["causes"] for row in flat] == ["|".join(row["causes"]) for row in found.to_dicts()]
    assert [row["change"] for row in flat][:2] == ["45.0", "-20.0"]
    assert flat[0]["breaches_added"] == "viamedis-almerys-2024"


def test_files_without_subjects_are_compared_too(tmp_path):
    found, changes = compare(tmp_path, {}, {})
    assert found.is_empty()
    assert changes.as_json()["mean_old"] is None
    assert compare(tmp_path, {}, {"a": (500, ())})[0]["causes"].to_list() == [["new subject"]]


def test_a_name_that_could_stand_for_other_files_stands_for_itself(tmp_path):
    written(tmp_path, "s1.jsonl", NEW)
    written(tmp_path, "s1.parquet", NEW)
    for ending in ("jsonl", "parquet"):
        path = written(tmp_path, f"s[1].{ending}", OLD)
        assert diff(path, path).old.rows == len(OLD)


def test_more_columns_than_are_needed_do_no_harm(tmp_path):
    """Those of later versions, within the lists too."""
    entry = pl.element().struct.with_fields(points=pl.lit(1.5), share=pl.lit(None, dtype=pl.Float64))
    wide = frame(NEW).with_columns(pl.col("breaches").list.eval(entry), reasons=pl.lit(["D-BANK"]))
    wide.write_parquet(tmp_path / "wide.parquet")
    wide.write_ndjson(tmp_path / "wide.jsonl")
    plain = written(tmp_path, "plain.parquet", NEW)
    assert diff(plain, tmp_path / "wide.parquet").changed == 0
    assert diff(plain, tmp_path / "wide.jsonl").changed == 0


class TestWrongFiles:
    @pytest.fixture
    def good(self, tmp_path):
        return written(tmp_path, "good.parquet", OLD)

    def refused(self, good: Path, wrong: Path, reason: str, kind: type = UnusableScores) -> None:
        for pair in ((good, wrong), (wrong, good)):
            with pytest.raises(kind, match=reason) as caught:
                diff(*pair, good.with_name("out.parquet"))
            assert wrong.name in str(caught.value)
            assert not good.with_name("out.parquet").exists()

    def test_a_file_that_is_not_there(self, good):
        self.refused(good, good.with_name("none.parquet"), "there is no such file. Check the path")

    def test_a_folder(self, good):
        self.refused(good, good.parent, "it is a folder. Name one file in it")

    @pytest.mark.parametrize("content", ["", "\n \n"])
    def test_an_empty_file(self, good, content):
        wrong = good.with_name("wrong.jsonl")
        wrong.write_text(content)
        self.refused(good, wrong, "it is empty. Compare files as `correlate score` writes them")

    def test_csv_is_refused_with_what_to_do(self, good):
        wrong = good.with_name("wrong.csv")
        frame(OLD).drop("breaches").write_csv(wrong)
        self.refused(good, wrong, r"CSV does not tell .* ends in \.parquet or \.jsonl")

    @pytest.mark.parametrize("column", ["subject_id", "score", "band", "breaches", "key_id", "model"])
    def test_a_column_that_is_missing_is_named(self, good, column):
        wrong = good.with_name("wrong.parquet")
        frame(OLD).drop(column).write_parquet(wrong)
        self.refused(good, wrong, f"it has no column {column}. Compare")
        wrong = good.with_name("wrong.jsonl")
        frame(OLD).drop(column).write_ndjson(wrong)
        self.refused(good, wrong, f"it has no column {column}. Compare")

    @pytest.mark.parametrize("column", ["subject_id", "score", "band", "key_id", "model"])
    def test_a_cell_that_is_missing_is_counted(self, good, column):
        hole = pl.when(pl.col("subject_id") != "b").then(pl.col(column)).alias(column)
        frame(OLD).with_columns(hole).write_parquet(good.with_name("wrong.parquet"))
        self.refused(good, good.with_name("wrong.parquet"), f"1 rows have nothing in column {column}")
        frame(OLD).with_columns(hole).write_ndjson(good.with_name("wrong.jsonl"))
        self.refused(good, good.with_name("wrong.jsonl"), f"1 rows have nothing in column {column}")

    @pytest.mark.parametrize("score", [-0.01, 100.01, float("nan")])
    def test_a_score_that_is_none_is_counted(self, good, score):
        wrong = good.with_name("wrong.parquet")
        wild = pl.when(pl.col("subject_id") == "b").then(score).otherwise(pl.col("score")).alias("score")
        frame(OLD).with_columns(wild).write_parquet(wrong)
        self.refused(good, wrong, "1 rows have something else than 0 to 100 in column score")

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("breach", None),
            ("evidence", None),
            ("depth", None),
            ("depth", -1),
            ("probability", None),
            ("probability", 1.5),
            ("probability", float("nan")),
        ],
    )
    def test_a_link_that_is_none_is_refused(self, good, field, value):
        broken = pl.element().struct.with_fields(pl.lit(value, dtype=LINK[field]).alias(field))
        made = frame(OLD).with_columns(pl.col("breaches").list.eval(broken))
        made.write_parquet(good.with_name("wrong.parquet"))
        self.refused(good, good.with_name("wrong.parquet"), "its column breaches has an entry without")
        made.write_ndjson(good.with_name("wrong.jsonl"))
        self.refused(good, good.with_name("wrong.jsonl"), "its column breaches has an entry without")

    def test_a_column_of_another_type(self, good):
        wrong = good.with_name("wrong.parquet")
        frame(OLD).with_columns(pl.col("score").cast(pl.String)).write_parquet(wrong)
        self.refused(good, wrong, "its column score is of another type")
        frame(OLD).with_columns(breaches=pl.lit("free-2024:1.0")).write_parquet(wrong)
        self.refused(good, wrong, "its column breaches is of another type")

    def test_a_cell_of_another_type_is_not_repeated(self, good):
        wrong = good.with_name("wrong.jsonl")
        lines = [json.loads(line) for line in frame(OLD).write_ndjson().splitlines()]
        lines[3]["score"] = "Jeanne"
        wrong.write_text("\n".join(json.dumps(line) for line in lines))
        with pytest.raises(UnusableScores, match="has a cell of another type") as caught:
            diff(good, wrong)
        assert "Jeanne" not in str(caught.value)

    def test_a_file_cut_short(self, good):
        wrong = good.with_name("wrong.parquet")
        wrong.write_bytes(good.read_bytes()[:-40])
        self.refused(good, wrong, "it is damaged, cut short")
        wrong = good.with_name("wrong.jsonl")
        wrong.write_text(frame(OLD).write_ndjson()[:-60])
        self.refused(good, wrong, "it is damaged, cut short")
        wrong.write_text(frame(OLD).write_ndjson()[:60])
        self.refused(good, wrong, "its first line is no JSON object")

    @pytest.mark.parametrize("ending", ["parquet", "jsonl"])
    def test_a_subject_in_two_rows_is_told_by_rows_and_not_by_name(self, good, ending):
        wrong = good.with_name(f"wrong.{ending}")
        twice = pl.concat([frame(OLD), frame({"b": OLD["b"]})])
        if ending == "parquet":
            twice.write_parquet(wrong, row_group_size=2)
        else:
            twice.write_ndjson(wrong)
        self.refused(good, wrong, "one subject_id in rows 2 and 6", RepeatedSubject)

    def test_a_file_put_together_from_several(self, good):
        wrong = good.with_name("wrong.parquet")
        pl.concat([frame(OLD), frame({"z": (0, ())}, key_id="k2")]).write_parquet(wrong)
        self.refused(good, wrong, "its column key_id has 2 different entries")

    @pytest.mark.parametrize("model", ["default", "a/b/c/yesterday", "a/b/c/d/2026-11-22"])
    def test_a_model_that_names_no_parts(self, good, model):
        wrong = written(good.parent, "wrong.parquet", OLD, model=model)
        self.refused(good, wrong, "does not name a linkage model, a profile, scenarios and a date")

    def test_another_key_cannot_be_allowed(self, good):
        wrong = written(good.parent, "wrong.parquet", OLD, key_id="k2")
        with pytest.raises(DifferentKeys, match=r"with key k1 and .*wrong\.parquet with key k2"):
            diff(good, wrong, across_models=True)

    @pytest.mark.parametrize(
        ("part", "other", "said"),
        [
            ("default-2026-11b", "ours", "linkage model: default-2026-11b there and ours here"),
            ("research-2026-11b", "insurer-2026-11", "profile: research-2026-11b there and insurer-2026-11"),
            ("/2026-11b/", "/2026-11b+ours/", r"scenarios: 2026-11b there and 2026-11b\+ours here"),
        ],
    )
    def test_another_model_has_to_be_allowed(self, good, part, other, said):
        wrong = written(good.parent, "wrong.parquet", OLD, model=MODEL.replace(part, other))
        with pytest.raises(DifferentModels, match=f"differ in {said}.*add --across-models"):
            diff(good, wrong)
        assert diff(good, wrong, across_models=True).changed == 0

    def test_an_ending_that_is_not_written(self, good):
        with pytest.raises(Exception, match=r"Use one of: \.parquet"):
            diff(good, good, good.with_name("out.xlsx"))
