"""Why a score is what it is, as short stable codes with a sentence each, fit for a letter or a file.

Each code has a weight in points of the score: what its classes of data add, what combination adds, how far
the bounds lie apart, what rests on one kind of evidence, what the weightiest scenario gives. A code is
listed from its threshold on, the weightiest first (data/reasons.toml).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from correlate.errors import InputError
from correlate.risk.arrays import Floats, Ints, Mask
from correlate.risk.document import Table, read_document
from correlate.risk.errors import RiskFileError, RiskModelError
from correlate.risk.figure import Figure, check_source
from correlate.risk.packed import Names, codes_of, lists
from correlate.risk.scenario import Bilingual
from correlate.risk.scenario_set import ScenarioSet
from correlate.vocabulary import AttributeClass

__all__ = ["Findings", "Language", "ReasonBook", "Threshold", "UnknownReason", "list_reasons"]

_SHIPPED = Path(__file__).parent / "data" / "reasons.toml"
_CODE = re.compile(r"[A-Z]-[A-Za-z0-9._-]{1,40}")
_COMBINATIONS = ("combination", "opened")
_CERTAINTIES = ("unsure", "declared", "base_rate", "household")
_THRESHOLDS = ("data", "combination", "opened", "unsure", "evidence", "scenario")

Language = Literal["en", "fr"]


class UnknownReason(InputError):
    """There is no text for the reason {code} in the language {language}.

    Known are {known}, in the languages en and fr.
    """


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """From how many points, and from how many percent of the score, a code is given."""

    points_min: float
    percent_min: int
    source: str

    def __post_init__(self) -> None:
        check_source(self.source, what="a threshold")
        if not 0.0 <= self.points_min <= 100.0 or not 0 <= self.percent_min <= 100:
            raise RiskModelError(reason="a threshold must lie between 0 and 100")


@dataclass(frozen=True, kw_only=True)
class ReasonBook:
    """The codes, their sentences and their thresholds.

    ``groups`` gives every attribute class the one code that it counts for. ``combinations`` and
    ``certainties`` give the code for each of their kinds. ``texts`` holds every code, those of the scenarios
    (``S-`` and the id) included.
    """

    version: str
    groups: Mapping[AttributeClass, str]
    combinations: Mapping[str, str]
    certainties: Mapping[str, str]
    texts: Mapping[str, Bilingual]
    thresholds: Mapping[str, Threshold]
    codes_max: Figure
    evidence_codes_max: Figure

    def __post_init__(self) -> None:
        if missing := sorted(set(AttributeClass) - set(self.groups)):
            raise RiskModelError(reason=f"the attribute class {missing[0]} belongs to no group")
        _check_kinds(self.combinations, _COMBINATIONS, what="combination")
        _check_kinds(self.certainties, _CERTAINTIES, what="certainty")
        _check_kinds(self.thresholds, _THRESHOLDS, what="threshold")
        for code in self.texts:
            if not _CODE.fullmatch(code):
                raise RiskModelError(reason=f"the code {code} is not a letter, a hyphen and a short name")

    @classmethod
    def load(cls, scenarios: ScenarioSet | None = None) -> ReasonBook:
        """Load the shipped codes; a scenario without a sentence there is told by its name.

        Args:
            scenarios: those that results name; the shipped ones if left out.

        Raises:
            RiskFileError: the file is damaged.
        """
        try:
            return _book(read_document(_SHIPPED), scenarios or ScenarioSet.load())
        except RiskModelError as error:
            raise RiskFileError(file=_SHIPPED, reason=error.about["reason"]) from error

    @property
    def group_codes(self) -> tuple[str, ...]:
        """The codes of the groups of data, in the order of the file."""
        return tuple(dict.fromkeys(self.groups.values()))

    def text(self, code: str, language: Language) -> str:
        """The sentence for ``code``.

        Raises:
            UnknownReason: there is no such code, or the language is neither en nor fr.
        """
        if code not in self.texts or language not in ("en", "fr"):
            shown = code if _CODE.fullmatch(code) else "of that form"
            named = language if re.fullmatch(r"[a-z]{2}", language) else "of that name"
            raise UnknownReason(code=shown, language=named, known=", ".join(self.texts))
        said = self.texts[code]
        return said.en if language == "en" else said.fr


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What was found about each exposure, column by column; scores and points in hundredths.

    Attributes:
        attributes: the classes, one for each row of ``attribute_points``.
        attribute_points: attributes × exposures, what the score loses without the class.
        score: of each exposure, as are ``uplift``, ``score_min`` and ``score_max``.
        evidence: the kinds, one for each row of ``evidence_points``; a kind may have several rows.
        evidence_points: kinds × exposures, what rests on that kind.
        scenarios: the ids, one for each row of ``feasibility`` and each of ``weights``.
        feasibility: scenarios × exposures, 0 to 1.
        combination_only: scenarios × exposures, whether no breach alone opens it.
        weights: the share of the score a wholly feasible scenario adds, 0 to 1.
    """

    attributes: tuple[AttributeClass, ...]
    attribute_points: Ints
    score: Ints
    uplift: Ints
    score_min: Ints
    score_max: Ints
    evidence: tuple[str, ...]
    evidence_points: Ints
    scenarios: tuple[str, ...]
    feasibility: Floats
    combination_only: Mask
    weights: Floats


