"""What stands in a name field and is no part of the name: civilities, second names, stand-ins.

Every function takes folded text (see ``folding.fold``) and gives folded text of the same height.
"""

from __future__ import annotations

from string import ascii_uppercase

import polars as pl

from correlate.normalise._digits import VALUE, rewrite, tell

__all__ = [
    "BIRTH_MARKS",
    "CIVILITIES",
    "PARTICLES",
    "USAGE_MARKS",
    "drop_brackets",
    "drop_civility",
    "drop_other_name",
    "is_placeholder",
    "mend_digits",
    "without_particles",
]

CIVILITIES = "MR|MRS|MS|MISS|MME|MMES|MLLE|MLLES|DR|ME|PR|MONSIEUR|MADAME|MADEMOISELLE|DOCTEUR|MAITRE"
PARTICLES = (
    "DE|DU|DES|D|LE|LA|LES|L|VAN|VON|DER|DEN|TER|ZU|BEN|IBN|EL|AL|DA|DO|DOS|DAS|DI|DEL|DELLA|DELLO|AIT|OULD"
)
BIRTH_MARKS = "NEE"
USAGE_MARKS = "EPOUSE|EPSE|EP|VEUVE|VVE|VE|DIVORCEE|DIV|DITE|DIT|ALIAS"

_BRACKETS = r"[(\[{][^)\]}]*[)\]}]?"
_CIVILITY = rf"^ *(?:(?:M\.|(?:M|MR|MONSIEUR) +(?:ET|OU) |(?:{CIVILITIES})[. ])[. ]*)+([^. ])"
# M BAREK, M HAMED and M PELE are names: before B, H and P a bare M stays.
_BARE_M = r"^ *M +([AC-GI-OQ-Z])"
_LEADING_MARK = rf"^ *(?:{BIRTH_MARKS}|{USAGE_MARKS})[. :]+"
_OTHER_NAME = rf"([^ ,;/])[ ,;/]+(?:{BIRTH_MARKS}|{USAGE_MARKS})(?:[. :].*|$)"
_PARTICLE = rf"\b(?:{PARTICLES})\b"
# Read by machine: a digit inside a word of letters. "11" is likelier to be LL than II.
_CONFUSABLE = {"0": "O", "11": "LL", "1": "I", "5": "S"}
_OTHER_DIGITS = r"[2-46-9]|(?:^|[^A-Z0-9])[0-9]+(?:$|[^A-Z0-9])"
# SNP is the civil register's "no surname"; a few people are called NAN or NONE, more files are not.
_PLACEHOLDERS = """
INCONNU INCONNUE INCONNUS UNKNOWN NC NA ND NR NSP SNP NONE NULL NIL NAN UNDEFINED TEST TESTS TESTTEST TESTEUR
ANONYME ANONYMOUS ANONYMISE ANONYMISEE ANONYMIZED AUCUN AUCUNE SANSNOM SANSPRENOM NOM PRENOM NOMPRENOM
NOMINCONNU PRENOMINCONNU NONRENSEIGNE NONRENSEIGNEE NONCOMMUNIQUE NONPRECISE NONDEFINI NONCONNU NONDISPONIBLE
NONAPPLICABLE ADEFINIR ACOMPLETER ARENSEIGNER SUPPRIME SUPPRIMEE DELETED REDACTED AZERTY QWERTY ASDF QSDF
FIRSTNAME LASTNAME X XX
"""
_KEY_HELD_DOWN = [letter * count for letter in ascii_uppercase for count in range(3, 13)]


_DIGITS = VALUE.str.count_matches("[0-9]")
_MENDABLE = (VALUE.str.count_matches("[A-Z]") >= _DIGITS * 2) & ~VALUE.str.contains(_OTHER_DIGITS)


def drop_brackets(folded: pl.Series) -> pl.Series:
    """Remove what stands in brackets, but open them where they hold a married or birth name."""
    marked = rf"[(\[{{] *((?:{BIRTH_MARKS}|{USAGE_MARKS})[. :][^)\]}}]*)[)\]}}]?"
    opened = VALUE.str.replace_all(marked, " $1 ").str.replace_all(_BRACKETS, " ")
    return tell(folded, opened.str.strip_chars(" "))


def drop_civility(folded: pl.Series) -> pl.Series:
    """Remove civilities in front of a name, when a name follows."""
    return tell(folded, VALUE.str.replace(_CIVILITY, "$1").str.replace(_BARE_M, "$1"))


def drop_other_name(folded: pl.Series) -> pl.Series:
    """Keep the name in front of NEE, EPOUSE, VEUVE and the like, or the one behind if none is in front."""
    return tell(folded, VALUE.str.replace(_LEADING_MARK, "").str.replace(_OTHER_NAME, "$1"))


def without_particles(folded: pl.Series) -> pl.Series:
    """Remove the particles that are words of their own (DE, LE, VAN, BEN, EL and the like)."""
    return folded.str.replace_all(_PARTICLE, " ")


def mend_digits(folded: pl.Series) -> pl.Series:
    """Read 0, 1 and 5 inside a word of letters as O, I (twice: LL) and S; leave other digits."""
    numbered = folded.str.contains("[0-9]")
    return rewrite(folded, numbered, lambda rows: rewrite(rows, tell(rows, _MENDABLE), _mend))


def _mend(rows: pl.Series) -> pl.Series:
    return rows.str.replace_many(list(_CONFUSABLE), list(_CONFUSABLE.values()), leftmost=True)


def is_placeholder(canonical: pl.Series) -> pl.Series:
    """Tell (Boolean, no null) which canonical names (A to Z) stand for no name: INCONNU, NC, XXX."""
    return tell(canonical, VALUE.is_in([*_PLACEHOLDERS.split(), *_KEY_HELD_DOWN]).fill_null(value=False))
