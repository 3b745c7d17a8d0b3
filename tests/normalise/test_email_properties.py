"""E-mail addresses against the email-validator package."""

from __future__ import annotations

import string

import polars as pl
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from correlate.normalise import email

ATOM = string.ascii_letters + string.digits + "!#$%&'*/=?^_`{|}~-"
RESERVED = ("test", "local", "localhost", "invalid", "onion", "arpa")

atoms = st.text(ATOM, min_size=1, max_size=12)
# A first apostrophe is a spreadsheet's here: see the known differences.
locals_ = st.lists(atoms, min_size=1, max_size=3).map(".".join).filter(lambda local: local[0] != "'")
labels = st.from_regex(r"\A[a-zA-Z0-9]{1,6}(-[a-zA-Z0-9]{1,6})?\Z")
tops = st.sampled_from(["fr", "com", "org", "eu", "paris", "co.uk", "Fr", "xn--p1ai"])
domains = st.builds("{}.{}".format, st.lists(labels, min_size=1, max_size=2).map(".".join), tops)
addresses = st.builds("{}@{}".format, locals_, domains)
# Addresses that are nearly right: a character put in anywhere.
broken = st.builds(
    lambda address, at, mark: address[: at % len(address)] + mark + address[at % len(address) :],
    addresses,
    st.integers(0, 200),
    st.sampled_from(["@", ".", "..", "-", " ", "(", ",", "é", "\\", "[", "_"]),
)


def differs_by_intent(address: str) -> bool:
    """Tell addresses that fall under a known difference below: see the tests of that name."""
    domain = address.rpartition("@")[2]
    top = domain.rpartition(".")[2]
    odd_top = len(top) < 2 or not (top.isalpha() or top.lower() == "xn--p1ai")
    return address[0] == "'" or "--" in domain.removesuffix(top) or odd_top


def oracle(address: str) -> str | None:
    try:
        return validate_email(address, check_deliverability=False).ascii_domain
    except EmailNotValidError:
        return None


def read(*values: str | None) -> pl.Series:
    return email.normalise(pl.Series(values, dtype=pl.String))["email"]


@given(st.lists(addresses, min_size=1, max_size=20))
def test_right_addresses_are_right_for_both_and_their_domains_equal(drawn: list[str]) -> None:
    for address, ours in zip(drawn, read(*drawn), strict=True):
        domain = oracle(address)
        assert ours is not None
        assert domain is not None
        assert ours.rpartition("@")[2] == domain.lower()


@given(st.lists(broken, min_size=1, max_size=20))
def test_nearly_right_addresses_are_refused_by_both_or_read_by_both(drawn: list[str]) -> None:
    # A mark at either end is trimmed here, and so no error.
    inside = [a for a in drawn if a[0] in ATOM and a[-1].isalnum() and not differs_by_intent(a)]
    for address, ours in zip(inside, read(*inside), strict=True):
        assert (ours is None) == (oracle(address) is None)


@given(st.lists(st.one_of(st.none(), st.text(), addresses, broken), max_size=20))
def test_any_text_gives_a_row_and_is_either_read_or_refused_with_a_reason(values: list[str | None]) -> None:
    frame = email.normalise(pl.Series(values, dtype=pl.String))
    assert frame.height == len(values)
    assert not (frame["email"].is_not_null() & frame["issue"].is_not_null()).any()
    assert read(*frame["email"]).to_list() == frame["email"].to_list()


@given(addresses, st.sampled_from(["{}", " {} ", "<{}>", "Ann Lee <{}>", "{};"]))
def test_wrapping_and_case_change_nothing(address: str, wrapping: str) -> None:
    plain, wrapped = read(address, wrapping.format(address.upper()))
    assert plain == wrapped


@pytest.mark.parametrize("top", RESERVED)
def test_known_difference_reserved_domains_are_addresses_here(top: str) -> None:
    """Synthetic data uses them, and a leaked address is one whether or not mail would arrive."""
    assert oracle(f"ann@example.{top}") is None
    assert read(f"ann@example.{top}").item() == f"ann@example.{top}"


def test_known_difference_the_local_part_is_lowered() -> None:
    assert validate_email("Ann@free.fr", check_deliverability=False).local_part == "Ann"
    assert read("Ann@free.fr").item() == "ann@free.fr"


def test_known_difference_the_validator_wants_a_bare_address() -> None:
    for spelling in ("Ann <ann@free.fr>", "mailto:ann@free.fr", "ann@free.fr."):
        assert oracle(spelling) is None
        assert read(spelling).item() == "ann@free.fr"


def test_known_difference_a_first_apostrophe_is_a_spreadsheets() -> None:
    for spelling in ("'ann@free.fr", "'+shop@free.fr"):
        assert oracle(spelling) is not None
    assert read("'ann@free.fr", "'+shop@free.fr").to_list() == ["ann@free.fr", "+shop@free.fr"]


@pytest.mark.parametrize("domain", ["ab--cd.fr", "xn--zz.fr"])
def test_known_difference_labels_that_only_look_like_idna_are_read(domain: str) -> None:
    assert oracle("ann@" + domain) is None
    assert read("ann@" + domain).item() == "ann@" + domain


@pytest.mark.parametrize("top", ["f", "f-r", "f1r"])
def test_known_difference_a_last_label_is_of_two_or_more_letters(top: str) -> None:
    assert oracle("ann@free." + top) is not None
    assert read("ann@free." + top).item() is None
