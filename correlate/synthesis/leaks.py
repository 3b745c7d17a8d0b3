"""All the leaked files that can be made."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from correlate.synthesis.errors import UnknownLeak
from correlate.synthesis.leak import Leak
from correlate.synthesis.leaks_of_firms import FIRM_LEAKS
from correlate.synthesis.leaks_of_state import STATE_LEAKS

__all__ = ["DEFAULT_BREACHES", "LEAKS", "find_leaks"]

#: Every file by the id of its breach.
LEAKS: dict[str, Leak] = {
    leak.breach: leak for leak in sorted((*STATE_LEAKS, *FIRM_LEAKS), key=lambda leak: leak.breach)
}

#: The combination the French regulator warned of: a NIR file, files that reach people, an IBAN, a password.
DEFAULT_BREACHES = (
    "viamedis-almerys-2024",
    "francetravail-2024",
    "free-2024",
    "bouygues-2025",
    "collection1-2019",
)


def find_leaks(breaches: Sequence[str]) -> tuple[Leak, ...]:
    """Give the leaks of some breaches, each once, in the order asked for.

    Raises:
        UnknownLeak: no file is described for one of them.
    """
    for breach in breaches:
        if breach not in LEAKS:
            known = difflib.get_close_matches(breach, LEAKS, n=3, cutoff=0.4) or list(LEAKS)
            raise UnknownLeak(breach=breach, known=", ".join(known))
    return tuple(LEAKS[breach] for breach in dict.fromkeys(breaches))
