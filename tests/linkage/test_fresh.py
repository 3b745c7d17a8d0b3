"""Fresh keys are a record's keys but for those that every row of the subject asks for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.linkage.fresh import KeyForms, _find_fresh
from correlate.linkage.rows import ASKED, ROW
from correlate.linkage.subjects import Subjects
from correlate.tokens import linkage_keys
from correlate.vault import Vault

# A token of one field is none of another, but where both are of one domain.
APART = {"nir": 10, "national_id": 20, "email": 30, "email_alt": 30, "phone": 40, "phone_alt": 40, "iban": 50}
row = st.fixed_dictionaries(
    {name: st.sampled_from([0, 1 + APART.get(name, 0), 2 + APART.get(name, 0)]) for name in ASKED}
)


@pytest.fixture(scope="module")
def vault(tmp_path_factory, key):
    with Vault.create(tmp_path_factory.mktemp("fresh") / "v.duckdb", key) as made:
        yield made


def laid(rows):
    out = np.zeros(len(rows), dtype=ROW)
    for place, each in enumerate(rows):
        for name, token in each.items():
            out[place][name] = token
    return out


def keys_of(vault, rows, without=frozenset()):
    """The keys of each row, all together made by the room that makes them."""
    tokens = {name: np.array([each[name] for each in rows]) for name in ASKED if name not in without}
    keys, of = linkage_keys(vault.tokeniser.scheme, tokens, asking=True)
    return [set(keys[of == place].tolist()) for place in range(len(rows))]


@given(
    asking=st.lists(row, min_size=1, max_size=4),
    holding=st.lists(row, min_size=1, max_size=4),
    data=st.data(),
    without=st.sampled_from([frozenset(), frozenset({"nir"}), frozenset({"birth_date", "phone"})]),
)
def test_fresh_keys_are_those_that_a_row_of_the_subject_lacks(vault, asking, holding, data, without):
    owners = np.array(data.draw(st.lists(st.integers(1, 3), min_size=len(asking), max_size=len(asking))))
    holding = [{**each, "birth_swapped": 0} for each in holding]
    subject = np.array([data.draw(st.sampled_from(owners.tolist())) for _ in holding])
    found = KeyForms.of(without).fresh(vault, laid(asking), Subjects.of(owners), subject, laid(holding))
    asked, held = keys_of(vault, asking), keys_of(vault, holding, without)
    for pair, own in enumerate(held):
        known = set.intersection(*(asked[place] for place in np.flatnonzero(owners == subject[pair])))
        assert set(found.keys[found.pair == pair].tolist()) == own - known


def test_plain_and_compiled_find_the_same():
    draw = np.random.default_rng(3)
    askers, records = (draw.integers(0, 3, (size, len(ROW.names))) for size in (60, 300))
    forms, subjects = KeyForms.of(frozenset()), Subjects.of(draw.integers(1, 41, 60))
    subject = draw.choice(subjects.of_row, 300)
    outs = []
    for run in (_find_fresh.plain, _find_fresh.compiled()):
        out = np.zeros(300, dtype=np.int64)
        run(
            askers,
            subjects.rows,
            subjects.starts,
            subject,
            records,
            forms.columns,
            forms.alike,
            forms.usable,
            out,
        )
        outs.append(out)
    assert outs[0].tolist() == outs[1].tolist()
    assert len(set(outs[0].tolist())) > 20
