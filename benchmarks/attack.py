"""Who falls victim to simulated fraudsters, and which ranking would have told.

``python -m benchmarks attack --people 50000`` makes a synthetic France with all its leaked files, lets
fraudsters loose on it (``attack_world.py``, which shares no code with the scorer; their trades and figures
stand in ``attack_table.py``), scores the members of the insurer from a vault, and holds the score and simpler
rankings against the members who were defrauded. The requirements of a trade are read in the same published
accounts as the scorer's scenarios, so both know what a fraud needs: what is measured is what linkage,
circulation, staleness, weights and combination are worth, not whether the accounts are right.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks import attack_measures as measures
from benchmarks import attack_table as table
from benchmarks.attack_picture import draw
from benchmarks.attack_rankings import (
    ON_EMAIL,
    OURS,
    TRUE_LINKS,
    WITHOUT_COMBINATION,
    Scores,
    assess_rows,
    by_email,
    reweighted,
    score_members,
    simple_rankings,
)
from benchmarks.attack_world import Conduct, World, expected, possession, seasons
from benchmarks.harness import RESULTS
from correlate.catalogue import Catalogue
from correlate.pipeline import Models
from correlate.synthesis import LEAKS, synthesise

__all__ = ["measure"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: The day that the members' file of a synthetic France is of.
TODAY = datetime.date(2026, 11, 21)
PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "attack.svg"
ROUNDS = 200
POSSESSIONS = 200
TOPS = (0.01, 0.05)
FACTORS = (0.5, 1.5)
SAMPLE = 4_000
EXPECTATIONS = 200
#: What a ranking would reach that knew each person's own chance: no other can do better but by luck.
BEST = "the simulation's own chance"
#: Not simple: they need the whole model, or the truth.
OUR_OWN = (OURS, TRUE_LINKS, ON_EMAIL, BEST)


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print tables, write benchmarks/results/attack.json and docs/pictures/attack.svg."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks attack")
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=100, help="fraudsters, one season each (default 100)")
    parser.add_argument("--out", type=Path, default=RESULTS / "attack.json")
    parser.add_argument("--picture", type=Path, default=PICTURE)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), people=options.people, seed=options.seed, runs=options.runs)
    options.picture.parent.mkdir(parents=True, exist_ok=True)
    options.picture.write_text(draw(found), encoding="utf-8")
    for ranking in found["rankings"].values():
        ranking.pop("roc")
    options.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print("\n".join(_tables(found)))


def measure(
    folder: Path, *, people: int, seed: int, runs: int, breaches: Sequence[str] = tuple(LEAKS)
) -> dict[str, Any]:
    """All figures of one synthetic France, with the files of ``breaches``."""
    start = time.perf_counter()
    models = Models.default(as_of=TODAY, catalogue=Catalogue.shipped())
    synthesise(folder / "france", people=people, seed=seed, breaches=breaches)
    dates = {breach: models.catalogue.get(breach).date for breach in breaches}
    world = World.read(folder / "france", dates, TODAY, seed)
    place = np.flatnonzero(world.member.is_not_null().to_numpy())
    members = world.member.gather(place)
    ours = score_members(folder, models=models, members=members)
    truth = _true_rows(folder / "france", world, members)
    ceiling = assess_rows(truth, count=len(members), models=models)
    emails = by_email(folder, members, models.catalogue)
    rankings = {
        OURS: ours.score,
        TRUE_LINKS: ceiling.score,
        **simple_rankings(ours, emails, truth.filter(~pl.col("mate")), models=models, count=len(members)),
    }
    scored = time.perf_counter() - start
    conduct = Conduct(circulation=table.CIRCULATION)
    times, frauds = seasons(world, conduct, runs=runs, seed=seed)
    victims = times[place] > 0
    chance = expected(world, conduct, runs=EXPECTATIONS, seed=seed)[place]
    return {
        "people": people,
        "seed": seed,
        "runs": runs,
        "members": len(members),
        "files": len(world.breaches),
        "records": int((~world.mate).sum()),
        "model": str(ours.frame["model"][0]),
        "victims": int(victims.sum()),
        "victims_share": round(float(victims.mean()), 4),
        "frauds": frauds,
        "rankings": _rankings({BEST: chance, **rankings}, victims, seed),
        "targets": _targets(rankings, victims, seed),
        "variants": _variants(world, place, rankings, models, runs=runs, seed=seed),
        "availability": _availability(world, place, ours, ceiling, models, seed=seed),
        "bounds": _bounds(ours, ceiling),
        "sensitivity": _sensitivity(truth, models, victims, seed=seed),
        "spread": _spread(ours.score),
        "seconds": {"scored": round(scored, 1), "all": round(time.perf_counter() - start, 1)},
    }


def _true_rows(france: Path, world: World, members: pl.Series) -> pl.DataFrame:
    """(place, breach, classes, mate) of every row that is about a member, or shows what a household shares.

    Another's NIR in a row is not the member's.
    """
    rows = pl.read_parquet(france / "truth.parquet").drop_nulls("member_id")
    known = pl.DataFrame({"member_id": members}).with_row_index("place")
    own = pl.col("relation") == "person"
    without = pl.col("classes").list.set_difference(pl.lit(["NIR"]))
    classes = pl.when(own).then("classes").otherwise(without)
    about = rows.join(known, on="member_id").select(
        "place", "breach", classes=classes.list.sort(), mate=pl.lit(value=False)
    )
    mates = np.flatnonzero(world.mate)
    shown = [
        [name for at, name in enumerate(world.classes) if held >> at & 1]
        for held in world.held[mates].tolist()
    ]
    of_mates = pl.DataFrame(
        {
            "member_id": world.member.gather(world.person[mates]),
            "breach": pl.Series(world.breaches).gather(world.breach[mates]),
            "classes": pl.Series(shown, dtype=pl.List(pl.String)),
            "mate": np.ones(len(mates), dtype=np.bool_),
        }
    )
    of_mates = of_mates.join(known, on="member_id").select("place", "breach", "classes", "mate")
    return pl.concat([about, of_mates])


def _rankings(rankings: Mapping[str, Floats], victims: NDArray[np.bool_], seed: int) -> dict[str, Any]:
    """Each ranking's area with its interval, lifts, average precision; turned round where that is better."""
    turned = {
        name: scores if measures.auc(scores, victims) >= 0.5 else -scores for name, scores in rankings.items()
    }
    areas = measures.bootstrap_aucs(turned, victims, rounds=ROUNDS, seed=seed)
    return {
        name: {
            "auc": round(measures.auc(scores, victims), 4),
            "auc_95": _interval(areas[name]),
            "lift_top_1": round(measures.lift(scores, victims, TOPS[0]), 2),
            "lift_top_5": round(measures.lift(scores, victims, TOPS[1]), 2),
            "average_precision": round(measures.average_precision(scores, victims, seed=seed), 4),
            "turned": scores is not rankings[name],
            "roc": measures.roc_points(scores, victims),
        }
        for name, scores in turned.items()
    }


