"""From raw columns to tokens: the last place where a value exists.

A batch comes in as raw strings, one column a field, and goes out as 64-bit tokens, linkage keys and the
attribute classes that each row exposes. Nothing raw or canonical leaves this room.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from correlate.normalise import address, birth, email, iban, name, nir, phone, sex
from correlate.tokens.distinct import Distinct, distinct
from correlate.tokens.exposed import ClassSets, ExposedClasses
from correlate.tokens.key import SecretKey
from correlate.tokens.linkage_key import linkage_keys
from correlate.tokens.scheme import DEFAULT_SCHEME, MISSING, Scheme, Tokens, column_tokens, make_scheme
from correlate.vocabulary import Field

__all__ = ["TOKEN_COLUMNS", "People", "Tokeniser"]

TOKEN_COLUMNS: tuple[str, ...] = (
    "nir",
    "surname",
    "surname_alt",
    "phonetic",
    "phonetic_alt",
    "first_name",
    "first_phonetic",
    "first_initial",
    "birth_date",
    "birth_yymm",
    "sex",
    "postcode",
    "department",
    "email",
    "email_alt",
    "phone",
    "phone_alt",
    "iban",
)
"""What a vault keeps of a row, in this order. A subject has ``birth_swapped`` besides."""

_Normalise = Callable[[pl.Series], pl.DataFrame]

UNKNOWN = -1
# A dependent's row bears the insured's NIR: then neither year nor month is the dependent's. One wrong digit in
# a date leaves one of the two standing and the years close.
CLOSE_YEARS = 10


@dataclass(frozen=True, kw_only=True)
class People:
    """A tokenised batch of n rows.

    Attributes:
        tokens: the columns of TOKEN_COLUMNS and ``birth_swapped``, (n,) each, 0 where missing.
        nir_own: (n,) False where the row's birth date or sex says that its NIR is somebody else's.
        classes: the attribute classes each row exposes.
        keys: linkage keys (k,), and ``key_rows`` (k,) the row of each.
        dropped: how often a field was unusable, by (column, reason).
    """

    tokens: dict[str, Tokens]
    nir_own: npt.NDArray[np.bool_]
    classes: ClassSets
    keys: Tokens
    key_rows: npt.NDArray[np.intp]
    dropped: Counter[tuple[str, str]]

    @property
    def height(self) -> int:
        """The number of rows, n."""
        return len(self.nir_own)

    def column(self, name: str) -> pl.Series:
        """One token column (n,) for storage and joins: null where missing, so that it never joins."""
        tokens = self.tokens.get(name)
        if tokens is None:
            return pl.repeat(None, self.height, dtype=pl.Int64, eager=True).alias(name)
        return pl.Series(name, pl.from_arrow(pa.array(tokens, mask=tokens == MISSING)))

    def identified(self) -> npt.NDArray[np.bool_]:
        """(n,) whether a row has any linkage key: without one it can be linked to nobody."""
        out = np.zeros(self.height, dtype=np.bool_)
        out[self.key_rows] = True
        return out


class Tokeniser:
    """Turns raw columns into tokens under one secret key and scheme."""

    def __init__(self, key: SecretKey, *, scheme: str = DEFAULT_SCHEME) -> None:
        """Bind the key; raises UnknownScheme."""
        self.key_id = key.key_id
        self.scheme: Scheme = make_scheme(scheme, key)

    def people(self, frame: pl.DataFrame, *, asking: bool = False, date_order: str = "dmy") -> People:
        """Tokenise a batch.

        Args:
            frame: n rows of strings; columns named by Field ("nir", "phone", "phone.2") or by attribute
                class ("class:PW", of which only presence counts). Other columns are not looked at.
            asking: the rows are subjects: make the linkage keys only the asking side makes.
            date_order: "dmy" or "mdy", for dates whose form does not tell.
        """
        work = _Batch(scheme=self.scheme, frame=frame)
        work.identifiers()
        work.names()
        work.home()
        work.birth(date_order)
        nir_own = work.reconcile_nir()
        keys, rows = linkage_keys(self.scheme, work.tokens, asking=asking)
        return People(
            tokens=work.tokens,
            nir_own=nir_own,
            classes=work.exposed.collect(),
            keys=keys,
            key_rows=rows,
            dropped=work.dropped,
        )


@dataclass(kw_only=True)
class _Batch:
    """The working state of one batch: raw frame in, token columns out, one method a group of fields."""

    scheme: Scheme
    frame: pl.DataFrame
    tokens: dict[str, Tokens] = field(default_factory=dict)
    dropped: Counter[tuple[str, str]] = field(default_factory=Counter)
    exposed: ExposedClasses = field(init=False)
    # Plain numbers that only this batch sees: two-digit year, month and sex by NIR and by the row's own columns.
    numbers: dict[str, npt.NDArray[np.int16]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.exposed = ExposedClasses(self.frame)

    def identifiers(self) -> None:
        """E-mail, telephone and IBAN: the first two columns of each are compared, all of them count as exposed."""
        for target, module in ((Field.email, email), (Field.phone, phone), (Field.iban, iban)):
            found: list[Tokens] = []
            for column in self._columns(target):
                coded, canonical = self._read(column, module.normalise)
                found.append(coded.spread(self._tokens(target.value, canonical[target.value])))
            names = (target.value,) if target is Field.iban else (target.value, f"{target.value}_alt")
            self.tokens.update(_first_distinct(found, names))

    def names(self) -> None:
        """Surnames in order of permanence (birth, undeclared, usage), and the first given name."""
        surnames: list[tuple[Distinct, pl.DataFrame]] = []
        given: list[tuple[Distinct, pl.DataFrame]] = []
        for target in (Field.birth_name, Field.surname, Field.full_name, Field.usage_name):
            for column in self._columns(target):
                coded = distinct(self.frame[column])
                raw = coded.values
                if target is Field.full_name:
                    parts = name.split_full_name(raw)
                    raw = parts["surname"]
                    given.append(
                        (
                            coded,
                            self._normalised(column, coded, name.normalise_first_name, parts["first_name"]),
                        )
                    )
                married = name.split_married(raw)
                surnames.append(
                    (coded, self._normalised(column, coded, name.normalise_surname, married["surname"]))
                )
                if married["other"].null_count() < len(raw):
                    surnames.append((coded, name.normalise_surname(married["other"])))
        for column in self._columns(Field.first_name):
            coded, canonical = self._read(column, name.normalise_first_name)
            given.insert(0, (coded, canonical))
        spellings = [coded.spread(self._tokens("surname", c["surname"])) for coded, c in surnames]
        sounds = [coded.spread(self._tokens("surname/phonetic", c["phonetic"])) for coded, c in surnames]
        self.tokens.update(_first_distinct(spellings, ("surname", "surname_alt")))
        self.tokens.update(_first_distinct(sounds, ("phonetic", "phonetic_alt")))
        for token, derived in (
            ("first_name", "first_name"),
            ("first_phonetic", "phonetic"),
            ("first_initial", "initial"),
        ):
            found = [coded.spread(self._tokens(token, canonical[derived])) for coded, canonical in given]
            self.tokens.update(_first_distinct(found, (token,)))

    def home(self) -> None:
        """Postcode and department, from their own column or out of the address."""
        found: list[tuple[Distinct, pl.DataFrame]] = [
            self._read(column, address.normalise_postcode) for column in self._columns(Field.postcode)
        ]
        for column in self._columns(Field.address):
            coded = distinct(self.frame[column])
            self._mark(column, coded, np.asarray(coded.values.is_not_null().to_numpy()))
            if not found:
                found.append((coded, address.normalise_postcode(address.extract_postcode(coded.values))))
        for column in self._columns(Field.city):
            self.exposed.mark(column, self.frame[column].is_not_null().to_numpy())
        for part in ("postcode", "department"):
            spread = [coded.spread(self._tokens(part, canonical[part])) for coded, canonical in found]
            self.tokens.update(_first_distinct(spread, (part,)))

    def birth(self, date_order: str) -> None:
        """Birth date, its exchanged form, and plain year and month for the reconciliation with the NIR."""
        columns = self._columns(Field.birth_date)
        for column in columns[:1]:
            coded, canonical = self._read(column, lambda raw: birth.normalise(raw, order=date_order))
            self.tokens["birth_date"] = coded.spread(self._tokens("birth_date", canonical["birth_date"]))
            self.tokens["birth_swapped"] = coded.spread(
                self._tokens("birth_date", canonical["birth_swapped"])
            )
            month = canonical["birth_month"]
            self.numbers["year"] = coded.spread(_number(canonical["birth_year"] % 100))
            self.numbers["month"] = coded.spread(_number(month.str.slice(5, 2)))
        for column in (*self._columns(Field.birth_year), *self._columns(Field.birth_place)):
            self.exposed.mark(column, self.frame[column].is_not_null().to_numpy())
        for column in self._columns(Field.sex)[:1]:
            coded, canonical = self._read(column, sex.normalise)
            self.numbers["sex"] = coded.spread(_sex_number(canonical["sex"]))

    def reconcile_nir(self) -> npt.NDArray[np.bool_]:
        """Tell the row's own NIR from a household's, and let an own NIR stand in for what the row lacks.

        Returns:
            (n,) False where birth date or sex contradict the NIR. There the class NIR is not counted as
            exposed: the number that is out is the insured's, not this person's.
        """
        height = self.frame.height
        unknown = np.full(height, UNKNOWN, dtype=np.int16)
        year, month, gender = (self.numbers.get(k, unknown) for k in ("year", "month", "sex"))
        own = np.ones(height, dtype=np.bool_)
        for column in self._columns(Field.nir)[:1]:
            coded, canonical = self._read(column, nir.normalise)
            self.tokens["nir"] = coded.spread(self._tokens("nir", canonical["nir"]))
            nir_year, nir_month = _number(canonical["birth_year"]), _number(canonical["birth_month"])
            nir_year, nir_month = coded.spread(nir_year), coded.spread(nir_month)
            nir_sex = coded.spread(_sex_number(canonical["sex"]))
            own = _is_own(year, month, gender, nir_year, nir_month, nir_sex)
            self.exposed.unmark(column, ~own)
            year = np.where((year == UNKNOWN) & own, nir_year, year)
            month = np.where((month == UNKNOWN) & own, nir_month, month)
            gender = np.where((gender == UNKNOWN) & own, nir_sex, gender)
        self._small("birth_yymm", np.where((year >= 0) & (month > 0), year * 12 + month - 1, UNKNOWN), 1200)
        self._small("sex", gender, 2)
        return own

    def _small(self, domain: str, numbers: npt.NDArray[np.int16], count: int) -> None:
        """Tokens of small whole numbers: each of the few there can be is tokenised once."""
        table = column_tokens(self.scheme, domain, pl.Series([str(i) for i in range(count)]))
        self.tokens[domain] = np.where(numbers >= 0, table[numbers], MISSING)

    def _columns(self, target: Field) -> list[str]:
        return [c for c in self.frame.columns if c == target.value or c.startswith(f"{target.value}.")]

    def _tokens(self, domain: str, values: pl.Series) -> Tokens:
        return column_tokens(self.scheme, domain, values)

    def _read(self, column: str, normalise: _Normalise) -> tuple[Distinct, pl.DataFrame]:
        coded = distinct(self.frame[column])
        return coded, self._normalised(column, coded, normalise, coded.values)

    def _normalised(
        self, column: str, coded: Distinct, normalise: _Normalise, raw: pl.Series
    ) -> pl.DataFrame:
        """Normalise distinct values; count what had to be dropped, and mark where the class is exposed."""
        canonical = normalise(raw)
        issue = canonical["issue"]
        usable = (raw.is_not_null() & issue.is_null()).to_numpy()
        self._mark(column, coded, usable)
        if issue.null_count() < len(issue):
            weights = (
                np.ones(len(raw), dtype=np.int64)
                if coded.codes is None
                else np.bincount(coded.codes, minlength=len(raw))
            )
            counted = (
                pl.DataFrame({"issue": issue, "rows": weights}).drop_nulls("issue").group_by("issue").sum()
            )
            self.dropped.update({(column, reason): rows for reason, rows in counted.iter_rows()})
        return canonical

    def _mark(self, column: str, coded: Distinct, usable: npt.NDArray[np.bool_]) -> None:
        self.exposed.mark(column, coded.spread(usable))


def _is_own(
    year: npt.NDArray[np.int16],
    month: npt.NDArray[np.int16],
    gender: npt.NDArray[np.int16],
    nir_year: npt.NDArray[np.int16],
    nir_month: npt.NDArray[np.int16],
    nir_sex: npt.NDArray[np.int16],
) -> npt.NDArray[np.bool_]:
    comparable = (year >= 0) & (nir_year >= 0)
    apart = np.abs(year - nir_year)
    apart = np.minimum(apart, 100 - apart)
    months_known = (month > 0) & (nir_month > 0)
    same_month = months_known & (month == nir_month)
    agrees = np.where(same_month, apart < CLOSE_YEARS, (apart == 0))
    other_sex = (gender >= 0) & (nir_sex >= 0) & (gender != nir_sex)
    return ~((comparable & ~agrees) | (other_sex & ~(comparable & agrees)))


def _first_distinct(columns: list[Tokens], names: tuple[str, ...]) -> dict[str, Tokens]:
    """Per row, the first tokens that differ among several columns, as many as there are names."""
    if not columns:
        return {}
    out: list[Tokens] = []
    for _ in names[: len(columns)]:
        chosen = np.zeros_like(columns[0])
        for column in columns:
            fresh = (chosen == MISSING) & ~np.logical_or.reduce(
                [column == seen for seen in out] or [np.zeros(len(column), dtype=np.bool_)]
            )
            chosen = np.where(fresh, column, chosen)
        out.append(chosen)
    return dict(zip(names, out, strict=False))


def _number(values: pl.Series) -> npt.NDArray[np.int16]:
    return values.cast(pl.Int16, strict=False).fill_null(UNKNOWN).to_numpy()


def _sex_number(values: pl.Series) -> npt.NDArray[np.int16]:
    return (values == "F").cast(pl.Int16).fill_null(UNKNOWN).to_numpy()
