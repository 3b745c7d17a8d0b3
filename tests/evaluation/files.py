"""Labelled files: two sides about the same people, one of them written carelessly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from tests.vault.leaks import people, write

SYLLABLES = ["ba", "do", "fe", "gui", "la", "mon", "ner", "pi", "ro", "sau", "ti", "vil"]


def population(count: int, seed: int = 1) -> pl.DataFrame:
    """People with names of their own, and a label."""
    draw = np.random.default_rng(seed)

    def words(parts: int) -> list[str]:
        return ["".join(draw.choice(SYLLABLES, parts)) for _ in range(count)]

    return people(count, seed=seed).select(
        "telephone",
        "email",
        "date_naissance",
        nom=pl.Series(words(3)),
        prenom=pl.Series(words(2)),
        code_postal=pl.Series(draw.choice(["75011", "69003", "13001"], count)),
        who=pl.Series([f"{seed}-{n}" for n in range(count)]),
    )


def carelessly(rows: pl.DataFrame, seed: int = 5) -> pl.DataFrame:
    """The same people: a letter wrong in every third surname, e-mail and telephone often missing."""
    draw = np.random.default_rng(seed)
    height = rows.height
    return rows.with_columns(
        nom=pl.when(pl.Series(draw.random(height) < 1 / 3))
        .then(pl.col("nom").str.replace("a|e|o", "u"))
        .otherwise("nom"),
        email=pl.when(pl.Series(draw.random(height) < 0.5)).then("email"),
        telephone=pl.when(pl.Series(draw.random(height) < 0.3)).then("telephone"),
    ).sample(fraction=1, shuffle=True, seed=seed)


def both_sides(folder: Path, suffix: str = ".csv", count: int = 80) -> tuple[Path, Path]:
    """Subjects, and records of which three in four are theirs."""
    rows = population(count)
    held = pl.concat([rows.head(count * 3 // 4), population(count // 4, seed=2)])
    subjects = write(rows, folder / f"subjects{suffix}")
    return subjects, write(carelessly(held), folder / f"records{suffix}")
