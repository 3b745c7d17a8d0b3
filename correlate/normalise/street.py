"""The street line of an address, with its abbreviations written out."""

from __future__ import annotations

import polars as pl

from correlate.normalise._digits import as_text, overlay, rewrite
from correlate.normalise.distinct import FEW, by_distinct
from correlate.normalise.folding import fold, is_blank, words

__all__ = ["normalise_street"]

# A number that no rule looks into: no leading zero, and no postcode.
_PLAIN_NUMBER, _ANY_NUMBER = "^([1-9][0-9]{0,3}) ", "1"
# What stands behind the street on a one-line address.
_TOWN_BEHIND = r"(?: F)? F?[0-9]{5}(?: .*)?$"
_TOWN_WITHOUT_STREET = r"([A-Z].*?)(?: F)? F?[0-9]{5}(?: .*)?$"
_NUMBER_SIGN = r"^(?:(?:N|NO|NUMERO) ?)+([0-9])"
# A house number has at most four digits; 01000 is a postcode.
_ZEROS = r"\b0+([0-9]{1,3}(?:[^0-9]|$))"
# 12BIS, 12 B: tax files write bis, ter and quater as B, T and Q.
_REPEAT = r"^([0-9]+) ?(BIS|TER|QUATER|B|T|Q)\b"
_GLUED_LETTER = r"^([0-9]+)([A-Z])\b"
# R is a street behind a number or at the front, and a building's letter elsewhere.
_STREET_R = r"^((?:[0-9]+ )?(?:BIS |TER |QUATER |[A-QS-Z] )?)R "

# What any of the rules for the front of a street begins with: most streets begin with none of it.
_ODD_FRONT = r"^(?:N|R |[0-9]+ ?(?:[A-Z]|BIS|TER|QUATER)\b|(?:[A-Z]|BIS|TER|QUATER) R )"

_LONG_WORDS = {
    "AV": "AVENUE", "AVE": "AVENUE", "AVN": "AVENUE", "BD": "BOULEVARD", "BLD": "BOULEVARD",
    "BLVD": "BOULEVARD", "BVD": "BOULEVARD", "BOUL": "BOULEVARD", "PL": "PLACE", "PCE": "PLACE",
    "CHE": "CHEMIN", "CHEM": "CHEMIN", "CH": "CHEMIN", "CHMN": "CHEMIN", "IMP": "IMPASSE", "ALL": "ALLEE",
    "ALLEES": "ALLEE", "RTE": "ROUTE", "SQ": "SQUARE", "QU": "QUAI", "CRS": "COURS", "FG": "FAUBOURG",
    "FBG": "FAUBOURG", "PASS": "PASSAGE", "RPT": "ROND POINT", "SEN": "SENTE",
    "SENT": "SENTIER", "VLA": "VILLA", "RLE": "RUELLE", "RES": "RESIDENCE", "RESID": "RESIDENCE",
    "LOT": "LOTISSEMENT", "HAM": "HAMEAU", "DOM": "DOMAINE", "BAT": "BATIMENT", "BT": "BATIMENT",
    "APPT": "APPARTEMENT", "APT": "APPARTEMENT", "APP": "APPARTEMENT", "ESC": "ESCALIER", "ETG": "ETAGE",
    "IMM": "IMMEUBLE", "LD": "LIEU DIT", "LIEUDIT": "LIEU DIT", "ST": "SAINT",
    "STE": "SAINTE", "STS": "SAINTS", "GAL": "GENERAL", "GEN": "GENERAL", "MAL": "MARECHAL",
    "DR": "DOCTEUR", "PDT": "PRESIDENT", "PRES": "PRESIDENT", "CDT": "COMMANDANT", "CNE": "CAPITAINE",
    "ZI": "ZONE INDUSTRIELLE", "ZA": "ZONE ARTISANALE", "VX": "VIEUX", "GD": "GRAND", "GDE": "GRANDE",
    "SUP": "SUPERIEUR", "INF": "INFERIEUR",
}  # fmt: skip
_SHORT_WORD = rf"\b(?:{'|'.join(_LONG_WORDS)})\b"
_NO_STREET = (
    "NC|N C|NA|N A|ND|NR|INCONNU|INCONNUE|ADRESSE|ADRESSE INCONNUE|XXX|NON RENSEIGNE|NON RENSEIGNEE|NEANT"
    "|TEST|NULL|NONE|SANS DOMICILE FIXE|SDF"
)


