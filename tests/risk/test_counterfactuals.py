"""What exposures are compared with, against sets of rows put together one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.risk import counterfactuals as module
from correlate.risk.counterfactuals import Counterfactuals, chances, counterfactuals
from correlate.risk.rows import WHOLE
from tests.risk.oracle import Row
from tests.risk.test_records import records_of
from tests.risk.worlds import PROFILE, cases

batches = st.lists(cases, max_size=5)


def contents(found: Counterfactuals) -> list[tuple]:
    """Each distinct exposure, as values."""
    edges = found.rows.edges.tolist()
    rows = list(zip(found.rows.kind.tolist(), found.rows.chance.tolist(), strict=True))
    return [
        (bool(background), *rows[first:last])
        for background, first, last in zip(found.rows.background, edges[:-1], edges[1:], strict=True)
    ]


@given(batch=batches, rated=st.booleans())
def test_each_exposure_is_compared_with_what_it_should_be(batch: list[list[Row]], rated: bool):
    block, _kinds = records_of(batch)
    found = counterfactuals(block, profile=PROFILE, rated=rated)
    known = contents(found)
    kind, step, standing = (each.tolist() for each in (block.kind, block.step, block.standing))
    chance = chances(block, profile=PROFILE).tolist()
    breach, exposures = block.breach.tolist(), block.exposure.tolist()
    pairs = iter(range(len(found.alone)))
    for number in range(block.count):
        rows = [row for row in range(len(block)) if exposures[row] == number]

        def made(rows: list[int], background: bool = False) -> tuple:
            return (background, *((kind[row], chance[row]) for row in rows))

        assert known[found.own[number]] == made(rows, rated)
        assert known[found.plain[number]] == made(rows)
        assert known[found.lower[number]] == made([row for row in rows if step[row] >= 95])
        assert known[found.upper[number]] == (rated, *((kind[row], WHOLE) for row in rows))
        for place, content in enumerate(found.stages[:, number].tolist()):
            surer = [row for row in rows if standing[row] <= place]
            assert (made([]) if content < 0 else known[content]) == made(surer)
        for one in sorted({breach[row] for row in rows}):
            pair = next(pairs)
            assert known[found.alone[pair]] == made([row for row in rows if breach[row] == one])
            assert known[found.left_out[pair]] == made([row for row in rows if breach[row] != one], rated)
    assert next(pairs, None) is None


@given(batch=batches, rated=st.booleans())
def test_each_different_exposure_stands_once_the_own_first(batch: list[list[Row]], rated: bool):
    block, _kinds = records_of([*batch, *batch])
    found = counterfactuals(block, profile=PROFILE, rated=rated)
    known = contents(found)
    assert len(set(known)) == len(known)
    assert sorted(set(found.own.tolist())) == list(range(found.owns))


def test_many_are_found_alike_by_the_plain_loop_and_the_compiled(monkeypatch: pytest.MonkeyPatch):
    classes = [(each,) for each in sorted(PROFILE.half_lives)]
    drawn = np.random.default_rng(1)
    batch = [
        [
            Row(breach, classes[drawn.integers(9)], round(float(drawn.random()), 2))
            for breach in drawn.choice(["alpha", "bravo", "delta", "mixed"], drawn.integers(5))
        ]
        for _ in range(200)
    ]
    block, _kinds = records_of(batch)
    compiled, plain = module._found.compiled(), module._found.plain
    found = []
    for way in (compiled, plain):
        monkeypatch.setattr(module, "_found", lambda _turns, way=way: way)
        found.append(counterfactuals(block, profile=PROFILE, rated=True))
    for name, one in vars(found[0]).items():
        other = vars(found[1])[name]
        pairs = (
            zip(vars(one).values(), vars(other).values(), strict=True) if name == "rows" else [(one, other)]
        )
        assert all(np.array_equal(a, b) for a, b in pairs), name