def _targets(rankings: Mapping[str, Floats], victims: NDArray[np.bool_], seed: int) -> dict[str, Any]:
    """Ours against the ceiling, against the best simple ranking, and against the best without our model."""
    simple = [name for name in rankings if name not in OUR_OWN]
    apart = [name for name in simple if name != WITHOUT_COMBINATION]
    area = {name: measures.auc(scores, victims) for name, scores in rankings.items()}
    found: dict[str, Any] = {}
    for kind, names in (("best_simple", simple), ("best_without_our_model", apart)):
        best = max(names, key=lambda name: max(area[name], 1 - area[name]))
        turned = rankings[best] if area[best] >= 0.5 else -rankings[best]
        again = measures.bootstrap_aucs(
            {"ours": rankings[OURS], "theirs": turned}, victims, rounds=ROUNDS, seed=seed
        )
        found[kind] = {
            "ranking": best,
            "ahead": round(area[OURS] - max(area[best], 1 - area[best]), 4),
            "ahead_95": _interval(again["ours"] - again["theirs"]),
        }
    two = {"ours": rankings[OURS], "true": rankings[TRUE_LINKS]}
    again = measures.bootstrap_aucs(two, victims, rounds=ROUNDS, seed=seed)
    share = round(area[OURS] / area[TRUE_LINKS], 4)
    return {**found, "share_of_ceiling": share, "share_95": _interval(again["ours"] / again["true"])}


def _interval(values: Floats) -> list[float]:
    return [round(float(at), 4) for at in np.quantile(values, (0.025, 0.975))]


