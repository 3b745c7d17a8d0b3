"""A fraud scenario: what whoever commits it must hold, what helps, and what stands in the way."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

from correlate.risk.errors import RiskModelError
from correlate.risk.figure import check_share, check_source
from correlate.vocabulary import AttributeClass

__all__ = ["Bilingual", "Clause", "Control", "Protections", "Scenario"]

# It stands in results beside ":", "|" and "+", and in reason codes.
_ID = re.compile(r"[A-Za-z0-9._-]{1,40}")


@dataclass(frozen=True, kw_only=True)
class Bilingual:
    """The same text in English and in French."""

    en: str
    fr: str


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One thing the scenario needs: ``at_least`` so many of several alternatives.

    ``alternatives`` gives each attribute class its effectiveness: the chance, 0 to 1, that holding the
    attribute fills this need. ``source`` says where an effectiveness below 1 comes from.
    """

    alternatives: Mapping[AttributeClass, float]
    at_least: int = 1
    source: str = ""

    def __post_init__(self) -> None:
        if not self.alternatives:
            raise RiskModelError(reason="a clause names no attribute class, so nothing could meet it")
        if not 1 <= self.at_least <= len(self.alternatives):
            raise RiskModelError(reason="at_least must lie between 1 and the number of alternatives")
        for attribute, effectiveness in self.alternatives.items():
            check_share(effectiveness, what=f"the effectiveness of {attribute}")
        if any(effectiveness < 1.0 for effectiveness in self.alternatives.values()):
            check_source(self.source, what="an effectiveness below 1")


@dataclass(frozen=True, kw_only=True)
class Control:
    """A safeguard that stops a share ``factor`` of the attempts from the day it came into force."""

    name: str
    factor: float
    in_force: datetime.date
    source: str

    def __post_init__(self) -> None:
        check_share(self.factor, what=f"the factor of the control {self.name}")
        check_source(self.source, what=f"the control {self.name}")


@dataclass(frozen=True, kw_only=True)
class Protections:
    """What the person, the insurer, and the bank or lender can do against a scenario.

    Read from a file, none of them is empty.
    """

    person: Bilingual
    insurer: Bilingual
    bank: Bilingual


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One way to defraud or harm somebody with leaked data.

    Every clause of ``clauses`` must be met. ``boosts`` are attribute classes that make success likelier,
    each with how far it lifts a half-hopeless attempt (0 to 1). ``basis`` says where the requirements
    come from, ``evidence`` where the fraud is documented.
    """

    id: str
    name: Bilingual
    clauses: tuple[Clause, ...]
    boosts: Mapping[AttributeClass, float]
    boosts_source: str
    controls: tuple[Control, ...]
    basis: str
    evidence: tuple[str, ...]
    protections: Protections

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise RiskModelError(
                reason="its id must be 1 to 40 letters, digits, dots, hyphens or underscores"
            )
        if not self.clauses:
            raise RiskModelError(reason="it has no clause, so everybody would be open to it")
        check_source(self.basis, what="its list of requirements")
        for attribute, boost in self.boosts.items():
            check_share(boost, what=f"the boost of {attribute}")
        if self.boosts:
            check_source(self.boosts_source, what="its list of boosts")

    def residual(self, as_of: datetime.date) -> float:
        """The share of attempts that pass every control in force at ``as_of``."""
        passing = 1.0
        for control in self.controls:
            if control.in_force <= as_of:
                passing *= 1.0 - control.factor
        return passing
