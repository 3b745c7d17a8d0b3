"""Linkage in plain Python, row by row: shares no code with the package but the model's figures."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter, defaultdict
from collections.abc import Iterator

from correlate.linkage import LinkageModel

Row = dict[str, int | bool | None]
"""Tokens, None where missing; ``nir_own``; of a record also ``breach`` (its number)."""

PAIRED = ("email", "phone", "surname", "phonetic")
COUNTED = {
    "surname": ("surname", "surname_alt"),
    "first_name": ("first_name",),
    "birth_date": ("birth_date",),
    "birth_place": ("birth_place",),
    "postcode": ("postcode",),
    "city": ("city",),
    "occupation": ("occupation",),
}
# The levels, over which the chance is spread that strangers agree on the token.
SPREAD = {
    "surname": (("surname", "exact"),),
    "first_name": (("first_name", "exact"),),
    "birth_date": (("birth_date", "exact"),),
    "birth_place": (("birth_place", "exact"),),
    "postcode": (("place", "both"), ("place", "postcode")),
    "city": (("place", "both"), ("place", "city")),
    "occupation": (("occupation", "exact"),),
}
# The tokens on which a level is an agreement.
AGREED = {
    **{(field, "exact"): (field,) for field in COUNTED if field not in ("postcode", "city")},
    **{(field, "exact"): (field,) for field in ("nir", "national_id", "email", "phone", "iban")},
    ("nir", "unproven"): ("nir",),
    ("surname", "exchanged"): ("surname", "first_name"),
    ("place", "both"): ("postcode",),
    ("place", "postcode"): ("postcode",),
    ("place", "postcode_alone"): ("postcode",),
    ("place", "city"): ("city",),
    ("place", "city_alone"): ("city",),
}
SHARES = {
    ("place", "both"): ("both", "postcode"),
    ("place", "postcode"): ("both", "postcode"),
    ("place", "city"): ("both", "city"),
}
CROWD = 5


def values(row: Row, name: str) -> set[int]:
    names = (name, f"{name}_alt") if name in PAIRED else (name,)
    return {int(row[n]) for n in names if row.get(n) is not None}


def same(subject: Row, record: Row, name: str, other: str | None = None) -> bool:
    """Whether two cells hold one token."""
    return subject.get(name) is not None and subject.get(name) == record.get(other or name)


def meet(subject: Row, record: Row, name: str) -> bool:
    """Whether any of a field's tokens is any of the other's."""
    return bool(values(subject, name) & values(record, name))


def known(subject: Row, record: Row, *names: str) -> bool:
    return all(row.get(name) is not None for row in (subject, record) for name in names)


def slots(one: int | None, other: int | None) -> int:
    """How many hexadecimal digits of two sketches stand in the same place; none where one is missing."""
    if one is None or other is None:
        return -1
    texts = (f"{int(sketch) % 2**64:016x}" for sketch in (one, other))
    return sum(a == b for a, b in zip(*texts, strict=True))


def alike(subject: Row, record: Row, name: str, other: str | None = None) -> int:
    return slots(subject.get(name), record.get(other or name))


def nir_level(subject: Row, record: Row) -> str | None:
    if not known(subject, record, "nir"):
        return None
    agree, owners = same(subject, record, "nir"), [bool(row["nir_own"]) for row in (subject, record)]
    named_without_a_day = subject.get("birth_mmdd") is None and subject.get("first_initial") is not None
    if record.get("birth_mmdd") is None or named_without_a_day:
        return "unproven" if agree else "unproven_differs"
    if agree:
        return ("shared", "dependent", "exact")[sum(owners)]
    return "differs" if all(owners) else "not_own"


def first_names_agree(subject: Row, record: Row) -> bool:
    return same(subject, record, "first_name") or same(subject, record, "first_phonetic")


def names_exchanged(subject: Row, record: Row) -> str | None:
    """How surname and first name stand in each other's column, if they do."""
    there = same(subject, record, "surname", "first_name")
    back = same(subject, record, "first_name", "surname")
    if there and back:
        return "exchanged"
    if (
        min(
            alike(subject, record, "surname_sketch", "first_sketch"),
            alike(subject, record, "first_sketch", "surname_sketch"),
        )
        >= 6
    ):
        return "exchanged_close"
    return "crossed" if there or back else None


def surname_level(subject: Row, record: Row) -> str | None:
    if meet(subject, record, "surname"):
        return "exact"
    if meet(subject, record, "phonetic"):
        return "phonetic"
    exchanged, alikeness = names_exchanged(subject, record), alike(subject, record, "surname_sketch")
    if exchanged == "exchanged":
        return exchanged
    if alikeness >= 9:
        return "close"
    if exchanged == "exchanged_close" or (exchanged == "crossed" and not first_names_agree(subject, record)):
        return exchanged
    if alikeness >= 6:
        return "similar"
    return "differs" if known(subject, record, "surname") else None


