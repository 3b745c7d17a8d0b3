"""The claims about loading, overriding and looking up."""

from __future__ import annotations

import dataclasses
import json

import pytest

from correlate.catalogue import (
    Catalogue,
    CatalogueError,
    UnknownBreach,
    default_user_catalogue,
    read_breaches,
    write_user_catalogue,
)
from correlate.catalogue.toml_format import render_toml


@pytest.fixture
def own(tmp_path):
    def write(*breaches, name="own.toml"):
        path = tmp_path / name
        path.write_text(render_toml(breaches), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="module")
def shipped():
    return Catalogue.shipped()


@pytest.fixture
def free(shipped):
    return shipped.get("free-2024")


def renamed(breach, name, **changes):
    return dataclasses.replace(breach, id=name, **changes)


def test_a_file_overrides_and_adds(shipped, free, own):
    path = own(dataclasses.replace(free, persons=1), renamed(free, "new-2026"))
    loaded = Catalogue.load(path)
    assert loaded.get("free-2024").persons == 1
    assert loaded.get("new-2026") == renamed(free, "new-2026")
    assert len(loaded) == len(shipped) + 1
    assert list(loaded.ids()) == sorted(loaded.ids())


def test_of_two_files_the_later_wins(free, own):
    first = own(dataclasses.replace(free, persons=1), name="first.toml")
    second = own(dataclasses.replace(free, persons=2), name="second.toml")
    assert Catalogue.load(first, second).get("free-2024").persons == 2
    assert Catalogue.load(second, first).get("free-2024").persons == 1


def test_without_files_the_users_own_is_taken_if_it_is_there(shipped, free, monkeypatch, tmp_path):
    assert len(Catalogue.load()) == len(shipped)
    path = tmp_path / "mine.toml"
    path.write_text(render_toml([renamed(free, "new-2026")]), encoding="utf-8")
    monkeypatch.setenv("CORRELATE_CATALOGUE", str(path))
    assert "new-2026" in Catalogue.load()
    assert "new-2026" not in Catalogue.shipped()


def test_the_users_own_is_among_the_settings(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert default_user_catalogue() == tmp_path / "correlate" / "breaches.toml"
    monkeypatch.setenv("XDG_CONFIG_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert default_user_catalogue() == tmp_path / "home" / ".config" / "correlate" / "breaches.toml"


def test_a_list_of_have_i_been_pwned_is_loaded_and_leaves_reviewed_entries_alone(shipped, tmp_path):
    path = tmp_path / "hibp.json"
    deezer = {"Name": "Deezer", "BreachDate": "2019-04-22", "PwnCount": 9, "DataClasses": ["Email addresses"]}
    path.write_text(json.dumps([deezer, deezer | {"Name": "Invented", "BreachDate": "2026-01-01"}]))
    loaded = Catalogue.load(path)
    assert loaded.get("deezer-2019") == shipped.get("deezer-2019")
    assert loaded.get("invented-2026").persons == 9


@pytest.mark.parametrize(
    ("asked", "near"),
    [("free", "free-2024"), ("fre-2024", "free-2024"), ("viamedis", "viamedis-almerys-2024")],
)
def test_an_unknown_breach_is_told_with_its_neighbours_and_the_next_step(shipped, asked, near):
    with pytest.raises(UnknownBreach, match=rf"no breach {asked} in the catalogue.*{near}.*breaches list"):
        shipped.get(asked)


def test_an_unknown_breach_like_no_other_is_told_without_neighbours(shipped):
    with pytest.raises(UnknownBreach, match=r"no breach qqq in the catalogue. List them with `correlate"):
        shipped.get("qqq")
    with pytest.raises(UnknownBreach):
        shipped.get("")


def test_membership_and_lookup_agree(shipped):
    assert "free-2024" in shipped
    assert "free" not in shipped
    assert shipped["free-2024"] is shipped.get("free-2024")


def test_one_id_twice_in_a_file_is_refused(free, own):
    with pytest.raises(CatalogueError, match=r"own.toml.*entry 2 \(free-2024\): an earlier entry"):
        read_breaches(own(free, free))


def test_a_lineage_may_name_shipped_breaches_and_reaches_through_compilations(shipped, free, own):
    first = renamed(free, "combo-2025", lineage=("free-2024",), compilation=True)
    second = renamed(free, "combo-2026", lineage=("combo-2025", "sfr-2024"), compilation=True)
    loaded = Catalogue.load(own(first, second))
    assert loaded.origins("combo-2026") == {"combo-2025", "free-2024", "sfr-2024"}
    assert len(loaded) == len(shipped) + 2


def test_a_lineage_that_names_nothing_known_is_refused(free, own):
    path = own(renamed(free, "combo-2026", lineage=("nowhere-2020",), compilation=True))
    with pytest.raises(CatalogueError, match=r"own.toml.*combo-2026: its lineage names nowhere-2020"):
        Catalogue.load(path)


def test_a_lineage_that_goes_round_is_refused(free, own):
    first = renamed(free, "a-2026", lineage=("b-2026",), compilation=True)
    second = renamed(free, "b-2026", lineage=("a-2026",), compilation=True)
    with pytest.raises(CatalogueError, match=r"own.toml.*goes round in a circle: .* <- "):
        Catalogue.load(own(first, second))


def test_a_file_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "own.toml"
    path.write_bytes("organisation = 'é'".encode("latin-1"))
    with pytest.raises(CatalogueError, match=r"own.toml.*not in UTF-8"):
        Catalogue.load(path)


def test_a_file_with_a_byte_order_mark_is_read(free, tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(render_toml([free]), encoding="utf-8-sig")
    assert read_breaches(path) == (free,)


def test_a_missing_file_is_the_operating_systems_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        Catalogue.load(tmp_path / "nothing.toml")


def test_what_is_written_for_the_user_is_loaded(free, monkeypatch, tmp_path):
    path = tmp_path / "deep" / "mine.toml"
    monkeypatch.setenv("CORRELATE_CATALOGUE", str(path))
    write_user_catalogue(path, [renamed(free, "new-2026")])
    assert "new-2026" in Catalogue.load()
