"""What one attribute class tells about others: whoever holds a NIR holds a sex and a year of birth."""

from __future__ import annotations

from collections.abc import Iterable

from correlate.vocabulary import AttributeClass

__all__ = ["IMPLIED", "closure"]

_A = AttributeClass

# A NIR is made of the sex, the year, the month and the place of birth (composition of the NIR,
# service-public.fr F33078). A French IBAN opens with the bank's code. The others are parts of a whole.
IMPLIED: dict[AttributeClass, tuple[AttributeClass, ...]] = {
    _A.ADDR: (_A.ZIP,),
    _A.BIRTHNAME: (_A.NAME,),
    _A.CARD: (_A.CARDPART,),
    _A.DOB: (_A.YOB,),
    _A.IBAN: (_A.BANKNAME,),
    _A.NIR: (_A.POB, _A.SEX, _A.YOB),
    _A.POB: (_A.POBDEP,),
    _A.USAGENAME: (_A.NAME,),
}


def closure(classes: Iterable[AttributeClass]) -> tuple[AttributeClass, ...]:
    """Those classes and all that they imply, sorted by code."""
    held: set[AttributeClass] = set()
    waiting = list(classes)
    while waiting:
        one = waiting.pop()
        if one not in held:
            held.add(one)
            waiting.extend(IMPLIED.get(one, ()))
    return tuple(sorted(held))
