"""What being in a breach for certain exposes: nested sets, surest first."""

from __future__ import annotations

import itertools

import pytest

from correlate.catalogue import Catalogue
from correlate.declared import declared_records
from correlate.risk import Profile

PROFILE = Profile.load()
CATALOGUE = Catalogue.shipped()


@pytest.mark.parametrize("breach", CATALOGUE, ids=lambda breach: breach.id)
def test_sets_are_nested_and_fall_from_certainty_to_all_classes(breach):
    records = declared_records(breach, PROFILE)
    percents = [percent for _, percent in records]
    assert percents[0] == 100
    assert percents == sorted(set(percents), reverse=True)
    assert min(percents) > 0
    for (inner, _), (outer, _) in itertools.pairwise(records):
        assert set(inner) < set(outer)
    assert set(records[-1][0]) == set(breach.classes)
    assert set(records[0][0]) == set(breach.classes) - set(breach.doubtful) - set(breach.partial)


@pytest.mark.parametrize("breach", CATALOGUE, ids=lambda breach: breach.id)
def test_each_class_first_stands_at_its_own_share(breach):
    """What is both doubtful and partial has the lower share."""
    records = declared_records(breach, PROFILE)
    for code in breach.classes:
        doubtful = PROFILE.doubtful_share.value if code in breach.doubtful else 1.0
        partial = PROFILE.partial_share.value if code in breach.partial else 1.0
        share = max(percent for classes, percent in records if code in classes)
        assert share == round(100 * min(doubtful, partial))


def test_membership_is_certain_even_where_no_class_is():
    """Every class of this one is doubtful."""
    breach = CATALOGUE.get("poleemploi-2021")
    assert set(breach.doubtful) == set(breach.classes)
    assert declared_records(breach, PROFILE)[0] == ((), 100)
