"""Field comparisons: what two rows' tokens can say about each other, as an ordered list of levels.

A comparison is a name and an ordered list of (level, SQL condition); the first condition that holds is the
level. ``s`` is the subject's row and ``r`` the record's. Where every condition fails the field is missing
on a
side and says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["COMPARISONS", "MISSING_LEVEL", "Comparison", "level_sql"]

MISSING_LEVEL = "missing"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One field's levels, from the strongest agreement down; names match those in the model file."""

    field: str
    levels: tuple[tuple[str, str], ...]


def _either(name: str) -> str:
    """Any of the row's two tokens equals any of the other's."""
    alt = f"{name}_alt"
    return " OR ".join(f"s.{mine} = r.{theirs}" for mine in (name, alt) for theirs in (name, alt))


def _both(name: str) -> str:
    return f"s.{name} IS NOT NULL AND r.{name} IS NOT NULL"


COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        field="nir",
        levels=(
            ("exact", "s.nir = r.nir AND s.nir_own AND r.nir_own"),
            ("shared", "s.nir = r.nir"),
            ("differs", _both("nir")),
        ),
    ),
    Comparison(
        field="surname",
        levels=(
            ("exact", _either("surname")),
            ("phonetic", _either("phonetic")),
            ("differs", _both("surname")),
        ),
    ),
    Comparison(
        field="first_name",
        levels=(
            ("exact", "s.first_name = r.first_name"),
            ("phonetic", "s.first_phonetic = r.first_phonetic"),
            ("initial", "s.first_initial = r.first_initial"),
            ("differs", _both("first_initial")),
        ),
    ),
    Comparison(
        field="birth_date",
        levels=(
            ("exact", "s.birth_date = r.birth_date"),
            ("swapped", "s.birth_swapped = r.birth_date"),
            ("month", f"s.birth_yymm = r.birth_yymm AND {_both('birth_date')}"),
            # One side knows no day, often because only its NIR tells the month.
            ("month_only", "s.birth_yymm = r.birth_yymm"),
            ("differs", _both("birth_date")),
            ("month_differs", _both("birth_yymm")),
        ),
    ),
    Comparison(field="sex", levels=(("exact", "s.sex = r.sex"), ("differs", _both("sex")))),
    Comparison(field="email", levels=(("exact", _either("email")), ("differs", _both("email")))),
    Comparison(field="phone", levels=(("exact", _either("phone")), ("differs", _both("phone")))),
    Comparison(field="iban", levels=(("exact", "s.iban = r.iban"), ("differs", _both("iban")))),
    Comparison(
        field="postcode",
        levels=(
            ("exact", "s.postcode = r.postcode"),
            ("department", "s.department = r.department"),
            ("differs", _both("department")),
        ),
    ),
)


def level_sql(comparison: Comparison) -> str:
    """A CASE that gives the level's number: 1 for the first of the list, 0 for missing."""
    whens = " ".join(
        f"WHEN {condition} THEN {place}" for place, (_, condition) in enumerate(comparison.levels, 1)
    )
    return f"(CASE {whens} ELSE 0 END)::TINYINT"
