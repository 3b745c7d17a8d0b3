"""The risk model once more, slowly: worlds enumerated one by one, no numpy, no inclusion and exclusion.

Written from docs/risk-model.md; it shares no arithmetic with the package.
"""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from correlate.catalogue import Catalogue
from correlate.risk import Profile, ScenarioSet
from correlate.risk.severity import SeverityTable, severity
from correlate.vocabulary import AttributeClass

TABLE = SeverityTable.load()
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
SUREST_FIRST = ["own", "declared", "linked", "household"]


@dataclass(frozen=True)
class Row:
    """One record of one exposure."""

    breach: str
    classes: tuple[AttributeClass, ...]
    probability: float
    evidence: str = "linked"
    depth: int = 1

    @property
    def standing(self) -> tuple[int, int]:
        return SUREST_FIRST.index(self.evidence), self.depth


@dataclass(frozen=True)
class World:
    """Everything an exposure is assessed against; ``base_rates`` are breaches that count for everybody."""

    catalogue: Catalogue
    scenarios: ScenarioSet
    profile: Profile
    as_of: datetime.date
    base_rates: tuple[str, ...] = ()


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


def freshness(attribute: str, breach: str, world: World) -> float:
    age = (world.as_of - world.catalogue.get(breach).date).days / 365.25
    half_life = world.profile.half_lives[AttributeClass(attribute)].value
    return math.exp(-math.log(2) * age / half_life)


# A record in a hand: the breach, the classes it brings there, the chance of its being the person's.
Card = tuple[str, frozenset[str], float]


def hands(rows: list[Row], world: World) -> Iterator[list[Card]]:
    """What may be played: no compilation, or one of their records whose classes come from it alone."""
    household = world.profile.household_share.value
    cards = [
        (
            row.breach,
            frozenset(with_parts(row.classes)),
            round(row.probability * (household if row.evidence == "household" else 1.0) * 1e8) / 1e8,
        )
        for row in rows
    ]
    compiled = [card for card in cards if world.catalogue.get(card[0]).compilation]
    plain = [card for card in cards if card not in compiled]
    yield plain
    for one in compiled:
        yield [(breach, classes - one[1], chance) for breach, classes, chance in plain] + [one]


def base_rows(world: World) -> list[Row]:
    """Base rates as records of everybody: of a breach the person stands in, too, as one record more."""
    found = []
    for name in world.base_rates:
        breach = world.catalogue.get(name)
        rate = min(0.99, breach.persons / world.profile.population[breach.scope].value)
        of = {
            one: (world.profile.doubtful_share.value if one in breach.doubtful else 1.0)
            * (world.profile.partial_share.value if one in breach.partial else 1.0)
            for one in breach.classes
        }
        for share in sorted(set(of.values()), reverse=True):
            classes = tuple(one for one in breach.classes if of[one] >= share)
            found.append(Row(name, classes, round(rate * share * 1e8) / 1e8, "base_rate", 0))
    return found


def held_worlds(hand: list[Card], world: World) -> Iterator[tuple[float, dict[str, float]]]:
    """Every combination of files that may be held: its chance, and then each class's chance of being true."""
    per_breach = []
    for breach in sorted({card[0] for card in hand}):
        cards = sorted((card for card in hand if card[0] == breach), key=lambda card: -card[2])
        chances = [1.0, *(card[2] * circulation(breach, world) for card in cards), 0.0]
        # With a chance of chances[j] - chances[j + 1], exactly the first j records are held.
        per_breach.append(
            [
                (chances[j] - chances[j + 1], breach, frozenset().union(*(card[1] for card in cards[:j])))
                for j in range(len(cards) + 1)
            ]
        )
    for choice in itertools.product(*per_breach):
        chance = math.prod(one[0] for one in choice)
        true: dict[str, float] = {}
        for _chance, breach, classes in choice:
            for attribute in classes:
                fresh = freshness(attribute, breach, world)
                true[attribute] = 1 - (1 - true.get(attribute, 0.0)) * (1 - fresh)
        yield chance, true


