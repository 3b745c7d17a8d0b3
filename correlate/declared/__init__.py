"""Declared exposures: breaches that people were notified of, or that Have I Been Pwned knows them in."""

from correlate.declared.answers import read_answers
from correlate.declared.breaches import Declarable
from correlate.declared.declared import Declared, DeclaredCounts, Guard, read_declared
from correlate.declared.errors import (
    DeclaredColumns,
    HibpDomainNeeded,
    HibpUnreadable,
    UnknownDeclaredBreach,
)
from correlate.declared.hibp_names import HibpNames
from correlate.declared.records import declared_records

__all__ = [
    "Declarable",
    "Declared",
    "DeclaredColumns",
    "DeclaredCounts",
    "Guard",
    "HibpDomainNeeded",
    "HibpNames",
    "HibpUnreadable",
    "UnknownDeclaredBreach",
    "declared_records",
    "read_answers",
    "read_declared",
]
