from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from correlate.risk.records import Records
from correlate.vocabulary import AttributeClass
from tests.risk.oracle import Row
from tests.risk.worlds import PROFILE, cases, exposures_of

A = AttributeClass


def contents(records: Records) -> list[list[tuple]]:
    """For each exposure its rows, as values."""
    found: list[list[tuple]] = [[] for _ in range(records.count)]
    for exposure, kind, step, origin in zip(
        records.exposure, records.kind, records.step, records.origin, strict=True
    ):
        found[exposure].append((*records.kinds[kind], int(step), int(origin)))
    return found


@given(batch=st.lists(cases, max_size=6), rows_max=st.integers(1, 9))
def test_blocks_put_together_are_the_whole(batch: list[list[Row]], rows_max: int):
    records = Records.of(exposures_of(batch), profile=PROFILE)
    blocks = list(records.blocks(rows_max=rows_max))
    assert [case for block in blocks for case in contents(block)] == contents(records)
    for block in blocks:
        assert len(block) <= rows_max or block.count == 1
        assert 1 <= block.count <= rows_max


@given(batch=st.lists(cases, max_size=6))
def test_each_pair_finds_its_own_breach_among_the_singles(batch: list[list[Row]]):
    records = Records.of(exposures_of(batch), profile=PROFILE)
    singles, number_of_pair = records.singles()
    alone = contents(singles)
    pairs = [
        [row for row in case if row[0] == breach]
        for case in contents(records)
        for breach in sorted({row[0] for row in case})
    ]
    shown = [[row[:3] for row in alone[number]] for number in number_of_pair]
    assert shown == [[row[:3] for row in pair] for pair in pairs]


def test_the_same_lone_record_in_many_exposures_is_one_single():
    batch = [[Row("alpha", (A.NAME,), 0.5), Row("bravo", (A.NAME,), 0.5)] for _ in range(10)]
    singles, number_of_pair = Records.of(exposures_of(batch), profile=PROFILE).singles()
    assert singles.count == 2
    assert number_of_pair.tolist() == [0, 1] * 10


def test_probabilities_go_to_the_nearest_hundredth():
    batch = [[Row("alpha", (A.NAME,), each)] for each in (0.05, 0.0549, 0.994, 0.996, 1.0)]
    assert Records.of(exposures_of(batch), profile=PROFILE).step.tolist() == [5, 5, 99, 100, 100]
