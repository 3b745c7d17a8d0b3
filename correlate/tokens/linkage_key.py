"""Linkage keys: the few combinations of tokens by which two rows become a candidate pair.

A key over one field is that field's token. A key over several is the same keyed function over their tokens
laid side by side, under a subkey of its own kind. One key kind subsumes another when every pair that shares
the second shares the first: birth date with the *phonetic* surname already finds every pair with the same
surname and birth date, so only the widest kind of each family is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from correlate.tokens.packing import Rows
from correlate.tokens.scheme import MISSING, Scheme, Tokens

__all__ = ["KEY_KINDS", "KeyKind", "linkage_keys"]


@dataclass(frozen=True, kw_only=True)
class KeyKind:
    """A named combination of token columns.

    Attributes:
        name: stable name; it is part of the key's domain.
        columns: token columns, one after another.
        variants: other column lists that make the same kind (usage name for birth name); a row gives one
            key for each that is complete.
        asked: variants that only the asking side makes (a subject's exchanged day and month, or
            exchanged names): they cost nothing in the vault.
    """

    name: str
    columns: tuple[str, ...]
    variants: tuple[tuple[str, ...], ...] = ()
    asked: tuple[tuple[str, ...], ...] = ()

    def every(self, *, asking: bool) -> tuple[tuple[str, ...], ...]:
        """All column lists that make the kind, on the asking side or on the other."""
        return (self.columns, *self.variants, *(self.asked if asking else ()))

    def keys(self, scheme: Scheme, parts: Sequence[Tokens]) -> Tokens:
        """The keys (n,) of this kind over tokens (n,) each, none of them missing, in the order of columns."""
        if len(parts) == 1:
            return parts[0]
        # Big-endian, eight bytes each: as fixed in width as the list of columns, so the packing is injective.
        side_by_side = np.empty((len(parts[0]), len(parts)), dtype=">i8")
        for place, part in enumerate(parts):
            side_by_side[:, place] = part
        return scheme.tokens(f"link/{self.name}", side_by_side.view(np.uint8))


KEY_KINDS: tuple[KeyKind, ...] = (
    KeyKind(name="nir", columns=("nir",)),
    KeyKind(name="national_id", columns=("national_id",)),
    KeyKind(name="email", columns=("email",), variants=(("email_alt",),)),
    KeyKind(name="phone", columns=("phone",), variants=(("phone_alt",),)),
    KeyKind(name="iban", columns=("iban",)),
    KeyKind(
        name="phonetic+birth_date",
        columns=("phonetic", "birth_date"),
        variants=(("phonetic_alt", "birth_date"),),
        asked=(
            ("phonetic", "birth_swapped"),
            ("phonetic_alt", "birth_swapped"),
            # Surname and first name written in each other's column.
            ("first_phonetic", "birth_date"),
        ),
    ),
    # A surname changes by marriage; given name, birth date and home do not change with it.
    KeyKind(
        name="first_phonetic+birth_date+postcode",
        columns=("first_phonetic", "birth_date", "postcode"),
    ),
    KeyKind(
        name="phonetic+first_phonetic+postcode",
        columns=("phonetic", "first_phonetic", "postcode"),
        variants=(("phonetic_alt", "first_phonetic", "postcode"),),
        asked=(("first_phonetic", "phonetic", "postcode"),),
    ),
    # A wrong day, or a birth month known only from the NIR.
    KeyKind(
        name="phonetic+first_phonetic+birth_yymm",
        columns=("phonetic", "first_phonetic", "birth_yymm"),
        variants=(("phonetic_alt", "first_phonetic", "birth_yymm"),),
    ),
    # A wrong year.
    KeyKind(
        name="phonetic+first_phonetic+birth_mmdd",
        columns=("phonetic", "first_phonetic", "birth_mmdd"),
        variants=(("phonetic_alt", "first_phonetic", "birth_mmdd"),),
    ),
)


def linkage_keys(
    scheme: Scheme, tokens: Mapping[str, Tokens], *, asking: bool = False
) -> tuple[Tokens, Rows]:
    """All linkage keys of a batch of rows.

    Args:
        scheme: the token scheme.
        tokens: token columns of n rows, 0 where missing; a column that is absent is missing everywhere.
        asking: also make the variants of the asking side.

    Returns:
        Keys (k,) and the row each belongs to (k,), unsorted; a row may give one key twice.
    """
    keys: list[Tokens] = []
    rows: list[Rows] = []
    for kind in KEY_KINDS:
        for columns in kind.every(asking=asking):
            if all(column in tokens for column in columns):
                parts, present = _complete([tokens[column] for column in columns])
                keys.append(kind.keys(scheme, parts))
                rows.append(present)
    if not keys:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.intp)
    return np.concatenate(keys), np.concatenate(rows)


def _complete(columns: list[Tokens]) -> tuple[list[Tokens], Rows]:
    """The rows in which no column is missing, and the columns in those rows."""
    whole = columns[0] != MISSING
    for column in columns[1:]:
        whole &= column != MISSING
    rows = np.flatnonzero(whole)
    return [column[rows] for column in columns], rows
