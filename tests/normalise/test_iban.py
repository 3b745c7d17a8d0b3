"""IBAN: spellings, both keys, French RIB, and the builder for synthetic accounts."""

from __future__ import annotations

import polars as pl
import pytest

from correlate.normalise import iban

VALID = [
    "FR1420041010050500013M02606",
    "FR7630006000011234567890189",
    "FR7630001007941234567890185",
    "FR7612345987650123456789014",
    "MC5811222000010123456789030",
    "BE31435411161155",
    "GR1601101050000010547023795",
    "DE89370400440532013000",
    "GB29NWBK60161331926819",
    "MT84MALT011000012345MTLCAST001S",
    "NO9386011117947",
    "LU280019400644750000",
]


def read(*values: str | None) -> pl.DataFrame:
    return iban.normalise(pl.Series(values, dtype=pl.String))


def test_published_examples_are_read() -> None:
    assert read(*VALID)["iban"].to_list() == VALID
    assert read(*VALID)["issue"].to_list() == [None] * len(VALID)


@pytest.mark.parametrize(
    "spelling",
    [
        "FR76 3000 6000 0112 3456 7890 189",
        "fr7630006000011234567890189",
        "FR76-3000-6000-0112-3456-7890-189",
        "FR76.3000.6000.0112.3456.7890.189",
        "FR76\u00a03000\u00a06000\u00a00112\u00a03456\u00a07890\u00a0189",
        "IBAN : FR76 3000 6000 0112 3456 7890 189",
        "iban FR7630006000011234567890189",
        " FR7630006000011234567890189\r\n",
        "ＦＲ７６30006000011234567890189",  # noqa: RUF001
    ],
)
def test_groups_case_and_a_leading_word_do_not_matter(spelling: str) -> None:
    assert read(spelling).row(0) == ("FR7630006000011234567890189", None)


@pytest.mark.parametrize(
    "rib", ["30006 00001 12345678901 89", "30006000011234567890189", "20041 01005 0500013m026 06"]
)
def test_a_bare_french_rib_becomes_its_iban(rib: str) -> None:
    assert read(rib)["iban"].item() in VALID


def test_a_bare_rib_with_a_wrong_key_is_refused_for_it() -> None:
    assert read("30006000011234567890188").row(0) == (None, "iban-rib-key")


@pytest.mark.parametrize(
    ("value", "issue"),
    [
        ("ZZ7630006000011234567890189", "iban-country"),
        ("inconnu", "iban-country"),
        ("FR76300060000112345678901890", "iban-length"),
        ("FR763000600001123456789018", "iban-length"),
        ("FR76 **** **** **** **** **** 189", "iban-length"),
        ("FR76XXXXXXXXXXXXXXXXXXXX189", "iban-characters"),
        ("FR7630006A00011234567890189", "iban-characters"),
        ("FR7730006000011234567890189", "iban-key"),
        ("DE88370400440532013000", "iban-key"),
        ("MC5911222000010123456789030", "iban-key"),
    ],
)
def test_what_is_wrong_has_its_issue(value: str, issue: str) -> None:
    assert read(value).row(0) == (None, issue)


@pytest.mark.parametrize("country", ["FR", "MC"])
def test_a_wrong_rib_key_under_right_check_digits_is_noticed_in_france_and_monaco(country: str) -> None:
    bban = "30006000011234567890190"
    check = 98 - int(bban + {"FR": "1527", "MC": "2212"}[country] + "00") % 97
    assert read(f"{country}{check:02d}{bban}").row(0) == (None, "iban-rib-key")


@pytest.mark.parametrize(("right", "never"), [("97", "00"), ("98", "01"), ("02", "99")])
def test_check_digits_that_are_never_given_out_are_refused(right: str, never: str) -> None:
    """Both leave the same remainder, 97 apart; 98 minus a remainder is 2 to 98."""
    accounts = pl.Series([f"370400440{account:09d}" for account in range(1_000)])
    given_out = iban.normalise("DE" + right + accounts)["iban"].drop_nulls()
    assert given_out.len() > 0
    assert set(iban.normalise("DE" + never + given_out.str.slice(4))["issue"]) == {"iban-key"}


@pytest.mark.parametrize("blank", [None, "", "  ", "--", "\u00a0"])
def test_blank_in_gives_blank_out_without_an_issue(blank: str | None) -> None:
    assert read(blank).row(0) == (None, None)


def test_an_empty_column_and_one_of_nulls_have_the_same_columns() -> None:
    assert read().schema == {"iban": pl.String, "issue": pl.String}
    assert iban.normalise(pl.Series([None, None])).rows() == [(None, None)] * 2


def test_the_column_given_is_left_as_it_was() -> None:
    values = pl.Series(["FR76 3000 6000 0112 3456 7890 189", VALID[0], "x", None])
    before = values.to_list()
    iban.normalise(values)
    assert values.to_list() == before


def test_rib_key_of_published_accounts_letters_included() -> None:
    bank, branch = pl.Series(["30006", "20041"]), pl.Series(["00001", "01005"])
    account = pl.Series(["12345678901", "0500013M026"])
    assert iban.rib_key(bank, branch, account).to_list() == ["89", "06"]


def test_the_builder_fills_short_codes_and_gives_valid_iban() -> None:
    built = iban.french(pl.Series(["30006", "7"]), pl.Series(["1", "2"]), pl.Series(["12345678901", "m02"]))
    assert built.to_list()[0] == "FR7630006000011234567890189"
    assert built.str.slice(4, 21).to_list()[1] == "0000700002" + "00000000M02"
    assert iban.normalise(built)["iban"].to_list() == built.to_list()
