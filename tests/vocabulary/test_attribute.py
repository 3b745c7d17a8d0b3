"""The claims about the classes of personal data."""

from __future__ import annotations

import pytest

from correlate.vocabulary import ATTRIBUTES, AttributeClass, from_hibp

A = AttributeClass


def test_every_class_has_a_label_in_both_languages_and_no_two_share_one():
    assert list(ATTRIBUTES) == list(AttributeClass)
    for language in ("label_en", "label_fr"):
        labels = [getattr(info, language) for info in ATTRIBUTES.values()]
        assert all(label == label.strip() and label for label in labels)
        assert len(set(labels)) == len(AttributeClass)


def test_there_are_seventy_classes_and_a_code_is_its_own_name():
    assert len(AttributeClass) == 70
    assert all(attribute.name == attribute.value for attribute in AttributeClass)


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        ("Email addresses", (A.EMAIL,)),
        ("email ADDRESSES", (A.EMAIL,)),
        ("Names", (A.NAME,)),
        ("Dates of birth", (A.DOB,)),
        ("Partial dates of birth", (A.YOB,)),
        ("Genders", (A.SEX,)),
        ("Salutations", (A.SEX,)),
        ("Phone numbers", (A.PHONE,)),
        ("Physical addresses", (A.ADDR,)),
        ("Bank account numbers", (A.IBAN,)),
        ("Social security numbers", (A.NIR,)),
        ("Passwords", (A.PW,)),
        ("Health insurance information", (A.INSURER, A.POLICY)),
        ("Government issued IDs", (A.DOCNUM,)),
        ("Vehicle identification numbers (VINs)", (A.VIN,)),
        ("Family members' names", (A.FAMILY,)),
        ("Partial credit card data", (A.CARDPART,)),
        ("Geographic locations", (A.GEO,)),
    ],
)
def test_a_hibp_data_class_gives_our_classes(name, classes):
    assert from_hibp(name) == classes


@pytest.mark.parametrize("name", ["Astrological signs", "IQ levels", "None", "", "Partial phone numbers"])
def test_a_hibp_data_class_without_counterpart_gives_nothing(name):
    assert from_hibp(name) == ()


def test_a_hibp_name_is_listed_once_a_class():
    for attribute, info in ATTRIBUTES.items():
        assert len(set(info.hibp)) == len(info.hibp), attribute
        assert all(attribute in from_hibp(name) for name in info.hibp)