def _variants(
    world: World, place: Ints, rankings: Mapping[str, Floats], models: Models, *, runs: int, seed: int
) -> dict[str, Any]:
    """The same rankings against fraudsters who go about it otherwise: which choice moves the result."""
    base = Conduct(circulation=table.CIRCULATION)
    scorers = {name: models.profile.circulation_of(models.catalogue.get(name)) for name in world.breaches}
    without = tuple(one for one in table.ATTACKS if one.name != "direct debit without mandate")
    conducts = {
        "as told": base,
        "context helps little": dataclasses.replace(base, persuasion=False),
        "all at random": dataclasses.replace(base, richest=0.0),
        "all from the richest": dataclasses.replace(base, richest=1.0),
        "files circulate as the scorer assumes": dataclasses.replace(base, circulation=scorers),
        "every file held": dataclasses.replace(base, circulation=dict.fromkeys(world.breaches, 1.0)),
        "no error in joining": dataclasses.replace(base, misses=(0.0, 0.0), wrong=(0.0, 0.0)),
        "every second link missed": dataclasses.replace(base, misses=(0.5, 0.5)),
        "others of the household count too": dataclasses.replace(base, mates=True),
        "no direct debits": dataclasses.replace(base, attacks=without),
        "all trades alike": dataclasses.replace(
            base, attacks=tuple(dataclasses.replace(one, trade=1.0) for one in table.ATTACKS)
        ),
    }
    found = {}
    for name, conduct in conducts.items():
        victims = seasons(world, conduct, runs=runs, seed=seed)[0][place] > 0
        area = {each: measures.auc(scores, victims) for each, scores in rankings.items()}
        simple = {each: max(at, 1 - at) for each, at in area.items() if each not in OUR_OWN}
        apart = {each: at for each, at in simple.items() if each != WITHOUT_COMBINATION}
        best = max(apart, key=lambda each: apart[each])
        found[name] = {
            "victims": int(victims.sum()),
            "ours": round(area[OURS], 4),
            "true_links": round(area[TRUE_LINKS], 4),
            "worst_single_breach": round(simple[WITHOUT_COMBINATION], 4),
            "best_without_our_model": [best, round(apart[best], 4)],
        }
    return found


def _availability(
    world: World, place: Ints, ours: Scores, ceiling: Scores, models: Models, *, seed: int
) -> dict[str, Any]:
    """What the score says of each class against the share of fraudsters who held a true value of it.

    Files circulate as the scorer assumes, since its statement is conditional on that; what a row shows of
    others of the household counts, as it does there. Joining is without error in one column and with the
    fraudsters' errors in the other, of which the scorer says nothing.
    """
    scorers = {name: models.profile.circulation_of(models.catalogue.get(name)) for name in world.breaches}
    exact = Conduct(circulation=scorers, misses=(0.0, 0.0), wrong=(0.0, 0.0), mates=True)
    erring = Conduct(circulation=scorers, mates=True)
    seen = possession(world, exact, place, runs=POSSESSIONS, seed=seed)
    seen_erring = possession(world, erring, place, runs=POSSESSIONS, seed=seed)
    said, said_true = ours.availability(world.classes), ceiling.availability(world.classes)
    by_class = {}
    for at, name in enumerate(world.classes):
        error, bins = measures.calibration(said[:, at], seen[:, at])
        by_class[name] = {
            "said": round(float(said[:, at].mean()), 4),
            "seen": round(float(seen[:, at].mean()), 4),
            "seen_with_errors_in_joining": round(float(seen_erring[:, at].mean()), 4),
            "ece": round(error, 4),
            "ece_true_links": round(measures.calibration(said_true[:, at], seen[:, at])[0], 4),
            "bins": bins,
        }
    error, bins = measures.calibration(said.ravel(), seen.ravel())
    held = said.ravel() > 0
    return {
        "circulation": "as the scorer assumes",
        "ece": round(error, 4),
        "ece_where_something_is_said": round(
            measures.calibration(said.ravel()[held], seen.ravel()[held])[0], 4
        ),
        "ece_true_links": round(measures.calibration(said_true.ravel(), seen.ravel())[0], 4),
        "ece_with_errors_in_joining": round(measures.calibration(said.ravel(), seen_erring.ravel())[0], 4),
        "bins": bins,
        "classes": by_class,
    }


def _bounds(ours: Scores, ceiling: Scores) -> dict[str, Any] | None:
    """How often the score with true links lies within the bounds; None where there are no bounds."""
    if "score_min" not in ours.frame.columns:
        return None
    low, high = (ours.frame[name].to_numpy() for name in ("score_min", "score_max"))
    within = (ceiling.score >= low - 0.005) & (ceiling.score <= high + 0.005)
    nearly = (ceiling.score >= low - 0.5) & (ceiling.score <= high + 0.5)
    return {
        "covered": round(float(within.mean()), 4),
        "covered_to_half_a_point": round(float(nearly.mean()), 4),
        "below": round(float((ceiling.score < low - 0.005).mean()), 4),
        "above": round(float((ceiling.score > high + 0.005).mean()), 4),
        "mean_width": round(float((high - low).mean()), 2),
        "mean_error_of_score": round(float(np.abs(ours.score - ceiling.score).mean()), 2),
    }


