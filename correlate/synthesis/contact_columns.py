"""Columns that reach somebody: e-mail, telephone, address, account."""

from __future__ import annotations

import numpy as np
import polars as pl

from correlate.synthesis.accounts import banks, ibans
from correlate.synthesis.column import Builder, View
from correlate.synthesis.contacts import emails, landlines, mobiles
from correlate.synthesis.dwelling import ABBREVIATED, STREETS, street_at
from correlate.synthesis.partly import partly

__all__ = ["bank", "city", "email", "fixed_line", "iban", "phone", "postcode", "street"]


def email(second: float = 0.15, capitals: float = 0.0) -> Builder:
    """Fill with an e-mail address; a share is the person's other one, a share is in capitals."""

    def build(view: View) -> pl.Series:
        text = emails(view.people, view.rows, view.day, second)
        if capitals:
            text = partly(text, view.rng.random(len(text)) < capitals, lambda part: part.str.to_uppercase())
        return text

    return build


def phone(fixed: float = 0.1, spaced: float = 0.0, abroad: float = 0.0) -> Builder:
    """Fill with the mobile number, a share with the land line; some spaced, some in the form +33."""

    def build(view: View) -> pl.Series:
        text = mobiles(view.people, view.rows, view.day)
        if fixed:
            on_line = view.rng.random(len(text)) < fixed
            rows = view.rows[on_line]
            text = partly(text, on_line, lambda _: landlines(view.people, rows, view.day))
        return _written(text, view.rng, spaced, abroad)

    return build


def fixed_line(view: View) -> pl.Series:
    """Fill with the land line of the household."""
    return landlines(view.people, view.rows, view.day)


def _written(text: pl.Series, rng: np.random.Generator, spaced: float, abroad: float) -> pl.Series:
    if not spaced and not abroad:
        return text
    chance = rng.random(len(text))
    pairs, groups = r"^(..)(..)(..)(..)(..)$", "$1 $2 $3 $4 $5"
    text = partly(text, chance < spaced, lambda part: part.str.replace(pairs, groups))
    return partly(text, chance >= 1 - abroad, lambda part: part.str.replace("^0", "+33"))


def street(capitals: bool = False, shortened: float = 0.0) -> Builder:
    """Fill with number and street, a share of them with abbreviated kinds of street."""

    def build(view: View) -> pl.Series:
        household, version = view.home
        text = street_at(household, version, view.seed, STREETS)
        if shortened:
            cut = view.rng.random(len(text)) < shortened
            short = (household[cut], version[cut], view.seed, ABBREVIATED)
            text = partly(text, cut, lambda _: street_at(*short))
        return text.str.to_uppercase() if capitals else text

    return build


def postcode(view: View) -> pl.Series:
    """Fill with the postcode."""
    return view.people.world.places.postcodes.gather(view.residence)


def city(capitals: bool = True) -> Builder:
    """Fill with the town."""

    def build(view: View) -> pl.Series:
        text = view.people.world.places.towns.gather(view.residence)
        return text.str.to_uppercase() if capitals else text

    return build


def iban(spaced: float = 0.0) -> Builder:
    """Fill with the IBAN, some in groups of four."""

    def build(view: View) -> pl.Series:
        text = ibans(view.people, view.rows, view.day)
        if spaced:
            text = partly(text, view.rng.random(len(text)) < spaced, _in_fours)
        return text

    return build


def _in_fours(text: pl.Series) -> pl.Series:
    return text.str.replace_all(r"(.{4})", "$1 ").str.strip_chars()


def bank(view: View) -> pl.Series:
    """Fill with the name of the bank."""
    return banks(view.people, view.rows, view.day)
