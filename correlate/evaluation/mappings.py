"""One mapping for several files: a column need not stand in all of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from correlate.evaluation.errors import MappedNowhere
from correlate.reading import Mapping, UnknownColumn, open_source

__all__ = ["mappings"]


def mappings(mapping: Mapping | None, files: Sequence[Path]) -> dict[Path, Mapping]:
    """For each file the part of a mapping that names its columns.

    Raises:
        MappedNowhere: a mapped column stands in none of the files.
        InputError: a file cannot be read.
    """
    whole = mapping or Mapping()
    found = {path: _part(whole, path) for path in files}
    for column in whole.columns:
        if all(column not in part.columns for part, _ in found.values()):
            held = "; ".join(
                f"{path} has {lacking[column].about['headers']}" for path, (_, lacking) in found.items()
            )
            raise MappedNowhere(column=f"“{column}”", mapping=whole.file, held=held)
    return {path: part for path, (part, _) in found.items()}


def _part(mapping: Mapping, path: Path) -> tuple[Mapping, dict[str, UnknownColumn]]:
    """The part that fits, and why each of the others does not."""
    lacking: dict[str, UnknownColumn] = {}
    while True:
        left = {column: target for column, target in mapping.columns.items() if column not in lacking}
        part = dataclasses.replace(mapping, columns=left)
        try:
            open_source(path, mapping=part).close()
        except UnknownColumn as error:
            lacking[str(error.about["column"]).strip("“”")] = error
        else:
            return part, lacking
