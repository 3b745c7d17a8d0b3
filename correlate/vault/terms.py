"""Term frequencies: how many records of each breach bear each token of the fields whose values repeat.

They are kept with the records, in the same transaction, so that a single check need not count a nation.
"""

from __future__ import annotations

from correlate.vault.engine import Engine
from correlate.vault.forms import FORMS

__all__ = ["TERM_FIELDS", "add_terms", "count_terms", "reference_breaches", "terms_sql"]

TERM_FIELDS: dict[str, tuple[str, ...]] = {
    "surname": ("surname", "surname_alt"),
    "first_name": ("first_name",),
    "birth_date": ("birth_date",),
    "birth_place": ("birth_place",),
    "postcode": ("postcode",),
    "city": ("city",),
    "occupation": ("occupation",),
}
"""The counted fields and the columns of each; a record that bears a token in two columns counts twice."""


def terms_sql(records: str = "record") -> str:
    """A SELECT of (breach_no, field, token, records) over a table of records, one row each; token 0 has the
    total of a field.
    """
    counted = [
        f"SELECT breach_no, '{field}' AS field, {column} AS token, rows "
        f"FROM {_forms_counted(column, records)}"
        for field, columns in TERM_FIELDS.items()
        for column in columns
    ]
    totals = [
        f"SELECT breach_no, '{field}', 0, rows FROM {_forms_counted(column, records)}"
        for field, (column, *_) in TERM_FIELDS.items()
    ]
    every = "\nUNION ALL\n".join((*counted, *totals))
    return (
        f"SELECT breach_no, field, token, sum(rows)::BIGINT AS records FROM ({every}) "
        f"GROUP BY breach_no, field, token"
    )


def _forms_counted(column: str, records: str) -> str:
    """The forms with a token in ``column``, and how many records of each breach have each."""
    form = next(form for form, columns in FORMS.items() if column in columns)
    return (
        f"(SELECT breach_no, {column}, rows "
        f"FROM (SELECT breach_no, {form}_no AS no, count(*) AS rows FROM {records} GROUP BY ALL) "
        f"JOIN {form}_form USING (no) WHERE {column} IS NOT NULL)"
    )


def add_terms(engine: Engine, file_no: int, breach_no: int, row_bits: int) -> None:
    """Add the counts of one file's records to its breach's, within the caller's transaction."""
    first, behind = file_no << row_bits, (file_no + 1) << row_bits
    counted = terms_sql(f"(FROM record WHERE record_id >= {first} AND record_id < {behind})")
    held = f"SELECT * FROM term WHERE breach_no = {breach_no}"
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE fresh_term AS "
        f"SELECT breach_no, field, token, sum(records)::BIGINT AS records FROM ({held} UNION ALL {counted}) "
        f"GROUP BY breach_no, field, token",
        step="term frequencies",
    )
    _replace(engine, where=f"WHERE breach_no = {breach_no}")


def count_terms(engine: Engine) -> None:
    """Count all of them anew: records were taken out."""
    engine.execute(f"CREATE OR REPLACE TEMP TABLE fresh_term AS {terms_sql()}", step="term frequencies")
    _replace(engine)


def _replace(engine: Engine, *, where: str = "") -> None:
    engine.execute(f"DELETE FROM term {where}", step="term frequencies")
    # Sorted: looking a few tokens up then reads a few blocks of each breach.
    engine.execute(
        "INSERT INTO term SELECT breach_no, field, token, records FROM fresh_term "
        "ORDER BY breach_no, token, field",
        step="term frequencies",
    )
    engine.execute("DROP TABLE fresh_term", step="term frequencies")


def reference_breaches(engine: Engine) -> dict[str, int]:
    """The breach_no, by field, of the breach with the most records that have the field; of equals the first
    by name.
    """
    rows = engine.rows(
        "SELECT field, breach_no FROM term JOIN breach USING (breach_no) WHERE token = 0 "
        "QUALIFY row_number() OVER (PARTITION BY field ORDER BY records DESC, breach) = 1 ORDER BY field"
    )
    return dict(rows)