def at_least(count: int, chances: list[float]) -> float:
    """Sum over every outcome with so many successes: exponential, and plainly right."""
    total = 0.0
    for outcome in itertools.product((False, True), repeat=len(chances)):
        if sum(outcome) >= count:
            total += math.prod(
                chance if success else 1 - chance for chance, success in zip(chances, outcome, strict=True)
            )
    return total


def requirements_met(scenario, true: Mapping[str, float]) -> float:
    """The chance that all clauses are met: classes that several clauses name are true for all or for none."""
    named = [str(one) for clause in scenario.clauses for one in clause.alternatives]
    shared = sorted({one for one in named if named.count(one) > 1 and true.get(one, 0.0) > 0})
    total = 0.0
    for outcome in itertools.product((0.0, 1.0), repeat=len(shared)):
        fixed = {**true, **dict(zip(shared, outcome, strict=True))}
        chance = math.prod(
            true[one] if holds else 1 - true[one] for one, holds in zip(shared, outcome, strict=True)
        )
        if chance:
            total += chance * math.prod(
                at_least(
                    clause.at_least, [e * fixed.get(str(one), 0.0) for one, e in clause.alternatives.items()]
                )
                for clause in scenario.clauses
            )
    return total


@dataclass(frozen=True)
class Evaluated:
    feasible: dict[str, float]
    available: dict[str, float]


def evaluate(rows: list[Row], world: World, *, rates: bool = False, lacking: str = "") -> Evaluated:
    """The best hand, scenario by scenario and class by class."""
    cards = [*rows, *(base_rows(world) if rates else [])]
    feasible: dict[str, float] = {one.id: 0.0 for one in world.scenarios}
    available: dict[str, float] = {}
    for hand in hands(cards, world):
        possible = list(held_worlds(hand, world))
        held: dict[str, float] = {}
        for chance, true in possible:
            for attribute, fresh in true.items():
                held[attribute] = held.get(attribute, 0.0) + chance * fresh
        for attribute, chance in held.items():
            available[attribute] = max(available.get(attribute, 0.0), chance)
        lifting = {one: chance for one, chance in held.items() if one != lacking}
        for scenario in world.scenarios:
            met = sum(
                chance * requirements_met(scenario, {a: f for a, f in true.items() if a != lacking})
                for chance, true in possible
            )
            lift = 1 - math.prod(1 - boost * lifting.get(str(a), 0.0) for a, boost in scenario.boosts.items())
            met = met + lift * met * (1 - met)
            for control in scenario.controls:
                if world.as_of >= control.in_force:
                    met *= 1 - control.factor
            feasible[scenario.id] = max(feasible[scenario.id], met)
    return Evaluated(feasible, available)


def raw_score(rows: list[Row], world: World, *, rates: bool = False, lacking: str = "") -> float:
    found = evaluate(rows, world, rates=rates, lacking=lacking).feasible
    return 100 * (1 - math.prod(1 - world.profile.weights[one].value * f for one, f in found.items()))


def score(rows: list[Row], world: World, **how: object) -> float:
    return shown(raw_score(rows, world, **how), "0.01")


def shown(value: float, places: str) -> float:
    quantised = Decimal(value).quantize(Decimal("1e-9"), ROUND_HALF_EVEN)
    return float(quantised.quantize(Decimal(places), ROUND_HALF_EVEN))


def shapley(rows: list[Row], world: World) -> dict[str, float]:
    """The average over all orders of what each player adds when it comes; base rates are a player too."""
    players = sorted({row.breach for row in rows}) + (["base_rate"] if world.base_rates else [])
    values = {
        chosen: raw_score([row for row in rows if row.breach in chosen], world, rates="base_rate" in chosen)
        for size in range(len(players) + 1)
        for chosen in map(frozenset, itertools.combinations(players, size))
    }
    total = dict.fromkeys(players, 0.0)
    for order in itertools.permutations(players):
        for place, player in enumerate(order):
            total[player] += values[frozenset(order[: place + 1])] - values[frozenset(order[:place])]
    return {player: value / math.factorial(len(players)) for player, value in total.items()}


