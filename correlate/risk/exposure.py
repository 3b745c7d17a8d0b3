"""What linkage hands to risk: the distinct sets of breach records that people stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from correlate.risk.errors import InvalidExposures
from correlate.vocabulary import AttributeClass

__all__ = ["DEPTH_MAX", "EVIDENCE", "EXPOSURE_SCHEMA", "Exposures"]

# The surest first.
EVIDENCE = ("own", "declared", "linked", "household")
# A path has at most so many links.
DEPTH_MAX = 9
EXPOSURE_SCHEMA = pl.Schema(
    {
        "exposure_id": pl.Int64(),
        "breach": pl.String(),
        "class_set": pl.Int32(),
        "probability": pl.Float64(),
        "evidence": pl.String(),
        "depth": pl.Int8(),
    }
)


@dataclass(frozen=True, kw_only=True)
class Exposures:
    """Distinct exposures, one row a record of a breach.

    ``frame`` has the columns of ``EXPOSURE_SCHEMA``, in any order of rows. An exposure is a number from
    0 to ``count`` - 1; one without rows is that of a person in no record. Several rows of one breach in
    one exposure are several records that may be this person's. ``probability`` (0 to 1) is that of the
    record being this person's; ``evidence`` is "own" when the person is a row of the breach, "declared" when
    whoever lost the data said so, "linked" when linkage found the record, and "household" when the record is
    about another person of the household and its class set is what of this person stands in it. ``depth`` is
    the number of links of the path to the record, 0 for "own" and "declared". ``class_sets`` gives the
    attribute classes behind each number of ``class_set``.

    Raises:
        InvalidExposures: a column, a number or a value does not fit this description.
    """

    frame: pl.DataFrame
    class_sets: Mapping[int, tuple[AttributeClass, ...]]
    count: int

    def __post_init__(self) -> None:
        if self.frame.schema != EXPOSURE_SCHEMA:
            expected = ", ".join(f"{name} {dtype}" for name, dtype in EXPOSURE_SCHEMA.items())
            raise InvalidExposures(reason=f"the frame must have exactly the columns {expected}")
        if self.count < 0:
            raise InvalidExposures(reason="the count of exposures is negative")
        self._check_values()

    def only(self, chosen: pl.Series) -> Exposures:
        """The exposures of these numbers, each of them once, numbered anew in the order given."""
        numbers = pl.DataFrame({"exposure_id": chosen.cast(pl.Int64), "number": range(len(chosen))})
        rows = self.frame.join(numbers, on="exposure_id").drop("exposure_id")
        frame = rows.rename({"number": "exposure_id"}).select(EXPOSURE_SCHEMA.names())
        return Exposures(frame=frame, class_sets=self.class_sets, count=len(chosen))

    def _check_values(self) -> None:
        known_sets = pl.Series(sorted(self.class_sets), dtype=pl.Int32)
        claims = {
            "a value is null": pl.any_horizontal(pl.all().is_null()),
            "an exposure_id is outside 0 to count - 1": ~pl.col("exposure_id").is_between(0, self.count - 1),
            "a probability is outside 0 to 1": ~pl.col("probability").is_between(0.0, 1.0)
            | pl.col("probability").is_nan(),
            "an evidence is none of own, declared, linked and household": ~pl.col("evidence").is_in(EVIDENCE),
            f"a depth is outside 0 to {DEPTH_MAX}": ~pl.col("depth").is_between(0, DEPTH_MAX),
            "a depth is 0 where the evidence is neither own nor declared, or the other way round": (
                pl.col("depth") == 0
            )
            != pl.col("evidence").is_in(("own", "declared")),
            "a class_set is not in class_sets": ~pl.col("class_set").is_in(known_sets.implode()),
        }
        found = self.frame.select(wrong.any().alias(reason) for reason, wrong in claims.items())
        for reason in claims:
            if found[reason].item():
                raise InvalidExposures(reason=reason)
