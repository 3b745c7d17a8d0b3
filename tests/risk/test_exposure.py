from __future__ import annotations

import polars as pl
import pytest

from correlate.risk import EXPOSURE_SCHEMA, Exposures, InvalidExposures
from correlate.vocabulary import AttributeClass

SETS = {7: (AttributeClass.NAME,)}
GOOD = {
    "exposure_id": 0,
    "breach": "alpha",
    "class_set": 7,
    "probability": 1.0,
    "evidence": "own",
    "depth": 0,
}


def exposures(**changed: object) -> Exposures:
    frame = pl.DataFrame([GOOD | changed], schema=EXPOSURE_SCHEMA, strict=False)
    return Exposures(frame=frame, class_sets=SETS, count=1)


def test_a_frame_that_fits_is_taken():
    assert exposures().count == 1


def test_some_exposures_are_numbered_anew():
    frame = pl.DataFrame([GOOD | {"exposure_id": one} for one in (3, 0, 3, 2)], schema=EXPOSURE_SCHEMA)
    some = Exposures(frame=frame, class_sets=SETS, count=5).only(pl.Series([3, 4, 0], dtype=pl.Int32))
    assert some.count == 3
    assert some.frame["exposure_id"].sort().to_list() == [0, 0, 2]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"exposure_id": 1}, "exposure_id is outside"),
        ({"exposure_id": -1}, "exposure_id is outside"),
        ({"probability": 1.01}, "probability is outside"),
        ({"probability": -0.01}, "probability is outside"),
        ({"probability": float("nan")}, "probability is outside"),
        ({"class_set": 8}, "class_set is not in"),
        ({"evidence": "hearsay"}, "evidence is none of"),
        ({"depth": 10}, "a depth is outside 0 to 9"),
        ({"depth": 2}, "a depth is 0 where the evidence is neither own nor"),
        ({"breach": None}, "value is null"),
    ],
)
def test_a_value_out_of_place_is_refused(changed: dict, reason: str):
    with pytest.raises(InvalidExposures, match=reason):
        exposures(**changed)


def test_a_frame_of_other_columns_is_refused_with_the_right_ones():
    with pytest.raises(InvalidExposures, match="exactly the columns exposure_id Int64, breach String"):
        Exposures(frame=pl.DataFrame({"exposure_id": [0]}), class_sets=SETS, count=1)


def test_a_negative_count_is_refused():
    with pytest.raises(InvalidExposures, match="negative"):
        Exposures(frame=EXPOSURE_SCHEMA.to_frame(), class_sets=SETS, count=-1)
