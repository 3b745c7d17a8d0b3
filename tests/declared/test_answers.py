"""The forms in which answers of Have I Been Pwned are kept."""

from __future__ import annotations

import json

import pytest

from correlate.declared import HibpDomainNeeded, HibpUnreadable, read_answers
from correlate.reading import MissingFile

FULL = {"Name": "Deezer", "Title": "Deezer", "BreachDate": "2019-04-22", "DataClasses": ["Email addresses"]}
WANTED = [("a@x.example", ("Adobe", "Deezer")), ("b@x.example", ())]


def lines(*objects) -> str:
    return "\n\n".join(json.dumps(one) for one in objects)


def written(tmp_path, content) -> object:
    file = tmp_path / "answers.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def read(file, **options):
    return [
        (answer.address, tuple(name for name, _ in answer.breaches))
        for answer in read_answers(file, **options)
    ]


@pytest.mark.parametrize(
    "content",
    [
        # By address: names, objects with a name alone (the default), whole objects.
        {"a@x.example": ["Adobe", "Deezer"], "b@x.example": []},
        {"a@x.example": [{"Name": "Adobe"}, FULL], "b@x.example": None},
        # JSON lines, one address a line, or an object of each line.
        lines(
            {"email": "a@x.example", "breaches": ["Adobe", "Deezer"]},
            {"email": "b@x.example", "breaches": []},
        ),
        lines(
            {"Account": "a@x.example", "Breaches": [{"Name": "Adobe"}, {"Name": "Deezer"}]},
            {"Account": "b@x.example", "Breaches": None},
        ),
        '{"a@x.example": ["Adobe", "Deezer"]}\n{"b@x.example": []}\n',
        [
            {"email": "a@x.example", "breaches": ["Adobe", "Deezer"]},
            {"email": "b@x.example", "breaches": []},
        ],
        # The download of the search by domain.
        {
            "BreachSearchResults": [
                {"Alias": "a", "DomainName": "x.example", "Breaches": [{"Name": "Adobe"}, FULL]},
                {"Alias": "b", "DomainName": "x.example", "Breaches": []},
            ],
            "PasteSearchResults": [],
        },
    ],
)
def test_every_form_says_the_same(tmp_path, content):
    assert read(written(tmp_path, content)) == WANTED


def test_mailboxes_of_a_domain_need_the_domain(tmp_path):
    file = written(tmp_path, {"a": ["Adobe", "Deezer"], "b": []})
    assert read(file, domain="x.example") == WANTED
    with pytest.raises(HibpDomainNeeded, match="--hibp-domain"):
        read(file)


def test_the_year_of_a_whole_answer_is_kept(tmp_path):
    (answer,) = read_answers(written(tmp_path, {"a@x.example": [FULL]}))
    assert answer.breaches == (("Deezer", "2019"),)


def test_what_is_no_list_of_breaches_is_told_by_its_place(tmp_path):
    content = {"a@x.example": "Adobe", "b@x.example": [{"Title": "no name"}], "c@x.example": ["Adobe"]}
    assert [(a.row, a.fault) for a in read_answers(written(tmp_path, content))] == [
        (1, "no-breach-list"),
        (2, "no-breach-list"),
        (3, ""),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("3", "neither an object nor a list"),
        ('{"a@x.example": ["Adobe"]}\n{"b@', "line 2 is not JSON"),
        ("[1]", "entry 1 is not an object"),
        ([FULL], "does not say of which address"),
    ],
)
def test_anything_else_is_refused_without_what_it_says(tmp_path, content, reason):
    with pytest.raises(HibpUnreadable, match=reason) as caught:
        read(written(tmp_path, content))
    assert "x.example" not in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path):
    with pytest.raises(MissingFile):
        read(tmp_path / "none.json")
    (tmp_path / "answers.json").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(HibpUnreadable, match="UTF-8"):
        read(tmp_path / "answers.json")
