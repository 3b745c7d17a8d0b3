"""Nobody real can be reached: names for examples, numbers no operator holds, banks that are none."""

from __future__ import annotations

import datetime

import numpy as np
import phonenumbers
import polars as pl
import pytest
from schwifty import registry
from stdnum import iban as stdnum_iban

from correlate.synthesis.accounts import ibans
from correlate.synthesis.chance import uniform
from correlate.synthesis.contacts import emails, landlines, mobiles
from correlate.synthesis.days import REFERENCE_DAY, day_number
from correlate.synthesis.digits import BANK_CODES, french_iban, landline, mobile

TODAY = day_number(REFERENCE_DAY)
FICTION = ("063998", "019900", "026191", "035301", "046571", "053649")


@pytest.fixture(scope="module")
def everybody(people):
    return np.arange(len(people))


def test_ibans_have_both_keys_and_a_bank_that_is_none(people, everybody):
    real = {bank.bank_code for bank in registry.get_banks_by_country("FR")}
    for iban in ibans(people, everybody[:3000], TODAY).to_list():
        assert stdnum_iban.is_valid(iban)
        bank, branch, account, key = (int(part) for part in (iban[4:9], iban[9:14], iban[14:25], iban[25:]))
        assert (89 * bank + 15 * branch + 3 * account + key) % 97 == 0
        assert iban[4:9] not in real
    assert not {str(code) for code in BANK_CODES} & real


def test_holders_have_their_own_accounts():
    holders = np.concatenate([np.arange(50_000), 5_000_000_000 + np.arange(50_000)])
    assert french_iban(holders, 3)[1].n_unique() == 100_000


@pytest.mark.parametrize("write", [mobile, landline])
@pytest.mark.parametrize("start", [0, 49_000, 9_990_000])
def test_telephone_numbers_are_possible_but_nobodys(write, start):
    for number in write(start + np.arange(1500)).to_list():
        read = phonenumbers.parse(number, "FR")
        assert phonenumbers.is_possible_number(read)
        assert not phonenumbers.is_valid_number(read) or number.startswith(FICTION)


def test_the_first_numbers_are_those_kept_for_fiction():
    assert mobile(np.arange(10_000)).str.starts_with("063998").all()
    assert mobile(np.arange(10_000)).n_unique() == 10_000
    assert landline(np.arange(50_000)).n_unique() == 50_000


def test_different_lines_have_different_numbers():
    assert mobile(np.arange(0, 30_000_000, 97)).n_unique() == len(range(0, 30_000_000, 97))


def test_addresses_of_letters_lie_under_names_for_examples(people, everybody):
    address = emails(people, everybody, TODAY, 0.3).drop_nulls()
    reserved = r"^[a-z0-9._-]+@([a-z0-9-]+\.)*(example|test|example\.(com|net|org))$"
    assert address.str.contains(reserved).all()
    assert len(address) > 0.7 * len(people)


def test_an_e_mail_address_is_one_persons(people, everybody):
    address = emails(people, everybody, TODAY).drop_nulls()
    assert address.n_unique() > 0.9995 * len(address)


def test_children_have_no_e_mail_and_no_telephone(people, everybody):
    small = everybody[people.age < 11]
    assert emails(people, small, TODAY).null_count() == len(small)
    assert mobiles(people, small, TODAY).null_count() == len(small)


def test_a_household_shares_its_land_line(people, everybody):
    lines = pl.DataFrame({"home": people.household, "line": landlines(people, everybody, TODAY)})
    assert lines.group_by("home").agg(pl.col("line").n_unique())["line"].max() == 1


def test_what_one_reaches_people_by_changes_with_time(people, everybody):
    grown = everybody[people.age > 30]
    then = day_number(datetime.date(2018, 1, 1))
    for give, least, most in ((mobiles, 0.25, 0.55), (emails, 0.22, 0.55), (ibans, 0.2, 0.5)):
        both = pl.DataFrame({"a": give(people, grown, then), "b": give(people, grown, TODAY)}).drop_nulls()
        assert least < (both["a"] != both["b"]).mean() < most


def test_chance_is_even():
    points = uniform(np.arange(100_000), 7, "test")
    assert abs(points.mean() - 0.5) < 0.005
    assert abs(np.histogram(points, 10, (0, 1))[0] - 10_000).max() < 500
