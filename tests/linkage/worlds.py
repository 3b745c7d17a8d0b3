"""Rows of tokens in a real vault file, without the files they would come from."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl

from correlate.linkage import LinkageModel, link, load_model
from correlate.tokens import TOKEN_COLUMNS, ClassSets, People, linkage_keys
from correlate.vault import Vault
from correlate.vault.forms import FORMS, PLAIN, FormWriter
from correlate.vault.terms import count_terms
from correlate.vocabulary import AttributeClass
from tests.linkage.oracle import Row

MODEL = load_model()
COLUMNS = (*TOKEN_COLUMNS, "birth_swapped")
ROW_BITS = 40
Records = dict[int, Row]


def person(**tokens: int | bool) -> Row:
    return dict.fromkeys(COLUMNS) | {"nir_own": True, "breach": 1} | tokens


def people(vault: Vault, rows: list[Row], *, asking: bool) -> People:
    """What the tokeniser would have made."""
    tokens = {name: np.array([row.get(name) or 0 for row in rows], dtype=np.int64) for name in COLUMNS}
    keys, key_rows = linkage_keys(vault.tokeniser.scheme, tokens, asking=asking)
    return People(
        tokens=tokens,
        nir_own=np.array([row["nir_own"] for row in rows], dtype=np.bool_),
        classes=ClassSets(sets=((AttributeClass.NAME,),), of_row=np.zeros(len(rows), dtype=np.int32)),
        keys=keys,
        key_rows=key_rows,
        dropped=Counter(),
    )


def numbered(rows: list[Row]) -> Records:
    """Rows by record_id: one file a breach, in the order given."""
    places: Counter[int] = Counter()
    records: Records = {}
    for row in rows:
        breach = int(row.get("breach") or 1)
        places[breach] += 1
        records[(breach << ROW_BITS) + places[breach]] = {**row, "breach": breach}
    return records


def store(vault: Vault, records: Records, *, names: dict[int, int] | None = None) -> None:
    """Make a vault hold these records and no other; a breach is named after its number, or as given."""
    rows, numbers = list(records.values()), list(records)
    held = people(vault, rows, asking=False)
    breaches = [int(row["breach"]) for row in rows]
    frame = pl.DataFrame(
        {
            "record_id": np.array(numbers, dtype=np.int64),
            "breach_no": np.array(breaches, dtype=np.int16),
            "class_set_no": np.ones(len(rows), dtype=np.int32),
            "nir_own": held.nir_own,
        }
    ).with_columns(held.column(name) for name in PLAIN)
    keys = pl.DataFrame({"key": held.keys, "record_id": frame["record_id"].gather(held.key_rows)})
    files = Counter((number >> ROW_BITS, breach) for number, breach in zip(numbers, breaches, strict=True))
    engine = vault.engine
    with engine.transaction():
        forms = (f"{form}_form" for form in FORMS)
        for table in ("record", "link_key", "file", "breach", "class_set", *forms):
            engine.execute(f"DELETE FROM {table}")
        numbers = FormWriter(engine).numbers(held.tokens, held.height)
        engine.append("record", frame.with_columns(**numbers), step="records")
        engine.append("link_key", keys, step="keys")
        engine.execute("INSERT INTO class_set VALUES (1, 'NAME')")
        for breach in sorted(set(breaches)):
            engine.execute(
                "INSERT INTO breach VALUES (?, ?)", [breach, f"breach-{(names or {}).get(breach, breach)}"]
            )
        for (file, breach), count in sorted(files.items()):
            engine.execute(
                "INSERT INTO file VALUES (?, ?, ?, ?, 0, ?, ?, 0)",
                [file, breach, f"{file}.csv", f"{file:016x}", count, count],
            )
    vault.forms.clear()
    count_terms(engine)


def linked(
    vault: Vault, subjects: list[Row], model: LinkageModel = MODEL, **options: bool
) -> dict[tuple[int, int], tuple[int, float]]:
    """Depth and probability of every link, by (place of the subject, record_id)."""
    asked = people(vault, subjects, asking=True)
    link(vault, asked, np.arange(1, len(subjects) + 1), model=model, **options)
    rows = vault.engine.rows("SELECT subject_no - 1, record_id, depth, probability FROM linked")
    assert len(rows) == len({row[:2] for row in rows})
    return {(subject, record): (depth, p) for subject, record, depth, p in rows}


def direct(
    vault: Vault, subjects: list[Row], model: LinkageModel = MODEL, **options: bool
) -> dict[tuple[int, int], float]:
    """Probability of every link that no path is followed for."""
    return {pair: p for pair, (_, p) in linked(vault, subjects, model, hops=False, **options).items()}


def households(vault: Vault) -> dict[tuple[int, int], tuple[int, float]]:
    """What the last linking said of others in the household: shared bits and probability."""
    rows = vault.engine.rows("SELECT subject_no - 1, record_id, shared, probability FROM household")
    return {(subject, record): (shared, p) for subject, record, shared, p in rows}


def sketch(draw: np.random.Generator) -> int:
    return int(draw.integers(-(2**63), 2**63 - 1))


def misspelt(one: int, slots: int, draw: np.random.Generator) -> int:
    """A sketch of which so many slots, by chance, are another's."""
    digits = one % 2**64
    for place in draw.choice(16, slots, replace=False):
        digits ^= int(draw.integers(1, 16)) << (4 * int(place))
    return digits - 2**64 if digits >= 2**63 else digits


