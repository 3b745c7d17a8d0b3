"""E-mail addresses: spellings, the canonical form, and what is refused."""

from __future__ import annotations

import polars as pl
import pytest

from correlate.normalise import email


def read(*values: str | None) -> pl.DataFrame:
    return email.normalise(pl.Series(values, dtype=pl.String))


@pytest.mark.parametrize(
    "spelling",
    [
        "ann.lee@orange.fr",
        "Ann.Lee@Orange.FR",
        "  ann.lee@orange.fr\t\r\n",
        "\u00a0ann.lee@orange.fr\u200b",
        "mailto:ann.lee@orange.fr",
        "MAILTO:ann.lee@orange.fr?subject=hello",
        "<ann.lee@orange.fr>",
        "Ann Lee <ann.lee@orange.fr>",
        '"Lee, Ann" <ann.lee@orange.fr>;',
        "<mailto:ann.lee@orange.fr>",
        "'ann.lee@orange.fr'",
        "'ann.lee@orange.fr",
        "ann.lee@orange.fr.",
        "ann.lee@orange.fr,",
        "ann.lee+shop@orange.fr",
        "ann.lee+a+b@orange.fr",
        "ａnn.lee@orange.fr",  # noqa: RUF001
    ],
)
def test_spellings_of_one_mailbox_are_one_address(spelling: str) -> None:
    assert read(spelling).row(0) == ("ann.lee@orange.fr", None)


@pytest.mark.parametrize(
    "spelling",
    [
        "annlee@gmail.com",
        "ann.lee@gmail.com",
        "A.n.n.Lee+x@GMail.com",
        "ann.lee@googlemail.com",
        "annlee+y@googlemail.com",
    ],
)
def test_gmail_takes_no_notice_of_dots_and_has_two_names(spelling: str) -> None:
    assert read(spelling)["email"].item() == "annlee@gmail.com"


def test_dots_count_elsewhere_even_where_a_domain_ends_like_gmail() -> None:
    values = ["ann.lee@free.fr", "ann.lee@notgmail.com", "ann.lee@gmail.com.fr", "ann.lee@gmail.fr"]
    assert read(*values)["email"].to_list() == values


def test_a_local_part_that_is_only_a_tag_is_kept() -> None:
    assert read("+shop@free.fr", "+shop@gmail.com")["email"].to_list() == ["+shop@free.fr", "+shop@gmail.com"]


def test_domains_outside_ascii_are_written_in_idna_and_local_parts_kept() -> None:
    frame = read(
        "ann@Crémerie.fr", "ann@xn--crmerie-cya.fr", "andré@crémerie.fr", "ann@straße.de", "ann@пример.рф"
    )
    assert frame["email"].to_list() == [
        "ann@xn--crmerie-cya.fr",
        "ann@xn--crmerie-cya.fr",
        "andré@xn--crmerie-cya.fr",
        "ann@xn--strae-oqa.de",
        "ann@xn--e1afmkfd.xn--p1ai",
    ]


def test_an_accent_is_the_same_composed_or_not() -> None:
    assert read("andre\u0301@free.fr")["email"].item() == "andr\u00e9@free.fr"


@pytest.mark.parametrize(
    ("value", "issue"),
    [
        ("inconnu", "email-syntax"),
        ("ann.lee", "email-syntax"),
        ("@orange.fr", "email-syntax"),
        ("ann lee@orange.fr", "email-syntax"),
        (".ann@orange.fr", "email-syntax"),
        ("ann..lee@orange.fr", "email-syntax"),
        ("ann.@orange.fr", "email-syntax"),
        ("ann,lee@orange.fr", "email-syntax"),
        ('"ann lee"@orange.fr', "email-syntax"),
        ("ann@orange", "email-domain"),
        ("ann@", "email-domain"),
        ("ann@orange..fr", "email-domain"),
        ("ann@-orange.fr", "email-domain"),
        ("ann@orange-.fr", "email-domain"),
        ("ann@orange_fr.fr", "email-domain"),
        ("ann@orange.f", "email-domain"),
        ("ann@orange.12", "email-domain"),
        ("ann@192.168.1.1", "email-domain"),
        ("ann@[192.168.1.1]", "email-domain"),
        ("ann@☃.fr", "email-domain"),
        ("ann@orange.fr lee", "email-domain"),
        ("ann@orange@free.fr", "email-several"),
        ("ann@orange.fr; lee@free.fr", "email-several"),
        ("a" * 65 + "@orange.fr", "email-length"),
        ("é" * 33 + "@orange.fr", "email-length"),
        ("ann@" + "a" * 64 + ".fr", "email-length"),
        ("ann@" + "abcdefgh." * 28 + "fr", "email-length"),
    ],
)
def test_what_is_no_address_has_its_issue(value: str, issue: str) -> None:
    assert read(value).row(0) == (None, issue)


@pytest.mark.parametrize(
    "value",
    [
        "a" * 64 + "@orange.fr",
        "ann@" + "a" * 63 + ".fr",
        "ann@" + "abcdefgh." * 27 + "abcd.fr",
        "a_b-c!#$%&'*/=?^`{|}~@orange.fr",
        "0612345678@sfr.fr",
        "o'neil@sfr.fr",
        "ann@mail.orange--x.co.uk",
        "a@b.museum",
    ],
)
def test_the_longest_and_the_oddest_addresses_that_are_right_are_read(value: str) -> None:
    assert read(value).row(0) == (value, None)


@pytest.mark.parametrize("blank", [None, "", "   ", "\u00a0", "\u200b", ";", "<>", "mailto:"])
def test_blank_in_gives_blank_out_without_an_issue(blank: str | None) -> None:
    assert read(blank).row(0) == (None, None)


def test_an_empty_column_and_one_of_nulls_have_the_same_columns() -> None:
    assert read().schema == {"email": pl.String, "issue": pl.String}
    assert email.normalise(pl.Series([None, None])).rows() == [(None, None)] * 2


def test_the_column_given_is_left_as_it_was() -> None:
    values = pl.Series(["Ann@Free.fr", "a.b+c@gmail.com", "<x@y.fr>", "?", None])
    before = values.to_list()
    email.normalise(values)
    assert values.to_list() == before
