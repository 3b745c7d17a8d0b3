from __future__ import annotations

from correlate.risk.implication import IMPLIED, closure
from correlate.vocabulary import AttributeClass
from tests.risk.oracle import PARTS

A = AttributeClass


def test_the_implications_are_those_of_the_slow_model():
    assert {str(one): sorted(parts) for one, parts in IMPLIED.items()} == {
        one: sorted(parts) for one, parts in PARTS.items()
    }


def test_what_is_implied_implies_in_turn():
    assert closure([A.NIR]) == (A.NIR, A.POB, A.POBDEP, A.SEX, A.YOB)


def test_a_closure_is_closed_whatever_it_starts_from():
    for attribute in AttributeClass:
        assert closure(closure([attribute])) == closure([attribute])
        assert attribute in closure([attribute])


def test_nothing_implies_nothing():
    assert closure([]) == ()
