"""Linking in SQL equals linking in plain Python, on random tokens and on the cases that matter."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from correlate.linkage import COMPARISONS, JUDGED, LEVELS, Askers, judge, link
from correlate.vault import Vault
from tests.linkage import oracle
from tests.linkage.oracle import Holding
from tests.linkage.worlds import (
    COLUMNS,
    MODEL,
    ROW_BITS,
    Town,
    direct,
    distinct_alts,
    households,
    linked,
    numbered,
    people,
    person,
    store,
)

# In a town of a few, many pairs are neither certain nor impossible.
SMALL = dataclasses.replace(MODEL, population=60.0)
NARROW = dataclasses.replace(SMALL, wide_records_max=0)
SEEDS = range(2)

# Few values, so that rows agree often and by accident; as real tokens, those of two domains never meet.
DOMAINS = {"first_name": "surname", "first_phonetic": "phonetic", "birth_swapped": "birth_date"}
PLAIN = [name for name in COLUMNS if not name.endswith("sketch")]


def domain(name: str) -> int:
    base = name.removesuffix("_alt")
    return 10 * (1 + PLAIN.index(DOMAINS.get(base, base)))


# Two values a digit: two sketches agree in half of their digits, and in any number of them.
SKETCHES = st.integers(0, 2**16 - 1).map(
    lambda bits: (
        (sum((9 ^ (bits >> place & 1) << place % 4) << 4 * place for place in range(16)) - 2**63 & 2**64 - 1)
        - 2**63
    )
)
CELLS = {
    name: SKETCHES
    if name.endswith("sketch")
    else st.integers(1, 3).map(lambda value, of=name: domain(of) + value)
    for name in COLUMNS
}
ROWS = st.lists(
    st.fixed_dictionaries(
        {name: st.one_of(st.none(), CELLS[name]) for name in COLUMNS}
        | {"nir_own": st.booleans(), "breach": st.integers(1, 3)}
    ).map(distinct_alts),
    min_size=1,
    max_size=12,
)
# Each example runs some tens of statements: few and large ones find more in the same time.
few = settings(max_examples=8, phases=(Phase.explicit, Phase.generate))


@pytest.fixture(scope="module")
def vault(tmp_path_factory, key):
    with Vault.create(tmp_path_factory.mktemp("link") / "vault.duckdb", key) as made:
        yield made


def judged(vault, subjects, model):
    """Both probabilities and what is shared, of every candidate pair."""
    judge(vault, Askers.of_people(people(vault, subjects, asking=True)), model=model)
    rows = vault.engine.rows(
        f"SELECT asker_no, record_id, probability, household_probability, shared FROM {JUDGED}"
    )
    return {(asker, record): found for asker, record, *found in rows}


def wanted(subjects, records, model):
    holding = Holding(records, model)
    return {
        (place, number): [*both, oracle.shared_bits(subject, records[number])]
        for place, subject in enumerate(subjects)
        for number, both in holding.pairs(subject).items()
    }


def close(expected):
    return {pair: pytest.approx(found, rel=1e-9, abs=1e-300) for pair, found in expected.items()}


def town(seed, subjects=20, records=60, breaches=3, **care):
    """Subjects and records about the same few people, written by careless clerks."""
    place = Town(seed, people=12)
    asked = [place.row(place.people[n % 12], **care) for n in range(subjects)]
    held = [
        place.row(place.people[int(place.draw.integers(12))], breach=1 + n % breaches, **care)
        for n in range(records)
    ]
    return asked, numbered(held)


@few
@given(subjects=ROWS, records=ROWS)
def test_every_pair_is_judged_as_a_plain_python_linkage_judges_it(vault, subjects, records):
    """Rows that agree and contradict in every way: same pairs, probabilities to 1e-9, and values shared."""
    held = numbered(records)
    store(vault, held)
    assert judged(vault, subjects, SMALL) == close(wanted(subjects, held, SMALL))


@pytest.mark.parametrize(
    ("seed", "model"),
    [(0, SMALL), (1, SMALL), (2, NARROW), (3, MODEL)],
    ids=["wide keys", "wide keys too", "linkage keys alone", "default"],
)
def test_careless_rows_about_the_same_people_are_judged_as_in_plain_python(vault, model, seed):
    """Misspelt, exchanged, missing: each pair's two probabilities, and the values that the two rows share."""
    subjects, held = town(seed)
    store(vault, held)
    assert judged(vault, subjects, model) == close(wanted(subjects, held, model))


