"""What a user of Splink decides for each data set: comparisons, blocking rules, rules to train on.

Splink's ready-made comparisons wherever there is one. Plaintext is compared by degrees. Of keyed tokens
nothing can be seen but equality: parts of names and dates that agree where the whole does not are columns of
their own.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["FRANCE", "PLAIN", "Library", "Model", "token_comparisons"]

Rule = tuple[str, ...]
"""Columns that two records must agree on."""

Comparison = Any
"""One of Splink's comparisons: Splink is imported late, so no more is known of it here."""
Level = Any
"""A level of one."""


@dataclass(frozen=True, kw_only=True)
class Library:
    """Splink's modules, imported when a contender is prepared: this module must do without them."""

    splink: Any = field(default_factory=lambda: importlib.import_module("splink"))
    comparisons: Any = field(default_factory=lambda: importlib.import_module("splink.comparison_library"))
    levels: Any = field(default_factory=lambda: importlib.import_module("splink.comparison_level_library"))


@dataclass(frozen=True, kw_only=True)
class Model:
    """What a user of Splink decides for a data set.

    Attributes:
        comparisons: made from the library.
        candidates: the rules that make the pairs to be scored.
        certain: rules nearly never wrong, for the prior; they find ``certain_recall`` of the true pairs.
        training: the rules expectation maximisation is run on, one after another.
    """

    comparisons: Callable[[Library], list[Comparison]]
    candidates: Sequence[Rule]
    certain: Sequence[Rule]
    certain_recall: float
    training: Sequence[Rule]


def _tf(comparison: Comparison) -> Comparison:
    """Agreement on a rare value says more than on a common one."""
    return comparison.configure(term_frequency_adjustments=True)


def _febrl_comparisons(library: Library) -> list[Comparison]:
    make = library.comparisons
    return [
        make.NameComparison("first_name"),
        make.NameComparison("surname"),
        make.DamerauLevenshteinAtThresholds("birth_date", [1, 2]),
        _tf(make.DamerauLevenshteinAtThresholds("postcode", [1, 2])),
        _tf(make.JaroWinklerAtThresholds("address", [0.9, 0.8])),
        _tf(make.JaroWinklerAtThresholds("address_2", [0.9, 0.8])),
        _tf(make.JaroWinklerAtThresholds("city", [0.9, 0.8])),
        _tf(make.DamerauLevenshteinAtThresholds("street_number", 1)),
        _tf(make.ExactMatch("state")),
    ]


def _febrl_comparisons_with_id(library: Library) -> list[Comparison]:
    identity = library.comparisons.DamerauLevenshteinAtThresholds("national_id", [1, 2])
    return [*_febrl_comparisons(library), identity]


def _rldata_comparisons(library: Library) -> list[Comparison]:
    """Few levels and no term frequencies: fifty true pairs teach no more."""
    make = library.comparisons
    return [
        make.JaroWinklerAtThresholds("first_name", [0.92, 0.8]),
        make.JaroWinklerAtThresholds("surname", [0.92, 0.8]),
        make.DamerauLevenshteinAtThresholds("birth_date", [1, 2]),
    ]


def _surname_comparison(library: Library) -> Comparison:
    """A woman may be under her own name in one file and under her husband's in another."""
    level = library.levels
    crossed = "(surname_l = birth_name_r OR birth_name_l = surname_r)"
    near = "greatest({0}(surname_l, birth_name_r), {0}(birth_name_l, surname_r)) >= 0.92"
    return library.comparisons.CustomComparison(
        output_column_name="surname",
        comparison_levels=[
            level.NullLevel("surname"),
            level.ExactMatchLevel("surname").configure(tf_adjustment_column="surname"),
            level.CustomLevel(crossed, label_for_charts="one's surname is the other's at birth"),
            level.JaroWinklerLevel("surname", 0.92),
            level.CustomLevel(near.format("jaro_winkler_similarity"), label_for_charts="nearly so"),
            level.JaroWinklerLevel("surname", 0.7),
            level.ElseLevel(),
        ],
    )


