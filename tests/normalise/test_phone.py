"""Telephone numbers: usual spellings, overseas prefixes, other countries, and junk."""

from __future__ import annotations

import polars as pl
import pytest

from correlate.normalise import phone


def read(*values: str | None) -> pl.DataFrame:
    return phone.normalise(pl.Series(values, dtype=pl.String))


@pytest.mark.parametrize(
    "spelling",
    [
        "0612345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "06/12/34/56/78",
        "06\u00a012\u00a034\u00a056\u00a078",
        "06\u202f12\u202f34\u202f56\u202f78",
        " 0612345678\t",
        "+33612345678",
        "+33 6 12 34 56 78",
        "+33 (0)6 12 34 56 78",
        "+33(0)612345678",
        "(+33) 6 12 34 56 78",
        "+33 06 12 34 56 78",
        "0033612345678",
        "0033 (0)6 12 34 56 78",
        "33 6 12 34 56 78",
        "330612345678",
        "612345678",
        "612345678.0",
        "33612345678.0",
        "'0612345678",
        '"06 12 34 56 78"',
        "\u202a+33 6 12 34 56 78\u202c",
        "06\u201112\u201134\u201156\u201178",
        "tel:+33612345678",
        "Tél. : 06 12 34 56 78",
        "06 12 34 56 78 (portable)",
        "０６１２３４５６７８",  # noqa: RUF001
    ],
)
def test_usual_french_spellings_are_one_number(spelling: str) -> None:
    assert read(spelling).row(0) == ("+33612345678", None)


@pytest.mark.parametrize(
    ("national", "code"),
    [
        ("0262123456", 262),
        ("0263101234", 262),
        ("0692123456", 262),
        ("0693123456", 262),
        ("0269612345", 262),
        ("0639012345", 262),
        ("0639691234", 262),
        ("0590123456", 590),
        ("0690123456", 590),
        ("0691221234", 590),
        ("0594201234", 594),
        ("0694201234", 594),
        ("0596501234", 596),
        ("0696123456", 596),
        ("0697123456", 596),
        ("0709201234", 262),
        ("0709351234", 262),
        ("0709012345", 590),
        ("0709112345", 596),
        ("0709301234", 594),
        ("0261912345", 33),
        ("0591234567", 33),
        ("0638123456", 33),
        ("0695123456", 33),
        ("0698123456", 33),
        ("0699123456", 33),
        ("0976220123", 33),
        ("0145678901", 33),
        ("0800123456", 33),
    ],
)
def test_a_national_number_belongs_to_the_country_code_of_its_prefix(national: str, code: int) -> None:
    expected = f"+{code}{national[1:]}"
    spellings = [
        national,
        national[1:],
        f"+33 {national[1:]}",
        f"+{code} (0){national[1:]}",
        f"00{code}{national[1:]}",
    ]
    assert read(*spellings)["phone"].to_list() == [expected] * 5


def test_mayotte_is_0639_but_for_the_block_reserved_for_fiction() -> None:
    mobiles = read("0639970000", "0639980000", "0639989999", "0639990000", "+262639981234")["phone"]
    assert mobiles.str.head(4).to_list() == ["+262", "+336", "+336", "+262", "+262"]


@pytest.mark.parametrize("prefix", ["019900", "026191", "035301", "046571", "053649", "063998"])
def test_ranges_reserved_for_fiction_are_ordinary_numbers(prefix: str) -> None:
    assert read(prefix + "1234").row(0) == (f"+33{prefix[1:]}1234", None)


def test_a_number_of_all_departments_keeps_the_code_it_was_written_with() -> None:
    assert read("+262 976 22 01 23", "+590 800 12 34 56")["phone"].to_list() == [
        "+262976220123",
        "+590800123456",
    ]


def test_saint_pierre_and_miquelon_is_0508_from_france_and_508_from_abroad() -> None:
    assert read("0508411234", "+508 41 12 34", "00508411234")["phone"].to_list() == ["+508411234"] * 3


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("+44 20 7946 0958", "+442079460958"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("0032 475 12 34 56", "+32475123456"),
        ("32475123456", "+32475123456"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("+352 621 123 456", "+352621123456"),
        ("+377 6 12 34 56 78", "+377612345678"),
        ("+41 79 123 45 67", "+41791234567"),
        ("+213 551 23 45 67", "+213551234567"),
        ("+299 123456", "+299123456"),
    ],
)
def test_numbers_of_other_countries_are_kept_in_e164(value: str, number: str) -> None:
    assert read(value).row(0) == (number, None)


@pytest.mark.parametrize(
    ("value", "issue"),
    [
        ("inconnu", "phone-characters"),
        ("06 12 34 56 7x", "phone-length"),
        ("06x12345678", "phone-characters"),
        ("06 12 34 56 78 poste 12", "phone-characters"),
        ("6.12E+08", "phone-characters"),
        ("06****5678", "phone-characters"),
        ("123", "phone-length"),
        ("3615", "phone-length"),
        ("061234567", "phone-length"),
        ("06123456789", "phone-length"),
        ("0612345678 0145678901", "phone-length"),
        ("4412345678", "phone-length"),
        ("+33 6 12 34 56 7", "phone-length"),
        ("+33 6 12 34 56 78 9", "phone-length"),
        ("+262 692 12 34", "phone-length"),
        ("+44 123", "phone-length"),
        ("+1234567890123456", "phone-length"),
        ("+1 415 555 267", "phone-country"),
        ("+999 123 456 789", "phone-country"),
        ("99123456789012", "phone-country"),
        ("0000000000", "phone-junk"),
        ("0", "phone-junk"),
        ("0600000000", "phone-junk"),
        ("0666666666", "phone-junk"),
        ("+33111111111", "phone-junk"),
        ("99999999999", "phone-junk"),
        ("1111111111", "phone-junk"),
    ],
)
def test_what_is_no_number_has_its_issue(value: str, issue: str) -> None:
    assert read(value).row(0) == (None, issue)


@pytest.mark.parametrize("blank", [None, "", "   ", "\u00a0", "-", "."])
def test_blank_in_gives_blank_out_without_an_issue(blank: str | None) -> None:
    assert read(blank).row(0) == (None, None)


def test_an_empty_column_and_one_of_nulls_have_the_same_columns() -> None:
    assert read().schema == {"phone": pl.String, "issue": pl.String}
    assert phone.normalise(pl.Series([None, None])).rows() == [(None, None)] * 2


def test_the_column_given_is_left_as_it_was() -> None:
    values = pl.Series(["06 12 34 56 78", "0612345678", "+44 20 7946 0958", None])
    before = values.to_list()
    phone.normalise(values)
    assert values.to_list() == before
