"""One page on one subject: the score, whose part it is, what it opens and what to do; no value, no token."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from correlate.report.words import WORDS, Audience, Language
from correlate.risk import (
    BASE_RATES,
    Bilingual,
    Clause,
    Profile,
    ReasonBook,
    Scenario,
    ScenarioSet,
    SeverityTable,
)
from correlate.score_files import ModelName
from correlate.vocabulary import ATTRIBUTES, AttributeClass

__all__ = ["Page"]

_BAR = 32
_WIDTH = 100
_MOST = 6
_NEAR_MOST = 4
# From here on a class counts as held on the page, from the profile's least feasibility on as perhaps held.
_HELD = 0.5


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the page needs besides a scored row: the models it was made with, and who reads it."""

    scenarios: ScenarioSet
    profile: Profile
    reasons: ReasonBook
    severity: SeverityTable
    language: Language = "en"
    audience: Audience = "insurer"

    def lines(self, row: Mapping[str, Any]) -> Iterator[str]:
        """The lines of the page on one row of a file of scores."""
        yield from self._head(row)
        if not row["breaches"]:
            yield ""
            yield self._say("nothing")
        else:
            for title, part in (
                ("reasons", self._reasons(row)),
                ("shares" if self._exact(row) else "losses", self._parts(row)),
                ("evidence", self._evidence(row)),
                ("classes", self._classes(row)),
                ("opened", self._opened(row)),
                ("near", self._near(row)),
                (f"todo_{self.audience}", self._todo(row)),
            ):
                yield from self._titled(title, list(part))
        yield from self._titled("cannot", [f"  {line}" for line in self._say("cannot_lines").splitlines()])

    def _say(self, key: str, **about: object) -> str:
        return WORDS[self.language][key].format(**about)

    def _text(self, text: Bilingual) -> str:
        return text.fr if self.language == "fr" else text.en

    def _titled(self, title: str, lines: list[str]) -> Iterator[str]:
        if lines:
            yield ""
            yield self._say(title)
            yield from lines

    def _head(self, row: Mapping[str, Any]) -> Iterator[str]:
        made = ModelName.parse(row["model"])
        score = self._say("score", score=row["score"], band=self._say(row["band"]))
        yield self._say("subject", subject=row["subject_id"])
        yield f"{score}  ({self._say('as_of', as_of=made.as_of, profile=made.profile)})"
        yield f"  {_gauge(row['score'], row['score_min'], row['score_max'])}"
        yield f"  {self._say('bounds', low=row['score_min'], high=row['score_max'])}"
        alone = row["score"] - row["uplift"]
        yield f"  {self._say('uplift', uplift=row['uplift'], alone=alone)}"
        level = self._say(self.severity.level(row["severity"]))
        yield f"  {self._say('severity', se=row['severity'], level=level)}"

    def _reasons(self, row: Mapping[str, Any]) -> Iterator[str]:
        for code in row["reasons"]:
            first, *others = _wrapped(self.reasons.text(code, self.language), indent=14)
            yield f"  {code:<11} {first.lstrip()}"
            yield from others

    def _exact(self, row: Mapping[str, Any]) -> bool:
        return all(one["share"] is not None for one in row["breaches"])

    def _parts(self, row: Mapping[str, Any]) -> Iterator[str]:
        key = "share" if self._exact(row) else "points"
        most = max(one[key] for one in row["breaches"])
        for one in sorted(row["breaches"], key=lambda one: (-one[key], one["breach"])):
            likely = "" if one["probability"] is None else f"{one['probability']:.0%}"
            name = self._say("base_rates") if one["breach"] == BASE_RATES else one["breach"]
            bar = "█" * round(one[key] / most * _BAR) if most else ""
            alone = self._say("alone", alone=one["alone"])
            yield f"  {name:<26}{likely:>5} {one[key]:>6.1f}  {bar:<{_BAR}}  {alone}"

    def _evidence(self, row: Mapping[str, Any]) -> Iterator[str]:
        for one in row["evidence"]:
            over = one["evidence"] == "linked" and one["depth"] > 1
            kind = self._say("over", others=one["depth"] - 1) if over else self._say(one["evidence"])
            yield f"  {kind:<34} {one['points']:>5.1f}"

    def _classes(self, row: Mapping[str, Any]) -> Iterator[str]:
        for one in row["attributes"][:_MOST]:
            if one["points"] > 0:
                name = self._label(AttributeClass(one["attribute"]))
                yield f"  {name:<34} {one['points']:>5.1f}  {one['availability']:>4.0%}"

    def _opened(self, row: Mapping[str, Any]) -> Iterator[str]:
        held = {one["attribute"]: one["availability"] for one in row["attributes"]}
        known = {scenario.id: scenario for scenario in self.scenarios}
        for one in row["scenarios"][:_MOST]:
            scenario = known[one["scenario"]]
            only = f"  ({self._say('only')})" if one["combination_only"] else ""
            yield f"  {one['feasibility']:>4.0%}  {scenario.id:<5}{self._text(scenario.name)}{only}"
            yield from self._clauses(scenario, held)

    def _near(self, row: Mapping[str, Any]) -> Iterator[str]:
        """Scenarios that are not open and of which all but one clause is met."""
        held = {one["attribute"]: one["availability"] for one in row["attributes"]}
        opened = {one["scenario"] for one in row["scenarios"]}
        near = []
        for scenario in self.scenarios:
            lacking = [clause for clause in scenario.clauses if _met(clause, held) < _HELD]
            if scenario.id not in opened and len(lacking) == 1 and len(scenario.clauses) > 1:
                near.append((scenario, lacking[0]))
        for scenario, clause in near[:_NEAR_MOST]:
            lacks = self._say("lacks", classes=self._alternatives(clause))
            yield f"        {scenario.id:<5}{self._text(scenario.name)}"
            yield from _wrapped(lacks, indent=13)

    def _clauses(self, scenario: Scenario, held: Mapping[str, float]) -> Iterator[str]:
        """One line: what the scenario has, perhaps has, and lacks."""
        told: dict[str, list[str]] = {"complete": [], "doubtful": [], "lacks": []}
        for clause in scenario.clauses:
            met = _met(clause, held)
            least = self.profile.feasibility_min.value
            state = "complete" if met >= _HELD else "doubtful" if met >= least else "lacks"
            serving = [one for one in clause.alternatives if held.get(one, 0.0) >= least]
            told[state].append(self._alternatives(clause, serving or list(clause.alternatives)))
        parts = [self._say(state, classes=", ".join(each)) for state, each in told.items() if each]
        yield from _wrapped("; ".join(parts), indent=8)

    def _alternatives(self, clause: Clause, serving: list[AttributeClass] | None = None) -> str:
        names = [self._label(one) for one in (serving or clause.alternatives)]
        if clause.at_least > 1:
            return f"{clause.at_least} × ({', '.join(names)})"
        return f" {self._say('or')} ".join(names)

    def _todo(self, row: Mapping[str, Any]) -> Iterator[str]:
        known = {scenario.id: scenario for scenario in self.scenarios}
        said = []
        for one in row["scenarios"][:_MOST]:
            protections = known[one["scenario"]].protections
            said.append(self._text(getattr(protections, self.audience)))
        for text in dict.fromkeys(said):
            yield from _wrapped(f"- {text}", indent=2)

    def _label(self, code: AttributeClass) -> str:
        info = ATTRIBUTES[code]
        return info.label_fr if self.language == "fr" else info.label_en


def _met(clause: Clause, held: Mapping[str, float]) -> float:
    """How nearly a clause is met: the chance of its best alternatives, the k-th best of k."""
    chances = sorted((e * held.get(one, 0.0) for one, e in clause.alternatives.items()), reverse=True)
    return chances[clause.at_least - 1]


def _wrapped(text: str, *, indent: int) -> list[str]:
    return textwrap.wrap(
        text,
        width=_WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 2),
        break_long_words=False,
    )


def _gauge(score: float, low: float, high: float) -> str:
    """0 to 100 as a line: what is near-certain, what is likely, what is possible."""
    ends = [round(each / 2) for each in (low, score, high)]
    filled = "█" * ends[0] + "▓" * (ends[1] - ends[0]) + "░" * (ends[2] - ends[1])
    return f"0 {filled:·<50} 100"
