"""The names that Have I Been Pwned gives to breaches, and the entries of the catalogue they mean."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

from correlate.catalogue import Catalogue

__all__ = ["HibpNames"]

_SOURCE = "haveibeenpwned.com"
_YEAR = re.compile(r"-\d{4}$")


class HibpNames:
    """Finds a breach of one catalogue by its name at Have I Been Pwned."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Learn the names that follow from ids, and read those that do not.

        A name follows from the id of an entry that has Have I Been Pwned among its sources, as all have that
        were imported from its list.
        """
        ids: dict[str, list[str]] = {}
        for breach in catalogue:
            if any(source.startswith(_SOURCE) for source in breach.sources):
                ids.setdefault(_YEAR.sub("", breach.id), []).append(breach.id)
        self._ids = ids
        self._named = {name: breach for name, breach in _shipped().items() if breach in catalogue}

    def find(self, name: str, *, year: str = "") -> str | None:
        """The id of the breach of this name, None where the catalogue has none.

        Of several years of one name ``year`` decides; without it such a name means none.
        """
        if (breach := self._named.get(name.casefold())) is not None:
            return breach
        found = self._ids.get(re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"), [])
        if len(found) > 1:
            found = [breach for breach in found if breach.endswith(f"-{year}")]
        return found[0] if len(found) == 1 else None


def _shipped() -> dict[str, str]:
    text = resources.files(__package__).joinpath("data", "hibp_names.toml").read_text(encoding="utf-8")
    return {
        name.casefold(): breach for table in tomllib.loads(text).values() for name, breach in table.items()
    }
