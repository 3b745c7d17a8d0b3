"""The words of the field: quasi-identifier fields, classes of personal data, and their names elsewhere."""

from correlate.vocabulary.attribute import ATTRIBUTES, AttributeClass, AttributeInfo, from_hibp
from correlate.vocabulary.field import FIELDS, Field, FieldInfo
from correlate.vocabulary.header import recognise

__all__ = [
    "ATTRIBUTES",
    "FIELDS",
    "AttributeClass",
    "AttributeInfo",
    "Field",
    "FieldInfo",
    "from_hibp",
    "recognise",
]
