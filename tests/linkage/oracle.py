"""Linkage in plain Python, row by row: shares no code with the package but the model's figures."""

from __future__ import annotations

from correlate.linkage import LinkageModel

Row = dict[str, int | bool | None]
PAIRED = ("email", "phone", "surname", "phonetic")


def values(row: Row, name: str) -> set[int]:
    names = (name, f"{name}_alt") if name in PAIRED else (name,)
    return {int(row[n]) for n in names if row.get(n) is not None}


def shared(subject: Row, record: Row, name: str) -> bool:
    return bool(values(subject, name) & values(record, name))


def known(subject: Row, record: Row, name: str) -> bool:
    return subject.get(name) is not None and record.get(name) is not None


def nir_level(subject: Row, record: Row) -> str | None:
    if shared(subject, record, "nir"):
        return "exact" if subject["nir_own"] and record["nir_own"] else "shared"
    return "differs" if known(subject, record, "nir") else None


def surname_level(subject: Row, record: Row) -> str | None:
    if shared(subject, record, "surname"):
        return "exact"
    if shared(subject, record, "phonetic"):
        return "phonetic"
    return "differs" if known(subject, record, "surname") else None


def first_name_level(subject: Row, record: Row) -> str | None:
    for name, level in (
        ("first_name", "exact"),
        ("first_phonetic", "phonetic"),
        ("first_initial", "initial"),
    ):
        if shared(subject, record, name):
            return level
    return "differs" if known(subject, record, "first_initial") else None


def birth_level(subject: Row, record: Row) -> str | None:
    if shared(subject, record, "birth_date"):
        return "exact"
    if subject.get("birth_swapped") is not None and subject["birth_swapped"] == record.get("birth_date"):
        return "swapped"
    both_days = known(subject, record, "birth_date")
    if shared(subject, record, "birth_yymm"):
        return "month" if both_days else "month_only"
    if both_days:
        return "differs"
    return "month_differs" if known(subject, record, "birth_yymm") else None


def plain_level(name: str):
    def level(subject: Row, record: Row) -> str | None:
        if shared(subject, record, name):
            return "exact"
        return "differs" if known(subject, record, name) else None

    return level


def postcode_level(subject: Row, record: Row) -> str | None:
    if shared(subject, record, "postcode"):
        return "exact"
    if shared(subject, record, "department"):
        return "department"
    return "differs" if known(subject, record, "department") else None


LEVELS = {
    "nir": nir_level,
    "surname": surname_level,
    "first_name": first_name_level,
    "birth_date": birth_level,
    "sex": plain_level("sex"),
    "email": plain_level("email"),
    "phone": plain_level("phone"),
    "iban": plain_level("iban"),
    "postcode": postcode_level,
}


def probability(subject: Row, record: Row, model: LinkageModel) -> float:
    """P(person) by Bayes over person, household and strangers, as a product of ratios."""
    person = 1 / model.population
    household = model.household_others / model.population
    for field, level_of in LEVELS.items():
        level = level_of(subject, record)
        if level is not None:
            odds = model.levels[field][level]
            person *= odds.m / odds.u
            household *= odds.h / odds.u
    return person / (person + household + 1)


def key_values(row: Row, *, asking: bool) -> set[tuple[str, tuple[int, ...]]]:
    """Every combination of tokens by which a row can be found."""
    kinds = [("nir",), ("iban",)] + [(name,) for name in ("email", "email_alt", "phone", "phone_alt")]
    for sound in ("phonetic", "phonetic_alt"):
        kinds += [(sound, "birth_date"), (sound, "first_phonetic", "postcode")]
        kinds += [(sound, "first_phonetic", "birth_yymm")]
        if asking:
            kinds.append((sound, "birth_swapped"))
    kinds.append(("first_phonetic", "birth_date", "postcode"))
    plain = {
        "email_alt": "email",
        "phone_alt": "phone",
        "phonetic_alt": "phonetic",
        "birth_swapped": "birth_date",
    }
    return {
        ("+".join(plain.get(name, name) for name in kind), tuple(int(row[name]) for name in kind))
        for kind in kinds
        if all(row.get(name) is not None for name in kind)
    }


def links(subjects: list[Row], records: list[Row], model: LinkageModel) -> dict[tuple[int, int], float]:
    """Probability of every pair that shares a key value that is not shared by too many records."""
    holders: dict[tuple[str, tuple[int, ...]], set[int]] = {}
    for number, record in enumerate(records):
        for key in key_values(record, asking=False):
            holders.setdefault(key, set()).add(number)
    found: dict[tuple[int, int], float] = {}
    for number, subject in enumerate(subjects):
        for key in key_values(subject, asking=True):
            held = holders.get(key, set())
            if len(held) <= model.key_records_max:
                found |= {(number, record): probability(subject, records[record], model) for record in held}
    return {pair: p for pair, p in found.items() if p >= model.probability_min}