def first_name_level(subject: Row, record: Row) -> str | None:
    surname_agrees = surname_level(subject, record) in ("exact", "phonetic") or (
        alike(subject, record, "surname_sketch") >= 9
    )
    if names_exchanged(subject, record) and not first_names_agree(subject, record) and not surname_agrees:
        # The surname's level has spoken for both.
        return None
    alikeness = alike(subject, record, "first_sketch")
    for holds, level in (
        (same(subject, record, "first_name"), "exact"),
        (same(subject, record, "first_phonetic"), "phonetic"),
        (alikeness >= 9, "close"),
        (alikeness >= 6, "similar"),
        (same(subject, record, "first_initial"), "initial"),
        (known(subject, record, "first_initial"), "differs"),
    ):
        if holds:
            return level
    return None


def birth_level(subject: Row, record: Row) -> str | None:
    days = known(subject, record, "birth_mmdd")
    months = same(subject, record, "birth_yymm")
    for holds, level in (
        (same(subject, record, "birth_date"), "exact"),
        (same(subject, record, "birth_swapped", "birth_date"), "swapped"),
        (months and days, "day"),
        (same(subject, record, "birth_yydd"), "month"),
        (same(subject, record, "birth_mmdd"), "year"),
        (days, "differs"),
        # One NIR on both sides has told the month already.
        (months and not same(subject, record, "nir"), "month_only"),
        (known(subject, record, "birth_yymm") and not months, "month_differs"),
    ):
        if holds:
            return level
    return None


def plain_level(name: str):
    def level(subject: Row, record: Row) -> str | None:
        if meet(subject, record, name):
            return "exact"
        return "differs" if known(subject, record, name) else None

    return level


def place_level(subject: Row, record: Row) -> str | None:
    postcodes, cities = known(subject, record, "postcode"), known(subject, record, "city")
    postcode, city = same(subject, record, "postcode"), same(subject, record, "city")
    department, alikeness = same(subject, record, "department"), alike(subject, record, "city_sketch")
    for holds, level in (
        (postcode and city, "both"),
        (postcode and cities, "postcode"),
        (city and postcodes, "city"),
        (alikeness >= 9 and postcodes, "city_close"),
        (alikeness >= 6 and postcodes, "city_similar"),
        (department and cities, "department"),
        (postcodes and cities, "differs"),
        (postcode, "postcode_alone"),
        (department, "department_alone"),
        (postcodes, "postcode_differs"),
        (city, "city_alone"),
        (alikeness >= 9, "city_alone_close"),
        (alikeness >= 6, "city_alone_similar"),
        (cities, "city_differs"),
    ):
        if holds:
            return level
    return None


def street_level(subject: Row, record: Row) -> str | None:
    here = same(subject, record, "postcode") or same(subject, record, "city")
    alikeness, both = alike(subject, record, "street_sketch"), known(subject, record, "street")
    if here:
        levels = ((9, "close"), (6, "similar"))
        exact, differs = "exact", "differs"
    else:
        levels = ((9, "close_elsewhere"),)
        exact, differs = "exact_elsewhere", "differs_elsewhere"
    if same(subject, record, "street"):
        return exact
    for least, level in levels:
        if alikeness >= least:
            return level
    return differs if both else None


LEVELS = {
    "nir": nir_level,
    "national_id": plain_level("national_id"),
    "surname": surname_level,
    "first_name": first_name_level,
    "birth_date": birth_level,
    "birth_place": plain_level("birth_place"),
    "sex": plain_level("sex"),
    "email": plain_level("email"),
    "phone": plain_level("phone"),
    "iban": plain_level("iban"),
    "place": place_level,
    "street": street_level,
    "occupation": plain_level("occupation"),
}
CIVIL = ("nir", "first_name", "birth_date", "sex")
HOUSEHOLD_SHARES = {
    "nir": lambda s, r: same(s, r, "nir") and bool(s["nir_own"]),
    "phone": lambda s, r: meet(s, r, "phone"),
    "iban": lambda s, r: same(s, r, "iban"),
    "email": lambda s, r: meet(s, r, "email"),
    "home": lambda s, r: same(s, r, "street") and same(s, r, "postcode"),
}


def shared_bits(subject: Row, record: Row) -> int:
    return sum(2**place for place, test in enumerate(HOUSEHOLD_SHARES.values()) if test(subject, record))