def list_reasons(found: Findings, *, book: ReasonBook, names: Names) -> pl.Series:
    """The codes for each exposure, weightiest first, as a series of lists.

    Codes of one weight stand in the order of the book. A score of 0 has no reasons.
    """
    scenario_points = _scenario_points(found)
    weights = np.vstack(
        [
            _grouped(found.attributes, found.attribute_points, book, count=len(found.score)),
            found.uplift,
            _highest(np.where(found.combination_only, scenario_points, 0)),
            found.score_max - found.score_min,
            *(_of_kind(found, kind) for kind in book.certainties if kind != "unsure"),
            _highest(scenario_points),
        ]
    )
    groups = len(book.group_codes)
    certain = slice(groups + len(_COMBINATIONS), len(weights) - 1)
    keys = _keys(weights, found.score, thresholds=_thresholds(book))
    keys[certain] = _only_highest(keys[certain], count=int(book.evidence_codes_max.value))
    codes = [*book.group_codes, *book.combinations.values(), *book.certainties.values()]
    top = np.sort(keys.T, axis=1)[:, ::-1][:, : int(book.codes_max.value)]
    places = len(weights) - 1 - top % len(weights)
    if len(scenario_points):
        best = scenario_points.argmax(axis=0)[:, np.newaxis]
        places = np.where(places == len(codes), places + best, places)
    listed = top > 0
    numbers = codes_of([*codes, *(f"S-{one}" for one in found.scenarios)], names["reasons"])
    return lists(pl.Series("reasons", numbers[places[listed]]), lengths=listed.sum(axis=1), names=names)


def _grouped(attributes: tuple[AttributeClass, ...], points: Ints, book: ReasonBook, *, count: int) -> Ints:
    """The points of each group of data: the sum over its classes."""
    place = {code: row for row, code in enumerate(book.group_codes)}
    grouped = np.zeros((len(place), count), dtype=np.int64)
    for attribute, row in zip(attributes, points, strict=True):
        grouped[place[book.groups[attribute]]] += row
    return grouped


def _scenario_points(found: Findings) -> Ints:
    """What each scenario would give by itself, in hundredths; quantised first, as scores are."""
    chances = np.rint(found.weights[:, np.newaxis] * found.feasibility * 1e9)
    points: Ints = np.rint(chances / 1e5).astype(np.int64)
    return points


def _highest(points: Ints) -> Ints:
    highest: Ints = points.max(axis=0, initial=0)
    return highest


def _of_kind(found: Findings, kind: str) -> Ints:
    rows = [row for row, one in enumerate(found.evidence) if one == kind]
    total: Ints = found.evidence_points[rows].sum(axis=0, dtype=np.int64)
    return total