def test_the_random_pairs_show_every_level_of_every_comparison(vault):
    """What the tests above compare leaves no level out."""
    seen = {comparison.field: set() for comparison in COMPARISONS}
    for seed, care in itertools.product(SEEDS, ({}, {"keep": 0.35, "wrong": 0.1})):
        subjects, held = town(seed, **care)
        store(vault, held)
        judge(vault, Askers.of_people(people(vault, subjects, asking=True)), model=SMALL)
        for asker, record, *levels in vault.engine.rows(
            f"SELECT asker_no, record_id, {', '.join(LEVELS)} FROM {JUDGED}"
        ):
            for comparison, number in zip(COMPARISONS, levels, strict=True):
                name = comparison.levels[number - 1].name if number else None
                assert name == oracle.LEVELS[comparison.field](subjects[asker], held[record])
                seen[comparison.field].add(name)
    assert seen == {c.field: {level.name for level in c.levels} | {None} for c in COMPARISONS}


@pytest.mark.parametrize("seed", [4])
def test_links_are_the_pairs_of_at_least_the_least_probability(vault, seed):
    subjects, held = town(seed)
    store(vault, held)
    holding = Holding(held, SMALL)
    assert direct(vault, subjects, SMALL) == pytest.approx(holding.links(subjects), rel=1e-9)
    expected = {(n, record) for n, subject in enumerate(subjects) for record in holding.households(subject)}
    found = households(vault)
    assert set(found) == expected
    for (subject, record), (shared, probability) in found.items():
        assert shared == oracle.shared_bits(subjects[subject], held[record])
        assert probability == pytest.approx(holding.judged(subjects[subject], held[record])[1], rel=1e-9)
    # This is no comparison of nothing with nothing.
    assert len(found) > 5


@pytest.mark.parametrize("seed", [1])
def test_a_batch_gives_the_links_of_single_checks(vault, seed):
    """Bit for bit, paths and households too: nothing of a subject's links hangs on who else is asked for."""
    subjects, held = town(seed, subjects=4)
    store(vault, held)
    singly, families = {}, {}
    for number, subject in enumerate(subjects):
        singly |= {(number, record): found for (_, record), found in linked(vault, [subject], SMALL).items()}
        families |= {(number, record): found for (_, record), found in households(vault).items()}
    assert linked(vault, subjects, SMALL) == singly
    assert households(vault) == families


@pytest.mark.parametrize("seed", [2])
def test_the_order_of_rows_in_subjects_and_vault_changes_nothing(vault, seed):
    subjects, held = town(seed)
    store(vault, held)
    before = linked(vault, subjects, SMALL)
    draw = np.random.default_rng(seed)
    order = draw.permutation(len(subjects)).tolist()
    numbers = draw.permutation(list(held)).tolist()
    store(vault, {number: held[number] for number in numbers})
    after = linked(vault, [subjects[place] for place in order], SMALL)
    assert {(order[place], record): found for (place, record), found in after.items()} == before


@pytest.mark.parametrize("seed", [3])
def test_the_order_of_files_and_of_their_rows_changes_nothing(vault, seed):
    """Other record_ids, the same records: the same links bit for bit."""
    subjects, held = town(seed)
    store(vault, held)
    before = {(n, record): found for (n, record), found in linked(vault, subjects, SMALL).items()}
    moved = {3: 1, 1: 2, 2: 3}
    renamed = {number: (moved[number >> ROW_BITS] << ROW_BITS) + 1000 - number % 1000 for number in held}
    other = {renamed[number]: row | {"breach": moved[row["breach"]]} for number, row in held.items()}
    store(vault, dict(sorted(other.items())), names={new: old for old, new in moved.items()})
    assert linked(vault, subjects, SMALL) == {
        (n, renamed[record]): found for (n, record), found in before.items()
    }


@pytest.mark.parametrize(("limit", "seed"), [(0, 0), (3, 2), (8, 3)])
def test_a_key_that_too_many_records_share_is_not_followed(vault, limit, seed):
    subjects, held = town(seed)
    store(vault, held)
    model = dataclasses.replace(NARROW, key_records_max=limit)
    assert judged(vault, subjects, model) == close(wanted(subjects, held, model))


