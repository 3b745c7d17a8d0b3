"""Ingest of a Parquet file of 13 columns: ours, DuckDB's bare copy of the same file, and a loop over rows.

The floor is ``CREATE TABLE AS``: read the same file, normalise nothing, hash nothing, store the strings. The
loop does what ours does with the field libraries and ``hmac``, a row at a time, and stores nothing; it is run
on a part of the rows, and compared by its rate.
"""

from __future__ import annotations

import datetime
import hmac
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import duckdb
import phonenumbers
import pyarrow.parquet as pq
from email_validator import EmailNotValidError, validate_email
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum.exceptions import ValidationError
from stdnum.fr import nir

from benchmarks.harness import Benchmark, Contender, Work, data_folder, measure
from correlate.catalogue import Catalogue
from correlate.synthesis import synthesise
from correlate.tokens import SecretKey
from correlate.vault import Vault, ingest

KEY = bytes(range(32))
PEOPLE = 1_000_000
LOOP_SHARE = 250


def members(rows: int) -> Path:
    """An insurer's members of synthetic France: as many rows as asked, made once.

    Beyond a million the same million stands again: a batch holds half a million rows, so none sees anyone
    twice.
    """
    path = data_folder() / f"members-{rows}.parquet"
    if path.exists():
        return path
    people = min(rows, PEOPLE)
    made = data_folder() / f"members-of-{people}"
    if not (made / "subjects.parquet").exists():
        synthesise(made, people=people, seed=1, breaches=["linkedin-2012"], members=1.0, force=True)
    table = pq.read_table(made / "subjects.parquet")
    with pq.ParquetWriter(path.with_suffix(".part"), table.schema) as writer:
        left = rows
        while left > 0:
            writer.write_table(table.slice(0, left), row_group_size=250_000)
            left -= table.num_rows
    path.with_suffix(".part").rename(path)
    return path


def ours(rows: int) -> Work:
    """``correlate ingest`` into an empty vault: read, normalise, tokenise, store, commit."""
    path, breach = members(rows), Catalogue.shipped().get("free-2024")

    def work() -> int:
        with (
            tempfile.TemporaryDirectory(dir=data_folder()) as folder,
            Vault.create(Path(folder) / "vault.duckdb", SecretKey(secret=KEY)) as vault,
        ):
            return ingest(vault, path, breach).accepted

    return work


def bare_copy(rows: int) -> Work:
    """DuckDB's ``CREATE TABLE AS`` of the same file into a file."""
    path = members(rows)

    def work() -> int:
        with tempfile.TemporaryDirectory(dir=data_folder()) as folder:
            connection = duckdb.connect(str(Path(folder) / "copy.duckdb"))
            connection.execute("CREATE TABLE copy AS SELECT * FROM read_parquet(?)", [str(path)])
            found = connection.execute("SELECT count(*) FROM copy").fetchall()
            connection.close()
            return int(found[0][0])

    return work


def loop(rows: int) -> Work:
    """One row after another through the field libraries and ``hmac``."""
    share = max(1, rows // LOOP_SHARE)
    table = pq.read_table(members(rows)).slice(0, share).to_pylist()
    return lambda: sum(1 for row in table if list(row_tokens(row)))


def row_tokens(row: dict[str, str | None]) -> Iterator[bytes]:
    """The tokens of one row: each field made canonical by its library, and hashed under the key."""
    canonical = [*_identifiers(row), *_words(row), *_dates(row)]
    for domain, value in canonical:
        yield hmac.digest(KEY, f"{domain}\0{value}".encode(), "sha256")[:8]


def _identifiers(row: dict[str, str | None]) -> Iterator[tuple[str, str]]:
    if number := row["nir"]:
        with suppress(ValidationError):
            yield "nir", nir.validate(number)[:13]
    if address := row["email"]:
        with suppress(EmailNotValidError):
            yield "email", validate_email(address, check_deliverability=False).normalized.lower()
    if number := row["telephone"]:
        with suppress(phonenumbers.NumberParseException):
            parsed = phonenumbers.parse(number, "FR")
            yield "phone", phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if number := row["iban"]:
        with suppress(SchwiftyException):
            yield "iban", IBAN(number, validate_bban=True).compact


def _words(row: dict[str, str | None]) -> Iterator[tuple[str, str]]:
    from anyascii import anyascii  # of the benchmarks' own environment

    for name in ("nom_naissance", "nom_usage", "prenom", "adresse", "ville"):
        if text := row[name]:
            yield name, "".join(filter(str.isalnum, anyascii(text).upper()))
    for name in ("code_postal", "sexe"):
        if text := row[name]:
            yield name, text.strip()


def _dates(row: dict[str, str | None]) -> Iterator[tuple[str, str]]:
    if text := row["date_naissance"]:
        for form in ("%d/%m/%Y", "%Y-%m-%d"):
            with suppress(ValueError):
                yield "birth_date", datetime.datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007


BENCHMARK = Benchmark(
    name="ingest",
    unit="rows of 13 columns, Parquet",
    sizes=(5_000_000,),
    yardsticks=("duckdb create table as", "loop over rows"),
    setup=members,
    contenders={
        "correlate ingest": Contender(prepare=ours),
        "duckdb create table as": Contender(prepare=bare_copy),
        "loop over rows": Contender(prepare=loop, needs="anyascii"),
    },
)


def main(argv: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for."""
    measure(BENCHMARK, argv)


if __name__ == "__main__":
    main()
