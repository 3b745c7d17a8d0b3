"""The laws of names read from INSEE's own files, when they are at hand."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import polars as pl

from correlate.synthesis.chance import Floats, Ints
from correlate.synthesis.errors import InseeFileMissing
from correlate.synthesis.first_name_law import LAST_YEAR, FirstNames, abroad_weights, read_first_names
from correlate.synthesis.law import Law
from correlate.synthesis.pyramid import FIRST_YEAR

__all__ = ["FIRST_NAME_FILE", "SURNAME_FILE", "read_insee_first_names", "read_insee_surnames"]

SURNAME_FILE = "insee_noms_2008.txt.zip"
FIRST_NAME_FILE = "insee_nat_2022.csv.zip"
_RARE_BUCKET = "AUTRES NOMS"


def _unzip(directory: Path, name: str) -> bytes:
    try:
        with zipfile.ZipFile(directory / name) as archive:
            return archive.read(archive.namelist()[0])
    except (OSError, zipfile.BadZipFile, IndexError) as problem:
        raise InseeFileMissing(file=name, directory=directory, reason=type(problem).__name__) from problem


def _table(directory: Path, name: str, separator: str, columns: tuple[str, ...]) -> pl.DataFrame:
    data = io.BytesIO(_unzip(directory, name))
    try:
        frame = pl.read_csv(data, separator=separator, infer_schema_length=0)
    except pl.exceptions.PolarsError as problem:
        raise InseeFileMissing(file=name, directory=directory, reason="no table") from problem
    if not set(columns) <= set(frame.columns):
        raise InseeFileMissing(file=name, directory=directory, reason="unknown columns")
    return frame


def read_insee_surnames(directory: Path) -> tuple[pl.Series, Floats]:
    """Give the listed surnames, commonest first, and their shares of births; the rest is the rare bucket.

    Births of all decades 1891-2000 are summed.
    """
    frame = _table(directory, SURNAME_FILE, "\t", ("NOM", "_1891_1900"))
    births = frame.select("NOM", births=pl.sum_horizontal(pl.exclude("NOM").cast(pl.Float64, strict=False)))
    listed = births.filter(pl.col("NOM") != _RARE_BUCKET).sort("births", "NOM", descending=[True, False])
    return listed["NOM"], listed["births"].to_numpy() / float(births["births"].sum())


def read_insee_first_names(directory: Path) -> FirstNames:
    """Give the first names by sex and year of birth; years after the last of the file use the last."""
    frame = _table(directory, FIRST_NAME_FILE, ";", ("sexe", "preusuel", "annais", "nombre"))
    known = frame.filter((pl.col("annais") != "XXXX") & ~pl.col("preusuel").str.starts_with("_")).select(
        sex=pl.col("sexe").cast(pl.Int64),
        name=pl.col("preusuel").str.to_titlecase(),
        year=pl.col("annais").cast(pl.Int64),
        births=pl.col("nombre").cast(pl.Float64),
    )
    abroad = read_first_names()
    names = pl.concat([abroad["name"], known["name"].unique().sort()]).unique(maintain_order=True)
    numbers = pl.DataFrame({"name": names, "number": np.arange(len(names))})
    numbered = known.join(numbers, on="name").sort("sex", "year", "number")
    groups = {
        (int(sex), int(year)): (part["births"].to_numpy(), part["number"].to_numpy())
        for (sex, year), part in numbered.group_by("sex", "year", maintain_order=True)
    }
    rows = [_row(groups, sex, year) for sex in (1, 2) for year in range(FIRST_YEAR, LAST_YEAR + 1)]
    rows += [(row[row > 0], np.flatnonzero(row)) for row in abroad_weights(abroad, len(names))]
    return FirstNames(names=names, law=Law.of([row[0] for row in rows], [row[1] for row in rows]))


def _row(groups: dict[tuple[int, int], tuple[Floats, Ints]], sex: int, year: int) -> tuple[Floats, Ints]:
    last = max(known for kind, known in groups if kind == sex)
    return groups[sex, min(year, last)]
