"""What each step took, for whoever asks, and nothing for whoever does not."""

from __future__ import annotations

import json

import pytest

from correlate.scoring import score
from correlate.timings import Timings, recorded, timed
from correlate.vault import Vault


def test_steps_add_up_over_their_calls():
    timings = Timings()
    with recorded(timings):
        for rows in (3, 4):
            with timed("reading", rows_in=rows) as step:
                step.rows_out += rows - 1
        with pytest.raises(ZeroDivisionError), timed("dividing"):
            1 / 0  # noqa: B018 - it is to fail
    reading, dividing = timings.document()["steps"]
    assert (reading["name"], reading["calls"], reading["rows_in"], reading["rows_out"]) == (
        "reading",
        2,
        7,
        5,
    )
    assert (dividing["name"], dividing["calls"]) == ("dividing", 1)
    assert 0 <= reading["seconds"] <= timings.document()["seconds"] + 0.001
    assert reading["peak_memory_mb"] > 10


def test_without_anybody_asking_a_step_is_only_run():
    with timed("alone") as step:
        step.rows_out = 1
    timings = Timings()
    with recorded(timings):
        pass
    with timed("behind"):
        pass
    assert timings.document()["steps"] == []


def test_a_scoring_tells_its_steps_and_no_value(small_france, tmp_path):
    timings = Timings()
    with recorded(timings), Vault.open(small_france.vault, small_france.key) as vault:
        report = score(
            vault,
            small_france.subjects,
            tmp_path / "s.parquet",
            models=small_france.models,
            id_column="member_id",
        )
    timings.write(tmp_path / "t.json")
    document = json.loads((tmp_path / "t.json").read_text())
    steps = {step["name"]: step for step in document["steps"]}
    assert list(steps) == [
        "waiting for tokens",
        "candidates",
        "comparing",
        "paths",
        "exposures",
        "subjects in order",
        "risk",
        "writing",
    ]
    assert steps["candidates"]["rows_in"] == report.rows
    assert steps["exposures"]["rows_in"] == report.links
    assert steps["writing"]["bytes"] == (tmp_path / "s.parquet").stat().st_size
    assert sum(step["seconds"] for step in steps.values()) <= document["seconds"]
