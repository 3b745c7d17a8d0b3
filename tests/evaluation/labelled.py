"""Labelled files, cut out of synthetic France: members, and the rows of a breach, with who is who."""

from __future__ import annotations

from pathlib import Path

import polars as pl

BREACH = "francetravail-2024"
TRUTH = "person"


def register(france: Path) -> pl.DataFrame:
    """Members with their person."""
    persons = pl.read_parquet(france / "people.parquet").drop_nulls("member_id")
    members = pl.read_parquet(france / "subjects.parquet").sort("member_id")
    return members.join(
        persons.select("member_id", pl.format("P{}", "person_id").alias(TRUTH)),
        on="member_id",
        maintain_order="left",
    ).drop("nir", "iban", "member_id")


def survey(france: Path) -> pl.DataFrame:
    """A breach's rows with their person; some persons have two."""
    truth = pl.read_parquet(france / "truth.parquet").filter(breach=BREACH).sort("row")
    rows = pl.read_parquet(france / "breaches" / f"{BREACH}.parquet")
    return rows.with_columns(pl.format("P{}", truth["person_id"]).alias(TRUTH)).drop("nir")


def values(*frames: pl.DataFrame) -> set[str]:
    """Every name, date, e-mail, street and label of some files: what no output may hold."""
    columns = {"nom", "nom_naissance", "nom_usage", "date_naissance", "email", "telephone", "adresse", TRUTH}
    return {
        value
        for frame in frames
        for column in columns & set(frame.columns)
        for value in frame[column].drop_nulls().to_list()
        if len(value) > 4
    }