KINDS = {
    **{name: ((name,),) for name in ("nir", "national_id", "iban")},
    "email": (("email",), ("email_alt",)),
    "phone": (("phone",), ("phone_alt",)),
    "sound, date": (("phonetic", "birth_date"), ("phonetic_alt", "birth_date")),
    "first, date, postcode": (("first_phonetic", "birth_date", "postcode"),),
    "sound, first, postcode": tuple(
        (sound, "first_phonetic", "postcode") for sound in ("phonetic", "phonetic_alt")
    ),
    "sound, first, month": tuple(
        (sound, "first_phonetic", "birth_yymm") for sound in ("phonetic", "phonetic_alt")
    ),
    "sound, first, anniversary": tuple(
        (sound, "first_phonetic", "birth_mmdd") for sound in ("phonetic", "phonetic_alt")
    ),
}
ASKED = {
    "sound, date": (
        ("phonetic", "birth_swapped"),
        ("phonetic_alt", "birth_swapped"),
        ("first_phonetic", "birth_date"),
    ),
    "sound, first, postcode": (("first_phonetic", "phonetic", "postcode"),),
}
Key = tuple[str, tuple[int, ...]]


def key_values(row: Row, *, asking: bool) -> set[Key]:
    """Every combination of tokens by which a row can be found."""
    return {
        (kind, tuple(int(row[name]) for name in names))
        for kind, plain in KINDS.items()
        for names in (*plain, *(ASKED.get(kind, ()) if asking else ()))
        if all(row.get(name) is not None for name in names)
    }


WIDE = [
    *((one, one) for one in (("birth_date",), ("street",), ("postcode", "city"))),
    (("phonetic", "first_phonetic"), ("phonetic", "first_phonetic")),
    (("phonetic", "first_phonetic"), ("first_phonetic", "phonetic")),
    *(
        ((name, place), (name, place))
        for name in ("phonetic", "first_phonetic")
        for place in ("postcode", "city", "birth_yymm", "birth_place")
    ),
    (("phonetic", "department"),) * 2,
    *(((part, "postcode"),) * 2 for part in ("birth_yymm", "birth_yydd", "birth_mmdd")),
    (("first_phonetic", "birth_mmdd"),) * 2,
    *(((f"street_quarter_{part}",),) * 2 for part in range(4)),
]


def wide_value(row: Row, names: tuple[str, ...]) -> tuple[int, ...] | None:
    """What a row has in some columns; a quarter of a sketch is four of its digits."""
    found: list[int] = []
    for name in names:
        if name.startswith("street_quarter_"):
            sketch, part = row.get("street_sketch"), int(name[-1])
            cell = None if sketch is None else int(sketch) % 2**64 // 16 ** (4 * part) % 16**4
        else:
            cell = row.get(name)
        if cell is None:
            return None
        found.append(int(cell))
    return tuple(found)


class Holding:
    """Records by record_id, and everything about them that a probability hangs on."""

    def __init__(self, records: dict[int, Row], model: LinkageModel) -> None:
        self.records, self.model = records, model
        self.sizes = Counter(int(row["breach"]) for row in records.values())
        self.totals, self.counts = {}, {}
        for field, names in COUNTED.items():
            having = Counter(int(row["breach"]) for row in records.values() if row.get(field) is not None)
            # The breach with the most records that have the field; of equals the first.
            most = min(having, key=lambda breach: (-having[breach], breach), default=0)
            self.totals[field] = having[most]
            self.counts[field] = Counter(
                int(row[name])
                for row in records.values()
                for name in names
                if row["breach"] == most and row.get(name) is not None
            )
        self.holders: dict[Key, set[int]] = defaultdict(set)
        for number, row in records.items():
            for key in key_values(row, asking=False):
                self.holders[key].add(number)
        self.wide_holders: list[dict[tuple[int, ...], set[int]]] = []
        for _, theirs in WIDE:
            held: dict[tuple[int, ...], set[int]] = defaultdict(set)
            for number, row in records.items():
                if (value := wide_value(row, theirs)) is not None:
                    held[value].add(number)
            self.wide_holders.append(held)

    def rarity_bits(self, row: Row, field: str) -> float:
        """log2 of the chance that a stranger bears the row's token, to a sixteenth of a bit."""
        chances = []
        for name in (field, f"{field}_alt") if field in PAIRED else (field,):
            token = row.get(name)
            if field in COUNTED:
                average = sum(self.model.levels[c][level].u for c, level in SPREAD[field])
                bears = self.counts[field][token] if token is not None else 0
                chances.append((bears + 1) / (self.totals[field] + 1 / average))
            else:
                chance = self.model.levels[field]["exact"].u
                if token is not None:
                    chance += self.crowd(field, int(token))
                chances.append(chance)
        return round(math.log2(min(1.0, max(chances))) * 16) / 16

    def crowd(self, field: str, token: int) -> float:
        """The largest share of a breach's records by which an identifier exceeds a household."""
        breaches = Counter(int(self.records[n]["breach"]) for n in self.holders[field, (token,)])
        return max((max(0, n - CROWD) / self.sizes[breach] for breach, n in breaches.items()), default=0)

    def chance(self, field: str, level: str, asking: Row) -> float:
        """How likely a stranger is to show the level."""
        levels = self.model.levels[field]
        if (field, level) not in AGREED:
            return levels[level].u
        bits = sum(self.rarity_bits(asking, name) for name in AGREED[field, level])
        part = levels[level].u / sum(levels[name].u for name in SHARES.get((field, level), (level,)))
        return 2**bits * part

    def judged(self, asking: Row, record: Row) -> tuple[float, float]:
        """P(person) and P(household) by Bayes over person, household and strangers."""
        person = 1 / self.model.population
        household = self.model.household_others / self.model.population
        for field, level_of in LEVELS.items():
            if (level := level_of(asking, record)) is not None:
                odds, chance = self.model.levels[field][level], self.chance(field, level, asking)
                person *= odds.m / chance
                household *= odds.h / chance
        whole = person + household + 1
        return person / whole, household / whole

    def candidates(self, asking: Row) -> set[int]:
        """The records that share a value with the asking row which not too many share."""
        found: set[int] = set()
        for key in key_values(asking, asking=True):
            held = self.holders.get(key, set())
            found |= held if len(held) <= self.model.key_records_max else set()
        if len(self.records) <= self.model.wide_records_max:
            for (mine, _), holders in zip(WIDE, self.wide_holders, strict=True):
                value = wide_value(asking, mine)
                held = holders.get(value, set()) if value is not None else set()
                found |= held if len(held) <= self.model.wide_key_records_max else set()
        return found

    def pairs(self, asking: Row) -> dict[int, tuple[float, float]]:
        """Every candidate of a row with both of its probabilities."""
        return {number: self.judged(asking, self.records[number]) for number in self.candidates(asking)}

    def links(self, subjects: list[Row]) -> dict[tuple[int, int], float]:
        """The direct links of subjects, by (place, record_id)."""
        return {
            (place, number): person
            for place, subject in enumerate(subjects)
            for number, (person, _) in self.pairs(subject).items()
            if person >= self.model.probability_min
        }

    def households(self, subject: Row) -> set[int]:
        return {number for number, (p, h) in self.pairs(subject).items() if h >= 0.5 and p < 0.5}


