"""Fresh keys: the linkage keys of a record that a subject does not have, by which a path may go on.

What shares a key with the subject itself has been compared with it. Most keys of a linked record are the
subject's own: those are told by comparing tokens, without making the keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from correlate.linkage.rows import ROW, Rows, matrix
from correlate.linkage.subjects import Subjects
from correlate.loops import loop
from correlate.tokens import KEY_KINDS, Tokens
from correlate.vault import Vault

__all__ = ["FreshKeys", "KeyForms"]

Numbers = npt.NDArray[np.int64]
Small = npt.NDArray[np.int8]

COLUMNS_MAX = 3
# Each way to make a key: its kind, and the columns.
FORMS = [(place, columns) for place, kind in enumerate(KEY_KINDS) for columns in kind.every(asking=True)]


class FreshKeys(NamedTuple):
    """Keys (k,), and for each which pair it is of."""

    keys: Tokens
    pair: Numbers


@dataclass(frozen=True, kw_only=True, eq=False)
class KeyForms:
    """The ways to make keys, as numbers.

    Attributes:
        columns: (forms, 3) places of token columns in a row, -1 for none.
        alike: (forms, 2) from which to before which form all make one kind with it.
        usable: (forms,) whether a path may follow it.
        without: the token columns that lead from no record to another.
    """

    columns: Small
    alike: Small
    usable: npt.NDArray[np.bool_]
    without: frozenset[str]

    @classmethod
    def of(cls, without: frozenset[str]) -> KeyForms:
        """All, of which paths follow none that reads a column of ``without``."""
        names = list(ROW.names or ())
        columns = np.full((len(FORMS), COLUMNS_MAX), -1, dtype=np.int8)
        for row, (_, form) in zip(columns, FORMS, strict=True):
            row[: len(form)] = [names.index(name) for name in form]
        kinds = [kind for kind, _ in FORMS]
        alike = [(kinds.index(kind), kinds.index(kind) + kinds.count(kind)) for kind in kinds]
        return cls(
            columns=columns,
            alike=np.array(alike, dtype=np.int8),
            usable=np.array([without.isdisjoint(form) for _, form in FORMS]),
            without=without,
        )

    def fresh(
        self, vault: Vault, askers: Rows, subjects: Subjects, subject_no: Numbers, records: Rows
    ) -> FreshKeys:
        """The keys of records (n,) that some row of each one's subject (n,) does not ask for: what a row
        finds by itself it also finds beside others.
        """
        found = np.zeros(len(records), dtype=np.int64)
        held = matrix(records)
        _find_fresh(len(records))(
            matrix(askers),
            subjects.rows,
            subjects.starts,
            subject_no,
            held,
            self.columns,
            self.alike,
            self.usable,
            found,
        )
        keys, pairs = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
        for place, (kind, columns) in enumerate(FORMS):
            pair = np.flatnonzero(found >> place & 1)
            if len(pair):
                parts = [records[name][pair] for name in columns]
                keys.append(KEY_KINDS[kind].keys(vault.tokeniser.scheme, parts))
                pairs.append(pair)
        return FreshKeys(np.concatenate(keys), np.concatenate(pairs))


@loop
def _find_fresh(
    askers: Numbers,
    rows: Numbers,
    starts: Numbers,
    subject_no: Numbers,
    records: Numbers,
    columns: Small,
    alike: Small,
    usable: npt.NDArray[np.bool_],
    found: Numbers,
) -> None:
    """Set the bits of ``found`` (n,) of those forms that a record has, and a row of its subject lacks."""
    for pair in range(len(subject_no)):
        first, end = starts[subject_no[pair]], starts[subject_no[pair] + 1]
        for form in range(len(usable)):
            if not usable[form] or not _complete(records, pair, columns, form):
                continue
            for turn in range(first, end):
                known = False
                for other in range(alike[form, 0], alike[form, 1]):
                    if _equal(records, pair, askers, rows[turn], columns, form, other):
                        known = True
                        break
                if not known:
                    found[pair] |= 1 << form
                    break


def _complete(rows: Numbers, row: int, columns: Small, form: int) -> bool:
    """Whether a row has every token of a form."""
    for turn in range(columns.shape[1]):
        column = columns[form, turn]
        if column >= 0 and rows[row, column] == 0:
            return False
    return True


def _equal(
    records: Numbers, record: int, askers: Numbers, asker: int, columns: Small, form: int, other: int
) -> bool:
    """Whether two forms of one kind have the same tokens."""
    for turn in range(columns.shape[1]):
        held, asked = columns[form, turn], columns[other, turn]
        if held >= 0 and records[record, held] != askers[asker, asked]:
            return False
    return True