def _sensitivity(
    truth: pl.DataFrame, models: Models, victims: NDArray[np.bool_], *, seed: int
) -> dict[str, Any]:
    """Ranks of a sample of members when one weight is halved, or made half as great again.

    Links are held fixed at the true ones.
    """
    size = min(SAMPLE, len(victims))
    chosen = np.sort(np.random.default_rng([seed, 7]).choice(len(victims), size, replace=False))
    places = pl.DataFrame({"old": chosen}).with_row_index("place")
    rows = truth.rename({"place": "old"}).with_columns(pl.col("old").cast(pl.Int64)).join(places, on="old")
    base = assess_rows(rows, count=size, models=models).score
    hit, found = victims[chosen], {}
    for scenario in models.profile.weights:
        for factor in FACTORS:
            profile = reweighted(models.profile, scenario, factor)
            scores = assess_rows(rows, count=size, models=models, profile=profile).score
            found[f"{scenario} x {factor}"] = {
                "spearman": round(measures.spearman(base, scores), 4),
                "top_5_overlap": round(measures.top_overlap(base, scores, 0.05), 4),
                "auc_change": round(measures.auc(scores, hit) - measures.auc(base, hit), 4),
            }
    return {
        "members": size,
        "least_spearman": list(min((one["spearman"], name) for name, one in found.items())),
        "least_top_5_overlap": list(min((one["top_5_overlap"], name) for name, one in found.items())),
        "weights": found,
    }


def _spread(scores: Floats) -> dict[str, Any]:
    return {
        "deciles": [round(float(at), 2) for at in np.quantile(scores, np.arange(0.0, 1.01, 0.1))],
        "share_at_0": round(float((scores == 0).mean()), 4),
        "share_from_95": round(float((scores >= 95).mean()), 4),
        "distinct": len(np.unique(scores)),
        "largest_tie": round(float(np.unique(scores, return_counts=True)[1].max() / len(scores)), 4),
        "histogram_by_5": np.histogram(scores, bins=np.arange(0, 101, 5))[0].tolist(),
    }


def _tables(found: Mapping[str, Any]) -> list[str]:
    """The main figures as Markdown."""
    target, spread, availability = found["targets"], found["spread"], found["availability"]
    lines = [
        (
            f"{found['members']:,} members, {found['files']} leaked files, {found['runs']} fraudsters, "
            f"{found['victims']:,} victims ({found['victims_share']:.1%}).\n"
        ),
        "| ranking | AUC | 95 % | lift, top 1 % | top 5 % | average precision |",
        "|---|---|---|---|---|---|",
    ]
    ordered = sorted(found["rankings"].items(), key=lambda item: -item[1]["auc"])
    lines += [
        f"| {name} | {one['auc']:.3f} | {one['auc_95'][0]:.3f} to {one['auc_95'][1]:.3f} | "
        f"{one['lift_top_1']:.2f} | {one['lift_top_5']:.2f} | {one['average_precision']:.3f} |"
        for name, one in ordered
    ]
    lines += [
        (
            f"\nAhead of {one['ranking']} by {one['ahead']:.3f} "
            f"({one['ahead_95'][0]:.3f} to {one['ahead_95'][1]:.3f})."
        )
        for one in (target["best_simple"], target["best_without_our_model"])
    ]
    lines += [
        f"\n{target['share_of_ceiling']:.1%} of the score with true links.\n",
        "| fraudsters | victims | ours | true links | our worst single | best without our model | its AUC |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        (
            f"| {name} | {one['victims']:,} | {one['ours']:.3f} | {one['true_links']:.3f} | "
            f"{one['worst_single_breach']:.3f} | {one['best_without_our_model'][0]} | "
            f"{one['best_without_our_model'][1]:.3f} |"
        )
        for name, one in found["variants"].items()
    ]
    lines += [
        (
            f"\nAvailability: calibration error {availability['ece']:.4f} over all, "
            f"{availability['ece_where_something_is_said']:.4f} where something is said, "
            f"{availability['ece_true_links']:.4f} with true links."
        ),
        f"Bounds: {found['bounds']}",
        (
            f"When a weight moves by half: least Spearman {found['sensitivity']['least_spearman']}, "
            f"least overlap of the top 5 % {found['sensitivity']['least_top_5_overlap']}"
        ),
        f"Scores: deciles {spread['deciles']}",
        f"At 0 {spread['share_at_0']:.1%}, from 95 {spread['share_from_95']:.1%}",
        f"{found['seconds']['all']} s.",
    ]
    return lines


if __name__ == "__main__":
    main()
