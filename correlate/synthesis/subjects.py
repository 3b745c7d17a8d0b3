"""The insurer's own file: its members as they are today."""

from __future__ import annotations

import numpy as np
import polars as pl

from correlate.synthesis import contact_columns as contact
from correlate.synthesis import identity_columns as civil
from correlate.synthesis.chance import stream
from correlate.synthesis.column import Column, View
from correlate.synthesis.days import REFERENCE_DAY, day_number
from correlate.synthesis.noise import Noise
from correlate.synthesis.population import Population

__all__ = ["SUBJECT_COLUMNS", "make_subjects"]

_SLIPS = Noise(substituted=0.001, deleted=0.001, transposed=0.001)

#: Well kept, but not perfect: the shares missing are assumptions.
SUBJECT_COLUMNS = (
    Column(
        header="nir", build=civil.nir(), missing=0.015, noise=Noise(substituted=0.0005, transposed=0.0005)
    ),
    Column(header="nom_naissance", build=civil.birth_name("capitals"), missing=0.01, noise=_SLIPS),
    Column(header="nom_usage", build=civil.usage_name("capitals"), noise=_SLIPS),
    Column(header="prenom", build=civil.first_name("title", spaced=0.03), noise=_SLIPS),
    Column(header="sexe", build=civil.sex()),
    Column(header="date_naissance", build=civil.birth_date("%Y-%m-%d", swapped=0.0005, off=0.001)),
    Column(header="adresse", build=contact.street(), missing=0.005, noise=_SLIPS),
    Column(header="code_postal", build=contact.postcode, missing=0.005),
    Column(header="ville", build=contact.city(capitals=False), missing=0.005),
    Column(header="email", build=contact.email(0.1), missing=0.08, noise=Noise(substituted=0.001)),
    Column(header="telephone", build=contact.phone(0.08), missing=0.06),
    Column(header="iban", build=contact.iban(), missing=0.07),
)


def make_subjects(people: Population, chunk: int) -> pl.DataFrame:
    """Make the rows of the members of one chunk, in a shuffled order; dependents bear the insured's NIR."""
    rng = stream(people.world.seed, chunk, "subjects")
    rows = rng.permutation(np.flatnonzero(people.member))
    view = View(people=people, rows=rows, day=day_number(REFERENCE_DAY), rng=rng, family_nir=True)
    member_id = people.member_id.gather(rows).alias("member_id")
    return pl.DataFrame([member_id, *(column.fill(view) for column in SUBJECT_COLUMNS)])
