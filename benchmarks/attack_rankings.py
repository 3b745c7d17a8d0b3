"""The rankings that are held against the victims: ours, ours with true links, and the simple ones.

Every ranking is over the same members, in the order given. The simple ones get more than they would have in
life: the classes of each row as the truth has them, and links as good as ours.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from correlate.catalogue import Catalogue
from correlate.pipeline import Models
from correlate.risk import EXPOSURE_SCHEMA, Exposures, Profile, assess
from correlate.risk.severity import SeverityTable, severities
from correlate.scoring import score_frame
from correlate.tokens import SecretKey
from correlate.vault import Vault, ingest
from correlate.vocabulary import AttributeClass

__all__ = [
    "ON_EMAIL",
    "OURS",
    "TRUE_LINKS",
    "WITHOUT_COMBINATION",
    "Scores",
    "assess_rows",
    "by_email",
    "reweighted",
    "score_members",
    "simple_rankings",
]

Floats = NDArray[np.float64]

OURS, TRUE_LINKS = "our score", "our score, true links"
WITHOUT_COMBINATION, ON_EMAIL = "our score of the worst single breach", "our score on e-mail matches"
_KEY = SecretKey(secret=bytes(range(32)))
_LINKED_FROM = 0.5


@dataclass(frozen=True, kw_only=True)
class Scores:
    """What the scorer says of each member: its whole output, one row a member in the order of ``members``."""

    frame: pl.DataFrame

    @property
    def score(self) -> Floats:
        """The score of each."""
        return self.frame["score"].to_numpy()

    @property
    def alone(self) -> Floats:
        """The highest score that any single breach gives alone."""
        best = pl.col("breaches").list.eval(pl.element().struct.field("alone")).list.max().fill_null(0.0)
        return self.frame.select(best=best)["best"].to_numpy()

    def breaches(self) -> pl.DataFrame:
        """(place, breach) of every breach more likely theirs than not; not those of their household."""
        rows = self.frame.with_row_index("place").select("place", "breaches").explode("breaches")
        return (
            rows.drop_nulls()
            .unnest("breaches")
            .filter((pl.col("probability") >= _LINKED_FROM) & (pl.col("evidence") != "household"))
        )

    def availability(self, names: Sequence[str]) -> Floats:
        """Members × ``names``: the chance that a fraudster has a true value of the class."""
        rows = self.frame.with_row_index("place").select("place", "attributes").explode("attributes")
        rows = rows.drop_nulls().unnest("attributes").filter(pl.col("attribute").is_in(names))
        found = np.zeros((self.frame.height, len(names)))
        where = rows["attribute"].replace_strict(
            {name: at for at, name in enumerate(names)}, return_dtype=pl.Int64
        )
        found[rows["place"].to_numpy(), where.to_numpy()] = rows["availability"].to_numpy()
        return found


def score_members(folder: Path, *, models: Models, members: pl.Series) -> Scores:
    """Put the leaked files into a vault and score the insurer's file, as any user would."""
    with Vault.create(folder / "vault.duckdb", _KEY) as vault:
        for file in sorted((folder / "france" / "breaches").iterdir()):
            ingest(vault, file, models.catalogue.get(file.stem))
        subjects = pl.read_parquet(folder / "france" / "subjects.parquet")
        found = score_frame(vault, subjects, models=models, id_column="member_id")
    order = pl.DataFrame({"subject_id": members})
    return Scores(frame=order.join(found, on="subject_id", how="left", maintain_order="left"))


def assess_rows(rows: pl.DataFrame, *, count: int, models: Models, profile: Profile | None = None) -> Scores:
    """Score members whose rows are known for certain: (place, breach, classes, mate).

    ``classes`` is a list a row, ``mate`` whether the row is about another of the household; without that
    column all rows are about the member.
    """
    if "mate" not in rows.columns:
        rows = rows.with_columns(mate=pl.lit(value=False))
    rows = rows.select("place", "breach", "mate", pl.col("classes").list.sort())
    sets = rows.select("classes").unique().sort(pl.col("classes").list.join(" ")).with_row_index("class_set")
    rows = rows.join(sets, on="classes", how="left")
    told = pl.concat_str("breach", "class_set", "mate", separator=" ").sort().str.join(",")
    same = rows.group_by("place").agg(told=told).sort("place")
    # Members whose rows tell the same are assessed once; the last exposure is of those without rows.
    distinct = same.group_by("told").agg(place=pl.col("place").min()).sort("place")
    distinct = distinct.with_row_index("exposure_id")
    numbers = np.full(count, distinct.height)
    whose = same.join(distinct.select("told", "exposure_id"), on="told", how="left")
    numbers[whose["place"].to_numpy()] = whose["exposure_id"].to_numpy()
    frame = rows.join(distinct.select("place", "exposure_id"), on="place").select(
        "exposure_id",
        "breach",
        "class_set",
        probability=pl.lit(1.0),
        evidence=pl.when("mate").then(pl.lit("household")).otherwise(pl.lit("linked")),
        depth=pl.lit(1),
    )
    exposures = Exposures(
        frame=frame.cast(EXPOSURE_SCHEMA),
        class_sets={
            number: tuple(AttributeClass(name) for name in names) for number, names in sets.iter_rows()
        },
        count=distinct.height + 1,
    )
    found = assess(
        exposures,
        catalogue=models.catalogue,
        scenarios=models.scenarios,
        profile=profile or models.profile,
        as_of=models.as_of,
    )
    return Scores(frame=found.frame.sort("exposure_id")[numbers])


