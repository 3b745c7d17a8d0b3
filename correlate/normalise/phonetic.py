"""A phonetic key for names as the French read them, for equality and not for likeness.

The design is our own, in the spirit of the published French keys (FONEM: G. Bouchard and others,
1981): a name goes through a few ordered tables of spellings, and what is left is written with

- consonants ``B D F G J K L M N P R S T V X``: S also for Z, X for the sound of CH, V also for W,
  Y for the glide of ILL;
- vowels ``A E I O U``, ``W`` for OU, ``4`` for EU;
- nasal vowels ``1`` (IN, AIN, UN), ``2`` (AN, EN), ``3`` (ON), which keep MARTIN and MARTINE apart.

H is silent, double letters are single, a last E, ES or EZ is mute and so are most last consonants.
Tables and not rules in code, because a table is one pass over the column, at any number of spellings.
"""

from __future__ import annotations

from itertools import product

import polars as pl

from correlate.normalise._digits import VALUE, as_text, rewrite, tell

__all__ = ["PHONETIC_VERSION", "phonetic"]

PHONETIC_VERSION = 1

# "<" and ">" stand for the two ends of a name, "@" for a mute last E.
_VOWELS = "AEIOUY"


def _longest_first(table: dict[str, str]) -> tuple[list[str], list[str]]:
    """Order spellings so that the longest one that fits is taken."""
    spellings = sorted(table, key=lambda spelling: (-len(spelling), spelling))
    return spellings, [table[spelling] for spelling in spellings]


def _endings() -> dict[str, str]:
    """List what is not heard at the end of a name."""
    table = {f"{mute}>": "@>" for mute in ("E", "ES", "EZ", "EE", "EES")}
    silent = ["D", "T", "S", "Z", "DS", "TS", "DT", "DTS", "TT", "TTS"]
    table |= {f"{last}>": ">" for last in silent}
    # Behind a vowel that keeps its own sound, E is not mute: MOLLET, MOHAMED.
    table |= {f"E{last}>": "E>" for last in silent if last not in {"S", "Z"}}
    table |= {f"{before}X{s}>": f"{before}>" for before in ("U", "OI", "AI") for s in ("", "S")}
    table |= {f"{before}ST>": f"{before}>" for before in ("VO", "OI", "NE")}
    table |= {f"OUP{s}>": "OU>" for s in ("", "S")}
    table |= {f"{vowel}MP{s}>": f"{vowel}N>" for vowel in "AE" for s in ("", "S")}
    table |= {f"{before}G{s}>": f"{before}>" for before in ("N", "OUR") for s in ("", "S")}
    table |= {f"{before}{hard}>": f"{before}>" for before in ("AN", "ER") for hard in ("C", "CQ", "CS", "CK")}
    return table | {"OMB>": "ON>", "OMBS>": "ON>"}


def _silent_letters() -> dict[str, str]:
    """List the letters not heard inside a name: H, double consonants, old spellings."""
    table = {letter * count: letter for letter in "BCDFGJKLMNPQRSTVWXZ" for count in (2, 3)}
    table |= {f"{letter}H": letter for letter in "BDGJKLMNRTVWZ"} | {"TTH": "T", "PH": "F", "PPH": "F"}
    table |= dict.fromkeys(("CH", "SH", "SCH", "TCH", "TSCH", "CCH"), "X")
    table |= {f"CH{letter}": f"K{letter}" for letter in "LMNRT"} | {"CHAEL": "KAEL", "CHRH": "KR"}
    table |= {f"<DES{letter}": f"<DE{letter}" for letter in "BFGJLMNPRV"}
    table |= {"<DESCH": "<DEX", "<DESC": "<DEC", "ESN": "EN", "ESL": "EL", "ESM": "EM"}
    table |= {"AIST": "AIT", "BV": "V", "<DJ": "<J", "<H": "<"}
    table |= {f"{vowels}ILL": f"{vowels}%" for vowels in ("A", "E", "OU", "EU")} | {"UEILL": "EU%"}
    table |= {f"{vowels}IL>": f"{vowels}%>" for vowels in ("A", "E", "OU", "EU")} | {"UEIL>": "EU%>"}
    table |= {f"AUL{letter}": f"AU{letter}" for letter in "CDMNTX"} | {"AUL>": "AU>"}
    return table | {"X": "KS", "XX": "KS"}


