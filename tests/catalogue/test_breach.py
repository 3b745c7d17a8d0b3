"""The claims about a single entry."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from correlate.catalogue import Breach, DateKind, InvalidBreach, PersonsKind, Scope, Status
from correlate.vocabulary import AttributeClass as A

GOOD = Breach(
    id="example-2024",
    organisation="Example",
    date=date(2024, 1, 2),
    date_kind=DateKind.breach,
    persons=10,
    persons_kind=PersonsKind.persons_official,
    status=Status.confirmed,
    scope=Scope.FR,
    classes=(A.NAME, A.EMAIL),
    sources=("a page",),
)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": "Example 2024"}, "its id must be"),
        ({"id": "-example"}, "its id must be"),
        ({"id": ""}, "its id must be"),
        ({"organisation": "  "}, "organisation is empty"),
        ({"persons": None}, "persons must be given"),
        ({"persons_kind": PersonsKind.unknown}, "persons must be given"),
        ({"persons": 0}, "at least 1"),
        ({"classes": ()}, "classes is empty"),
        ({"sources": ()}, "sources is empty"),
        ({"sources": (" ",)}, "sources is empty"),
        ({"classes": (A.NAME, A.NAME)}, "classes names the same thing twice"),
        ({"doubtful": (A.IBAN,), "note": "x"}, "doubtful names IBAN, which classes does not"),
        ({"partial": (A.IBAN,)}, "partial names IBAN, which classes does not"),
        ({"doubtful": (A.NAME,)}, "note must say why"),
        ({"lineage": ("example-2024",), "compilation": True}, "in its own lineage"),
        ({"lineage": ("other-2020",)}, "compilation must be true"),
    ],
)
def test_a_contradiction_is_refused_with_its_reason(changes, reason):
    with pytest.raises(InvalidBreach, match=reason) as caught:
        dataclasses.replace(GOOD, **changes)
    assert "Correct its entry" in str(caught.value)


def test_an_entry_cannot_be_altered():
    with pytest.raises(dataclasses.FrozenInstanceError):
        GOOD.persons = 11