def test_keys_that_were_not_followed_are_counted(vault):
    store(vault, numbered([person(nir=51, email=61), person(nir=51), person(nir=51)]))
    asked = people(vault, [person(nir=51, email=61)], asking=True)
    model = dataclasses.replace(NARROW, key_records_max=2)
    counts = link(vault, asked, np.ones(1, dtype=np.int64), model=model)
    assert (counts.keys, counts.keys_capped, counts.candidates, counts.links) == (2, 1, 1, 1)


@pytest.mark.parametrize(("limit", "seed"), [(0, 0), (3, 2), (8, 3)])
def test_a_wide_key_that_too_many_records_share_is_not_followed(vault, limit, seed):
    subjects, held = town(seed)
    store(vault, held)
    model = dataclasses.replace(SMALL, wide_key_records_max=limit)
    assert judged(vault, subjects, model) == close(wanted(subjects, held, model))


@pytest.mark.parametrize(("most", "pairs"), [(2, {(0, (1 << 40) + 1)}), (1, set())])
def test_wide_keys_are_for_vaults_up_to_a_size(vault, most, pairs):
    """Two rows that share a street and no linkage key meet in a vault of two records, and in no larger."""
    store(vault, numbered([person(street=71, surname=11, first_name=12), person(nir=5)]))
    model = dataclasses.replace(MODEL, wide_records_max=most)
    assert set(judged(vault, [person(street=71, surname=11, first_name=12)], model)) == pairs


def test_rejected_rows_do_not_count_towards_the_size_of_a_vault(vault):
    store(vault, numbered([person(street=71)]))
    vault.engine.execute("UPDATE file SET rows_read = 1000, rows_rejected = 999")
    model = dataclasses.replace(MODEL, wide_records_max=1)
    assert len(judged(vault, [person(street=71)], model)) == 1


def test_a_rare_name_says_more_than_a_common_one(vault):
    common = [person(surname=11, phonetic=12, birth_date=100 + n) for n in range(300)]
    rare = [person(surname=21, phonetic=22, birth_date=500)]
    store(vault, numbered([*common, *rare]))
    asked = [person(surname=11, phonetic=12, birth_date=100), person(surname=21, phonetic=22, birth_date=500)]
    found = judged(vault, asked, MODEL)
    first, last = (1 << ROW_BITS) + 1, (1 << ROW_BITS) + 301
    assert found[1, last][0] > 10 * found[0, first][0]


