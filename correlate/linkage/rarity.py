"""How rare the asking row's own tokens are: log2 of the chance that a stranger's record agrees by accident.

A common surname is weak evidence and a rare one strong (Winkler 1989, frequency-based matching). The chance
is the share of records that bear the token, in the breach with the most records that have the field, drawn
towards the model's average where that is too small to tell: (n_t + 1) / (n + 1 / u). Of all breaches that one
tells best how common a name is among residents, and what it says stays when another breach comes in
(docs/decisions/0012).

Identifiers belong to one person, and their chance of meeting by accident is the model's; but one that more
records of a single breach bear than a household has people is an office's, a switchboard's or a placeholder,
and counts as what it is: as common as in the breach where it is most so.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.linkage.askers import Askers
from correlate.linkage.model import LinkageModel
from correlate.linkage.packing import distinct
from correlate.loops import loop
from correlate.tokens import Tokens
from correlate.vault import TERM_FIELDS, Engine, reference_breaches

__all__ = ["IDENTIFIERS", "STEPS_PER_BIT", "TERMS", "with_rarity"]

Floats = npt.NDArray[np.float64]
Counts = tuple[Tokens, Floats]
"""Tokens, rising, and the number, or the share, of records of each."""

# Where a vault keeps how many records of a breach have a field at all.
TOTAL = np.zeros(1, dtype=np.int64)

# Term field of the vault, and the comparison and levels whose u add up to its average.
TERMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "surname": ("surname", ("exact",)),
    "first_name": ("first_name", ("exact",)),
    "birth_date": ("birth_date", ("exact",)),
    "birth_place": ("birth_place", ("exact",)),
    "postcode": ("place", ("both", "postcode")),
    "city": ("place", ("both", "city")),
    "occupation": ("occupation", ("exact",)),
}
# Identifiers, and the columns of each.
IDENTIFIERS: dict[str, tuple[str, ...]] = {
    "nir": ("nir",),
    "national_id": ("national_id",),
    "email": ("email", "email_alt"),
    "phone": ("phone", "phone_alt"),
    "iban": ("iban",),
}
COLUMNS = TERM_FIELDS | IDENTIFIERS
# Fine enough to be no loss, coarse enough that equal cases meet when a model is fitted;
# ``levels.weigh`` counts in the same sixteenths.
STEPS_PER_BIT = 16


def with_rarity(
    engine: Engine, askers: Askers, model: LinkageModel, *, frequencies: str = "key_frequency"
) -> pl.DataFrame:
    """The asking rows with a column ``<field>_u`` (log2, at most 0) for each term and identifier.

    Reads ``term`` and the temporary table ``frequencies`` (key, share) of the askers' keys, of which those
    that no more than a household's records share may be left out.
    """
    rows = askers.rows
    names = [name for columns in COLUMNS.values() for name in columns]
    tokens = {name: rows[name].to_numpy() for name in names}
    terms = _terms(engine, tokens)
    columns: dict[str, Floats] = {}
    for field, (comparison, levels) in TERMS.items():
        counts, total = terms[field]
        average = sum(model.levels[comparison][level].u for level in levels)
        columns[f"{field}_u"] = _most(
            [(_looked_up(tokens[name], counts) + 1) / (total + 1 / average) for name in COLUMNS[field]]
        )
    crowds = _crowds(engine, frequencies)
    for field in IDENTIFIERS:
        average = model.levels[field]["exact"].u
        columns[f"{field}_u"] = _most([average + _looked_up(tokens[name], crowds) for name in COLUMNS[field]])
    columns["exchanged_u"] = columns["surname_u"] + columns["first_name_u"]
    return rows.with_columns(pl.Series(name, values) for name, values in columns.items())


def _most(chances: list[Floats]) -> Floats:
    """log2 of the larger chance: where two tokens may have agreed, the weaker evidence counts."""
    chance = np.minimum(1.0, np.maximum.reduce(chances))
    steps: Floats = np.rint(np.log2(chance) * STEPS_PER_BIT)
    return steps / STEPS_PER_BIT


def _looked_up(tokens: Tokens, counts: Counts) -> Floats:
    """The figure of each token, 0 for one that is missing or has none."""
    known, figures = counts
    out = np.zeros(len(tokens))
    if len(known):
        # Tokens are spread evenly: their leading bits tell nearly where they stand.
        shift = 64 - max(1, len(known).bit_length())
        firsts = np.searchsorted(known >> shift, np.arange((1 << (64 - shift)) + 1) - (1 << (63 - shift)))
        _look_up(len(tokens))(tokens, known, figures, firsts, shift, out)
    return out


@loop
def _look_up(
    tokens: Tokens, known: Tokens, figures: Floats, firsts: npt.NDArray[np.intp], shift: int, out: Floats
) -> None:
    """Fill ``out`` (n,); known tokens with the same leading bits stand from one of ``firsts`` on."""
    lowest = 1 << (63 - shift)
    for row in range(len(tokens)):
        lead = (tokens[row] >> shift) + lowest
        for place in range(firsts[lead], firsts[lead + 1]):
            if known[place] == tokens[row]:
                out[row] = figures[place]


def _terms(engine: Engine, tokens: dict[str, Tokens]) -> dict[str, tuple[Counts, float]]:
    """How many records of a field's reference breach bear each of the askers' tokens, and how many of them
    have the field at all.
    """
    reference = reference_breaches(engine)
    wanted = distinct(np.concatenate([TOTAL, *(tokens[name] for field in TERMS for name in COLUMNS[field])]))
    breaches = pl.DataFrame(
        {"field": list(reference), "breach_no": list(reference.values())},
        schema={"field": pl.String, "breach_no": pl.Int16},
    )
    with engine.given(wanted_term=pl.DataFrame({"token": wanted}), reference=breaches):
        found = engine.frame(
            "SELECT field, token, records FROM term SEMI JOIN reference USING (field, breach_no) "
            "SEMI JOIN wanted_term USING (token) ORDER BY token"
        )
    fields = found["field"].to_numpy()
    known, records = found["token"].to_numpy(), found["records"].cast(pl.Float64).to_numpy()
    out: dict[str, tuple[Counts, float]] = {}
    for field in TERMS:
        counted = (fields == field) & (known != TOTAL[0])
        total = float(records[(fields == field) & (known == TOTAL[0])].sum())
        out[field] = (known[counted], records[counted]), total
    return out


def _crowds(engine: Engine, frequencies: str) -> Counts:
    """The share of a breach's records by which a key exceeds a household, where it does."""
    crowds = engine.frame(f"SELECT key, share FROM {frequencies} WHERE share > 0 ORDER BY key")
    return crowds["key"].to_numpy(), crowds["share"].to_numpy()
