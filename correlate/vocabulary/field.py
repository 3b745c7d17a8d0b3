"""The fields a column can be mapped to: what identifies, or nearly identifies, a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from correlate.vocabulary.attribute import AttributeClass
from correlate.vocabulary.resources import read_table

__all__ = ["FIELDS", "Field", "FieldInfo"]


class Field(StrEnum):
    """A field that is normalised, tokenised and compared."""

    nir = "nir"
    full_name = "full_name"
    surname = "surname"
    birth_name = "birth_name"
    usage_name = "usage_name"
    first_name = "first_name"
    sex = "sex"
    birth_date = "birth_date"
    birth_year = "birth_year"
    birth_place = "birth_place"
    email = "email"
    phone = "phone"
    iban = "iban"
    address = "address"
    postcode = "postcode"
    city = "city"
    national_id = "national_id"
    occupation = "occupation"


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldInfo:
    """What a column of this field exposes, and the headers that mean it.

    ``multiple`` says that several columns of one file may carry the field, as two telephone numbers do.
    """

    classes: tuple[AttributeClass, ...]
    headers: tuple[str, ...]
    multiple: bool = False


def _fields() -> dict[Field, FieldInfo]:
    table = read_table("fields")
    return {
        field: FieldInfo(
            classes=tuple(AttributeClass(code) for code in table[field]["classes"]),
            headers=tuple(table[field]["headers"]),
            multiple=table[field].get("multiple", False),
        )
        for field in Field
    }


#: Every field with its classes and headers, in the order of :class:`Field`.
FIELDS: dict[Field, FieldInfo] = _fields()