def cases():
    """Pairs of rows, and between what the probability of one person may lie, and of one household."""
    anna = {
        "surname": 11,
        "phonetic": 12,
        "surname_sketch": 0x1111_1111_1111_1111,
        "first_name": 13,
        "first_phonetic": 14,
        "first_initial": 15,
        "first_sketch": 0x2222_2222_2222_2222,
        "sex": 1,
    }
    born = {"birth_date": 21, "birth_yymm": 22, "birth_yydd": 23, "birth_mmdd": 24}
    home = {
        "postcode": 31,
        "department": 32,
        "city": 33,
        "city_sketch": 0x3333_3333_3333_3333,
        "street": 34,
        "street_sketch": 0x4444_4444_4444_4444,
        "phone": 35,
        "iban": 36,
    }
    tom = anna | {
        "first_name": 43,
        "first_phonetic": 44,
        "first_initial": 45,
        "first_sketch": 0x5555_5555_5555_5555,
        "sex": 2,
    }
    else_born = {"birth_date": 71, "birth_yymm": 72, "birth_yydd": 73, "birth_mmdd": 74}
    else_home = {
        "postcode": 81,
        "department": 82,
        "city": 83,
        "city_sketch": 0x7777_7777_7777_7777,
        "street": 84,
        "street_sketch": 0x0BAD_0BAD_0BAD_0BAD,
    }
    half = {  # Nine digits of sixteen are the same: a letter is wrong.
        "surname_sketch": 0x1111_1111_1888_8888,
        "first_sketch": 0x2222_2222_2888_8888,
    }
    whole = anna | born | home
    return {
        "the same person in full": (whole, whole, (0.999, 1), (0, 0.001)),
        "name and birth date alone": (anna | born, anna | born, (0.9, 1), (0, 0.01)),
        # It may be the insured's.
        "NIR alone": ({"nir": 51}, {"nir": 51}, (0.5, 0.9), (0.1, 0.5)),
        "NIR, and a birth date that is its own": (
            {"nir": 51, "birth_yymm": 22, "sex": 1},
            anna | born | {"nir": 51},
            (0.95, 1),
            (0, 0.05),
        ),
        "an e-mail alone": ({"email": 61}, {"email": 61}, (0.9, 1), (0, 0.1)),
        "a spouse in the same home, with the same account": (
            whole,
            tom | home | else_born,
            (0, 0.01),
            (0.9, 1),
        ),
        "a child's row under the parent's NIR": (
            whole | {"nir": 51},
            tom | else_born | {"nir": 51, "nir_own": False},
            (0, 0.01),
            (0.9, 1),
        ),
        "a child's row under the parent's NIR, asked for by the child": (
            tom | else_born | {"nir": 51, "nir_own": False},
            whole | {"nir": 51},
            (0, 0.01),
            (0.9, 1),
        ),
        # Or one child, called by another name.
        "a twin of the same sex under the same insured's NIR": (
            anna | born | {"nir": 51, "nir_own": False},
            tom | born | {"sex": 1, "nir": 51, "nir_own": False},
            (0, 0.7),
            (0.3, 1),
        ),
        "a twin of the other sex under the same insured's NIR": (
            anna | born | {"nir": 51, "nir_own": False},
            tom | born | {"nir": 51, "nir_own": False},
            (0, 0.05),
            (0.9, 1),
        ),
        "a twin of the other sex in the same home": (whole, tom | born | home, (0, 0.05), (0.9, 1)),
        "a homonym of another birth date, elsewhere": (
            anna | born | {"postcode": 31, "department": 32},
            anna | else_born | {"postcode": 81, "department": 82},
            (0, 0.01),
            (0, 0.01),
        ),
        "father and son of one name, at home, each with his NIR": (
            whole | {"nir": 51},
            anna | else_born | home | {"nir": 52},
            (0, 0.5),
            (0.5, 1),
        ),
        # Or one man, whose birth date somebody did not know.
        "father and son of one name, at home": (whole, anna | else_born | home, (0.1, 0.97), (0.03, 0.9)),
        "a surname changed by marriage": (
            whole,
            whole | {"surname": 91, "phonetic": 92, "surname_sketch": 0x6666_6666_6666_6666},
            (0.99, 1),
            (0, 0.01),
        ),
        "a surname changed by marriage, the old one told too": (
            anna | born,
            anna
            | born
            | {
                "surname": 91,
                "phonetic": 92,
                "surname_alt": 11,
                "phonetic_alt": 12,
                "surname_sketch": 0x6666_6666_6666_6666,
            },
            (0.9, 1),
            (0, 0.01),
        ),
        "day and month exchanged": (
            whole | {"birth_swapped": 25},
            anna | home | {"birth_date": 25, "birth_yymm": 26, "birth_yydd": 27, "birth_mmdd": 28},
            (0.99, 1),
            (0, 0.01),
        ),
        "names exchanged": (
            anna | born | {"postcode": 31, "department": 32},
            born
            | {
                "postcode": 31,
                "department": 32,
                "surname": 13,
                "phonetic": 14,
                "surname_sketch": 0x2222_2222_2222_2222,
                "first_name": 11,
                "first_phonetic": 12,
                "first_initial": 16,
                "first_sketch": 0x1111_1111_1111_1111,
            },
            (0.9, 1),
            (0, 0.01),
        ),
        "one letter wrong in each name": (
            whole,
            whole | half | {"surname": 17, "phonetic": 18, "first_name": 19, "first_phonetic": 20},
            (0.99, 1),
            (0, 0.01),
        ),
        "a wrong year": (
            anna | born | {"postcode": 31, "department": 32},
            anna
            | {
                "birth_date": 71,
                "birth_yymm": 72,
                "birth_yydd": 73,
                "birth_mmdd": 24,
                "postcode": 31,
                "department": 32,
            },
            (0.5, 1),
            (0, 0.1),
        ),
        "moved to another department": (
            whole,
            anna | born | else_home | {"phone": 35, "iban": 36},
            (0.999, 1),
            (0, 0.01),
        ),
    }


CASES = cases()