def normalise_street(values: pl.Series) -> pl.DataFrame:
    """Give ``street``: upper-case words and numbers with one space between, abbreviations written out.

    ``12b, av. du Gal-de-Gaulle`` is ``12 BIS AVENUE DU GENERAL DE GAULLE``. A postcode and what is behind
    it goes. ``issue``: street-placeholder or street-unreadable (no letters of the Latin alphabet).
    """
    text = as_text(values)
    return _normalise_street(text) if len(text) < FEW else _by_rest(text)


def _by_rest(text: pl.Series) -> pl.DataFrame:
    """What _normalise_street gives, worked out once for all house numbers of a street."""
    column = pl.col("text")
    number = column.str.extract(_PLAIN_NUMBER)
    frame = text.to_frame("text").lazy().with_columns(number=number).collect()
    # No rule tells plain numbers apart, so that one can stand for all.
    rest = pl.lit(_ANY_NUMBER) + column.str.slice(pl.col("number").str.len_bytes())
    rests = frame.select(pl.coalesce(rest, "text")).to_series()
    frame = frame.with_columns(by_distinct(rests, _normalise_street))
    street = pl.col("number") + pl.col("street").str.slice(len(_ANY_NUMBER))
    return frame.select(
        pl.when(pl.col("number").is_null()).then("street").otherwise(street).alias("street"), "issue"
    )


def _normalise_street(values: pl.Series) -> pl.DataFrame:
    folded = fold(values)
    street = _expand(folded)
    frame = pl.DataFrame({"street": street, "blank": is_blank(folded)})
    issue = (
        pl.when("blank").then(None)
        .when(pl.col("street").is_in(_NO_STREET.split("|"))).then(pl.lit("street-placeholder"))
        .when(~pl.col("street").str.contains("[A-Z]")).then(pl.lit("street-unreadable"))
    )  # fmt: skip
    frame = frame.with_columns(issue=issue)
    usable = pl.col("issue").is_null() & ~pl.col("blank")
    return frame.select(street=pl.when(usable).then("street"), issue="issue")


def _expand(folded: pl.Series) -> pl.Series:
    text = words(folded)
    for rows, change in (
        (r"\b0[0-9]", lambda some: some.str.replace_all(_ZEROS, "$1")),
        (" F?[0-9]{5}(?: |$)", _without_town),
        (_ODD_FRONT, _with_plain_front),
        (_SHORT_WORD, _with_long_words),
    ):
        # A search costs a third of a replacement, and most rows need few of these.
        text = rewrite(text, text.str.contains(rows), change)
    return text


def _without_town(text: pl.Series) -> pl.Series:
    street = text.str.replace(_TOWN_BEHIND, "")
    nothing = ~street.str.contains("[A-Z]")
    if not nothing.any():
        return street
    return overlay(street, nothing, text.filter(nothing).str.replace(_TOWN_WITHOUT_STREET, "$1"))


def _with_plain_front(text: pl.Series) -> pl.Series:
    text = text.str.replace(_NUMBER_SIGN, "$1")
    text = text.str.replace(_REPEAT, "$1 $2").str.replace(_GLUED_LETTER, "$1 $2")
    text = text.str.replace(r"^([0-9]+) B\b", "$1 BIS").str.replace(r"^([0-9]+) T\b", "$1 TER")
    return text.str.replace(r"^([0-9]+) Q\b", "$1 QUATER").str.replace(_STREET_R, "${1}RUE ")


def _with_long_words(text: pl.Series) -> pl.Series:
    # Each word between spaces of its own, so that two neighbours can both be found.
    spaced = " " + text.str.replace_all(" ", "  ", literal=True) + " "
    long = spaced.str.replace_many({f" {short} ": f" {word} " for short, word in _LONG_WORDS.items()})
    return long.str.replace_all("  ", " ", literal=True).str.strip_chars(" ")
