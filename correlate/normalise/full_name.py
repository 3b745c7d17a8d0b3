"""Names that came in one column: surname and first name together, or two surnames together."""

from __future__ import annotations

from typing import Literal

import polars as pl

from correlate.normalise._digits import as_text
from correlate.normalise.folding import fold, letters
from correlate.normalise.name_marks import (
    BIRTH_MARKS,
    CIVILITIES,
    PARTICLES,
    USAGE_MARKS,
    drop_brackets,
    drop_civility,
)

__all__ = ["NameOrder", "infer_name_order", "split_full_name", "split_married"]

NameOrder = Literal["surname_first", "first_name_first"]

# The most given first names of living generations (INSEE, file of first names, edition 2022).
_COMMON_FIRST_NAMES = """
JEAN PIERRE MICHEL PHILIPPE ALAIN PATRICK NICOLAS CHRISTOPHE DANIEL CHRISTIAN BERNARD FREDERIC LAURENT
STEPHANE ERIC DAVID PASCAL SEBASTIEN JULIEN THOMAS KEVIN ALEXANDRE GERARD DIDIER OLIVIER THIERRY FRANCOIS
JACQUES ANDRE DOMINIQUE MAXIME ANTHONY VINCENT ROMAIN ANTOINE CLAUDE RENE BRUNO GUILLAUME JEROME LUCAS
HUGO ENZO NATHAN LOUIS GABRIEL ARTHUR JULES ADAM MOHAMED YANIS QUENTIN CLEMENT FLORIAN THEO MATHIEU
BENJAMIN MARIE NATHALIE ISABELLE SYLVIE CATHERINE MONIQUE FRANCOISE MARTINE JACQUELINE ANNE CHRISTINE
NICOLE VALERIE SANDRINE STEPHANIE VERONIQUE SOPHIE CELINE CHANTAL PATRICIA BRIGITTE ANNIE JULIE AURELIE
CAROLINE LAURENCE VIRGINIE CORINNE DANIELLE MICHELE CHRISTELLE EMILIE LAURA CAMILLE LEA MANON SARAH
PAULINE MATHILDE MARION MELANIE AUDREY JULIETTE EMMA CHLOE INES JADE LOUISE ALICE LINA CLARA EVA LUCIE
ELODIE JESSICA CHARLOTTE
"""

_ELIDED = r"(?:d['’]|D['’]|l['’]|L['’]|Mc|Mac)?"
_UPPER = rf"{_ELIDED}[\p{{Lu}}][\p{{Lu}}'’\-]+"
_PARTICLE = rf"(?i:{PARTICLES})"
_MARK = rf"(?i:{BIRTH_MARKS}|née|épouse|ép|{USAGE_MARKS})\.?"
_CIVILITY = rf"^(?i:(?:M|{CIVILITIES})[. ]\.? *)+(\p{{L}})"

_OTHER_NAME = rf"( \(?{_MARK} .*)$"
_COMMA = r"^([^,]+), *([^,]+)"
_UPPER_FIRST = rf"^((?:{_PARTICLE} )*{_UPPER}(?: {_UPPER})*) ([^ ]*\p{{Ll}}.*)$"
_UPPER_LAST = rf"^([^ ]*\p{{Ll}}[^ ]*(?: .+?)??) ((?:{_PARTICLE} )*{_UPPER}(?: {_UPPER})*)$"
_SURNAME_FIRST = rf"^((?:{_PARTICLE} )*[^ ]+) (.+)$"
_FIRST_NAME_FIRST = rf"^(.+?) ((?:{_PARTICLE} )*[^ ]+)$"


def split_full_name(values: pl.Series, order: NameOrder = "first_name_first") -> pl.DataFrame:
    """Cut full names into ``surname`` and ``first_name``, raw: normalise each afterwards.

    A comma or capitals tell (``DUPONT, Jean``; ``DUPONT Jean``; ``Jean de LA TOUR``). Without them the
    column's ``order`` does, and a particle goes with the surname: the last word is the surname, or
    the first one. A lone word is a surname. A second surname (``née MARTIN``) stays with the surname.
    """
    text = _spaced(values)
    frame = pl.DataFrame({"tail": text.str.extract(_OTHER_NAME), "text": text.str.replace(_OTHER_NAME, "")})
    patterns = [(_COMMA, True), (_UPPER_FIRST, True), (_UPPER_LAST, False)]
    patterns += [(_SURNAME_FIRST, True)] if order == "surname_first" else [(_FIRST_NAME_FIRST, False)]
    columns = {f"{number}": _groups(pattern, first) for number, (pattern, first) in enumerate(patterns)}
    frame = frame.with_columns(**columns)
    surname, first_name = (
        pl.coalesce(*[pl.col(name).struct.field(part) for name in columns])
        for part in ("surname", "first_name")
    )
    whole = pl.when(pl.col("text") != "").then("text")
    return frame.select(
        surname=pl.concat_str(pl.coalesce(surname, whole), pl.col("tail").fill_null("")).str.strip_chars(" "),
        first_name=first_name.str.strip_chars(" "),
    )


def _spaced(values: pl.Series) -> pl.Series:
    text = as_text(values).str.normalize("NFKC").str.replace_all(r"[\s\x{200B}\x{FEFF}]+", " ")
    return text.str.strip_chars(" ").str.replace(_CIVILITY, "$1")


def _groups(pattern: str, surname_first: bool) -> pl.Expr:
    text = pl.col("text")
    one, two = text.str.extract(pattern, 1), text.str.extract(pattern, 2)
    surname, first_name = (one, two) if surname_first else (two, one)
    return pl.struct(surname=surname, first_name=first_name)


def infer_name_order(sample: pl.Series) -> NameOrder:
    """Tell which comes first in a column of full names: where more common first names stand.

    A draw, or a column without any, is read as first name first.
    """
    text = fold(sample).str.strip_chars(" ")
    front, back = letters(text.str.extract("^([^ ]+) ")), letters(text.str.extract(" ([^ ]+)$"))
    common = _COMMON_FIRST_NAMES.split()
    in_front, behind = (int(word.is_in(common).sum()) for word in (front, back))
    return "surname_first" if behind > in_front else "first_name_first"


def split_married(values: pl.Series) -> pl.DataFrame:
    """Cut ``MARTIN NEE DUPONT`` or ``DUPONT EPOUSE MARTIN`` in two, folded: normalise each afterwards.

    Returns ``surname`` (in front of the mark), ``other`` (behind it, null without a mark) and
    ``other_is``: "birth" behind NEE, "usage" behind EPOUSE, VEUVE and the like. The surname is
    the one of the other kind.
    """
    text = drop_civility(drop_brackets(fold(values)))
    pattern = rf"^ *([^ ].*?)[ ,;/]+(?P<mark>{BIRTH_MARKS}|{USAGE_MARKS})[. :]+([^ .:].*)$"
    mark, other = text.str.extract(pattern, 2), text.str.extract(pattern, 3)
    frame = pl.DataFrame({"text": text, "front": text.str.extract(pattern, 1), "mark": mark, "other": other})
    kind = pl.when(pl.col("mark") == BIRTH_MARKS).then(pl.lit("birth")).otherwise(pl.lit("usage"))
    return frame.select(
        surname=pl.coalesce("front", pl.when(pl.col("text") != "").then("text")),
        other="other",
        other_is=pl.when(pl.col("mark").is_not_null()).then(kind),
    )
