"""Headers: whether a first row is one, and how to name columns in a message without leaking values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from correlate.vocabulary import recognise

__all__ = ["listable", "looks_like_data", "same"]

# A header may hold a number (`tel2`, `revenu_2023`), but not an identifier, a date or an address.
_DATA = re.compile(r"@|\d{5}|\d[\s./-]\d|^[\s+\d.,/-]*\d[\s\d.,/-]*$")
_SHOWN_MAX = 40
_LENGTH_MAX = 60


def looks_like_data(headers: Sequence[str]) -> bool:
    """Say whether a first row holds values: a date, a number, an e-mail address, and no known header."""
    return any(_DATA.search(header) for header in headers) and not any(map(_known, headers))


def _known(header: str) -> bool:
    return recognise(header) is not None


def listable(headers: Sequence[str]) -> str:
    """List headers for a message; those with a digit or ``@`` might be values, and are only counted.

    Where none is known the first row may be data, such as two names: then none is shown.
    """
    named = [
        header
        for header in headers
        if header.strip()
        and len(header) <= _LENGTH_MAX
        and header.isprintable()
        and not any(letter.isdigit() or letter == "@" for letter in header)
    ]
    if not any(map(_known, headers)):
        named = []
    shown = named[:_SHOWN_MAX]
    hidden = len(headers) - len(shown)
    columns = f"{hidden} column{'s' if hidden > 1 else ''}"
    if not shown:
        return f"{columns}, whose headers are not shown as they may be values"
    others = f", and {columns} more" if hidden else ""
    return ", ".join(f"“{header.strip()}”" for header in shown) + others


def same(header: str) -> str:
    """Fold a header for comparison: outer spaces, case and the way accents are encoded are ignored."""
    return unicodedata.normalize("NFC", header).strip().casefold()
