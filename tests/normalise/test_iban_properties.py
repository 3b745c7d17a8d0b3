"""IBAN against schwifty and python-stdnum, on accounts of every country, right and mutated."""

from __future__ import annotations

import re
import string

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum import iban as stdnum_iban
from stdnum import numdb

from correlate.normalise import iban

# python-stdnum's own copy of SWIFT's registry: 'FR' -> '5!n5!n11!c2!n'.
STRUCTURES = {entry[1]: entry[3]["bban"] for entry in numdb.get("iban").prefixes}
ALPHABETS = {"n": string.digits, "a": string.ascii_uppercase, "c": string.digits + string.ascii_uppercase}
CAPITALS = string.digits + string.ascii_uppercase
GIVEN_OUT = {f"{check:02d}" for check in range(2, 99)}


def with_check_digits(country: str, bban: str) -> str:
    return country + stdnum_iban.calc_check_digits(f"{country}00{bban}") + bban


@st.composite
def ibans(draw: st.DrawFn) -> str:
    """Draw an IBAN of any country with its account part shaped as registered, check digits right."""
    country = draw(st.sampled_from(sorted(STRUCTURES)))
    groups = re.findall(r"(\d+)!([nac])", STRUCTURES[country])
    parts = [draw(st.text(ALPHABETS[kind], min_size=int(n), max_size=int(n))) for n, kind in groups]
    return with_check_digits(country, "".join(parts))


codes = st.integers(0, 99_999).map("{:05d}".format)
accounts = st.one_of(
    st.integers(0, 10**11 - 1).map("{:011d}".format), st.text(CAPITALS, min_size=11, max_size=11)
)
keys = st.integers(0, 99).map("{:02d}".format)
french = st.builds(
    lambda country, *parts: with_check_digits(country, "".join(parts)),
    st.sampled_from(["FR", "MC"]), codes, codes, accounts, keys,
)  # fmt: skip
mutations = st.tuples(st.integers(0, 33), st.sampled_from(CAPITALS))


def mutated(number: str, mutation: tuple[int, str]) -> str:
    position = mutation[0] % len(number)
    return number[:position] + mutation[1] + number[position + 1 :]


def schwifty_accepts(number: str) -> bool:
    try:
        IBAN(number, validate_bban=True)
    except SchwiftyException:
        return False
    return True


def accepted(numbers: list[str]) -> list[bool]:
    return iban.normalise(pl.Series(numbers, dtype=pl.String))["iban"].is_not_null().to_list()


@given(st.lists(ibans(), max_size=20))
def test_countries_but_france_and_monaco_agree_with_python_stdnum(drawn: list[str]) -> None:
    drawn = [number for number in drawn if number[:2] not in {"FR", "MC"}]
    assert accepted(drawn) == [stdnum_iban.is_valid(number, check_country=False) for number in drawn]


@given(st.lists(st.builds(mutated, ibans(), mutations), max_size=20))
def test_mutated_numbers_are_refused_by_both_or_read_by_both(drawn: list[str]) -> None:
    drawn = [number for number in drawn if number[:2] not in {"FR", "MC"} and number[2:4] in GIVEN_OUT]
    assert accepted(drawn) == [stdnum_iban.is_valid(number, check_country=False) for number in drawn]


@given(st.lists(st.one_of(french, st.builds(mutated, french, mutations)), max_size=20))
def test_french_and_monegasque_keys_agree_with_schwifty(drawn: list[str]) -> None:
    drawn = [number for number in drawn if number[:2] in {"FR", "MC"}]
    assert accepted(drawn) == [schwifty_accepts(number) for number in drawn]


@given(st.lists(st.tuples(codes, codes, accounts), min_size=1, max_size=20))
def test_built_accounts_are_valid_for_schwifty_and_for_us(drawn: list[tuple[str, str, str]]) -> None:
    built = iban.french(*(pl.Series(column) for column in zip(*drawn, strict=True)))
    assert all(map(schwifty_accepts, built))
    assert iban.normalise(built)["iban"].to_list() == built.to_list()


@given(st.lists(st.one_of(st.none(), st.text(), ibans()), max_size=20))
def test_any_text_gives_a_row_and_is_either_read_or_refused_with_a_reason(values: list[str | None]) -> None:
    frame = iban.normalise(pl.Series(values, dtype=pl.String))
    assert frame.height == len(values)
    assert not (frame["iban"].is_not_null() & frame["issue"].is_not_null()).any()
    assert iban.normalise(frame["iban"])["iban"].to_list() == frame["iban"].to_list()


@given(ibans(), st.sampled_from([" ", "-", "\u00a0"]))
def test_groups_of_four_change_nothing(number: str, mark: str) -> None:
    groups = mark.join(number[i : i + 4] for i in range(0, len(number), 4))
    plain, grouped = iban.normalise(pl.Series([number, groups.lower()])).rows()
    assert plain == grouped


@given(codes, codes, accounts, keys)
def test_known_difference_python_stdnum_checks_no_rib_key(
    bank: str, branch: str, account: str, key: str
) -> None:
    assume(key != iban.rib_key(pl.Series([bank]), pl.Series([branch]), pl.Series([account])).item())
    number = with_check_digits("FR", bank + branch + account + key)
    assert stdnum_iban.is_valid(number)
    assert iban.normalise(pl.Series([number]))["issue"].item() == "iban-rib-key"


def test_known_difference_python_stdnum_accepts_check_digits_never_given_out() -> None:
    number = next(
        twin
        for account in range(1_000)
        if stdnum_iban.is_valid(twin := f"DE0137040044{account:010d}", check_country=False)
    )
    assert iban.normalise(pl.Series([number]))["issue"].item() == "iban-key"


def test_known_difference_python_stdnum_accepts_a_letter_among_the_check_digits() -> None:
    """Its remainder is right, 6B counting as 611; the standard has two digits there."""
    number = "SA6B18001102211D120011VV"
    assert stdnum_iban.is_valid(number, check_country=False)
    assert iban.normalise(pl.Series([number]))["issue"].item() == "iban-characters"


@pytest.mark.parametrize(
    "number", [with_check_digits("BE", "435411161154"), with_check_digits("ES", "21000418440200051332")]
)
def test_known_difference_keys_inside_other_countries_accounts_are_not_checked(number: str) -> None:
    """Belgium and Spain have a key of their own; our data is French, and the check digits hold."""
    assert not stdnum_iban.is_valid(number)
    assert not schwifty_accepts(number)
    assert accepted([number]) == [True]