def enisa(rows: list[Row]) -> float:
    """ENISA's SE of what is likelier the person's than not; the table has tests of its own."""
    classes = {one for row in rows if row.probability >= 0.5 for one in row.classes}
    return severity(classes, table=TABLE).se


def assess_one(rows: list[Row], world: World) -> dict[str, object]:
    """What the row of this exposure must be, but for its number and the exact shares."""
    rows = kept(rows, world)
    rated = bool(world.base_rates)
    breaches = sorted({row.breach for row in rows})
    single = {one: [row for row in rows if row.breach == one] for one in breaches}
    found = evaluate(rows, world, rates=rated)
    total = score(rows, world, rates=rated)
    rate_rows = {name: [row for row in base_rows(world) if row.breach == name] for name in world.base_rates}
    singles = [*single.values(), *rate_rows.values()]
    alone = {one: score(single[one], world) for one in breaches}
    best = max((score(one, world) for one in singles), default=0.0)
    alone_feasible = [evaluate(one, world).feasible for one in singles]
    likeliest = {one: min(single[one], key=lambda row: (-row.probability, row.standing)) for one in breaches}
    near = [row for row in rows if row.probability >= 0.95]
    # Even what a household's rows tell is then taken for the person's own.
    sure = [Row(row.breach, row.classes, 1.0) for row in rows]
    evidence, before = [], 0.0
    for standing in sorted({row.standing for row in rows}):
        now = score([row for row in rows if row.standing <= standing], world)
        evidence.append({"evidence": SUREST_FIRST[standing[0]], "depth": standing[1], "points": now - before})
        before = now
    evidence.append({"evidence": "base_rate", "depth": 0, "points": total - before})
    return {
        "score": total,
        "band": [band.name for band in world.profile.bands if band.score_min <= total][-1],
        "score_min": score(near, world),
        "score_max": score(sure, world, rates=rated),
        "uplift": total - best,
        "evidence": [one for one in evidence if round(one["points"], 2)],
        "breaches": [
            {
                "breach": one,
                "probability": likeliest[one].probability,
                "date": world.catalogue.get(one).date,
                "evidence": likeliest[one].evidence,
                "depth": likeliest[one].depth,
                "alone": alone[one],
                "points": total - score([row for row in rows if row.breach != one], world, rates=rated),
                "share": None,
                "severity": enisa(single[one]),
            }
            for one in sorted(breaches, key=lambda one: (-likeliest[one].probability, one))
        ]
        + [
            {
                "breach": "base_rate",
                "probability": None,
                "date": None,
                "evidence": "base_rate",
                "depth": 0,
                "alone": score([], world, rates=True),
                "points": total - score(rows, world),
                "share": None,
                "severity": None,
            }
        ]
        * rated,
        "severity": enisa(rows),
        "scenarios": sorted(
            (
                {
                    "scenario": one,
                    "feasibility": shown(chance, "0.0001"),
                    "combination_only": all(shown(f[one], "0.0001") < 0.01 for f in alone_feasible),
                }
                for one, chance in found.feasible.items()
                if shown(chance, "0.0001") >= 0.01
            ),
            key=lambda each: (-each["feasibility"], each["scenario"]),
        ),
        "attributes": sorted(
            (
                {
                    "attribute": one,
                    "availability": shown(chance, "0.0001"),
                    "points": total - score(rows, world, rates=rated, lacking=one),
                }
                for one, chance in found.available.items()
                if shown(chance, "0.0001") > 0
            ),
            key=lambda each: (-round(each["points"], 2), -each["availability"], each["attribute"]),
        ),
    }
