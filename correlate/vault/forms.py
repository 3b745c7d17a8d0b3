"""Forms: combinations of tokens that repeat, kept once and numbered; a record holds their numbers.

A surname comes with its phonetic code and its sketch, a birth date with its parts. Three numbers of some
twenty bits take the place of twenty tokens of 64, so that a record is a third as large, and all that reads
records has a third as much to read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from correlate.tokens import TOKEN_COLUMNS, Tokens
from correlate.vault.engine import Engine

__all__ = ["FORMS", "PLAIN", "RECORD_COLUMNS", "FormBook", "FormWriter", "FormsOf"]

Numbers = npt.NDArray[np.int32]

FORMS: dict[str, tuple[str, ...]] = {
    "name": ("surname", "phonetic", "surname_sketch"),
    "other_name": ("surname_alt", "phonetic_alt"),
    "first_name": ("first_name", "first_phonetic", "first_initial", "first_sketch"),
    "birth": ("birth_date", "birth_yymm", "birth_yydd", "birth_mmdd"),
    "home": ("postcode", "department", "city", "city_sketch"),
    "birth_place": ("birth_place",),
    "sex": ("sex",),
    "occupation": ("occupation",),
}
"""Each form and its tokens. Its table is ``<form>_form``, its number in a record ``<form>_no``."""

PLAIN = tuple(
    name for name in TOKEN_COLUMNS if name not in {each for form in FORMS.values() for each in form}
)
"""The tokens that a record holds itself: nearly every record has its own."""

RECORD_COLUMNS = (*PLAIN, *(f"{form}_no" for form in FORMS))

# From so many records on, reading the forms as a whole beats looking up those that are needed; and so it does
# for whoever has looked some up so often, as a process that checks one person after the other.
WHOLE_FROM, OFTEN = 50_000, 8
# A multiplier and shifts that spread every bit over all (the finaliser of splitmix64).
SPREAD, SHIFTS = np.uint64(0x94D049BB133111EB), (np.uint64(30), np.uint64(31))


def _mixed(columns: list[Tokens]) -> Tokens:
    """One number for each combination of tokens; 0 for one without any.

    Tokens are keyed and as good as random: two combinations meet as seldom as two tokens do by themselves.
    """
    if len(columns) == 1:
        return columns[0]
    out = np.zeros(len(columns[0]), dtype=np.uint64)
    said = np.zeros(len(out), dtype=np.bool_)
    for column in columns:
        said |= column != 0
        out ^= column.view(np.uint64)
        for shift in SHIFTS:
            out ^= out >> shift
            out *= SPREAD
    out[~said] = 0
    return out.view(np.int64)


class FormWriter:
    """Gives the tokens of new records their numbers, old ones where the vault holds the form already."""

    def __init__(self, engine: Engine) -> None:
        """Bind an engine; what the vault holds of a form is read when the first record has one."""
        self._engine = engine
        self._known: dict[str, _Numbered] = {}

    def numbers(self, tokens: Mapping[str, Tokens], rows: int) -> dict[str, Numbers]:
        """The number columns (n,) of n rows; new forms are stored at once, in the caller's transaction.

        Args:
            tokens: token columns (n,), 0 where missing; a column that is absent is missing everywhere.
            rows: n.
        """
        out: dict[str, Numbers] = {}
        for form, names in FORMS.items():
            given = [tokens.get(name) for name in names]
            if all(column is None or not column.any() for column in given):
                out[f"{form}_no"] = np.zeros(rows, dtype=np.int32)
                continue
            nothing = np.zeros(rows, dtype=np.int64)
            out[f"{form}_no"] = self._numbered(form, [nothing if c is None else c for c in given])
        return out

    def _numbered(self, form: str, columns: list[Tokens]) -> Numbers:
        if form not in self._known:
            table = FormBook(self._engine).table(form)
            self._known[form] = _Numbered.of(_mixed(list(table.T)))
        known = self._known[form]
        coded = pa.array(_mixed(columns)).dictionary_encode()
        codes = coded.indices.to_numpy()
        distinct, places = np.unique(coded.dictionary.to_numpy(), return_inverse=True)
        numbers, fresh = known.numbers(distinct)
        if fresh.any():
            # A row that has each new form.
            rows = np.empty(len(distinct), dtype=np.int64)
            rows[places[codes]] = np.arange(len(codes))
            frame = pl.DataFrame({"no": numbers[fresh]}).with_columns(
                pl.Series(name, column[rows[fresh]]).replace(0, None)
                for name, column in zip(FORMS[form], columns, strict=True)
            )
            self._engine.append(f"{form}_form", frame, step="storing forms")
        spread: Numbers = numbers[places][codes]
        return spread


class _Numbered:
    """Numbers by mixed tokens, in sorted arrays: one that is large, and one of what came since."""

    def __init__(self, mixed: Tokens, numbers: Numbers, following: int) -> None:
        """Take mixed tokens, rising, with their numbers, and the next number to give."""
        self._old, self._new = (mixed, numbers), (mixed[:0], numbers[:0])
        self._next = following

    @classmethod
    def of(cls, mixed: Tokens) -> Self:
        """Mixed tokens at the place of their number; a place without any is free, but for the first."""
        numbers = np.flatnonzero((mixed != 0) | (np.arange(len(mixed)) == 0)).astype(np.int32)
        order = np.argsort(mixed[numbers])
        return cls(mixed[numbers][order], numbers[order], len(mixed))

    def numbers(self, distinct: Tokens) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """The numbers (d,) of distinct mixed tokens, rising, and which of them are new."""
        out = np.full(len(distinct), -1, dtype=np.int32)
        for mixed, numbers in (self._old, self._new):
            if len(mixed):
                at = np.minimum(np.searchsorted(mixed, distinct), len(mixed) - 1)
                np.copyto(out, numbers[at], where=mixed[at] == distinct)
        fresh = out < 0
        if fresh.any():
            out[fresh] = np.arange(self._next, self._next + int(fresh.sum()), dtype=np.int32)
            self._next += int(fresh.sum())
            self._new = _merged(self._new, (distinct[fresh], out[fresh]))
            if len(self._new[0]) > len(self._old[0]) // 8:
                self._old = _merged(self._old, self._new)
                self._new = (distinct[:0], out[:0])
        return out, fresh


def _merged(one: tuple[Tokens, Numbers], other: tuple[Tokens, Numbers]) -> tuple[Tokens, Numbers]:
    at = np.searchsorted(one[0], other[0])
    return np.insert(one[0], at, other[0]), np.insert(one[1], at, other[1])


class FormsOf(NamedTuple):
    """The forms that some records (n,) have of one kind: the names of its k tokens, forms (f, k), 0 where a
    token is missing, and which of these each record (n,) has.
    """

    names: tuple[str, ...]
    table: Tokens
    places: npt.NDArray[np.integer]


class FormBook:
    """From the numbers that records hold back to tokens."""

    def __init__(self, engine: Engine) -> None:
        """Bind an engine; nothing is read before it is needed."""
        self._engine = engine
        self._tables: dict[str, Tokens] = {}
        self._asked: Counter[str] = Counter()

    def clear(self) -> None:
        """Forget what was read: the vault has changed."""
        self._tables.clear()

    def table(self, form: str) -> Tokens:
        """The tokens (f, k) of a form, at the place of its number; 0 where missing."""
        if form not in self._tables:
            names = FORMS[form]
            held = self._engine.frame(f"SELECT no, {', '.join(names)} FROM {form}_form")
            self._tables[form] = _placed(held, names, int(held["no"].to_numpy().max(initial=0)) + 1)
        return self._tables[form]

    def prepare(self, records: int) -> None:
        """Make ready for so many records: after that, chunks of them may be read while a query is open."""
        if records >= WHOLE_FROM:
            for form in FORMS:
                self.table(form)

    def tokens(self, frame: pl.DataFrame) -> dict[str, Tokens]:
        """Every token column (n,), 0 where missing, of rows (n,) with the columns RECORD_COLUMNS."""
        out = self.plain(frame)
        for names, table, places in self.forms(frame):
            out.update({name: column[places] for name, column in zip(names, table.T, strict=True)})
        nothing = np.zeros(frame.height, dtype=np.int64)
        return {name: out.get(name, nothing) for name in TOKEN_COLUMNS}

    def plain(self, frame: pl.DataFrame) -> dict[str, Tokens]:
        """The token columns (n,), 0 where missing, that rows (n,) hold themselves."""
        plain = frame.select(pl.col(PLAIN).fill_null(0))
        return {name: plain[name].to_numpy() for name in PLAIN}

    def forms(self, frame: pl.DataFrame) -> Iterator[FormsOf]:
        """The forms of rows (n,), a kind at a time; kinds that none of them has are left out."""
        self.prepare(frame.height)
        for form, names in FORMS.items():
            numbers = frame[f"{form}_no"].to_numpy()
            if not numbers.any():
                continue
            self._asked[form] += 1
            if form in self._tables or self._asked[form] > OFTEN:
                yield FormsOf(names, self.table(form), numbers)
            else:
                yield self._looked_up(form, numbers)

    def _looked_up(self, form: str, numbers: Numbers) -> FormsOf:
        """The few forms that some records need, and the place of each record's."""
        wanted, places = np.unique(numbers, return_inverse=True)
        names = FORMS[form]
        with self._engine.given(wanted_form=pl.DataFrame({"no": wanted})):
            held = self._engine.frame(
                f"SELECT no, {', '.join(names)} FROM {form}_form SEMI JOIN wanted_form USING (no)"
            )
        at = np.searchsorted(wanted, held["no"].to_numpy())
        return FormsOf(names, _placed(held.with_columns(no=pl.Series(at)), names, len(wanted)), places)


def _placed(held: pl.DataFrame, names: tuple[str, ...], size: int) -> Tokens:
    at = held["no"].to_numpy()
    out = np.zeros((size, len(names)), dtype=np.int64)
    for place, name in enumerate(names):
        out[at, place] = held[name].fill_null(0).to_numpy()
    return out
