"""The evaluate and explain-link commands: figures on stdout, words on stderr, and no value on either."""

from __future__ import annotations

import json
import re

import polars as pl
import pytest
from typer.testing import CliRunner

from correlate_cli.app import app
from tests.evaluation.labelled import register, survey, values


@pytest.fixture(scope="module")
def folder(small_france, tmp_path_factory):
    made = tmp_path_factory.mktemp("labelled")
    register(small_france.folder).head(300).write_csv(made / "register.csv")
    survey(small_france.folder).write_csv(made / "survey.csv")
    return made


@pytest.fixture(scope="module")
def plain(folder):
    """What evaluating tells as JSON, and the curve it writes, without learning."""
    return evaluate(folder, "--json", "--no-fit", "--curve", folder / "curve.csv"), folder / "curve.csv"


@pytest.fixture(scope="module")
def secret(folder):
    return values(
        *(pl.read_csv(folder / name, infer_schema=False) for name in ("register.csv", "survey.csv"))
    )


def run(command, *arguments):
    result = CliRunner().invoke(app, [command, *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def evaluate(folder, *more, subjects="register.csv", records="survey.csv", truth="person"):
    sides = ["--subjects", folder / subjects, *(["--records", folder / records] if records else [])]
    return run("evaluate", *sides, "--truth", truth, *more)


def explain(folder, subject_row, record_row, *more, records="survey.csv"):
    sides = ["--subjects", folder / "register.csv", *(["--records", folder / records] if records else [])]
    return run("explain-link", *sides, "--subject-row", subject_row, "--record-row", record_row, *more)


def refused(result, *parts, secret=()):
    """It ended with 2, said nothing on stdout, and told these parts and no value."""
    assert (result.exit_code, result.stdout) == (2, "")
    told = " ".join(result.stderr.replace("│", " ").split())
    for part in parts:
        assert part in told
    assert not {value for value in secret if value in told}


class TestEvaluate:
    def test_it_prints_a_table_for_people(self, folder, secret):
        result = evaluate(folder)
        assert result.exit_code == 0, result.output
        shown = result.stdout
        for part in ("precision", "(best F1)", "Blocking recall", "Calibration error", "MB of memory"):
            assert part in shown
        assert re.search(r"^0\.5 +[01]\.\d{4} +[01]\.\d{4} +[01]\.\d{4}$", shown, re.MULTILINE)
        assert "Model default-2026-11b+fit, learned from these files." in shown
        assert "█" in shown
        assert not {value for value in secret if value in result.output}
        assert result.stderr == "Linking register.csv and counting ...\n"

    def test_json_is_one_object_on_stdout(self, plain):
        found = json.loads(plain[0].stdout)
        assert found["fitted"] is False
        assert found["model"] == "default-2026-11b"
        assert 0 < found["f1"] <= 1
        assert {"precision", "recall", "best", "blocking_recall", "reliability", "peak_rss_mb"} <= set(found)

    def test_without_records_it_seeks_duplicates(self, folder):
        one = ("--json", "--no-fit")
        result = evaluate(folder, *one, subjects="survey.csv", records=None)
        found = json.loads(result.stdout)
        assert found["subjects"] == found["records"]
        same = json.loads(evaluate(folder, *one, subjects="survey.csv", records="survey.csv").stdout)
        assert {**found, "seconds": 0, "peak_rss_mb": 0} == {**same, "seconds": 0, "peak_rss_mb": 0}

    def test_what_was_never_compared_is_told_in_words(self, folder, tmp_path):
        """A true pair of two strangers in every field."""
        lines = (folder / "survey.csv").read_text(encoding="utf-8").splitlines()
        header = lines[0].split(",")
        row = {"nom": "ZABULON", "prenom": "YSOLINE", "date_naissance": "01/02/1931", "person": "P-lost"}
        lines.append(",".join(row.get(name, "") for name in header))
        (tmp_path / "survey.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        mine = (folder / "register.csv").read_text(encoding="utf-8").splitlines()
        row = {"nom_naissance": "WERMELINGER", "prenom": "ODON", "date_naissance": "1987-08-09"}
        mine.append(",".join({**row, "person": "P-lost"}.get(name, "") for name in mine[0].split(",")))
        (tmp_path / "register.csv").write_text("\n".join(mine) + "\n", encoding="utf-8")
        shown = evaluate(tmp_path, "--no-fit").stdout
        assert re.search(r"1 of \d+ true pairs were never compared", shown)
        assert "No threshold can find them." in shown

    def test_the_curve_is_a_csv_file(self, plain):
        assert plain[0].exit_code == 0
        curve = pl.read_csv(plain[1])
        assert curve.columns == ["threshold", "precision", "recall", "f1"]
        assert curve["threshold"].is_sorted(descending=True)

    def test_the_curve_overwrites_no_input(self, folder):
        before = (folder / "survey.csv").read_bytes()
        refused(evaluate(folder, "--curve", folder / "survey.csv"), "--curve", "would overwrite")
        assert (folder / "survey.csv").read_bytes() == before

    def test_a_mapped_column_may_be_absent_from_some_files(self, folder, plain, tmp_path):
        frame = pl.read_csv(folder / "survey.csv", infer_schema=False)
        frame.rename({"email": "joignable"}).write_csv(tmp_path / "survey.csv")
        pl.read_csv(folder / "register.csv", infer_schema=False).write_csv(tmp_path / "register.csv")
        (tmp_path / "map.toml").write_text('[columns]\njoignable = "email"\n', encoding="utf-8")
        found = json.loads(evaluate(tmp_path, "--no-fit", "--json", "--map", tmp_path / "map.toml").stdout)
        whole = json.loads(plain[0].stdout)
        assert found["true_pairs"] == whole["true_pairs"]
        assert found["recall"] == pytest.approx(whole["recall"], abs=0.01)

    def test_nothing_is_left_behind(self, folder, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        before = sorted(folder.iterdir())
        assert evaluate(folder, "--no-fit").exit_code == 0
        assert list(tmp_path.iterdir()) == []
        assert sorted(folder.iterdir()) == before


class TestEvaluateRefuses:
    def test_a_truth_column_that_is_not_there(self, folder, secret):
        refused(evaluate(folder, truth="who"), "register.csv", '"who"', "--truth", secret=secret)

    def test_a_truth_column_that_one_file_lacks(self, folder, tmp_path, secret):
        pl.read_csv(folder / "survey.csv").drop("person").write_csv(tmp_path / "bare.csv")
        result = evaluate(folder, records=tmp_path / "bare.csv")
        refused(result, "bare.csv", '"person"', "--truth", secret=secret)

    @pytest.mark.parametrize(
        ("label", "reason"), [("", "empty in every row"), ("P77777", "one and the same")]
    )
    def test_a_truth_column_that_tells_nobody_apart(self, folder, tmp_path, secret, label, reason):
        frame = pl.read_csv(folder / "register.csv", infer_schema=False).with_columns(person=pl.lit(label))
        frame.write_csv(tmp_path / "register.csv")
        result = evaluate(folder, subjects=tmp_path / "register.csv")
        refused(result, "register.csv", '"person"', reason, "--truth", secret={*secret, "P77777"})

    def test_labels_that_never_meet(self, folder, tmp_path, secret):
        frame = pl.read_csv(folder / "register.csv", infer_schema=False)
        frame.with_columns(person=pl.format("Q{}", "person")).write_csv(tmp_path / "register.csv")
        result = evaluate(folder, subjects=tmp_path / "register.csv")
        refused(result, "register.csv", '"person"', "nothing to find", secret=secret)

    def test_subjects_without_a_usable_field(self, folder, tmp_path, secret):
        frame = pl.read_csv(folder / "register.csv", infer_schema=False)
        frame.select("person", "prenom", "sexe").write_csv(tmp_path / "register.csv")
        result = evaluate(folder, subjects=tmp_path / "register.csv")
        refused(result, "register.csv", "identifies a person", "--map", secret=secret)

    def test_subjects_without_a_known_column(self, folder, tmp_path, secret):
        frame = pl.read_csv(folder / "register.csv", infer_schema=False)
        frame.select("person", zzz="nom_naissance").write_csv(tmp_path / "register.csv")
        result = evaluate(folder, subjects=tmp_path / "register.csv")
        refused(result, "register.csv", "recognised", "[columns]", secret=secret)

    def test_a_model_of_another_version(self, folder, tmp_path, secret):
        (tmp_path / "old.toml").write_text('format = 1\nname = "old"\n', encoding="utf-8")
        result = evaluate(folder, "--model", tmp_path / "old.toml")
        refused(result, "old.toml", "format 1", "correlate fit", secret=secret)

    def test_a_model_that_is_not_there(self, folder, tmp_path):
        refused(evaluate(folder, "--model", tmp_path / "none.toml"), "none.toml")

    def test_a_mapped_column_that_no_file_has(self, folder, tmp_path, secret):
        (tmp_path / "map.toml").write_text('[columns]\ncourrier = "email"\n', encoding="utf-8")
        result = evaluate(folder, "--map", tmp_path / "map.toml")
        refused(result, "“courrier”", "map.toml", "register.csv has", "survey.csv has", secret=secret)

    @pytest.mark.parametrize("side", ["subjects", "records"])
    def test_a_file_that_is_not_there(self, folder, side):
        refused(evaluate(folder, **{side: "none.csv"}), "none.csv", "Check the path")


class TestExplainLink:
    def test_it_prints_a_waterfall_and_no_value(self, folder, secret):
        result = explain(folder, 1, 1, "--no-fit")
        assert result.exit_code == 0, result.output
        assert result.stdout.startswith("Row 1 of register.csv and row 1 of survey.csv.\n")
        for part in ("prior", "surname", "same household", "two people of one household", "Blocking"):
            assert part in result.stdout
        assert not {value for value in secret if value in result.output}
        assert max(map(len, result.stdout.splitlines())) <= 100

    def test_json_is_one_object_whose_steps_run_to_the_sum(self, folder, secret):
        result = explain(folder, 2, 3, "--json")
        found = json.loads(result.stdout)
        assert sum(step["bits"] for step in found["steps"]) + found["prior_bits"] == pytest.approx(
            found["steps"][-1]["sum_bits"]
        )
        told = [found[name] for name in ("probability", "household_probability", "strangers_probability")]
        assert sum(told) == pytest.approx(1)
        assert found["fitted"] is True
        assert not {value for value in secret if value in result.output}

    @pytest.mark.parametrize(("subject_row", "record_row"), [(301, 1), (1, 99_999)])
    def test_a_row_that_is_not_there_is_refused(self, folder, secret, subject_row, record_row):
        result = explain(folder, subject_row, record_row, "--no-fit")
        file = "register.csv" if subject_row > 1 else "survey.csv"
        refused(result, file, f"no usable row {max(subject_row, record_row)}", secret=secret)

    def test_a_row_and_itself_are_refused(self, folder):
        refused(explain(folder, 5, 5, "--no-fit", records=None), "against itself", "--record-row")

    def test_a_mapped_column_that_no_file_has_is_refused(self, folder, tmp_path):
        (tmp_path / "map.toml").write_text('[columns]\ncourrier = "email"\n', encoding="utf-8")
        refused(explain(folder, 1, 1, "--map", tmp_path / "map.toml"), "“courrier”", "survey.csv has")