def _identifier_comparison(library: Library, name: str, *between: Level) -> Comparison:
    """A number or address of one's own: equal, the levels ``between``, or neither.

    The u of equality is given, since sampling cannot find it: among ten million random pairs more true pairs
    than strangers have the same e-mail address, and its weight would come out so low that it links nobody.
    """
    level = library.levels
    equal = level.ExactMatchLevel(name).configure(u_probability=1e-7, fix_u_probability=True)
    return library.comparisons.CustomComparison(
        output_column_name=name, comparison_levels=[level.NullLevel(name), equal, *between, level.ElseLevel()]
    )


def _household_comparison(library: Library) -> Comparison:
    """An account, a street and a postcode are shared by a family: one comparison, lest they count thrice."""
    level = library.levels
    return library.comparisons.CustomComparison(
        output_column_name="household",
        comparison_levels=[
            level.And(level.NullLevel("iban"), level.NullLevel("postcode"), level.NullLevel("address")),
            level.ExactMatchLevel("iban"),
            level.And(level.ExactMatchLevel("address"), level.ExactMatchLevel("postcode")),
            level.And(level.JaroWinklerLevel("address", 0.9), level.ExactMatchLevel("postcode")),
            level.ExactMatchLevel("postcode").configure(tf_adjustment_column="postcode"),
            level.ExactMatchLevel("department"),
            level.ElseLevel(),
        ],
    )


def _france_comparisons(library: Library) -> list[Comparison]:
    make, level = library.comparisons, library.levels
    same_user = level.CustomLevel("split_part(email_l, '@', 1) = split_part(email_r, '@', 1)", "same user")
    return [
        make.NameComparison("first_name"),
        _surname_comparison(library),
        make.DateOfBirthComparison("birth_day", input_is_string=False),
        _identifier_comparison(library, "own_nir", level.DamerauLevenshteinLevel("own_nir", 1)),
        _identifier_comparison(library, "email", same_user, level.JaroWinklerLevel("email", 0.88)),
        _identifier_comparison(library, "phone", level.DamerauLevenshteinLevel("phone", 1)),
        _household_comparison(library),
    ]


_FEBRL_RULES: tuple[Rule, ...] = (
    ("first_name", "surname"),
    ("birth_date",),
    ("state", "address"),
    ("street_number", "address"),
    ("postcode",),
)
_FEBRL_CERTAIN: tuple[Rule, ...] = (
    ("first_name", "surname", "birth_date"),
    ("first_name", "postcode", "address"),
    ("surname", "birth_date", "postcode"),
)
_FEBRL_TRAINING: tuple[Rule, ...] = (("birth_date",), ("postcode",), ("first_name", "surname"))
FEBRL_NO_ID = Model(
    comparisons=_febrl_comparisons,
    candidates=_FEBRL_RULES,
    certain=_FEBRL_CERTAIN,
    certain_recall=0.8,
    training=_FEBRL_TRAINING,
)
FEBRL = Model(
    comparisons=_febrl_comparisons_with_id,
    candidates=(*_FEBRL_RULES, ("national_id",)),
    certain=(*_FEBRL_CERTAIN, ("national_id",)),
    certain_recall=0.9,
    training=_FEBRL_TRAINING,
)
RLDATA = Model(
    comparisons=_rldata_comparisons,
    candidates=(
        ("first_name", "surname"),
        ("birth_date",),
        ("surname", "birth_year"),
        ("first_name", "birth_year"),
        ("first_name", "birth_month_day"),
        ("surname", "birth_month_day"),
    ),
    certain=(("first_name", "birth_date"), ("surname", "birth_date")),
    certain_recall=0.8,
    training=(("birth_date",), ("first_name", "surname")),
)
FRANCE = Model(
    comparisons=_france_comparisons,
    candidates=(
        ("nir",),
        ("email",),
        ("phone",),
        ("iban",),
        ("surname", "birth_date"),
        ("first_name", "birth_date"),
        ("surname", "first_name", "department"),
        ("postcode", "birth_date"),
    ),
    certain=(("first_name", "surname", "birth_date"), ("nir", "first_name"), ("email",)),
    certain_recall=0.9,
    training=(("surname", "birth_date"), ("first_name", "birth_date"), ("first_name", "surname"), ("email",)),
)
PLAIN = {"febrl4": FEBRL, "febrl4-no-id": FEBRL_NO_ID, "rldata500": RLDATA}