class Town:
    """People with tokens of their own, and rows about them as careless clerks would write them."""

    def __init__(self, seed: int, people: int) -> None:
        self.draw = np.random.default_rng(seed)
        self._tokens: dict[tuple[str, int], int] = {}
        self._sketches: dict[int, int] = {}
        self.people = [self._someone() for _ in range(people)]

    def token(self, kind: str, value: int) -> int:
        """The token of a value: unrelated numbers, as keyed ones are."""
        if (kind, value) not in self._tokens:
            self._tokens[kind, value] = int(self.draw.integers(-(2**62), 2**62))
        return self._tokens[kind, value]

    def sketched(self, token: int) -> int:
        if token not in self._sketches:
            self._sketches[token] = sketch(self.draw)
        return self._sketches[token]

    def row(self, one: Row, *, breach: int = 1, keep: float = 0.7, wrong: float = 0.1) -> Row:
        """A row about a person: each column kept with that chance, or somebody else's, or missing."""
        other = self.people[int(self.draw.integers(len(self.people)))]
        out: Row = {"nir_own": bool(self.draw.random() < 0.6), "breach": breach}
        for name in COLUMNS:
            chance = self.draw.random()
            out[name] = one[name] if chance < keep else other[name] if chance < keep + wrong else None
            if name.endswith("sketch") and out[name] is not None and self.draw.random() < 0.5:
                out[name] = misspelt(int(out[name]), int(self.draw.integers(1, 13)), self.draw)
        if self.draw.random() < 0.1:
            for kind, first in (
                ("surname", "first_name"),
                ("phonetic", "first_phonetic"),
                ("surname_sketch", "first_sketch"),
            ):
                out[kind], out[first] = out[first], out[kind]
        return distinct_alts(out)

    def _someone(self) -> Row:
        def one_of(kind: str, values: int) -> int:
            return self.token(kind, int(self.draw.integers(values)))

        surname, first, city, street = (
            one_of(kind, count) for kind, count in (("name", 8), ("name", 8), ("city", 3), ("street", 6))
        )
        year, month, day = (int(self.draw.integers(1, top)) for top in (4, 4, 4))
        out = {
            "surname": surname,
            "phonetic": self.token("sound", surname % 7),
            "surname_sketch": self.sketched(surname),
            "first_name": first,
            "first_phonetic": self.token("sound", first % 7),
            "first_initial": self.token("initial", first % 5),
            "first_sketch": self.sketched(first),
            "birth_date": self.token("date", year * 100 + month * 10 + day),
            "birth_swapped": self.token("date", year * 100 + day * 10 + month),
            "birth_yymm": self.token("yymm", year * 10 + month),
            "birth_yydd": self.token("yydd", year * 10 + day),
            "birth_mmdd": self.token("mmdd", month * 10 + day),
            "city": city,
            "city_sketch": self.sketched(city),
            "street": street,
            "street_sketch": self.sketched(street),
        }
        few = {"sex": 2, "department": 2, "postcode": 4, "occupation": 4, "birth_place": 4}
        many = {"nir": 40, "national_id": 40, "email": 40, "phone": 20, "iban": 40}
        out |= {name: one_of(name, count) for name, count in (few | many).items()}
        others = {"surname_alt": ("name", 8), "email_alt": ("email", 40), "phone_alt": ("phone", 20)}
        out |= {name: one_of(*kind) for name, kind in others.items()}
        out["phonetic_alt"] = self.token("sound", out["surname_alt"] % 7)
        return dict.fromkeys(COLUMNS) | out


def distinct_alts(row: Row) -> Row:
    """The tokeniser never puts one token into both columns of a field."""
    for name in ("surname", "phonetic", "email", "phone"):
        if row.get(f"{name}_alt") == row.get(name):
            row[f"{name}_alt"] = None
    return row
