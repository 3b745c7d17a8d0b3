"""How to reach people: e-mail addresses, mobile numbers and land lines, in ranges nobody can hold."""

from __future__ import annotations

import numpy as np
import polars as pl

from correlate.synthesis.chance import Flags, Ints, mixed, uniform
from correlate.synthesis.churn import version_at
from correlate.synthesis.days import DAYS_A_YEAR, REFERENCE_DAY, ages, day_number, day_parts
from correlate.synthesis.digits import landline, mobile
from correlate.synthesis.law import Law
from correlate.synthesis.partly import partly
from correlate.synthesis.population import Population
from correlate.synthesis.usage import names_in_use

__all__ = ["EMPLOYERS", "emails", "employers", "has_mobile", "landlines", "mobiles"]

# Providers live under names kept for examples (RFC 2606): no letter sent to them arrives. Shares assumed.
_PROVIDERS = {
    "courriel.example": 27.0, "messagerie.example": 16.0, "orangerie.example": 14.0, "example.org": 9.0,
    "mail.example": 8.0, "boite.test": 6.0, "poste.example": 6.0, "example.net": 5.0,
    "libreservice.example": 5.0, "example.com": 2.0, "nuage.test": 1.5, "vieux-fai.example": 0.5,
}  # fmt: skip
_PROVIDER_LAW = Law.of([np.array(list(_PROVIDERS.values()))])
_EMPLOYERS = 1_000
_WORK = 10  # versions of an address at work are counted from here
#: Names of employers; the letters of those who work there go to a domain of the same number.
EMPLOYERS = pl.Series([f"Entreprise Exemple {number:03d}" for number in range(_EMPLOYERS)])
_COMMON_SURNAMES = 5_000  # their bearers never get an address without four digits: it would be taken
_WITH_WORK_EMAIL, _WITH_SECOND_EMAIL = 0.22, 0.18
_MADE_YEARS_AGO = 8  # an address has the married name of whoever was married by then
_LINES = 10_000_000  # each version of a number has its own third of the space
_EVERYBODY = slice(None)


def mobiles(people: Population, rows: Ints, day: int) -> pl.Series:
    """Give mobile numbers held on a day; null below eleven years and for the few who have none."""
    number, seed = people.number[rows], people.world.seed
    line = number + version_at(number, people.age[rows], seed, "mobile", day) * _LINES
    return mobile(line).set(pl.Series(~has_mobile(people, day, rows)), None)


def has_mobile(people: Population, day: int, rows: Ints | slice = _EVERYBODY) -> Flags:
    """Say who holds a mobile number on a day."""
    then = ages(people.kin.birth[rows], day)
    share = np.where(then > 80, 0.65, 0.97)
    return (then >= 11) & (uniform(people.number[rows], people.world.seed, "has mobile") < share)


def landlines(people: Population, rows: Ints, day: int) -> pl.Series:
    """Give the land line a household shares on a day; null where there is none."""
    household, seed = people.household[rows], people.world.seed
    line = household + version_at(household, people.head_age[rows], seed, "mobile", day) * (_LINES // 3)
    return landline(line).set(pl.Series(uniform(household, seed, "has landline") >= 0.55), None)


def emails(people: Population, rows: Ints, day: int, second: float = 0.0) -> pl.Series:
    """Give an e-mail address used on a day: the usual one, or with probability ``second`` the other one."""
    number, seed = people.number[rows], people.world.seed
    age, then = people.age[rows], ages(people.kin.birth[rows], day)
    kind = uniform(number, seed, "second email")
    other = uniform(number, seed, "which email", day) < second
    work = other & (kind < _WITH_WORK_EMAIL) & (then > 18) & (then < 67)
    spare = other & (kind >= _WITH_WORK_EMAIL) & (kind < _WITH_WORK_EMAIL + _WITH_SECOND_EMAIL)
    version = version_at(number, age, seed, "email", day)
    version = np.where(work, _WORK + version_at(number, age, seed, "work email", day), version)
    version = np.where(spare, 20, version)
    share = np.where(then > 75, 0.6, 0.96)
    none = (then < 13) | (uniform(number, seed, "has email") >= share)
    return _address(people, rows, version, work).set(pl.Series(none), None)


def _address(people: Population, rows: Ints, version: Ints, work: Flags) -> pl.Series:
    """Write an address: it stays as it was made, whatever name its holder takes later."""
    number, seed, names = people.number[rows], people.world.seed, people.world.names
    old = day_number(REFERENCE_DAY) - int(_MADE_YEARS_AGO * DAYS_A_YEAR)
    married = uniform(number, seed, "email name", version) < 0.5
    surname = np.where(married, names_in_use(people, rows, old)[0], people.surnames.birth[rows])
    chance = uniform(number, seed, "email pattern", version)
    pattern = np.where(work, 0, np.digitize(chance, [0.45, 0.60, 0.72, 0.84, 0.92]))
    rank = np.where(surname < names.french, surname, surname - names.french)
    first = names.first_names.write(people.first_name[rows], "slug")
    last = names.surnames.write(surname, "slug")
    turned, short = pl.Series(pattern == 2), pattern == 3
    head = partly(last.zip_with(turned, first), short, lambda part: part.str.slice(0, 1))
    parts = pl.DataFrame(
        {
            "head": head,
            "mark": _MARKS.gather(pattern),
            "tail": first.zip_with(turned, last),
            "suffix": _suffix(people, rows, version, (rank < _COMMON_SURNAMES) | short),
            "domain": _domain(number, version, seed, work),
        }
    )
    return parts.select(pl.concat_str(pl.all()).alias("email"))["email"]


def _suffix(people: Population, rows: Ints, version: Ints, crowded: Flags) -> pl.Series:
    """Give what makes an address free: nothing, the year of birth, two digits, or four."""
    hashed = mixed(people.number[rows], people.world.seed, "email digits", version)
    chance = uniform(people.number[rows], people.world.seed, "email suffix", version)
    year = day_parts(people.kin.birth[rows])[0] % 100
    two = 1 + np.where(chance < 0.75, year, (hashed % np.uint64(100)).astype(np.int64))
    four = 101 + (hashed % np.uint64(10_000)).astype(np.int64)
    return _SUFFIXES.gather(np.where(crowded, four, np.where(chance < 0.4, 0, two)))


def employers(people: Population, rows: Ints, day: int) -> Ints:
    """Give the position in ``EMPLOYERS`` of whom each person works for on a day, or would."""
    number, seed = people.number[rows], people.world.seed
    return _employer(number, _WORK + version_at(number, people.age[rows], seed, "work email", day), seed)


def _employer(number: Ints, version: Ints, seed: int) -> Ints:
    return (mixed(number, seed, "employer", version) % np.uint64(_EMPLOYERS)).astype(np.int64)


def _domain(number: Ints, version: Ints, seed: int, work: Flags) -> pl.Series:
    provider = _PROVIDER_LAW.draw(uniform(number, seed, "provider", version))
    place = np.where(work, len(_PROVIDERS) + _employer(number, version, seed), provider)
    return _DOMAINS.gather(place)


_MARKS = pl.Series([".", "", ".", ".", "-", "_"])
_SUFFIXES = pl.Series(
    ["", *(f"{number:02d}" for number in range(100)), *(f"{number:04d}" for number in range(10_000))]
)
_DOMAINS = pl.Series(
    [f"@{provider}" for provider in _PROVIDERS]
    + [f"@entreprise-{number:03d}.example" for number in range(_EMPLOYERS)]
)
