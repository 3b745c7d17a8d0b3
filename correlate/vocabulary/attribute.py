"""The classes of personal data a breach may expose, and what others call them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from correlate.vocabulary.resources import read_table

__all__ = ["ATTRIBUTES", "AttributeClass", "AttributeInfo", "from_hibp"]


class AttributeClass(StrEnum):
    """A class of personal data, in the order it is told to people."""

    NAME = "NAME"
    BIRTHNAME = "BIRTHNAME"
    USAGENAME = "USAGENAME"
    DOB = "DOB"
    YOB = "YOB"
    POB = "POB"
    POBDEP = "POBDEP"
    SEX = "SEX"
    NIR = "NIR"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    ADDR = "ADDR"
    ZIP = "ZIP"
    IBAN = "IBAN"
    BANKNAME = "BANKNAME"
    CARD = "CARD"
    CARDPART = "CARDPART"
    PW = "PW"
    PWHASH = "PWHASH"
    PWHINT = "PWHINT"
    USER = "USER"
    SOCIAL = "SOCIAL"
    INSURER = "INSURER"
    POLICY = "POLICY"
    POLICYDATES = "POLICYDATES"
    RANK = "RANK"
    HEALTH = "HEALTH"
    REIMB = "REIMB"
    HEALTHRIGHTS = "HEALTHRIGHTS"
    IDDOC = "IDDOC"
    DOCNUM = "DOCNUM"
    SELFIE = "SELFIE"
    SIGN = "SIGN"
    INCOME = "INCOME"
    PAYSLIP = "PAYSLIP"
    TAXDOC = "TAXDOC"
    ASSETS = "ASSETS"
    STATEMENT = "STATEMENT"
    EMPLOYER = "EMPLOYER"
    JOB = "JOB"
    EMPSTATUS = "EMPSTATUS"
    CV = "CV"
    CONTRACT = "CONTRACT"
    FTID = "FTID"
    FAMILY = "FAMILY"
    MARITAL = "MARITAL"
    FISCALID = "FISCALID"
    CAFID = "CAFID"
    INE = "INE"
    URSSAFID = "URSSAFID"
    OPERATOR = "OPERATOR"
    TELCONTRACT = "TELCONTRACT"
    SIM = "SIM"
    IMEI = "IMEI"
    PUK = "PUK"
    PLATE = "PLATE"
    VIN = "VIN"
    PURCH = "PURCH"
    PARCEL = "PARCEL"
    LOYALTY = "LOYALTY"
    NAT = "NAT"
    SCHOOL = "SCHOOL"
    DIPLOMA = "DIPLOMA"
    PHOTO = "PHOTO"
    PRIVMSG = "PRIVMSG"
    WEALTHSIGNAL = "WEALTHSIGNAL"
    LICENCEID = "LICENCEID"
    IP = "IP"
    GEO = "GEO"
    DEVICE = "DEVICE"


@dataclass(frozen=True, kw_only=True, slots=True)
class AttributeInfo:
    """What a class is called: by us in two languages, by Have I Been Pwned, and in column headers."""

    label_en: str
    label_fr: str
    hibp: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()


def _attributes() -> dict[AttributeClass, AttributeInfo]:
    table = read_table("attributes")
    return {attribute: _info(table[attribute]) for attribute in AttributeClass}


def _info(row: dict[str, Any]) -> AttributeInfo:
    return AttributeInfo(
        label_en=row["label_en"],
        label_fr=row["label_fr"],
        hibp=tuple(row.get("hibp", ())),
        headers=tuple(row.get("headers", ())),
    )


#: Every class with its names, in the order of :class:`AttributeClass`.
ATTRIBUTES: dict[AttributeClass, AttributeInfo] = _attributes()


def _by_hibp_name() -> dict[str, tuple[AttributeClass, ...]]:
    found: dict[str, tuple[AttributeClass, ...]] = {}
    for attribute, info in ATTRIBUTES.items():
        for name in info.hibp:
            key = name.casefold()
            found[key] = (*found.get(key, ()), attribute)
    return found


_BY_HIBP_NAME = _by_hibp_name()


def from_hibp(name: str) -> tuple[AttributeClass, ...]:
    """Give the classes that a data class of Have I Been Pwned means, in our order.

    ``name`` is a label such as ``"Email addresses"``, in any case. A label without a counterpart here, known
    to Have I Been Pwned or not, gives an empty tuple.
    """
    return _BY_HIBP_NAME.get(" ".join(name.split()).casefold(), ())
