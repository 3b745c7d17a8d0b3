"""Field comparisons: what two rows' tokens can say about each other, as an ordered list of levels.

A comparison is a name and an ordered list of levels, each with a condition over many pairs at once; the first
that holds is a pair's level. Where none does, the field is missing on a side and says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from correlate.linkage.sides import Bools, Sides

__all__ = ["COMPARISONS", "MISSING_LEVEL", "Comparison", "Condition", "Level", "levels_of"]

MISSING_LEVEL = "missing"

# Equal slots of two sketches, of 16. Two unrelated names share 1 to 2 slots; one letter changed in eight
# leaves some 11. Held against labelled data in docs/decisions/0007.
CLOSE_SLOTS, SIMILAR_SLOTS = 9, 6

Condition = Callable[[Sides], Bools]


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level: its name in the model file, and the condition under which it holds.

    Attributes:
        name: as in the model file.
        condition: (n,) for n pairs.
        term: the asking row's column with log2 of how common the agreeing token is, where the chance that a
            stranger agrees hangs on the token itself.
        within: levels (this one among them) that share the agreement on that token: this level's part of the
            token's chance is its u among theirs. Empty: the whole.
        context: levels of one context compete, and their probabilities add up to 1; what is known on both
            sides (a town as well as a postcode), or what another comparison has found, makes the context.
    """

    name: str
    condition: Condition
    term: str | None = None
    within: tuple[str, ...] = ()
    context: int = 0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One field's levels, from the strongest agreement down; names match those in the model file.

    Attributes:
        field: as in the model file.
        levels: in order.
        silenced: where another comparison has said it all, and this one says nothing.
        civil: the field is a person's for life; a contradiction in it counts against a path of several links,
            whatever the links say.
    """

    field: str
    levels: tuple[Level, ...]
    silenced: Condition | None = None
    civil: bool = False


def levels_of(comparison: Comparison, sides: Sides) -> npt.NDArray[np.int8]:
    """The level (n,) of each pair: 1 for the first of the list, 0 for missing."""
    out = np.zeros(len(sides), dtype=np.int8)
    # From the last to the first, so that the first that holds is what stays.
    for place in range(len(comparison.levels), 0, -1):
        out[comparison.levels[place - 1].condition(sides)] = place
    if comparison.silenced is not None:
        out[comparison.silenced(sides)] = 0
    return out


def _same(name: str) -> Condition:
    return lambda pair: pair.same(name)


def _both(*names: str) -> Condition:
    return lambda pair: pair.both(*names)


def _alike(name: str, slots: int) -> Condition:
    return lambda pair: pair.alike(name, slots)


def _all(*conditions: Condition) -> Condition:
    def together(pair: Sides) -> Bools:
        out = conditions[0](pair)
        for condition in conditions[1:]:
            out = out & condition(pair)
        return out

    return together


def _plain(field: str, *, term: bool = False, pair: bool = False, civil: bool = False) -> Comparison:
    return Comparison(
        field=field,
        levels=(
            Level(
                name="exact",
                condition=(lambda sides: sides.either(field)) if pair else _same(field),
                term=f"{field}_u" if term else None,
            ),
            Level(name="differs", condition=_both(field)),
        ),
        civil=civil,
    )


def _same_place(pair: Sides) -> Bools:
    return pair.same("postcode") | pair.same("city")


def _unproven(pair: Sides) -> Bools:
    """A bare NIR is taken to be the asker's own; beside a name it may be the insured's, and only a date
    tells.
    """
    return ~pair.has_r("birth_mmdd") | (~pair.has_s("birth_mmdd") & pair.has_s("first_initial"))


def _both_own(pair: Sides) -> Bools:
    return pair.s_nir_own & pair.r_nir_own


def _one_own(pair: Sides) -> Bools:
    return pair.s_nir_own | pair.r_nir_own


def _exchanged(pair: Sides) -> Bools:
    """Each name stands in the other's column."""
    return pair.same("surname", "first_name") & pair.same("first_name", "surname")


def _exchanged_close(pair: Sides) -> Bools:
    """The same but for their spelling."""
    return pair.alike("surname_sketch", SIMILAR_SLOTS, "first_sketch") & pair.alike(
        "first_sketch", SIMILAR_SLOTS, "surname_sketch"
    )


def _crossed(pair: Sides) -> Bools:
    """One of them does."""
    return pair.same("surname", "first_name") | pair.same("first_name", "surname")


def _first_name_agrees(pair: Sides) -> Bools:
    return pair.same("first_name") | pair.same("first_phonetic")


def _said_by_surname(pair: Sides) -> Bools:
    """The surname's level has said it for both names."""
    said = _exchanged(pair) | _exchanged_close(pair) | _crossed(pair)
    surname = pair.either("surname") | pair.either("phonetic") | pair.alike("surname_sketch", CLOSE_SLOTS)
    return said & ~(_first_name_agrees(pair) | surname)


COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        field="nir",
        levels=(
            # Nothing in a row says whether its NIR is that person's or the insured's.
            Level(name="unproven", condition=_all(_same("nir"), _unproven), term="nir_u", context=1),
            Level(name="unproven_differs", condition=_all(_both("nir"), _unproven), context=1),
            Level(name="exact", condition=_all(_same("nir"), _both_own), term="nir_u"),
            # The NIR is one row's own and not the other's: the insured, and somebody insured with them.
            Level(name="dependent", condition=_all(_same("nir"), _one_own)),
            # It is neither's: two children of one parent, or one child twice.
            Level(name="shared", condition=_same("nir")),
            Level(name="differs", condition=_all(_both("nir"), _both_own)),
            # One of the two numbers is another's: that they differ says less.
            Level(name="not_own", condition=_both("nir")),
        ),
        civil=True,
    ),
    _plain("national_id", term=True),
    Comparison(
        field="surname",
        levels=(
            Level(name="exact", condition=lambda pair: pair.either("surname"), term="surname_u"),
            Level(name="phonetic", condition=lambda pair: pair.either("phonetic")),
            Level(name="exchanged", condition=_exchanged, term="exchanged_u"),
            Level(name="close", condition=_alike("surname_sketch", CLOSE_SLOTS)),
            Level(name="exchanged_close", condition=_exchanged_close),
            Level(name="crossed", condition=lambda pair: _crossed(pair) & ~_first_name_agrees(pair)),
            Level(name="similar", condition=_alike("surname_sketch", SIMILAR_SLOTS)),
            Level(name="differs", condition=_both("surname")),
        ),
    ),
    Comparison(
        field="first_name",
        levels=(
            Level(name="exact", condition=_same("first_name"), term="first_name_u"),
            Level(name="phonetic", condition=_same("first_phonetic")),
            Level(name="close", condition=_alike("first_sketch", CLOSE_SLOTS)),
            Level(name="similar", condition=_alike("first_sketch", SIMILAR_SLOTS)),
            Level(name="initial", condition=_same("first_initial")),
            Level(name="differs", condition=_both("first_initial")),
        ),
        silenced=_said_by_surname,
        civil=True,
    ),
    Comparison(
        field="birth_date",
        levels=(
            Level(name="exact", condition=_same("birth_date"), term="birth_date_u"),
            Level(name="swapped", condition=lambda pair: pair.same("birth_swapped", "birth_date")),
            # A part is wrong: the day, the month, or the year.
            Level(name="day", condition=_all(_same("birth_yymm"), _both("birth_mmdd"))),
            Level(name="month", condition=_same("birth_yydd")),
            Level(name="year", condition=_same("birth_mmdd")),
            Level(name="differs", condition=_both("birth_mmdd")),
            # One side knows no day, often because only its NIR tells the month; the same NIR has said it
            # then.
            Level(
                name="month_only",
                condition=lambda pair: pair.same("birth_yymm") & ~pair.same("nir"),
                context=1,
            ),
            Level(
                name="month_differs",
                condition=lambda pair: pair.both("birth_yymm") & ~pair.same("birth_yymm"),
                context=1,
            ),
        ),
        civil=True,
    ),
    _plain("birth_place", term=True),
    _plain("sex", civil=True),
    _plain("email", term=True, pair=True),
    _plain("phone", term=True, pair=True),
    _plain("iban", term=True),
    Comparison(
        field="place",
        levels=(
            Level(
                name="both",
                condition=_all(_same("postcode"), _same("city")),
                term="postcode_u",
                within=("both", "postcode"),
            ),
            Level(
                name="postcode",
                condition=_all(_same("postcode"), _both("city")),
                term="postcode_u",
                within=("both", "postcode"),
            ),
            Level(
                name="city",
                condition=_all(_same("city"), _both("postcode")),
                term="city_u",
                within=("both", "city"),
            ),
            Level(name="city_close", condition=_all(_alike("city_sketch", CLOSE_SLOTS), _both("postcode"))),
            Level(
                name="city_similar",
                condition=_all(_alike("city_sketch", SIMILAR_SLOTS), _both("postcode")),
            ),
            Level(name="department", condition=_all(_same("department"), _both("city"))),
            Level(name="differs", condition=_both("postcode", "city")),
            # A side knows no town, or no postcode.
            Level(name="postcode_alone", condition=_same("postcode"), term="postcode_u", context=1),
            Level(name="department_alone", condition=_same("department"), context=1),
            Level(name="postcode_differs", condition=_both("postcode"), context=1),
            Level(name="city_alone", condition=_same("city"), term="city_u", context=2),
            Level(name="city_alone_close", condition=_alike("city_sketch", CLOSE_SLOTS), context=2),
            Level(name="city_alone_similar", condition=_alike("city_sketch", SIMILAR_SLOTS), context=2),
            Level(name="city_differs", condition=_both("city"), context=2),
        ),
    ),
    Comparison(
        field="street",
        levels=(
            # In the same place, and elsewhere: who has moved to another town has another street there.
            Level(name="exact", condition=_all(_same("street"), _same_place)),
            Level(name="close", condition=_all(_alike("street_sketch", CLOSE_SLOTS), _same_place)),
            Level(name="similar", condition=_all(_alike("street_sketch", SIMILAR_SLOTS), _same_place)),
            Level(name="differs", condition=_all(_both("street"), _same_place)),
            Level(name="exact_elsewhere", condition=_same("street"), context=1),
            Level(name="close_elsewhere", condition=_alike("street_sketch", CLOSE_SLOTS), context=1),
            Level(name="differs_elsewhere", condition=_both("street"), context=1),
        ),
    ),
    _plain("occupation", term=True),
)
