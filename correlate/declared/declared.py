"""What was declared of many subjects: tables of (subject, breach) and (token of an address, breach)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl

from correlate.declared.answers import Answer, read_answers
from correlate.declared.breaches import Declarable
from correlate.declared.errors import DeclaredColumns
from correlate.declared.hibp_names import HibpNames
from correlate.reading import Reject, RejectsWriter, listable, open_columns, same
from correlate.tokens import Tokeniser

__all__ = ["Declared", "DeclaredCounts", "Guard", "read_declared"]

ID_COLUMNS = ("subject_id", "member_id", "id")
BREACH_COLUMNS = ("breach", "breaches", "breach_id", "fuite", "fuites")
NO_ID, NO_BREACH, NO_ADDRESS = "no-subject-id", "no-breach", "email-unusable"

BY_SUBJECT = {"subject_id": pl.String, "breach": pl.String}
BY_EMAIL = {"email": pl.Int64, "breach": pl.String}


class Guard(Protocol):
    """Refuses files that hold what may not be read, by their headers and by their values."""

    def check_headers(self, file: Path, headers: Sequence[str]) -> None:
        """Raise an InputError where a header names such a field."""

    def check_values(self, file: Path, column: str, values: pl.Series) -> None:
        """Raise an InputError where the values of a column are of such a field."""


@dataclass(frozen=True, kw_only=True)
class DeclaredCounts:
    """What became of the files: rows read are those that count plus ``rejected``.

    ``hibp_unknown`` counts the names at Have I Been Pwned, each once, that mean no breach of the catalogue.
    """

    rows: int = 0
    rejected: int = 0
    hibp_addresses: int = 0
    hibp_rejected: int = 0
    hibp_unknown: int = 0


@dataclass(frozen=True, kw_only=True, repr=False)
class Declared:
    """Who is in which breach: (subject_id, breach) and (email, breach), distinct. An e-mail is a token."""

    by_subject: pl.DataFrame
    by_email: pl.DataFrame
    counts: DeclaredCounts


def read_declared(
    file: Path | None = None,
    *,
    hibp: Path | None = None,
    domain: str = "",
    id_column: str | None = None,
    breaches: Declarable,
    tokeniser: Tokeniser,
    guard: Guard,
    rejects: RejectsWriter | None = None,
) -> Declared:
    """Read files of declared breaches.

    Args:
        file: CSV, JSON lines or Parquet with the subject's id and one or several breaches in each row.
        hibp: answers of Have I Been Pwned; see ``read_answers``. Addresses become tokens in memory.
        domain: that of mailboxes named without it.
        id_column: what the subjects' id column is called; the file's may have the same name.
        breaches: those that may be named.
        tokeniser: the vault's.
        guard: looks at the headers of ``file``, and at its ids.
        rejects: where rows without an id, without a breach or without a usable address go.

    Raises:
        UnknownDeclaredBreach, FutureBreach: ``file`` names a breach that cannot count.
        DeclaredColumns: a column is missing.
        HibpUnreadable, HibpDomainNeeded: ``hibp`` is not what it should be.
    """
    by_subject, rows, rejected = pl.DataFrame(schema=BY_SUBJECT), 0, 0
    if file is not None:
        by_subject, rows, rejected = _read_file(file, id_column, breaches, guard, rejects)
    by_email, counts = pl.DataFrame(schema=BY_EMAIL), DeclaredCounts(rows=rows, rejected=rejected)
    if hibp is not None:
        by_email, counts = _read_hibp(hibp, domain, breaches, tokeniser, rejects, counts)
    return Declared(by_subject=by_subject, by_email=by_email, counts=counts)


def _read_file(
    file: Path, id_column: str | None, breaches: Declarable, guard: Guard, rejects: RejectsWriter | None
) -> tuple[pl.DataFrame, int, int]:
    parts, rows, rejected = [pl.DataFrame(schema=BY_SUBJECT)], 0, 0

    def choose(headers: tuple[str, ...]) -> tuple[str, str]:
        guard.check_headers(file, headers)
        wanted = ((id_column,) if id_column else ()) + ID_COLUMNS
        return _chosen(headers, wanted, "of ids", file), _chosen(headers, BREACH_COLUMNS, "of breaches", file)

    with open_columns(file, choose) as source:
        (id_name, breach_name) = (column.target for column in source.columns.used)
        header = source.columns.used[1].header
        for batch in source.batches():
            numbers, ids = batch.row_numbers, batch.frame[id_name]
            guard.check_values(file, source.columns.used[0].header, ids)
            listed = breaches.listed(batch.frame[breach_name], numbers, file=file, column=header)
            bad = list(batch.rejects)
            bad += _refused(numbers, ids.is_null(), NO_ID, source.columns.used[0].header)
            bad += _refused(numbers, ids.is_not_null() & (listed.list.len() == 0), NO_BREACH, header)
            if rejects is not None:
                rejects.write(file, bad)
            rows, rejected = rows + batch.count, rejected + len(bad)
            pairs = pl.DataFrame({"subject_id": ids, "breach": listed}).drop_nulls("subject_id")
            parts.append(pairs.explode("breach").drop_nulls())
    return pl.concat(parts).unique(), rows, rejected


def _chosen(headers: Sequence[str], wanted: Sequence[str], what: str, file: Path) -> str:
    for name in wanted:
        for header in headers:
            if same(header) == same(name):
                return header
    raise DeclaredColumns(file=file, what=what, headers=listable(headers))


def _refused(numbers: pl.Series, which: pl.Series, reason: str, column: str) -> Iterator[Reject]:
    return (Reject(row=row, reason=reason, column=column) for row in numbers.filter(which).to_list())


def _read_hibp(
    file: Path,
    domain: str,
    breaches: Declarable,
    tokeniser: Tokeniser,
    rejects: RejectsWriter | None,
    counts: DeclaredCounts,
) -> tuple[pl.DataFrame, DeclaredCounts]:
    answers = list(read_answers(file, domain=domain.lstrip("@")))
    tokens = _tokens([answer.address for answer in answers], tokeniser)
    bad = [Reject(row=answer.row, reason=answer.fault) for answer in answers if answer.fault]
    bad += [
        Reject(row=answer.row, reason=NO_ADDRESS)
        for answer, token in zip(answers, tokens, strict=True)
        if not answer.fault and not token
    ]
    if rejects is not None:
        rejects.write(file, bad)
    ids = _ids(answers, breaches)
    pairs = [
        (token, breach)
        for answer, token in zip(answers, tokens, strict=True)
        if token
        for named in answer.breaches
        if (breach := ids[named]) is not None
    ]
    return pl.DataFrame(pairs, schema=BY_EMAIL, orient="row").unique(), DeclaredCounts(
        rows=counts.rows,
        rejected=counts.rejected,
        hibp_addresses=len(answers),
        hibp_rejected=len(bad),
        hibp_unknown=len({name for (name, _), breach in ids.items() if breach is None}),
    )


def _ids(answers: Sequence[Answer], breaches: Declarable) -> dict[tuple[str, str], str | None]:
    names = HibpNames(breaches.catalogue)
    found = {
        named: names.find(named[0], year=named[1])
        for named in sorted({named for answer in answers for named in answer.breaches})
    }
    for breach in found.values():
        if breach is not None:
            breaches.get(breach)
    return found


def _tokens(addresses: Sequence[str], tokeniser: Tokeniser) -> list[int]:
    """The token of each address, 0 where it is unusable."""
    people = tokeniser.people(pl.DataFrame({"email": pl.Series(addresses, dtype=pl.String)}))
    tokens = people.tokens.get("email", np.zeros(len(addresses), dtype=np.int64))
    return [int(token) for token in tokens]
