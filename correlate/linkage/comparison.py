"""Field comparisons: what two rows' tokens can say about each other, as an ordered list of levels.

A comparison is a name and an ordered list of levels; the first that holds is a pair's level, and where none
does, the field is missing on a side and says nothing. When each holds is written in ``levels.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["COMPARISONS", "MISSING_LEVEL", "Comparison", "Level"]

MISSING_LEVEL = "missing"


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level: its name in the model file, and what its chance among strangers hangs on.

    Attributes:
        name: as in the model file.
        term: the asking row's column with log2 of how common the agreeing token is, where the chance that a
            stranger agrees hangs on the token itself.
        within: levels (this one among them) that share the agreement on that token: this level's part of the
            token's chance is its u among theirs. Empty: the whole.
        context: levels of one context compete, and their probabilities add up to 1; what is known on both
            sides (a town as well as a postcode), or what another comparison has found, makes the context.
    """

    name: str
    term: str | None = None
    within: tuple[str, ...] = ()
    context: int = 0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One field's levels, from the strongest agreement down; names match those in the model file.

    Attributes:
        field: as in the model file.
        levels: in order.
        civil: the field is a person's for life; a contradiction in it counts against a path of several links,
            whatever the links say.
    """

    field: str
    levels: tuple[Level, ...]
    civil: bool = False


def _levels(*names: str, context: int = 0) -> tuple[Level, ...]:
    return tuple(Level(name=name, context=context) for name in names)


def _plain(field: str, *, term: bool = False, civil: bool = False) -> Comparison:
    exact = Level(name="exact", term=f"{field}_u" if term else None)
    return Comparison(field=field, levels=(exact, Level(name="differs")), civil=civil)


COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        field="nir",
        levels=(
            # Nothing in a row says whether its NIR is that person's or the insured's.
            Level(name="unproven", term="nir_u", context=1),
            Level(name="unproven_differs", context=1),
            Level(name="exact", term="nir_u"),
            # The NIR is one row's own and not the other's: the insured, and somebody insured with them.
            Level(name="dependent"),
            # It is neither's: two children of one parent, or one child twice.
            Level(name="shared"),
            Level(name="differs"),
            # One of the two numbers is another's: that they differ says less.
            Level(name="not_own"),
        ),
        civil=True,
    ),
    _plain("national_id", term=True),
    Comparison(
        field="surname",
        levels=(
            Level(name="exact", term="surname_u"),
            Level(name="phonetic"),
            Level(name="exchanged", term="exchanged_u"),
            *_levels("close", "exchanged_close", "crossed", "similar", "differs"),
        ),
    ),
    Comparison(
        field="first_name",
        levels=(
            Level(name="exact", term="first_name_u"),
            *_levels("phonetic", "close", "similar", "initial", "differs"),
        ),
        civil=True,
    ),
    Comparison(
        field="birth_date",
        levels=(
            Level(name="exact", term="birth_date_u"),
            # Of the last three but one a part is wrong: the day, the month, or the year.
            *_levels("swapped", "day", "month", "year", "differs"),
            # One side knows no day, often because only its NIR tells the month; the same NIR has said it
            # then.
            *_levels("month_only", "month_differs", context=1),
        ),
        civil=True,
    ),
    _plain("birth_place", term=True),
    _plain("sex", civil=True),
    _plain("email", term=True),
    _plain("phone", term=True),
    _plain("iban", term=True),
    Comparison(
        field="place",
        levels=(
            Level(name="both", term="postcode_u", within=("both", "postcode")),
            Level(name="postcode", term="postcode_u", within=("both", "postcode")),
            Level(name="city", term="city_u", within=("both", "city")),
            *_levels("city_close", "city_similar", "department", "differs"),
            # A side knows no town, or no postcode.
            Level(name="postcode_alone", term="postcode_u", context=1),
            *_levels("department_alone", "postcode_differs", context=1),
            Level(name="city_alone", term="city_u", context=2),
            *_levels("city_alone_close", "city_alone_similar", "city_differs", context=2),
        ),
    ),
    Comparison(
        field="street",
        levels=(
            # In the same place, and elsewhere: who has moved to another town has another street there.
            *_levels("exact", "close", "similar", "differs"),
            *_levels("exact_elsewhere", "close_elsewhere", "differs_elsewhere", context=1),
        ),
    ),
    _plain("occupation", term=True),
)
