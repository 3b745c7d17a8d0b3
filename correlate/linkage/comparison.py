"""Field comparisons: what two rows' tokens can say about each other, as an ordered list of levels.

A comparison is a name and an ordered list of levels, each a SQL condition; the first that holds is the level.
``s`` is the asking row (a subject, or a record on the way to others) and ``r`` the vault's record. Where
every condition fails, the field is missing on a side and says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["COMPARISONS", "MISSING_LEVEL", "Comparison", "Level", "equal_slots_sql", "level_sql"]

MISSING_LEVEL = "missing"

# Equal slots of two sketches, of 16. Two unrelated names share 1 to 2 slots; one letter changed in eight
# leaves some 11. Held against labelled data in docs/decisions/0007.
CLOSE_SLOTS, SIMILAR_SLOTS = 9, 6


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level: its name in the model file, and the condition under which it holds.

    Attributes:
        name: as in the model file.
        condition: SQL over ``s`` and ``r``.
        term: the asking row's column with log2 of how common the agreeing token is, where the chance that a
            stranger agrees hangs on the token itself.
        within: levels (this one among them) that share the agreement on that token: this level's part of the
            token's chance is its u among theirs. Empty: the whole.
        context: levels of one context compete, and their probabilities add up to 1; what is known on both
            sides (a town as well as a postcode), or what another comparison has found, makes the context.
    """

    name: str
    condition: str
    term: str | None = None
    within: tuple[str, ...] = ()
    context: int = 0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One field's levels, from the strongest agreement down; names match those in the model file.

    ``civil`` fields are a person's for life: a contradiction in them counts against a path of several links,
    whatever the links say.
    """

    field: str
    levels: tuple[Level, ...]
    civil: bool = False


def _either(name: str) -> str:
    """Any of the row's two tokens equals any of the other's."""
    alt = f"{name}_alt"
    return " OR ".join(f"s.{mine} = r.{theirs}" for mine in (name, alt) for theirs in (name, alt))


def _both(*names: str) -> str:
    return " AND ".join(f"s.{name} IS NOT NULL AND r.{name} IS NOT NULL" for name in names)


def equal_slots_sql(one: str, other: str) -> str:
    """The number of equal slots of two sketches (16 slots of 4 bits): zero nibbles of their exclusive or.

    The mask after the shift keeps the sign bit from running down; null where one is missing.
    """
    x = f"xor({one}, {other})"
    pairs = f"({x} | (({x} >> 1) & 9223372036854775807))"
    folded = f"({pairs} | (({pairs} >> 2) & 4611686018427387903))"
    return f"(16 - bit_count({folded} & 1229782938247303441))"


def _alike(name: str, slots: int) -> str:
    return f"{equal_slots_sql(f's.{name}', f'r.{name}')} >= {slots}"


def _plain(field: str, *, term: bool = False, pair: bool = False, civil: bool = False) -> Comparison:
    equal = _either(field) if pair else f"s.{field} = r.{field}"
    return Comparison(
        field=field,
        levels=(
            Level(name="exact", condition=equal, term=f"{field}_u" if term else None),
            Level(name="differs", condition=_both(field)),
        ),
        civil=civil,
    )


SAME_PLACE = "s.postcode = r.postcode OR s.city = r.city"
# A bare NIR is taken to be the asker's own; beside a name it may be the insured's, and only a date tells.
UNPROVEN = "r.birth_mmdd IS NULL OR (s.birth_mmdd IS NULL AND s.first_initial IS NOT NULL)"
# Each name stands in the other's column: both as they are, both but for their spelling, or one of them.
EXCHANGED = "s.surname = r.first_name AND s.first_name = r.surname"
EXCHANGED_CLOSE = (
    f"{equal_slots_sql('s.surname_sketch', 'r.first_sketch')} >= {SIMILAR_SLOTS} AND "
    f"{equal_slots_sql('s.first_sketch', 'r.surname_sketch')} >= {SIMILAR_SLOTS}"
)
CROSSED = "s.surname = r.first_name OR s.first_name = r.surname"
SURNAME_AGREES = f"{_either('surname')} OR {_either('phonetic')}"
FIRST_NAME_AGREES = "s.first_name = r.first_name OR s.first_phonetic = r.first_phonetic"

COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        field="nir",
        levels=(
            # Nothing in a row says whether its NIR is that person's or the insured's.
            Level(name="unproven", condition=f"s.nir = r.nir AND ({UNPROVEN})", term="nir_u", context=1),
            Level(name="unproven_differs", condition=f"{_both('nir')} AND ({UNPROVEN})", context=1),
            Level(name="exact", condition="s.nir = r.nir AND s.nir_own AND r.nir_own", term="nir_u"),
            # The NIR is one row's own and not the other's: the insured, and somebody insured with them.
            Level(name="dependent", condition="s.nir = r.nir AND (s.nir_own OR r.nir_own)"),
            # It is neither's: two children of one parent, or one child twice.
            Level(name="shared", condition="s.nir = r.nir"),
            Level(name="differs", condition=f"{_both('nir')} AND s.nir_own AND r.nir_own"),
            # One of the two numbers is another's: that they differ says less.
            Level(name="not_own", condition=_both("nir")),
        ),
        civil=True,
    ),
    _plain("national_id", term=True),
    Comparison(
        field="surname",
        levels=(
            Level(name="exact", condition=_either("surname"), term="surname_u"),
            Level(name="phonetic", condition=_either("phonetic")),
            Level(name="exchanged", condition=EXCHANGED, term="exchanged_u"),
            Level(name="close", condition=_alike("surname_sketch", CLOSE_SLOTS)),
            Level(name="exchanged_close", condition=EXCHANGED_CLOSE),
            Level(name="crossed", condition=f"({CROSSED}) AND NOT coalesce({FIRST_NAME_AGREES}, false)"),
            Level(name="similar", condition=_alike("surname_sketch", SIMILAR_SLOTS)),
            Level(name="differs", condition=_both("surname")),
        ),
    ),
    Comparison(
        field="first_name",
        levels=(
            Level(name="exact", condition="s.first_name = r.first_name", term="first_name_u"),
            Level(name="phonetic", condition="s.first_phonetic = r.first_phonetic"),
            Level(name="close", condition=_alike("first_sketch", CLOSE_SLOTS)),
            Level(name="similar", condition=_alike("first_sketch", SIMILAR_SLOTS)),
            Level(name="initial", condition="s.first_initial = r.first_initial"),
            Level(name="differs", condition=_both("first_initial")),
        ),
        civil=True,
    ),
    Comparison(
        field="birth_date",
        levels=(
            Level(name="exact", condition="s.birth_date = r.birth_date", term="birth_date_u"),
            Level(name="swapped", condition="s.birth_swapped = r.birth_date"),
            # A part is wrong: the day, the month, or the year.
            Level(name="day", condition=f"s.birth_yymm = r.birth_yymm AND {_both('birth_mmdd')}"),
            Level(name="month", condition="s.birth_yydd = r.birth_yydd"),
            Level(name="year", condition="s.birth_mmdd = r.birth_mmdd"),
            Level(name="differs", condition=_both("birth_mmdd")),
            # One side knows no day, often because only its NIR tells the month; the same NIR has said it
            # then.
            Level(
                name="month_only",
                condition="s.birth_yymm = r.birth_yymm AND (s.nir = r.nir) IS NOT TRUE",
                context=1,
            ),
            Level(
                name="month_differs",
                condition=f"{_both('birth_yymm')} AND s.birth_yymm <> r.birth_yymm",
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
                condition="s.postcode = r.postcode AND s.city = r.city",
                term="postcode_u",
                within=("both", "postcode"),
            ),
            Level(
                name="postcode",
                condition=f"s.postcode = r.postcode AND {_both('city')}",
                term="postcode_u",
                within=("both", "postcode"),
            ),
            Level(
                name="city",
                condition=f"s.city = r.city AND {_both('postcode')}",
                term="city_u",
                within=("both", "city"),
            ),
            Level(
                name="city_close", condition=f"{_alike('city_sketch', CLOSE_SLOTS)} AND {_both('postcode')}"
            ),
            Level(
                name="city_similar",
                condition=f"{_alike('city_sketch', SIMILAR_SLOTS)} AND {_both('postcode')}",
            ),
            Level(name="department", condition=f"s.department = r.department AND {_both('city')}"),
            Level(name="differs", condition=_both("postcode", "city")),
            # A side knows no town, or no postcode.
            Level(name="postcode_alone", condition="s.postcode = r.postcode", term="postcode_u", context=1),
            Level(name="department_alone", condition="s.department = r.department", context=1),
            Level(name="postcode_differs", condition=_both("postcode"), context=1),
            Level(name="city_alone", condition="s.city = r.city", term="city_u", context=2),
            Level(name="city_alone_close", condition=_alike("city_sketch", CLOSE_SLOTS), context=2),
            Level(name="city_alone_similar", condition=_alike("city_sketch", SIMILAR_SLOTS), context=2),
            Level(name="city_differs", condition=_both("city"), context=2),
        ),
    ),
    Comparison(
        field="street",
        levels=(
            # In the same place, and elsewhere: who has moved to another town has another street there.
            Level(name="exact", condition=f"s.street = r.street AND ({SAME_PLACE})"),
            Level(name="close", condition=f"{_alike('street_sketch', CLOSE_SLOTS)} AND ({SAME_PLACE})"),
            Level(name="similar", condition=f"{_alike('street_sketch', SIMILAR_SLOTS)} AND ({SAME_PLACE})"),
            Level(name="differs", condition=f"{_both('street')} AND ({SAME_PLACE})"),
            Level(name="exact_elsewhere", condition="s.street = r.street", context=1),
            Level(name="close_elsewhere", condition=_alike("street_sketch", CLOSE_SLOTS), context=1),
            Level(name="differs_elsewhere", condition=_both("street"), context=1),
        ),
    ),
    _plain("occupation", term=True),
)


def level_sql(comparison: Comparison) -> str:
    """A CASE that gives the level's number: 1 for the first of the list, 0 for missing."""
    whens = [f"WHEN {level.condition} THEN {place}" for place, level in enumerate(comparison.levels, 1)]
    if comparison.field == "first_name":
        # The surname's level has said it for both names.
        said = " OR ".join(f"coalesce({one}, false)" for one in (EXCHANGED, EXCHANGED_CLOSE, CROSSED))
        surname = f"{SURNAME_AGREES} OR {_alike('surname_sketch', CLOSE_SLOTS)}"
        whens.insert(0, f"WHEN ({said}) AND NOT coalesce({FIRST_NAME_AGREES} OR {surname}, false) THEN 0")
    return f"(CASE {' '.join(whens)} ELSE 0 END)::TINYINT"