def _thresholds(book: ReasonBook) -> list[Threshold]:
    """One for each row of weights."""
    kinds = ["data"] * len(book.group_codes) + [*_COMBINATIONS, "unsure"]
    kinds += ["evidence"] * (len(book.certainties) - 1) + ["scenario"]
    return [book.thresholds[kind] for kind in kinds]


def _keys(weights: Ints, score: Ints, *, thresholds: list[Threshold]) -> Ints:
    """Numbers that sort as reasons do, by weight and then by place in the book; 0 for what is not listed."""
    points_min = np.array([round(one.points_min * 100) for one in thresholds])[:, np.newaxis]
    percent_min = np.array([one.percent_min for one in thresholds])[:, np.newaxis]
    listed = (weights > 0) & (weights >= points_min) & (weights * 100 >= percent_min * score) & (score > 0)
    from_last = np.arange(len(weights))[::-1, np.newaxis]
    keys: Ints = np.where(listed, weights * len(weights) + from_last, 0)
    return keys


def _only_highest(keys: Ints, *, count: int) -> Ints:
    """``keys`` with those set to 0 that are not among the ``count`` highest of their column."""
    if count >= len(keys):
        return keys
    least = np.sort(keys, axis=0)[len(keys) - count]
    kept: Ints = np.where(keys >= least, keys, 0)
    return kept


def _check_kinds(given: Mapping[str, object], kinds: tuple[str, ...], *, what: str) -> None:
    if tuple(given) != kinds:
        raise RiskModelError(reason=f"each {what} must stand once, in this order: {', '.join(kinds)}")


def _book(document: Table, scenarios: ScenarioSet) -> ReasonBook:
    groups: dict[AttributeClass, str] = {}
    texts: dict[str, Bilingual] = {}
    version = document.text("version")
    for table in document.tables("group"):
        code = _said(table, texts)
        for attribute in table.classes("classes"):
            if attribute in groups:
                raise RiskModelError(reason=f"{table.where}: {attribute} belongs to two groups")
            groups[attribute] = code
        table.finish()
    combinations = _kinds(document.tables("combination"), texts)
    certainties = _kinds(document.tables("certainty"), texts)
    texts |= _scenario_texts(document, scenarios)
    book = ReasonBook(
        version=version,
        groups=groups,
        combinations=combinations,
        certainties=certainties,
        texts=texts,
        thresholds={table.text("kind"): _threshold(table) for table in document.tables("threshold")},
        codes_max=_figure(document.table("codes_max")),
        evidence_codes_max=_figure(document.table("evidence_codes_max")),
    )
    document.finish()
    return book


def _said(table: Table, texts: dict[str, Bilingual]) -> str:
    """Read a code and its sentences into ``texts``; every code stands once."""
    code = table.text("code")
    if code in texts:
        raise RiskModelError(reason=f"{table.where}: the code {code} stands twice")
    texts[code] = Bilingual(en=table.text("en"), fr=table.text("fr"))
    return code


def _kinds(tables: tuple[Table, ...], texts: dict[str, Bilingual]) -> dict[str, str]:
    kinds: dict[str, str] = {}
    for table in tables:
        kinds[table.text("kind")] = _said(table, texts)
        table.finish()
    return kinds


def _scenario_texts(document: Table, scenarios: ScenarioSet) -> dict[str, Bilingual]:
    own: dict[str, Bilingual] = {}
    for table in document.tables("scenario"):
        own[table.text("id")] = Bilingual(en=table.text("en"), fr=table.text("fr"))
        table.finish()
    template = document.table("any_scenario")
    en, fr = template.text("en"), template.text("fr")
    template.finish()

    def by_name(name: Bilingual) -> Bilingual:
        return Bilingual(en=en.replace("{name}", name.en), fr=fr.replace("{name}", name.fr))

    return {f"S-{one.id}": own.get(one.id) or by_name(one.name) for one in scenarios}


def _threshold(table: Table) -> Threshold:
    threshold = Threshold(
        points_min=table.number("points_min"),
        percent_min=table.whole("percent_min", default=0),
        source=table.text("source"),
    )
    table.finish()
    return threshold


def _figure(table: Table) -> Figure:
    figure = Figure(value=table.number("value"), source=table.text("source"))
    table.finish()
    return figure
