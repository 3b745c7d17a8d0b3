"""From raw columns to tokens, against a plain loop over rows and values, and by example."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from correlate.tokens import SCHEMES, TOKEN_COLUMNS, People, SecretKey, Tokeniser, UnknownScheme, linkage_keys

from .oracle import SECRET, Row, token
from .people import COLUMNS, files, frame_of

pytestmark = pytest.mark.long

TOKENISER = Tokeniser(SecretKey(secret=SECRET))
ALL_COLUMNS = (*TOKEN_COLUMNS, "birth_swapped")


def of_rows(people: People) -> list[tuple[object, ...]]:
    """Everything that became of each row, in a form that rows of two batches can be compared in."""
    keys: list[Counter[int]] = [Counter() for _ in range(people.height)]
    for key, row in zip(people.keys.tolist(), people.key_rows.tolist(), strict=True):
        keys[row][key] += 1
    columns = [people.column(name).to_list() for name in ALL_COLUMNS]
    classes = [people.classes.sets[number] for number in people.classes.of_row]
    return list(zip(*columns, people.nir_own.tolist(), classes, keys, strict=True))


def one(**values: str | None) -> People:
    return TOKENISER.people(pl.DataFrame({c.replace("__", ":"): [v] for c, v in values.items()}))


def classes(people: People) -> set[str]:
    return set(people.classes.sets[people.classes.of_row[0]])


@given(files(), st.booleans())
def test_a_file_equals_a_plain_loop(file, asking):
    """Tokens, linkage keys, whose NIR, exposed classes and counts of what was unusable."""
    rows, columns = file
    people = TOKENISER.people(frame_of(rows, columns), asking=asking)
    expected = [Row(row) for row in rows]
    for name in ALL_COLUMNS:
        assert people.column(name).fill_null(0).to_list() == [row.tokens.get(name, 0) for row in expected], (
            name
        )
    assert people.nir_own.tolist() == [row.nir_own for row in expected]
    assert [set(people.classes.sets[n]) for n in people.classes.of_row] == [row.classes for row in expected]
    assert people.dropped == sum((row.dropped for row in expected), Counter())
    keys, key_rows = linkage_keys(TOKENISER.scheme, people.tokens, asking=asking)
    assert (people.keys.tolist(), people.key_rows.tolist()) == (keys.tolist(), key_rows.tolist())
    keyed = set(key_rows.tolist())
    assert people.identified().tolist() == [n in keyed or row.told() >= 2 for n, row in enumerate(expected)]


@given(files(most=12), st.data())
def test_a_file_in_pieces_is_the_file_at_once(file, data):
    rows, columns = file
    frame = frame_of(rows, columns)
    cut = data.draw(st.integers(0, len(rows)))
    whole, first, second = (TOKENISER.people(f) for f in (frame, frame.head(cut), frame.slice(cut)))
    assert of_rows(whole) == of_rows(first) + of_rows(second)
    assert whole.dropped == first.dropped + second.dropped


@given(files(most=12), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_of_columns_changes_nothing(file, random):
    rows, columns = file
    places = list(range(len(rows)))
    random.shuffle(places)
    fields = [c for c in columns if "." not in c and c not in ("email", "phone", "iban")]
    random.shuffle(fields)
    shuffled = [*fields, *(c for c in columns if c not in fields)]
    whole = TOKENISER.people(frame_of(rows, columns))
    other_rows = TOKENISER.people(frame_of([rows[place] for place in places], columns))
    assert [of_rows(whole)[place] for place in places] == of_rows(other_rows)
    assert (whole.dropped, whole.classes.sets) == (other_rows.dropped, other_rows.classes.sets)
    other_columns = TOKENISER.people(frame_of(rows, shuffled))
    assert of_rows(whole) == of_rows(other_columns)
    assert whole.dropped == other_columns.dropped


@settings(max_examples=12)
@given(files(most=4))
def test_a_frame_of_many_chunks_is_the_frame_of_one(file):
    rows, columns = file
    frame = frame_of(rows, columns)
    pieces = [frame.slice(row, 1) for row in range(frame.height)]
    chunked = pl.concat(pieces, rechunk=False) if pieces else frame
    wider = pl.concat([frame, frame, frame]).slice(frame.height, frame.height)
    assert (
        of_rows(TOKENISER.people(chunked))
        == of_rows(TOKENISER.people(frame))
        == of_rows(TOKENISER.people(wider))
    )


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_schemes_agree_on_all_but_the_tokens(scheme):
    frame = pl.DataFrame(
        {"surname": ["Dupont", None], "postcode": ["75002", "x"], "email": ["a@example.org"] * 2}
    )
    mine, other = (
        Tokeniser(SecretKey(secret=SECRET), scheme=s).people(frame) for s in (scheme, "aes-cmac-64")
    )
    assert mine.key_rows.tolist() == other.key_rows.tolist()
    assert mine.dropped == other.dropped
    assert [(mine.tokens[c] == 0).tolist() for c in mine.tokens] == [
        (other.tokens[c] == 0).tolist() for c in other.tokens
    ]


def test_an_unknown_scheme_is_refused():
    with pytest.raises(UnknownScheme):
        Tokeniser(SecretKey(secret=SECRET), scheme="sha1")


@pytest.mark.parametrize("dtype", [pl.String, pl.Null])
def test_an_empty_file_gives_nobody(dtype):
    """No rows, and rows with no value, whatever type the reader gave such a column."""
    columns = [c for c in COLUMNS if ":" not in c]
    nobody = TOKENISER.people(pl.DataFrame({c: pl.Series([], dtype=dtype) for c in columns}))
    assert (nobody.height, len(nobody.keys), nobody.classes.sets) == (0, 0, ())
    silent = TOKENISER.people(pl.DataFrame({c: pl.Series([None, None], dtype=dtype) for c in columns}))
    assert (silent.height, len(silent.keys), silent.classes.sets) == (2, 0, ((),))
    assert not silent.dropped
    assert not silent.identified().any()


def test_a_frame_without_a_column_of_ours_identifies_nobody():
    people = TOKENISER.people(pl.DataFrame({"keep:id": ["1", "2"]}))
    assert people.height == 2
    assert not people.identified().any()


def test_a_number_of_another_type_is_read_as_its_text():
    frame = pl.DataFrame({"nir": [1800575116001], "postcode": [75002]})
    assert of_rows(TOKENISER.people(frame)) == of_rows(one(nir="1800575116001", postcode="75002"))


def test_a_dependent_bears_the_insureds_number_and_does_not_expose_it():
    child = one(nir="1800575116001", birth_date="03/09/2010", sex="F")
    assert child.nir_own.tolist() == [False]
    assert classes(child) == {"DOB", "SEX"}
    assert child.tokens["nir"][0] == token("nir", "1800575116001")
    assert child.tokens["sex"][0] == token("sex", "1")
    assert child.tokens["birth_yymm"][0] == token("birth_yymm", str(10 * 12 + 8))


def test_a_dependent_without_a_sex_does_not_take_the_insureds():
    child = one(nir="1800575116001", birth_date="03/09/2010", sex=None)
    assert child.nir_own.tolist() == [False]
    assert child.tokens["sex"][0] == 0


def test_an_own_number_stands_in_for_sex_and_birth_month():
    person = one(nir="1800575116001")
    assert person.nir_own.tolist() == [True]
    assert classes(person) == {"NIR"}
    assert person.tokens["sex"][0] == token("sex", "0")
    assert person.tokens["birth_yymm"][0] == token("birth_yymm", str(80 * 12 + 4))
    assert "birth_date" not in person.tokens
    year_alone = one(nir="1800575116001", birth_date="00/00/1980")
    assert year_alone.tokens["birth_yymm"][0] == person.tokens["birth_yymm"][0]
    contradicted = one(nir="1800575116001", birth_year="2010")
    assert contradicted.nir_own.tolist() == [False]


def test_two_parts_of_a_date_outlive_a_wrong_third():
    right = one(birth_date="17/05/1980").tokens
    for wrong, kept in (
        ("17/06/1980", "birth_yydd"),
        ("17/05/1970", "birth_mmdd"),
        ("18/05/1980", "birth_yymm"),
        ("1980-97-17", "birth_yydd"),
    ):
        other = one(birth_date=wrong).tokens
        same = {c for c in ("birth_yymm", "birth_yydd", "birth_mmdd") if other[c][0] == right[c][0]}
        assert same == {kept}
    assert right["birth_yydd"][0] == token("birth_yydd", str(80 * 31 + 16))
    assert right["birth_mmdd"][0] == token("birth_mmdd", str(4 * 31 + 16))


def test_an_impossible_date_is_counted_and_gives_its_parts_alone():
    people = one(birth_date="31/02/1990")
    assert people.dropped == {("birth_date", "date-impossible"): 1}
    assert people.tokens["birth_date"][0] == 0
    assert people.tokens["birth_yymm"][0] == token("birth_yymm", str(90 * 12 + 1))
    assert people.tokens["birth_mmdd"][0] == token("birth_mmdd", str(1 * 31 + 30))
    nothing = one(birth_date="01/01/1900")
    assert {nothing.tokens[c][0] for c in ("birth_yymm", "birth_yydd", "birth_mmdd")} == {0}


def test_a_number_stands_in_for_no_day():
    person = one(nir="1800575116001", birth_date="00/00/1980")
    assert person.tokens["birth_yymm"][0] == token("birth_yymm", str(80 * 12 + 4))
    assert {person.tokens[c][0] for c in ("birth_yydd", "birth_mmdd")} == {0}


def test_people_of_other_centuries_have_birth_dates():
    people = one(birth_date="12/05/1750")
    assert people.tokens["birth_date"][0] == token("birth_date", "1750-05-12")
    assert not people.dropped


def test_a_name_is_the_same_token_in_either_column():
    people = one(surname="Martin", first_name="Martin").tokens
    assert people["surname"][0] == people["first_name"][0]
    assert people["phonetic"][0] == people["first_phonetic"][0]
    assert people["surname_sketch"][0] == people["first_sketch"][0]


def test_a_home_is_a_street_and_a_town_too():
    home = one(address="12 r. de la Paix, 75002 Paris", city="St Étienne", postcode="TQ13 8DF").tokens
    assert home["street"][0] == token("street", "12 RUE DE LA PAIX")
    assert home["city"][0] == token("city", "SAINTETIENNE")
    assert home["postcode"][0] == token("postcode", "X:TQ138DF")
    assert home["department"][0] == token("department", "X:TQ13")
    assert classes(one(address="SDF", city="?")) == set()


def test_fields_compared_as_written_expose_where_they_are_usable():
    people = one(national_id="ab-1234", birth_place="Nantes", occupation="Infirmière")
    assert people.tokens["national_id"][0] == token("national_id", "AB1234")
    assert people.tokens["birth_place"][0] == token("birth_place", "NANTES")
    assert people.tokens["occupation"][0] == token("occupation", "INFIRMIERE")
    assert classes(people) == {"DOCNUM", "POB", "JOB"}
    unusable = one(national_id="0000", birth_place="?", occupation="N/C")
    assert classes(unusable) == set()
    assert sum(unusable.dropped.values()) == 3


def test_two_telephones_are_two_tokens_and_one_spelled_twice_is_one():
    frame = {
        "phone": ["0612345678", "0612345678", None],
        "phone.2": ["0698765432", "+33612345678", "0698765432"],
    }
    people = TOKENISER.people(pl.DataFrame(frame))
    first, second = token("phone", "+33612345678"), token("phone", "+33698765432")
    assert people.tokens["phone"].tolist() == [first, first, second]
    assert people.tokens["phone_alt"].tolist() == [second, 0, 0]


def test_a_married_name_gives_both_names_to_be_found_by():
    together = one(usage_name="Martin née Dupont", first_name="Anne")
    apart = one(birth_name="Dupont", usage_name="Martin", first_name="Anne")
    names = {token("name", "DUPONT"), token("name", "MARTIN")}
    for people in (together, apart):
        assert {people.tokens["surname"][0], people.tokens["surname_alt"][0]} == names
    assert apart.tokens["surname"][0] == token("name", "DUPONT")


def test_a_full_name_is_the_name_and_the_first_name():
    whole, parts = one(full_name="DUPONT Jean"), one(surname="Dupont", first_name="Jean")
    assert of_rows(whole) == of_rows(parts)


def test_the_order_of_full_names_is_the_files():
    frame = pl.DataFrame({"full_name": ["dupont jean"]})
    surname_first = TOKENISER.people(frame, name_order="surname_first")
    assert surname_first.tokens["surname"][0] == token("name", "DUPONT")
    assert TOKENISER.people(frame).tokens["surname"][0] == token("name", "JEAN")


def test_the_order_of_dates_is_the_files():
    frame = pl.DataFrame({"birth_date": ["05/06/1980"]})
    assert TOKENISER.people(frame).tokens["birth_date"][0] == token("birth_date", "1980-06-05")
    american = TOKENISER.people(frame, date_order="mdy")
    assert american.tokens["birth_date"][0] == token("birth_date", "1980-05-06")
    assert american.tokens["birth_swapped"][0] == token("birth_date", "1980-06-05")


def test_an_address_fills_in_the_postcodes_that_are_missing_and_no_others():
    frame = {"postcode": ["75011", None, "x"], "address": ["1 rue A 75002 Paris"] * 3}
    people = TOKENISER.people(pl.DataFrame(frame))
    there, found = token("postcode", "75011"), token("postcode", "75002")
    assert people.tokens["postcode"].tolist() == [there, found, found]
    assert people.dropped == {("postcode", "postcode-unreadable"): 1}


@pytest.mark.parametrize(
    "column",
    [
        "nir",
        "email",
        "birth_name",
        "postcode",
        "sex",
        "birth_date",
        "class:PW",
        "city",
        "address",
        "national_id",
    ],
)
@pytest.mark.parametrize("blank", ["", " ", "\t", "\u00a0"])
def test_a_blank_exposes_nothing_and_is_not_counted_as_unusable(column, blank):
    people = TOKENISER.people(pl.DataFrame({column: [blank]}))
    assert people.classes.sets == ((),)
    assert not people.dropped


def test_what_is_unusable_is_counted_by_column_and_reason():
    frame = pl.DataFrame(
        {"postcode": ["abc", "abc", "75002", None], "phone.2": ["12", "x", "12", "0612345678"]}
    )
    people = TOKENISER.people(frame)
    assert people.dropped == {
        ("postcode", "postcode-unreadable"): 2,
        ("phone.2", "phone-length"): 2,
        ("phone.2", "phone-characters"): 1,
    }


def test_columns_of_storage_are_null_where_a_token_is_missing():
    people = TOKENISER.people(pl.DataFrame({"email": ["a@example.org", None]}))
    assert people.column("email").to_list() == [token("email", "a@example.org"), None]
    assert people.column("nir").to_list() == [None, None]
    assert {people.column(name).dtype for name in ALL_COLUMNS} == {pl.Int64}


def test_a_thousand_rows_equal_their_distinct_values_spread():
    """Above the sizes at which normalisers look for what repeats."""
    rows = [
        {"birth_date": f"{1 + i % 28:02}/03/19{i % 90 + 10}", "surname": f"NOM{'ABC'[i % 3] * 4}"}
        for i in range(3000)
    ]
    people = TOKENISER.people(frame_of(rows, ["birth_date", "surname"]))
    for place in (0, 1, 999, 2999):
        assert of_rows(people)[place] == of_rows(one(**rows[place]))[0]
    assert np.count_nonzero(people.tokens["surname"]) == 3000