class Paths:
    """Every path of a holding, walked one by one."""

    def __init__(self, holding: Holding) -> None:
        self.holding, model = holding, holding.model
        narrow = dataclasses.replace(model, key_records_max=model.hop_key_records_max, wide_records_max=-1)
        between = Holding(holding.records, narrow)
        self.bridges = {
            number: {
                other: person
                for other, (person, _) in between.pairs({**row, "birth_swapped": None}).items()
                if other != number and person >= model.hop_probability_min
            }
            for number, row in holding.records.items()
        }

    def _leads(self, subject: Row, number: int, following: int) -> bool:
        """Whether two records share a value that not too many share, and that the subject does not have."""
        row = {**self.holding.records[number], "birth_swapped": None}
        return any(
            following in self.holding.holders[key]
            and len(self.holding.holders[key]) <= self.holding.model.hop_key_records_max
            for key in key_values(row, asking=True) - key_values(subject, asking=True)
        )

    def best(self, subject: Row) -> dict[int, dict[int, float]]:
        """The best probability of each record that is reached, by the number of links."""
        model, family = self.holding.model, self.holding.households(subject)
        out: dict[int, dict[int, float]] = defaultdict(dict)
        for (_, number), direct in self.holding.links([subject]).items():
            for links, end, probability in self._walk(subject, family, [number], direct):
                out[end][links] = max(probability, out[end].get(links, 0.0))
        assert all(links <= model.hop_depth_max for reached in out.values() for links in reached)
        return out

    def _walk(
        self, subject: Row, family: set[int], way: list[int], probability: float
    ) -> Iterator[tuple[int, int, float]]:
        yield len(way), way[-1], probability
        if len(way) >= self.holding.model.hop_depth_max:
            return
        for following, bridge in self.bridges[way[-1]].items():
            if following in family or following in way or not self._leads(subject, way[-1], following):
                continue
            # No link of a path counts for more than 999 in a thousand.
            along = min(probability, 0.999) * min(bridge, 0.999)
            product = self._against(subject, following, along)
            if min(product, along) >= self.holding.model.hop_probability_min:
                yield from self._walk(subject, family, [*way, following], product)

    def _against(self, subject: Row, number: int, product: float) -> float:
        """The odds of a path times those of what contradicts at its ends."""
        ratio = 1.0
        for field in CIVIL:
            level = LEVELS[field](subject, self.holding.records[number])
            if level is not None:
                odds = self.holding.model.levels[field][level]
                ratio *= min(1.0, odds.m / odds.u)
        return product if ratio == 1 else product * ratio / (product * ratio + 1 - product)
