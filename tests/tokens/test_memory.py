"""What is kept of a file's values from batch to batch."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from correlate.tokens import Memory, SecretKey, Tokeniser, memory

from .oracle import SECRET
from .people import files, frame_of

TOKENISER = Tokeniser(SecretKey(secret=SECRET))


def made(values: pl.Series) -> dict[str, np.ndarray]:
    return {"length": np.array([-1 if v is None else len(v) for v in values.to_list()], dtype=np.int16)}


@given(files(most=12), st.data(), st.sampled_from([1, 3, memory.MOST_VALUES]))
@settings(max_examples=20)
def test_with_a_memory_batches_are_read_as_without(file, data, most):
    rows, columns = file
    frame = frame_of(rows, columns)
    cut = data.draw(st.integers(0, len(rows)))
    kept = Memory()
    with patch.object(memory, "MOST_VALUES", most):
        for part in (frame.head(cut), frame.slice(cut), frame):
            plain, remembered = TOKENISER.people(part), TOKENISER.people(part, memory=kept)
            assert {n: t.tolist() for n, t in plain.tokens.items() if t.any()} == {
                n: t.tolist() for n, t in remembered.tokens.items() if t.any()
            }
            assert sorted(zip(plain.keys.tolist(), plain.key_rows.tolist(), strict=True)) == sorted(
                zip(remembered.keys.tolist(), remembered.key_rows.tolist(), strict=True)
            )
            assert plain.nir_own.tolist() == remembered.nir_own.tolist()
            assert plain.classes.sets == remembered.classes.sets
            assert plain.classes.of_row.tolist() == remembered.classes.of_row.tolist()
            assert plain.dropped == remembered.dropped


def test_each_value_is_worked_on_once():
    asked: list[str | None] = []

    def noted(values: pl.Series) -> dict[str, np.ndarray]:
        asked.extend(values.to_list())
        return made(values)

    kept = Memory()
    for texts in (["a", None, "bb", "a"], ["bb", "ccc", None], []):
        table, codes = kept.look_up("length", pl.Series(texts, dtype=pl.String), noted)
        assert table["length"][codes].tolist() == [-1 if t is None else len(t) for t in texts]
    assert sorted(asked, key=str) == [None, "a", "bb", "ccc"]
    assert "bb" not in repr(kept)


def test_threads_share_a_memory():
    draw = np.random.default_rng(3)
    kept = Memory()

    def one(_: int) -> bool:
        texts = ["x" * size for size in draw.integers(0, 400, size=3_000).tolist()]
        table, codes = kept.look_up("length", pl.Series(texts), made)
        return table["length"][codes].tolist() == [len(text) for text in texts]

    with patch.object(memory, "MOST_VALUES", 300), ThreadPoolExecutor(4) as workers:
        assert all(workers.map(one, range(60)))