def by_email(folder: Path, members: pl.Series, catalogue: Catalogue) -> pl.DataFrame:
    """What a breach service answers for the address each member has today: (place, breach, classes).

    The classes are those the catalogue gives the breach, as a service does not look into rows.
    """
    subjects = pl.read_parquet(folder / "france" / "subjects.parquet", columns=["member_id", "email"])
    asked = pl.DataFrame({"member_id": members}).with_row_index("place")
    asked = asked.join(subjects, on="member_id", how="left").drop_nulls("email")
    asked = asked.select("place", email=pl.col("email").str.to_lowercase())
    return pl.concat(list(_found(folder, asked, catalogue)))


def _found(folder: Path, asked: pl.DataFrame, catalogue: Catalogue) -> Iterator[pl.DataFrame]:
    for file in sorted((folder / "france" / "breaches").iterdir()):
        if "email" in pl.read_parquet_schema(file):
            rows = pl.read_parquet(file, columns=["email"]).select(pl.col("email").str.to_lowercase())
            classes = sorted(str(one) for one in catalogue.get(file.stem).classes)
            yield asked.join(rows.unique(), on="email", how="semi").select(
                "place",
                breach=pl.lit(file.stem),
                classes=pl.lit(pl.Series([classes], dtype=pl.List(pl.String))).first(),
            )


def simple_rankings(
    ours: Scores, found_by_email: pl.DataFrame, true_rows: pl.DataFrame, *, models: Models, count: int
) -> dict[str, Floats]:
    """The rankings without combination, or without weights; ``true_rows`` are (place, breach, classes)."""
    table = SeverityTable.load()
    linked = ours.breaches().select("place", "breach")
    classes = true_rows.group_by("place", "breach").agg(pl.col("classes").explode().unique())
    told = pl.DataFrame(
        {
            "breach": [one.id for one in models.catalogue],
            "told": [list(one.classes) for one in models.catalogue],
        },
        schema={"breach": pl.String, "told": pl.List(pl.String)},
    )
    linked = linked.join(classes, on=["place", "breach"], how="left").join(told, on="breach", how="left")
    linked = linked.with_columns(pl.coalesce("classes", "told").alias("classes"))
    per_breach = _alone_by_breach(models)
    email = assess_rows(found_by_email, count=count, models=models)
    union = linked.group_by("place").agg(pl.col("classes").explode().unique())
    return {
        "number of breaches": _per_place(linked, pl.len(), count),
        "number of attribute classes": _per_place(union, pl.col("classes").list.len().max(), count),
        WITHOUT_COMBINATION: ours.alone,
        "highest single breach, one score a breach": _per_place(
            linked.join(per_breach, on="breach"), pl.col("alone").max(), count
        ),
        "e-mail only: number of breaches": _per_place(found_by_email, pl.len(), count),
        "e-mail only: highest single breach": _per_place(
            found_by_email.join(per_breach, on="breach"), pl.col("alone").max(), count
        ),
        "e-mail only: ENISA, highest": _per_place(_with_se(found_by_email, table), pl.col("se").max(), count),
        "ENISA, highest, one figure a breach": _per_place(
            _with_se(linked.select("place", classes="told"), table), pl.col("se").max(), count
        ),
        "ENISA, highest, by the person's rows": _per_place(
            _with_se(linked, table), pl.col("se").max(), count
        ),
        "ENISA, union of the person's rows": _per_place(_with_se(union, table), pl.col("se").max(), count),
        ON_EMAIL: email.score,
    }


def _alone_by_breach(models: Models) -> pl.DataFrame:
    """(breach, alone): one score a breach, by what the catalogue says it exposed: the same for all in it."""
    known = [one for one in models.catalogue if one.classes and one.date <= models.as_of]
    rows = pl.DataFrame(
        {
            "place": range(len(known)),
            "breach": [one.id for one in known],
            "classes": [[str(attribute) for attribute in one.classes] for one in known],
        }
    )
    return rows.select("breach", alone=assess_rows(rows, count=len(known), models=models).score)


def _with_se(rows: pl.DataFrame, table: SeverityTable) -> pl.DataFrame:
    sets = [[AttributeClass(name) for name in names] for names in rows["classes"].to_list()]
    return rows.with_columns(
        se=pl.Series([one.se for one in severities(sets, table=table)], dtype=pl.Float64)
    )


def _per_place(rows: pl.DataFrame, value: pl.Expr, count: int) -> Floats:
    found = np.zeros(count)
    grouped = rows.group_by("place").agg(value=value)
    found[grouped["place"].to_numpy()] = grouped["value"].cast(pl.Float64).to_numpy()
    return found


def reweighted(profile: Profile, scenario: str, factor: float) -> Profile:
    """The profile with one weight multiplied, at most 1."""
    figure = profile.weights[scenario]
    changed = dataclasses.replace(figure, value=min(1.0, figure.value * factor))
    return dataclasses.replace(profile, weights={**profile.weights, scenario: changed})
