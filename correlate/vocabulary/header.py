"""From a column's header to what the column holds.

A header is folded to lower-case words without accents or small words, and looked up in a table of exact
names. Nothing is guessed from likeness: a header that is not in the table is left to a person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from correlate.vocabulary.attribute import ATTRIBUTES, AttributeClass
from correlate.vocabulary.field import FIELDS, Field
from correlate.vocabulary.resources import read_table

__all__ = ["fold", "recognise"]

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "’": "'"})
_WORD_EDGES = re.compile(
    r"(?<=[a-z])(?=[A-Z])"  # dateNaissance
    r"|(?<=[A-Z])(?=[A-Z][a-z])"  # NIRAdherent
    r"|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])"  # tel2
)
_WORDS = re.compile(r"[A-Za-z0-9]+")

Words = tuple[str, ...]


def fold(header: str) -> Words:
    """Split a header into words: lower case, without accents, ``n``, ``no`` and ``num`` all ``numero``."""
    plain = unicodedata.normalize("NFKD", header.translate(_LIGATURES))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = [word.lower() for word in _WORDS.findall(_WORD_EDGES.sub(" ", plain))]
    if len(words) > 1:
        words = ["numero" if word in _NUMERO else word for word in words]
    return tuple(words)


def recognise(header: str) -> Field | AttributeClass | None:
    """Give the field, or else the bare attribute class, that a column with this header carries.

    French and English, in any case, with any separators and accents. ``None`` when the header is unknown or
    could mean several things (``id``, ``date``, ``type``, ...): the caller asks a person to map the column.
    """
    words = fold(header)
    if (found := _lookup(words)) is not None:
        return found
    for rest, needs_multiple in _without_affixes(words):
        found = _lookup(rest)
        if found is not None and (not needs_multiple or _is_multiple(found)):
            return found
    return None


def _without_small(words: Words) -> Words:
    return tuple(word for word in words if word not in _SMALL)


def _lookup(words: Words) -> Field | AttributeClass | None:
    return _TABLE.get("".join(words)) or _TABLE.get("".join(_without_small(words)))


def _is_multiple(meaning: Field | AttributeClass) -> bool:
    return isinstance(meaning, Field) and FIELDS[meaning].multiple


def _without_affixes(words: Words) -> Iterator[tuple[Words, bool]]:
    """Give what is left without a counter and one affix at each end, the longest rest first.

    With it: whether the rest must be a field that a person may have several of. A counter above 1 says so
    (``tel 2`` is a telephone, ``prenom 2`` is not the first name), and so does ``perso`` or ``work``.
    """
    counted = len(words) > 1 and words[-1].isdigit()
    above_one = counted and int(words[-1]) > 1
    words = words[:-1] if counted else words
    for head, head_kind in _cuts(words, at_end=False):
        for rest, tail_kind in _cuts(head, at_end=True):
            if rest:
                yield rest, above_one or head_kind or tail_kind


def _cuts(words: Words, *, at_end: bool) -> Iterator[tuple[Words, bool]]:
    yield words, False
    for size in (1, 2):
        affix = " ".join(words[-size:] if at_end else words[:size])
        rest = words[:-size] if at_end else words[size:]
        if affix in _PERSON:
            yield rest, False
        elif affix in _KIND:
            yield rest, True


def _plain(words: list[str]) -> frozenset[str]:
    return frozenset(" ".join(fold(word)) for word in words)


_AFFIXES = read_table("affixes")
_NUMERO: frozenset[str] = frozenset(_AFFIXES["numero"])
_SMALL: frozenset[str] = frozenset(_AFFIXES["small"])
_PERSON = _plain(_AFFIXES["person"])
_KIND = _plain(_AFFIXES["kind"])


def _keys(header: str) -> Iterator[str]:
    """Give the joined words a header may be met under: with and without small words, NUMTEL and NUMEROTEL."""
    words = fold(header)
    for kept in (words, _without_small(words)):
        yield "".join(kept)
        if "numero" in kept:
            for spelling in _AFFIXES["numero_glued"]:
                yield "".join(spelling if word == "numero" else word for word in kept)


def _meanings() -> Iterator[tuple[str, Field | AttributeClass]]:
    for field, info in FIELDS.items():
        for header in info.headers:
            yield from ((key, field) for key in _keys(header))
    for attribute, names in ATTRIBUTES.items():
        for header in names.headers:
            yield from ((key, attribute) for key in _keys(header))


_TABLE: dict[str, Field | AttributeClass] = dict(_meanings())
