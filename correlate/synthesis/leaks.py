"""All the leaked files that can be made."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from correlate.synthesis.errors import UnknownLeak
from correlate.synthesis.leak import Leak
from correlate.synthesis.leaks_of_firms import FIRM_LEAKS
from correlate.synthesis.leaks_of_nation import NATION_LEAKS
from correlate.synthesis.leaks_of_state import STATE_LEAKS

__all__ = ["DEFAULT_BREACHES", "FURTHER_LEAKS", "LEAKS", "NATION_BREACHES", "find_leaks"]


def _by_breach(*leaks: Leak) -> dict[str, Leak]:
    return {leak.breach: leak for leak in sorted(leaks, key=lambda leak: leak.breach)}


#: The files of the simulated world of attacks, by the id of their breach.
LEAKS: dict[str, Leak] = _by_breach(*STATE_LEAKS, *FIRM_LEAKS)

#: Files that can be made besides. They stay apart: what is published of that world is of all its files.
FURTHER_LEAKS: dict[str, Leak] = _by_breach(*NATION_LEAKS)

#: The combination the French regulator warned of: a NIR file, files that reach people, an IBAN, a password.
DEFAULT_BREACHES = (
    "viamedis-almerys-2024",
    "francetravail-2024",
    "free-2024",
    "bouygues-2025",
    "collection1-2019",
)

#: What a nation's run holds against the members of an insurer: 2.27 rows a person in 14 files, so 150 million
#: for 66 million people. Chosen for size and for what they bring together: NIR, contact, IBAN, password.
NATION_BREACHES = (
    "almerys-2026",
    "boulanger-2024",
    "bouygues-2025",
    "cegedim-2026",
    "collection1-2019",
    "facebook-2019",
    "ficoba-2026",
    "francetravail-2024",
    "free-2024",
    "linkedin-2012",
    "passsport-2025",
    "poleemploi-majorel-2023",
    "sfr-2024",
    "urssaf-dpae-2026",
)


def find_leaks(breaches: Sequence[str]) -> tuple[Leak, ...]:
    """Give the leaks of some breaches, each once, in the order asked for.

    Raises:
        UnknownLeak: no file is described for one of them.
    """
    made = LEAKS | FURTHER_LEAKS
    for breach in breaches:
        if breach not in made:
            known = difflib.get_close_matches(breach, made, n=3, cutoff=0.4) or list(made)
            raise UnknownLeak(breach=breach, known=", ".join(known))
    return tuple(made[breach] for breach in dict.fromkeys(breaches))
