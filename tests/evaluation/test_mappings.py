"""One mapping for several files."""

from __future__ import annotations

import pytest

from correlate.evaluation import MappedNowhere
from correlate.evaluation.mappings import mappings
from correlate.reading import Mapping


@pytest.fixture
def files(tmp_path):
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text("nom,prenom,Courrier\nZabulon,Ysoline,z@exemple.fr\n", encoding="utf-8")
    other.write_text("nom,prenom,portable\nZabulon,Ysoline,0639980000\n", encoding="utf-8")
    return one, other


def test_each_file_gets_the_columns_that_it_has(files):
    given = Mapping(columns={"courrier": "email", "portable": "phone", "nom": "surname"}, date_order="dmy")
    found = mappings(given, files)
    assert [dict(found[file].columns) for file in files] == [
        {"courrier": "email", "nom": "surname"},
        {"portable": "phone", "nom": "surname"},
    ]
    assert {one.date_order for one in found.values()} == {"dmy"}


def test_a_column_that_stands_nowhere_is_refused(files):
    given = Mapping(columns={"courrier": "email", "mail": "email"}, file="map.toml")
    with pytest.raises(MappedNowhere) as told:
        mappings(given, files)
    for part in ("“mail”", "map.toml", "one.csv has", "other.csv has", "“portable”"):
        assert part in str(told.value)
    assert "Zabulon" not in str(told.value)


def test_no_mapping_is_one_that_says_nothing(files):
    assert {len(one.columns) for one in mappings(None, files).values()} == {0}
