"""The NIR against independent readings: python-stdnum, and the pattern of INSEE's schema."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.fr import nir as stdnum_nir

from correlate.normalise import nir
from correlate.normalise.nir import _is_fine, _issue, _parted

# The pattern of INSEE's schema as public code repeats it, months from 01, sex 1 or 2.
STRUCTURE = re.compile(
    r"^[12]\d{2}(0[1-9]|1[0-2]|[2-35-9]\d|4[0-2])"
    r"((0[1-9]|[1-8]\d|9[0-69]|2[AB])(00[1-9]|0[1-9]\d|[1-8]\d{2}|9[0-8]\d|990)|9[78]\d(0[1-9]|[1-8]\d|90))"
    r"(00[1-9]|0[1-9]\d|[1-9]\d{2})$",
    re.ASCII,
)
# Where python-stdnum, which checks length and key alone, accepts what is no NIR.
STDNUM_ACCEPTS = {
    "sex 0": ("0550814168025", "nir-sex"),
    "sex 9": ("9550814168025", "nir-sex"),
    "month 00": ("2550014168025", "nir-month"),
    "month 13": ("2551314168025", "nir-month"),
    "month 45": ("2554514168025", "nir-month"),
    "department 00": ("2550800168025", "nir-place"),
    "commune 000": ("2550814000025", "nir-commune"),
    "order 000": ("2550814168000", "nir-order"),
}


def with_key(body: str) -> str:
    return body + stdnum_nir.calc_check_digits(body)


def two(low: int, high: int) -> st.SearchStrategy[str]:
    return st.integers(low, high).map("{:02d}".format)


departments = st.one_of(two(1, 96), st.sampled_from(["2A", "2B", "99"]))
places = st.one_of(
    st.builds(str.__add__, departments, st.integers(1, 990).map("{:03d}".format)),
    st.builds(str.__add__, st.integers(970, 989).map(str), two(1, 90)),
)
months = st.one_of(two(1, 12), two(20, 42), two(50, 99))
bodies = st.builds(
    "{}{}{}{}{:03d}".format, st.sampled_from("12"), two(0, 99), months, places, st.integers(1, 999)
)
# Anything with the outline of a number, mostly absurd.
outlines = st.builds(
    "{}{}{}".format,
    st.from_regex(r"[0-9]{5}", fullmatch=True),
    st.one_of(two(0, 99), st.sampled_from(["2A", "2B", "2C", "A2"])),
    st.from_regex(r"[0-9]{6}", fullmatch=True),
)


@given(st.lists(bodies, min_size=1, max_size=50))
def test_every_well_formed_number_is_read_and_python_stdnum_agrees(drawn: list[str]) -> None:
    numbers = [with_key(body) for body in drawn]
    frame = nir.normalise(pl.Series(numbers))
    assert frame["issue"].to_list() == [None] * len(drawn)
    assert frame["nir"].to_list() == drawn
    assert frame["sex"].to_list() == [{"1": "M", "2": "F"}[body[0]] for body in drawn]
    assert frame["birth_year"].to_list() == [int(body[1:3]) for body in drawn]
    assert frame["birth_place"].to_list() == [body[5:10] for body in drawn]
    assert all(map(stdnum_nir.is_valid, numbers))


@given(st.lists(st.one_of(bodies, outlines), min_size=1, max_size=50))
def test_a_nir_is_what_the_pattern_of_the_schema_accepts(drawn: list[str]) -> None:
    kinds = nir.normalise(pl.Series(drawn))["kind"]
    assert [kind == "nir" for kind in kinds] == [bool(STRUCTURE.match(body)) for body in drawn]


@given(st.lists(st.builds(str.__add__, st.one_of(bodies, outlines), two(0, 99)), min_size=1, max_size=50))
def test_what_is_accepted_with_15_characters_has_a_key_that_python_stdnum_accepts(drawn: list[str]) -> None:
    accepted = nir.normalise(pl.Series(drawn))["nir"]
    for number, body in zip(drawn, accepted, strict=True):
        assert body is None or stdnum_nir.is_valid(number)


@given(st.lists(st.one_of(bodies, outlines), min_size=1, max_size=50))
def test_keys_are_those_of_python_stdnum(drawn: list[str]) -> None:
    digits = [body for body in drawn if body[5:7] in {"2A", "2B"} or body.isdigit()]
    assert nir.key(pl.Series(digits, dtype=pl.String)).to_list() == [
        *map(stdnum_nir.calc_check_digits, digits)
    ]


@given(bodies, st.integers(0, 14), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed(body: str, position: int, digit: str) -> None:
    """97 is prime and divides no difference of one digit times a power of ten."""
    number = with_key(body)
    assume(number[position] != digit)
    wrong = number[:position] + digit + number[position + 1 :]
    assert nir.normalise(pl.Series([wrong]))["nir"].item() is None


@given(bodies, st.sampled_from([" ", ".", "-", "\u00a0", "  "]))
def test_spelling_in_groups_changes_nothing(body: str, mark: str) -> None:
    number = with_key(body)
    groups = [number[a:b] for a, b in [(0, 1), (1, 3), (3, 5), (5, 7), (7, 10), (10, 13), (13, 15)]]
    plain, grouped = nir.normalise(pl.Series([number, mark.join(groups).lower()])).rows()
    assert plain == grouped


@given(st.lists(st.one_of(st.none(), st.text(), bodies), max_size=30))
def test_any_text_gives_a_row_and_is_either_read_or_refused_with_a_reason(values: list[str | None]) -> None:
    frame = nir.normalise(pl.Series(values, dtype=pl.String))
    assert frame.height == len(values)
    assert not frame.select((pl.col("nir").is_not_null() & pl.col("issue").is_not_null()).any()).item()
    again = nir.normalise(frame["nir"])
    assert again.select(pl.exclude("issue")).equals(frame.select(pl.exclude("issue")))


@pytest.mark.parametrize(("body", "issue"), STDNUM_ACCEPTS.values(), ids=STDNUM_ACCEPTS)
def test_known_difference_python_stdnum_accepts_absurd_structures(body: str, issue: str) -> None:
    number = with_key(body)
    assert stdnum_nir.is_valid(number)
    assert nir.normalise(pl.Series([number]))["issue"].item() == issue


def test_known_difference_python_stdnum_wants_a_key_and_no_hyphens() -> None:
    for spelling in ("2550814168025", "2-55-08-14-168-025-38"):
        assert not stdnum_nir.is_valid(spelling)
        assert nir.normalise(pl.Series([spelling]))["nir"].item() == "2550814168025"


@given(
    st.lists(bodies | bodies.map(with_key) | st.from_regex(r"[0-9+][0-9]{11,14}", fullmatch=True), min_size=1)
)
def test_what_is_called_fine_at_a_glance_has_no_issue(numbers):
    seen = _parted(pl.Series(numbers)).select(fine=_is_fine().fill_null(value=False), issue=_issue())
    assert seen.filter("fine")["issue"].null_count() == seen["fine"].sum()
