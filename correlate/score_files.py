"""What the name of a file of scores tells, and what stands in its column ``model``."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from correlate.errors import InputError

__all__ = ["BASE_RATES", "LEAST_BYTES", "ModelName", "UnknownOutputFormat", "output_format"]

FORMATS = {".parquet": "parquet", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}
# What a subject in no breach takes, about; nobody takes less.
LEAST_BYTES = {"parquet": 3, "csv": 95, "jsonl": 260}
# Ends the name of a profile that breaches the vault does not hold counted beside.
BASE_RATES = "+base-rates"


class UnknownOutputFormat(InputError):
    """The output {path} has an ending this program does not write. Use one of: {known}."""


def output_format(path: Path) -> str:
    """The format by the file's ending; raises UnknownOutputFormat."""
    if path.suffix.lower() not in FORMATS:
        raise UnknownOutputFormat(path=path, known=", ".join(FORMATS))
    return FORMATS[path.suffix.lower()]


@dataclass(frozen=True, kw_only=True)
class ModelName:
    """The parts of the column ``model``: what decided the scores, and the day they are as of.

    ``profile`` ends in "+base-rates" where these counted.
    """

    linkage: str
    profile: str
    scenarios: str
    as_of: datetime.date

    @classmethod
    def parse(cls, text: str) -> Self:
        """The parts of what ``str`` gives; raises ValueError where it is something else."""
        linkage, profile, scenarios, day = text.split("/")
        return cls(
            linkage=linkage, profile=profile, scenarios=scenarios, as_of=datetime.date.fromisoformat(day)
        )

    @property
    def plain_profile(self) -> str:
        """The name of the profile itself."""
        return self.profile.removesuffix(BASE_RATES)

    def __str__(self) -> str:
        return f"{self.linkage}/{self.profile}/{self.scenarios}/{self.as_of.isoformat()}"
