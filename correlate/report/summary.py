"""A scoring run in a few lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from correlate.pipeline import ScoreReport
from correlate.risk import ScenarioSet
from correlate.vocabulary import ATTRIBUTES, AttributeClass

__all__ = ["BANDS", "example_lines", "scenario_names", "summary_lines"]

BANDS = ("low", "moderate", "high", "critical")
BAR_WIDTH = 30
MOST_SHOWN = 6


def summary_lines(report: ScoreReport) -> Iterator[str]:
    """Yield the lines: counts, the bands as bars, the scenarios that only combination opens."""
    yield (
        f"{report.rows:,} rows read, {report.accepted:,} accepted, {report.rejected:,} rejected; "
        f"{report.subjects:,} subjects scored in {report.seconds:.1f} s."
    )
    if report.whole:
        yield f"Nothing of the scores before was used: {report.whole}."
    if report.linked_again is not None:
        yield f"{report.linked_again:,} of them were linked again; of the others nothing could have changed."
    yield (
        f"{report.linked:,} of them stand in at least one breach, or somebody of their household does: "
        f"{report.links:,} links"
    )
    yield (
        f"({report.hop_links:,} over other records) and {report.household_links:,} to others of the "
        f"household. Mean score {report.mean_score:.1f}, of which combination adds {report.mean_uplift:.1f}."
    )
    for band in BANDS:
        count = report.bands.get(band, 0)
        share = count / max(1, report.subjects)
        yield f"  {band:<9} {count:>11,}  {share:>6.1%}  {'█' * round(share * BAR_WIDTH)}".rstrip()
    if report.scenarios:
        yield "Opened by combination alone, for how many subjects:"
        names = scenario_names()
        for scenario, count in sorted(report.scenarios.items(), key=lambda item: (-item[1], item[0])):
            yield f"  {count:>11,}  {scenario:<5} {names.get(scenario, '')}".rstrip()
    if report.output:
        yield f"Written to {report.output}"


def example_lines(scored: Mapping[str, Any]) -> Iterator[str]:
    """One subject's reasons in a few lines: score, breaches, the scenarios and attributes that weigh most."""
    yield (
        f"{scored['subject_id']}: score {scored['score']:.1f} ({scored['band']}; "
        f"{scored['score_min']:.1f} to {scored['score_max']:.1f}), "
        f"of which {scored['uplift']:.1f} only because breaches combine"
    )
    if not scored["breaches"]:
        yield "    in no breach of the vault"
        return
    names = scenario_names()
    yield "    stands in " + ", ".join(
        f"{one['breach']} ({one['probability']:.0%}{_how(one)})" for one in scored["breaches"]
    )
    for one in scored["scenarios"][:MOST_SHOWN]:
        only = " (no single breach opens it)" if one["combination_only"] else ""
        name = names.get(one["scenario"], one["scenario"])
        yield f"    enables {one['feasibility']:.2f}  {one['scenario']:<5} {name}{only}"
    exposed = scored["attributes"][:MOST_SHOWN]
    if exposed:
        yield "    from " + ", ".join(
            f"{ATTRIBUTES[AttributeClass(one['attribute'])].label_en} {one['availability']:.2f}"
            for one in exposed
        )


def scenario_names() -> dict[str, str]:
    """The English name of each shipped scenario."""
    return {scenario.id: scenario.name.en for scenario in ScenarioSet.load()}


def _how(breach: Mapping[str, Any]) -> str:
    """How a record was reached, where it was not directly."""
    if breach["evidence"] == "household":
        return ", household"
    return f", over {breach['depth'] - 1} other" if breach["depth"] > 1 else ""
