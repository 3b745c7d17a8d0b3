"""The claims about the fields."""

from __future__ import annotations

import pytest

from correlate.vocabulary import FIELDS, AttributeClass, Field

A = AttributeClass


@pytest.mark.parametrize(
    ("field", "classes"),
    [
        (Field.nir, (A.NIR,)),
        (Field.surname, (A.NAME,)),
        (Field.birth_name, (A.NAME, A.BIRTHNAME)),
        (Field.usage_name, (A.NAME, A.USAGENAME)),
        (Field.birth_date, (A.DOB,)),
        (Field.birth_year, (A.YOB,)),
        (Field.postcode, (A.ZIP,)),
        (Field.address, (A.ADDR,)),
        (Field.iban, (A.IBAN,)),
        (Field.national_id, (A.DOCNUM,)),
    ],
)
def test_a_field_exposes_its_classes(field, classes):
    assert FIELDS[field].classes == classes


def test_every_field_exposes_something_and_has_headers():
    assert list(FIELDS) == list(Field)
    assert all(info.classes and info.headers for info in FIELDS.values())


def test_a_person_may_have_several_phones_addresses_and_accounts_only():
    assert {field for field, info in FIELDS.items() if info.multiple} == {
        Field.phone,
        Field.email,
        Field.iban,
    }
