"""Linking in SQL equals linking in plain Python, on random tokens and on the cases that matter."""

from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from correlate.linkage import link, load_model
from correlate.tokens import TOKEN_COLUMNS, ClassSets, People, linkage_keys
from correlate.vault import Vault
from correlate.vocabulary import AttributeClass
from tests.linkage import oracle

MODEL = load_model()
COLUMNS = (*TOKEN_COLUMNS, "birth_swapped")
# Few values, so that rows agree often and by accident; as real tokens, those of two fields never meet.
FIELDS = sorted({name.removesuffix("_alt").replace("swapped", "date") for name in COLUMNS})
FIRST = {name: 10 * FIELDS.index(name.removesuffix("_alt").replace("swapped", "date")) for name in COLUMNS}
TOKENS = {name: st.integers(FIRST[name] + 1, FIRST[name] + 3) for name in COLUMNS}
ROWS = st.lists(
    st.fixed_dictionaries(
        {name: st.one_of(st.none(), TOKENS[name]) for name in COLUMNS} | {"nir_own": st.booleans()}
    ),
    min_size=1,
    max_size=12,
)
# Each example runs some tens of statements: few and large ones find more in the same time.
few = settings(max_examples=12, phases=(Phase.explicit, Phase.generate))


@pytest.fixture(scope="module")
def vault(tmp_path_factory, key):
    with Vault.create(tmp_path_factory.mktemp("link") / "vault.duckdb", key) as made:
        made.engine.execute("INSERT INTO breach VALUES (1, 'free-2024')")
        made.engine.execute("INSERT INTO class_set VALUES (1, 'NAME')")
        yield made


def people(vault: Vault, rows: list[oracle.Row], *, asking: bool) -> People:
    tokens = {name: np.array([row.get(name) or 0 for row in rows], dtype=np.int64) for name in COLUMNS}
    keys, key_rows = linkage_keys(vault.tokeniser.scheme, tokens, asking=asking)
    classes = ClassSets(sets=((AttributeClass.NAME,),), of_row=np.zeros(len(rows), dtype=np.int32))
    own = np.array([row["nir_own"] for row in rows])
    return People(
        tokens=tokens, nir_own=own, classes=classes, keys=keys, key_rows=key_rows, dropped=Counter()
    )


def store(vault: Vault, rows: list[oracle.Row]) -> None:
    held = people(vault, rows, asking=False)
    frame = pl.DataFrame(
        {
            "record_id": np.arange(len(rows)),
            "breach_no": np.ones(len(rows), dtype=np.int16),
            "class_set_no": np.ones(len(rows), dtype=np.int32),
            "nir_own": held.nir_own,
        }
    ).with_columns(held.column(name) for name in TOKEN_COLUMNS)
    keys = pl.DataFrame({"key": held.keys, "record_id": held.key_rows})
    with vault.engine.given(new_record=frame, new_key=keys):
        for table, new in (("record", "new_record"), ("link_key", "new_key")):
            vault.engine.execute(f"DELETE FROM {table}")
            vault.engine.execute(f"INSERT INTO {table} SELECT * FROM {new}")


def linked(vault: Vault, subjects: list[oracle.Row], model=MODEL, **options) -> dict[tuple[int, int], float]:
    asked = people(vault, subjects, asking=True)
    link(vault, asked, np.arange(1, len(subjects) + 1), model=model, **options)
    rows = vault.engine.rows("SELECT subject_no - 1, record_id, probability FROM linked")
    return {(subject, record): p for subject, record, p in rows}


@few
@given(subjects=ROWS, records=ROWS)
def test_links_are_those_of_a_plain_python_linkage(vault, subjects, records):
    """Same pairs, same probabilities to 1e-12, on rows that agree and contradict in every way."""
    store(vault, records)
    wanted = oracle.links(subjects, records, MODEL)
    assert linked(vault, subjects) == pytest.approx(wanted, rel=1e-9, abs=1e-12)


@few
@given(subjects=ROWS, records=ROWS)
def test_running_step_by_step_gives_the_same_links(vault, subjects, records):
    store(vault, records)
    assert linked(vault, subjects, stepwise=True) == linked(vault, subjects)


