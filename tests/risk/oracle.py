"""The risk model once more, slowly: dictionaries and loops, one exposure at a time, no numpy.

Written from docs/risk-model.md; it shares no arithmetic with the package.
"""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from correlate.catalogue import Catalogue
from correlate.risk import Profile, ScenarioSet
from correlate.vocabulary import AttributeClass

PARTS = {
    "NIR": ["SEX", "YOB", "POB"],
    "DOB": ["YOB"],
    "POB": ["POBDEP"],
    "ADDR": ["ZIP"],
    "IBAN": ["BANKNAME"],
    "CARD": ["CARDPART"],
    "BIRTHNAME": ["NAME"],
    "USAGENAME": ["NAME"],
}


@dataclass(frozen=True)
class Row:
    """One record of one exposure."""

    breach: str
    classes: tuple[AttributeClass, ...]
    probability: float
    evidence: str = "linked"
    depth: int = 1


@dataclass(frozen=True)
class World:
    """Everything an exposure is assessed against."""

    catalogue: Catalogue
    scenarios: ScenarioSet
    profile: Profile
    as_of: datetime.date


def kept(rows: Iterable[Row], world: World) -> list[Row]:
    """The rows with their probabilities on the grid, without those under the minimum."""
    found = []
    for row in rows:
        hundredth = Decimal(repr(row.probability * 100)).quantize(Decimal(1), ROUND_HALF_EVEN)
        if hundredth >= 5:
            found.append(Row(row.breach, row.classes, float(hundredth / 100), row.evidence, row.depth))
    assert world.profile.grid.value == 0.01
    assert world.profile.probability_min.value == 0.05
    return found


def with_parts(classes: Iterable[str]) -> set[str]:
    held = {str(one) for one in classes}
    while True:
        more = held | {part for one in held for part in PARTS.get(one, [])}
        if more == held:
            return held
        held = more


def circulation(breach_id: str, world: World) -> float:
    breach = world.catalogue.get(breach_id)
    exact = world.profile.circulation.get((breach.status, breach.persons_kind))
    return (exact or world.profile.circulation[breach.status, None]).value


def availability(rows: list[Row], world: World) -> dict[str, float]:
    found = {}
    for attribute in sorted({one for row in rows for one in with_parts(row.classes)}):
        per_breach: dict[str, float] = {}
        for row in rows:
            if attribute in with_parts(row.classes):
                age = (world.as_of - world.catalogue.get(row.breach).date).days / 365.25
                half_life = world.profile.half_lives[AttributeClass(attribute)].value
                fresh = math.exp(-math.log(2) * age / half_life)
                chance = row.probability * circulation(row.breach, world) * fresh
                per_breach[row.breach] = max(per_breach.get(row.breach, 0.0), chance)
        compiled = {one for one in per_breach if world.catalogue.get(one).compilation}
        sources = [chance for one, chance in per_breach.items() if one not in compiled]
        together = 1 - math.prod(1 - chance for chance in sources)
        found[attribute] = max([together, *(per_breach[one] for one in compiled)])
    return found


def at_least(count: int, chances: list[float]) -> float:
    """Sum over every outcome with so many successes: exponential, and plainly right."""
    total = 0.0
    for outcome in itertools.product((False, True), repeat=len(chances)):
        if sum(outcome) >= count:
            total += math.prod(
                chance if success else 1 - chance for chance, success in zip(chances, outcome, strict=True)
            )
    return total


def feasibilities(held: Mapping[str, float], world: World) -> dict[str, float]:
    found = {}
    for scenario in world.scenarios:
        chance = 1.0
        for clause in scenario.clauses:
            chance *= at_least(
                clause.at_least, [e * held.get(str(one), 0.0) for one, e in clause.alternatives.items()]
            )
        lift = 1 - math.prod(1 - boost * held.get(str(one), 0.0) for one, boost in scenario.boosts.items())
        chance = chance + lift * chance * (1 - chance)
        for control in scenario.controls:
            if world.as_of >= control.in_force:
                chance *= 1 - control.factor
        found[scenario.id] = chance
    return found


def raw_score(rows: list[Row], world: World) -> float:
    feasible = feasibilities(availability(rows, world), world)
    return 100 * (1 - math.prod(1 - world.profile.weights[one].value * f for one, f in feasible.items()))


def shown(value: float, places: str) -> float:
    quantised = Decimal(value).quantize(Decimal("1e-9"), ROUND_HALF_EVEN)
    return float(quantised.quantize(Decimal(places), ROUND_HALF_EVEN))


def assess_one(rows: list[Row], world: World) -> dict[str, object]:
    """What the row of this exposure must be, but for its number."""
    rows = kept(rows, world)
    breaches = sorted({row.breach for row in rows})
    single = {one: [row for row in rows if row.breach == one] for one in breaches}
    held = availability(rows, world)
    feasible = feasibilities(held, world)
    score = shown(raw_score(rows, world), "0.01")
    alone = max((shown(raw_score(single[one], world), "0.01") for one in breaches), default=0.0)
    alone_feasible = [feasibilities(availability(single[one], world), world) for one in breaches]
    band = [band.name for band in world.profile.bands if band.score_min <= score][-1]
    likeliest = {
        one: max(single[one], key=lambda row: (row.probability, -row.depth, row.evidence)) for one in breaches
    }
    cumulated = [
        min(score, shown(raw_score([row for row in rows if row.depth <= depth], world), "0.01"))
        for depth in range(1, 4)
    ]
    added = [round(now - before, 2) for before, now in zip([0.0, *cumulated], cumulated, strict=False)]
    return {
        "score": score,
        "band": band,
        "uplift": round(score - alone, 2),
        "by_depth": [
            {"depth": depth, "points": points} for depth, points in enumerate(added, 1) if points != 0
        ],
        "breaches": [
            {
                "breach": one,
                "probability": likeliest[one].probability,
                "date": world.catalogue.get(one).date,
                "evidence": likeliest[one].evidence,
                "depth": likeliest[one].depth,
            }
            for one in sorted(breaches, key=lambda one: (-likeliest[one].probability, one))
        ],
        "scenarios": sorted(
            (
                {
                    "scenario": one,
                    "feasibility": shown(chance, "0.0001"),
                    "combination_only": all(shown(f[one], "0.0001") < 0.01 for f in alone_feasible),
                }
                for one, chance in feasible.items()
                if shown(chance, "0.0001") >= 0.01
            ),
            key=lambda each: (-each["feasibility"], each["scenario"]),
        ),
        "attributes": sorted(
            (
                {"attribute": one, "availability": shown(chance, "0.0001")}
                for one, chance in held.items()
                if shown(chance, "0.0001") > 0
            ),
            key=lambda each: (-each["availability"], each["attribute"]),
        ),
    }
