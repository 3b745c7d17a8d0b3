"""Fields that a profile may not read, refused wherever they come in: by header, by mapping, by value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from correlate.errors import InputError
from correlate.normalise import nir
from correlate.reading import Batch, Source
from correlate.risk import Profile
from correlate.vocabulary import AttributeClass, Field, recognise

__all__ = ["FieldRefused", "Refusal"]

# One digit string in some hundreds passes for a NIR by chance.
SHARE_MAX = 0.1
# What could be a NIR, before the costlier look: 13 or 15 digits or letters of Corsica, however spaced.
NIR_LIKE = r"^\s*[1-8](?:[\s.\-]*[0-9ABab]){12,14}\s*$"


class FieldRefused(InputError):
    """The profile {profile} may not read the field {field}, and {file} has it in {column}. {reason}.

    Leave that column out of the file and start again: everything works without it. Nothing was read, and
    nothing was written.
    """


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """The fields that a profile refuses. One without such fields refuses nothing, and looks at nothing."""

    profile: str
    fields: tuple[Field, ...]
    reason: str

    @classmethod
    def of(cls, profile: Profile) -> Refusal:
        """That of a profile."""
        return cls(profile=profile.name, fields=profile.refuses, reason=profile.refuses_source.rstrip("."))

    def check_source(self, source: Source) -> None:
        """Refuse a file before any row of it is read.

        A column counts by its header, whatever a mapping makes of it, and by what a mapping makes of it. In
        JSON lines every line may bring another key, so all of them are looked at.

        Raises:
            FieldRefused: a column is, or carries, a refused field.
        """
        if not self.fields:
            return
        self.check_headers(source.path, source.headers)
        for column in source.columns.used:
            if self._is_refused(column.carries):
                raise self._error(
                    source.path, f"column {column.index + 1}, as the mapping says", column.carries
                )
        self.check_headers(source.path, sorted(source.keys()))

    def check_headers(self, file: Path, headers: Sequence[str]) -> None:
        """Refuse a table by its headers.

        Raises:
            FieldRefused: a header names a refused field.
        """
        if not self.fields:
            return
        for place, header in enumerate(headers, start=1):
            for name in (header, *header.split(".")):
                if self._is_refused(meaning := recognise(name)):
                    # The header is in the vocabulary, so it is no value.
                    raise self._error(file, f"column {place} (“{name}”)", meaning)

    def check_values(self, file: Path, column: str, values: pl.Series) -> None:
        """Refuse a column that holds what its header does not say.

        Raises:
            FieldRefused: more values than by chance are NIRs.
        """
        if Field.nir not in self.fields:
            return
        said = values.drop_nulls()
        like = said.filter(said.str.contains(NIR_LIKE))
        if len(like) > SHARE_MAX * len(said):
            found = nir.normalise(like)["issue"].null_count()
            if found > SHARE_MAX * len(said):
                raise self._error(file, column, Field.nir)

    def look_at(self, source: Source) -> Callable[[Batch], None] | None:
        """What is to look at each batch of a file before anything else does; None where nothing has to."""
        if not self.fields:
            return None
        places = {column.target: f"column {column.index + 1}" for column in source.columns.used}

        def look(batch: Batch) -> None:
            for target, place in places.items():
                self.check_values(source.path, f"{place}, by its values", batch.frame[target])

        return look

    def _is_refused(self, meaning: Field | AttributeClass | None) -> bool:
        # To say that a NIR leaked, a column has to be looked at. No other class means a refused field alone.
        return meaning in self.fields or (meaning is AttributeClass.NIR and Field.nir in self.fields)

    def _error(self, file: Path, column: str, field: Field | AttributeClass | None) -> FieldRefused:
        return FieldRefused(profile=self.profile, field=field, file=file, column=column, reason=self.reason)