@few
@given(subjects=ROWS, records=ROWS)
def test_a_batch_gives_the_links_of_single_checks(vault, subjects, records):
    """Bit for bit: nothing of a subject's links depends on who else is asked for."""
    store(vault, records)
    singly = {}
    subjects = subjects[:3]
    for number, subject in enumerate(subjects):
        singly |= {(number, record): p for (_, record), p in linked(vault, [subject]).items()}
    assert linked(vault, subjects) == singly


@few
@given(subjects=ROWS, records=ROWS, limit=st.integers(0, 3))
def test_a_key_that_too_many_records_share_is_not_followed(vault, subjects, records, limit):
    store(vault, records)
    model = dataclasses.replace(MODEL, key_records_max=limit)
    assert linked(vault, subjects, model) == pytest.approx(oracle.links(subjects, records, model), abs=1e-12)


def person(**tokens: int | bool) -> oracle.Row:
    return dict.fromkeys(COLUMNS) | {"nir_own": True} | tokens


ANNA = {"surname": 11, "phonetic": 12, "first_name": 13, "first_phonetic": 14, "first_initial": 15, "sex": 1}
BORN = {"birth_date": 21, "birth_yymm": 22}
HOME = {"postcode": 31, "department": 32, "phone": 33, "iban": 34}
TOM = {"surname": 11, "phonetic": 12, "first_name": 43, "first_phonetic": 44, "first_initial": 45, "sex": 2}

CASES = {
    "the same person in full": (person(**ANNA, **BORN, **HOME), person(**ANNA, **BORN, **HOME), 0.999, 1),
    "name and birth date alone": (person(**ANNA, **BORN), person(**ANNA, **BORN), 0.99, 1),
    "NIR alone": (person(nir=51), person(nir=51), 0.9, 1),
    "an e-mail alone": (person(email=61), person(email=61), 0.9, 1),
    "a spouse in the same home, with the same account": (
        person(**ANNA, **BORN, **HOME),
        person(**TOM, **HOME, birth_date=71, birth_yymm=72),
        0,
        0.01,
    ),
    "a child's row under the parent's NIR": (
        person(**ANNA, **BORN, **HOME, nir=51),
        person(**TOM, nir=51, nir_own=False, birth_date=71, birth_yymm=72),
        0,
        0.01,
    ),
    "a twin under the same insured's NIR": (
        person(**ANNA, **BORN, nir=51, nir_own=False),
        person(**{**TOM, "sex": 1}, **BORN, nir=51, nir_own=False),
        0,
        0.5,
    ),
    "a surname changed by marriage": (
        person(**ANNA, **BORN, **HOME),
        person(**{**ANNA, "surname": 81, "phonetic": 82}, **BORN, **HOME),
        0.99,
        1,
    ),
    "day and month exchanged": (
        person(**ANNA, **BORN, birth_swapped=23, **HOME),
        person(**ANNA, birth_date=23, birth_yymm=24, **HOME),
        0.99,
        1,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_cases_that_matter_are_judged_as_people_would(vault, case):
    subject, record, least, most = CASES[case]
    store(vault, [record])
    assert least <= linked(vault, [subject]).get((0, 0), 0.0) <= most


def test_rows_of_no_subject_are_not_linked(vault):
    store(vault, [person(nir=51)])
    link(vault, people(vault, [person(nir=51)], asking=True), np.zeros(1, dtype=np.int64), model=MODEL)
    assert vault.engine.rows("SELECT * FROM linked") == []


def test_several_rows_of_one_subject_keep_the_best_link_to_a_record(vault):
    store(vault, [person(**ANNA, **BORN)])
    weak, strong = person(**BORN, phonetic=12), person(**ANNA, **BORN)
    alone = linked(vault, [strong])[0, 0]
    link(vault, people(vault, [weak, strong], asking=True), np.array([1, 1]), model=MODEL)
    assert vault.engine.rows("SELECT subject_no, record_id, probability FROM linked") == [(1, 0, alone)]
