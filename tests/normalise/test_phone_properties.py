"""Telephone numbers against phonenumbers, Google's metadata, in France and overseas."""

from __future__ import annotations

import phonenumbers
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from correlate.normalise import phone
from correlate.normalise._digits import as_integers
from correlate.normalise.phone import _read

REGIONS = ["FR", "RE", "YT", "GP", "GF", "MQ", "PM"]
# Prefixes that ARCEP's plan gives to one overseas department, and of which phonenumbers knows only
# the blocks in service, calling the others French.
RESERVED_OVERSEAS = {"263": "+262", "269": "+262", "596": "+596", "508": "+508"}

# Prefixes where the plan is crowded come often, any other sometimes.
prefixes = st.one_of(
    st.sampled_from(["26", "59", "63", "69", "70", "50", "61", "76", "80", "97"]),
    st.integers(10, 99).map(str),
)
nationals = st.builds("{}{:07d}".format, prefixes, st.integers(0, 9_999_999))
overseas = st.builds(
    "{}{:06d}".format,
    st.sampled_from(["262", "590", "594", "639", "690", "691", "692", "693", "694", "696", "697", "709"]),
    st.integers(0, 999_999),
)
FRENCH_CODES = {33, 262, 508, 590, 594, 596}


def e164(parsed: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def readings(national: str) -> set[str]:
    """Give what phonenumbers finds valid when it dials the number in each French region."""
    parsed = [phonenumbers.parse("0" + national, region) for region in REGIONS]
    return {
        e164(number)
        for number, region in zip(parsed, REGIONS, strict=True)
        if phonenumbers.is_valid_number_for_region(number, region)
    }


def is_junk(national: str) -> bool:
    return len(set(national)) == 1 or not national[1:].strip("0")


def read(*values: str | None) -> pl.Series:
    return phone.normalise(pl.Series(values, dtype=pl.String))["phone"]


@given(st.lists(nationals, max_size=20))
def test_a_number_valid_in_some_french_region_is_read_as_there(drawn: list[str]) -> None:
    drawn = [n for n in drawn if readings(n) and not is_junk(n) and n[:3] not in RESERVED_OVERSEAS]
    for national, number in zip(drawn, read(*("0" + national for national in drawn)), strict=True):
        assert number in readings(national)


@given(st.lists(overseas, max_size=20))
def test_a_number_valid_overseas_only_is_never_read_as_metropolitan(drawn: list[str]) -> None:
    drawn = [n for n in drawn if readings(n) and not is_junk(n)]
    for national, number in zip(drawn, read(*("0" + national for national in drawn)), strict=True):
        assert number in readings(national)
        assert not number.startswith("+33")


def test_valid_numbers_of_other_countries_are_what_phonenumbers_reads() -> None:
    """One example of each kind of number in each country, and its neighbours where they are valid."""
    examples = [
        phonenumbers.example_number_for_type(region, kind)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.TOLL_FREE)
    ]
    written = {e164(number) for number in examples if number and number.country_code not in FRENCH_CODES}
    written |= {number[:-1] + digit for number in written for digit in "07"}
    valid = sorted(number for number in written if phonenumbers.is_valid_number(phonenumbers.parse(number)))
    assert len(valid) > 1000
    usual = [number for number in valid if len(number) > len("+123456")]
    assert read(*usual).to_list() == usual


def test_calling_codes_are_those_in_use() -> None:
    codes = [code for code in range(2, 1000) if not str(code).startswith("1")]
    numbers = [f"+{code}2345678" for code in codes]
    in_use = [
        any(int(n[1:end]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE for end in (2, 3, 4)) for n in numbers
    ]
    issues = phone.normalise(pl.Series(numbers))["issue"]
    assert [issue != "phone-country" for issue in issues] == in_use


@given(
    nationals,
    st.sampled_from([" ", ".", "-", "/", "\u00a0"]),
    st.sampled_from(["0", "+33", "0033", "+33 (0)", ""]),
)
def test_spelling_changes_nothing(national: str, mark: str, head: str) -> None:
    pairs = mark.join([national[0], *(national[i : i + 2] for i in range(1, 9, 2))])
    plain, spelt = read("0" + national, head + pairs)
    assert plain == spelt


@given(
    st.lists(st.one_of(st.none(), st.text(), st.from_regex(r"\A[+0-9 ().-]{0,20}\Z"), nationals), max_size=30)
)
def test_any_text_gives_a_row_and_is_either_read_or_refused_with_a_reason(values: list[str | None]) -> None:
    frame = phone.normalise(pl.Series(values, dtype=pl.String))
    assert frame.height == len(values)
    assert not (frame["phone"].is_not_null() & frame["issue"].is_not_null()).any()
    assert frame["phone"].drop_nulls().str.contains(r"^\+[1-9][0-9]{6,14}$").all()
    assert phone.normalise(frame["phone"])["phone"].to_list() == frame["phone"].to_list()


@pytest.mark.parametrize("prefix", ["639980", "639981", "639989"])
def test_known_difference_the_fiction_block_is_no_valid_number_to_phonenumbers(prefix: str) -> None:
    assert readings(prefix + "123") == set()
    assert read(f"0{prefix}123").item() == f"+33{prefix}123"


@pytest.mark.parametrize(("prefix", "code"), RESERVED_OVERSEAS.items())
def test_known_difference_whole_overseas_prefixes_stay_overseas(prefix: str, code: str) -> None:
    national = {"263": "263171234", "269": "269711234", "596": "596111234", "508": "508411234"}[prefix]
    assert readings(national) == {"+33" + national}
    assert read("0" + national).item().startswith(code)


def test_known_difference_33_before_an_overseas_number_is_mended() -> None:
    assert not phonenumbers.is_valid_number(phonenumbers.parse("+33692123456"))
    assert read("+33692123456").item() == "+262692123456"


def test_known_difference_a_zero_kept_after_the_code_in_italy_is_dropped_when_bracketed() -> None:
    assert e164(phonenumbers.parse("+39 (0)6 1234 5678")) == "+390612345678"
    assert read("+39 (0)6 1234 5678", "+39 06 1234 5678").to_list() == ["+39612345678", "+390612345678"]


@pytest.mark.parametrize("value", ["0666666666", "0600000000", "0111111111"])
def test_known_difference_possible_numbers_that_stand_for_none_are_junk(value: str) -> None:
    assert phonenumbers.is_possible_number(phonenumbers.parse(value, "FR"))
    assert phone.normalise(pl.Series([value]))["issue"].item() == "phone-junk"


def test_known_difference_a_lost_plus_is_put_back_from_11_digits_on() -> None:
    assert not phonenumbers.is_valid_number(phonenumbers.parse("32475123456", "FR"))
    assert read("32475123456").item() == "+32475123456"


compacts = st.builds(
    str.__add__,
    st.sampled_from(["", "0", "00", "+", "+33", "33", "0033", "+0", "330", "+262", "262", "1"]),
    nationals | st.integers(0, 10**16).map(str) | st.sampled_from(["111111111", "333333333", "600000000"]),
)


@given(st.lists(compacts, min_size=1))
def test_plain_numbers_are_read_as_any_are(cells):
    values = pl.Series(cells)
    every = _read(pl.DataFrame({"text": values, "number": as_integers(values)}))
    assert phone.normalise(values).equals(every)
