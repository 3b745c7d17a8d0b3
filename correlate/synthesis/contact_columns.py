"""Columns that reach somebody: e-mail, telephone, address, account."""

from __future__ import annotations

import numpy as np
import polars as pl

from correlate.synthesis.accounts import banks, ibans
from correlate.synthesis.chance import Ints
from correlate.synthesis.churn import version_at
from correlate.synthesis.column import Builder, View
from correlate.synthesis.contacts import emails, landlines, mobiles
from correlate.synthesis.dwelling import ABBREVIATED, STREETS, residence_at, street_at

__all__ = ["bank", "city", "email", "fixed_line", "iban", "phone", "postcode", "street"]


def email(second: float = 0.15, capitals: float = 0.0) -> Builder:
    """Fill with an e-mail address; a share is the person's other one, a share is in capitals."""

    def build(view: View) -> pl.Series:
        text = emails(view.people, view.rows, view.day, second)
        if capitals:
            shout = pl.Series(view.rng.random(len(text)) < capitals)
            text = text.str.to_uppercase().zip_with(shout, text)
        return text

    return build


def phone(fixed: float = 0.1, spaced: float = 0.0, abroad: float = 0.0) -> Builder:
    """Fill with the mobile number, a share with the land line; some spaced, some in the form +33."""

    def build(view: View) -> pl.Series:
        text = mobiles(view.people, view.rows, view.day)
        if fixed:
            use_line = pl.Series(view.rng.random(len(text)) < fixed)
            text = landlines(view.people, view.rows, view.day).zip_with(use_line, text)
        return _written(text, view.rng, spaced, abroad)

    return build


def fixed_line(view: View) -> pl.Series:
    """Fill with the land line of the household."""
    return landlines(view.people, view.rows, view.day)


def _written(text: pl.Series, rng: np.random.Generator, spaced: float, abroad: float) -> pl.Series:
    if not spaced and not abroad:
        return text
    chance = rng.random(len(text))
    cut = text.str.replace(r"^(..)(..)(..)(..)(..)$", "$1 $2 $3 $4 $5")
    text = cut.zip_with(pl.Series(chance < spaced), text)
    return text.str.replace("^0", "+33").zip_with(pl.Series(chance >= 1 - abroad), text)


def _home(view: View) -> tuple[Ints, Ints]:
    """Give household and version of its address on the day of the data."""
    household = view.people.household[view.rows]
    return household, version_at(household, view.people.head_age[view.rows], view.seed, "address", view.day)


def street(capitals: bool = False, shortened: float = 0.0) -> Builder:
    """Fill with number and street, a share of them with abbreviated kinds of street."""

    def build(view: View) -> pl.Series:
        household, version = _home(view)
        text = street_at(household, version, view.seed, STREETS)
        if shortened:
            short = street_at(household, version, view.seed, ABBREVIATED)
            text = short.zip_with(pl.Series(view.rng.random(len(text)) < shortened), text)
        return text.str.to_uppercase() if capitals else text

    return build


def _residence(view: View) -> Ints:
    household, version = _home(view)
    return residence_at(view.people.world.places, household, version, view.seed)


def postcode(view: View) -> pl.Series:
    """Fill with the postcode."""
    return view.people.world.places.postcodes.gather(_residence(view))


def city(capitals: bool = True) -> Builder:
    """Fill with the town."""

    def build(view: View) -> pl.Series:
        text = view.people.world.places.towns.gather(_residence(view))
        return text.str.to_uppercase() if capitals else text

    return build


def iban(spaced: float = 0.0) -> Builder:
    """Fill with the IBAN, some in groups of four."""

    def build(view: View) -> pl.Series:
        text = ibans(view.people, view.rows, view.day)
        if spaced:
            cut = text.str.replace_all(r"(.{4})", "$1 ").str.strip_chars()
            text = cut.zip_with(pl.Series(view.rng.random(len(text)) < spaced), text)
        return text

    return build


def bank(view: View) -> pl.Series:
    """Fill with the name of the bank."""
    return banks(view.people, view.rows, view.day)