@pytest.fixture(scope="module")
def judged_cases(vault):
    """Every case under tokens of its own, the record in a breach of its own: none has to do with another."""

    def own(place, row):
        sketches_and_flags = {name for name in row if name.endswith("sketch") or name == "nir_own"}
        return {
            name: cell if name in sketches_and_flags else cell + 1000 * place for name, cell in row.items()
        }

    subjects = [person(**own(place, case[0])) for place, case in enumerate(CASES.values())]
    records = [person(**own(place, case[1]), breach=1 + place) for place, case in enumerate(CASES.values())]
    store(vault, numbered(records))
    found = judged(vault, subjects, MODEL)
    links = direct(vault, subjects)
    return {
        case: {
            "judged": found[place, record],
            "linked": links.get((place, record), 0.0),
            "household": households(vault).get((place, record)),
            "shared": oracle.shared_bits(subjects[place], records[place]),
        }
        for (place, case), record in zip(enumerate(CASES), numbered(records), strict=True)
    }


@pytest.mark.parametrize("case", CASES)
def test_the_cases_that_matter_are_judged_as_people_would(judged_cases, case):
    *_, (least, most), (least_other, most_other) = CASES[case]
    probability, household, _ = judged_cases[case]["judged"]
    assert least <= probability <= most
    assert least_other <= household <= most_other


@pytest.mark.parametrize("case", [case for case in CASES if CASES[case][3][0] >= 0.5])
def test_another_of_the_household_is_told_as_such_and_never_as_the_person(judged_cases, case):
    found = judged_cases[case]
    assert found["linked"] < 0.5
    shared, probability = found["household"]
    assert shared == found["shared"]
    assert probability >= 0.5


@pytest.mark.parametrize("breaches", [1, 50])
def test_a_phone_of_an_office_is_no_evidence_and_one_in_fifty_breaches_is(vault, breaches):
    """Fifty records of one breach under one number are fifty people; one in each of fifty may be one."""
    rows = [person(phone=35, breach=1 + n % breaches, email=100 + n) for n in range(50)]
    store(vault, numbered(rows))
    found = judged(vault, [person(phone=35)], MODEL).values()
    assert len(found) == 50
    if breaches == 1:
        assert max(probability for probability, _, _ in found) < 0.001
    else:
        assert min(probability for probability, _, _ in found) > 0.5


def test_up_to_five_records_of_a_breach_may_share_a_number_and_be_one_household(vault):
    few_, more = ([person(phone=35, email=100 + n) for n in range(count)] for count in (5, 7))
    found = []
    for rows in (few_[:1], few_, more):
        store(vault, numbered(rows))
        found.append(max(p for p, _, _ in judged(vault, [person(phone=35)], MODEL).values()))
    assert found[0] == found[1] > found[2]


def test_rows_of_no_subject_are_not_linked(vault):
    store(vault, numbered([person(nir=51)]))
    link(vault, people(vault, [person(nir=51)], asking=True), np.zeros(1, dtype=np.int64), model=MODEL)
    assert vault.engine.rows("SELECT * FROM linked") == []
    assert vault.engine.rows("SELECT * FROM household") == []


def test_several_rows_of_one_subject_keep_the_best_link_to_a_record(vault):
    subject, record, *_ = CASES["name and birth date alone"]
    store(vault, numbered([person(**record)]))
    weak, strong = person(birth_date=21, phonetic=12), person(**subject)
    [alone] = direct(vault, [strong]).values()
    assert direct(vault, [weak]) != {(0, (1 << 40) + 1): alone}
    link(vault, people(vault, [weak, strong], asking=True), np.array([1, 1]), model=MODEL)
    assert vault.engine.rows("SELECT subject_no, record_id, probability FROM linked") == [
        (1, (1 << 40) + 1, alone)
    ]


def test_a_record_is_no_other_of_the_household_where_another_row_is_its_person(vault):
    """A subject told twice, once under a child's name: the record is the subject's."""
    spouse, record, *_ = CASES["a spouse in the same home, with the same account"]
    store(vault, numbered([person(**record)]))
    link(
        vault, people(vault, [person(**spouse), person(**record)], asking=True), np.array([1, 1]), model=MODEL
    )
    assert vault.engine.rows("SELECT * FROM household") == []
    assert vault.engine.scalar("SELECT probability FROM linked") > 0.99


def test_an_empty_vault_links_nobody(vault):
    store(vault, {})
    assert linked(vault, [person(nir=51, email=61, street=71)]) == {}