def _consonants() -> dict[str, str]:
    """List consonants whose sound hangs on the next letter."""
    table = {"C": "K", "Q": "K", "QU": "K", "CQ": "K", "CQU": "K", "CK": "K", "W": "V", "Z": "S"}
    for vowel in "EIY@":
        table |= {f"C{vowel}": f"S{vowel}", f"G{vowel}": f"J{vowel}", f"GU{vowel}": f"G{vowel}"}
        table |= {f"SC{vowel}": f"S{vowel}"}
    table |= {f"GE{vowel}": f"J{vowel}" for vowel in "AO"} | {"JEA": "JA"}
    # Between vowels, Y is heard twice: MAYER as MAI-YER.
    table |= {f"{a}{y}{b}": f"{a}I%{b}" for a in "AEO" for y in "IY" for b in "AEOU"}
    return table | {"GN": "NI", "GNI": "NI", "GN@": "NI@", "DT": "T", "TD": "T"}


def _vowels() -> dict[str, str]:
    """List vowels written with several letters, and the nasal ones."""
    table = dict.fromkeys(["AI", "AY", "EI", "EY"], "E") | dict.fromkeys(["AU", "EAU"], "O") | {"Y": "I"}
    table |= dict.fromkeys(["OI", "OY", "OUA"], "WA") | {"OU": "W", "EU": "4", "OEU": "4", "IEU": "I4"}
    nasals = dict.fromkeys(["AIN", "EIN", "IN", "YN", "AIM", "IM", "YM", "UN", "UM"], "1")
    nasals |= dict.fromkeys(["AN", "EN", "AM", "EM"], "2") | dict.fromkeys(["ON", "OM"], "3")
    nasals |= {"OIN": "W1", "OYN": "W1", "IEN": "I1", "YEN": "I1"}
    before_n, before_m = "BDFGJKLPRSTVX>", "BPT"
    for spelling, sound in nasals.items():
        after = before_n if spelling.endswith("N") else before_m
        table |= {spelling + letter: sound + letter for letter in after}
    # Only a last IEN is read as in JULIEN; inside a name it is that of ORIENT.
    return table | {f"{i}EN{letter}": f"I2{letter}" for i, letter in product("IY", before_n) if letter != ">"}


def _remains() -> dict[str, str]:
    """List the marks to remove and the doubles that earlier tables made."""
    table = dict.fromkeys("<>@H", "") | {"%": "Y"}
    return table | {letter * count: letter for letter in "ABDEFGIJKLMNOPRSTUVWX" for count in (2, 3)}


_ENDINGS = _longest_first(_endings())
_TABLES = [_longest_first(table) for table in (_silent_letters(), _consonants(), _vowels(), _remains())]
# In shorter names the last letters are heard, or are all there is.
_SHORTEST_WITH_ENDING = 4


def phonetic(canonical: pl.Series) -> pl.Series:
    """Give the phonetic key (A to Z, 1 to 4) of canonical names (A to Z alone); null gives null.

    DUPONT and DUPOND, LEFEBVRE and LEFEVRE, THIBAULT and THIBAUD give equal keys.
    """
    text = as_text(canonical)
    long_enough = text.str.len_bytes() >= _SHORTEST_WITH_ENDING
    key = tell(text, "<" + VALUE + ">")
    key = rewrite(key, long_enough, lambda rows: rows.str.replace_many(*_ENDINGS, leftmost=True))
    for spellings, sounds in _TABLES:
        key = key.str.replace_many(spellings, sounds, leftmost=True)
    # A name of silent letters alone (H) stands for itself.
    silent = key == ""
    return rewrite(key, silent, lambda _: text.filter(silent)).alias(canonical.name)