# Of keyed tokens


def token_comparisons(plain: Model) -> Callable[[Library], list[Comparison]]:
    """The comparisons for tokens of the columns that the model for plaintext compares."""

    def febrl(library: Library) -> list[Comparison]:
        names = ["postcode", "address", "address_2", "city", "street_number", "state"]
        names += ["national_id"] if ("national_id",) in plain.candidates else []
        return [*rldata(library), *(_tf(library.comparisons.ExactMatch(name)) for name in names)]

    def rldata(library: Library) -> list[Comparison]:
        return [_name_tokens(library, "first_name"), _name_tokens(library, "surname"), _date_tokens(library)]

    def france(library: Library) -> list[Comparison]:
        return [
            _name_tokens(library, "first_name"),
            _surname_tokens(library),
            _date_tokens(library),
            *(_identifier_comparison(library, name) for name in ("own_nir", "email", "phone")),
            _household_tokens(library),
        ]

    return france if plain is FRANCE else rldata if plain is RLDATA else febrl


def _name_tokens(library: Library, name: str) -> Comparison:
    level = library.levels
    exact = level.ExactMatchLevel(name).configure(tf_adjustment_column=name)
    return library.comparisons.CustomComparison(
        output_column_name=name,
        comparison_levels=[
            level.NullLevel(name),
            exact,
            level.ExactMatchLevel(f"{name}_sound"),
            level.ElseLevel(),
        ],
    )


def _surname_tokens(library: Library) -> Comparison:
    level = library.levels
    crossed = "({0}_l = {1}_r OR {1}_l = {0}_r)"
    return library.comparisons.CustomComparison(
        output_column_name="surname",
        comparison_levels=[
            level.NullLevel("surname"),
            level.ExactMatchLevel("surname").configure(tf_adjustment_column="surname"),
            level.CustomLevel(
                crossed.format("surname", "birth_name"), "one's surname is the other's at birth"
            ),
            level.ExactMatchLevel("surname_sound"),
            level.CustomLevel(crossed.format("surname_sound", "birth_name_sound"), "nearly so"),
            level.ElseLevel(),
        ],
    )


def _date_tokens(library: Library) -> Comparison:
    """A date with one wrong part has another part pair right; day and month may have changed places."""
    level = library.levels
    parts = [level.ExactMatchLevel(f"birth_{name}") for name in ("year_month", "year_day", "month_day")]
    return library.comparisons.CustomComparison(
        output_column_name="birth_date",
        comparison_levels=[
            level.NullLevel("birth_date"),
            level.ExactMatchLevel("birth_date"),
            level.CustomLevel("birth_date_l = birth_swapped_r", "day and month exchanged"),
            level.Or(*parts),
            level.ElseLevel(),
        ],
    )


def _household_tokens(library: Library) -> Comparison:
    level = library.levels
    return library.comparisons.CustomComparison(
        output_column_name="household",
        comparison_levels=[
            level.And(level.NullLevel("iban"), level.NullLevel("postcode"), level.NullLevel("address")),
            level.ExactMatchLevel("iban"),
            level.And(level.ExactMatchLevel("address"), level.ExactMatchLevel("postcode")),
            level.ExactMatchLevel("postcode").configure(tf_adjustment_column="postcode"),
            level.ExactMatchLevel("department"),
            level.ElseLevel(),
        ],
    )
