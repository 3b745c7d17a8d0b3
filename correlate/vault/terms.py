"""Term frequencies: how many records bear each token of the fields whose values repeat.

They are kept with the records, in the same transaction, so that a single check need not count a nation.
"""

from __future__ import annotations

from correlate.vault.engine import Engine
from correlate.vault.forms import FORMS

__all__ = ["TERM_FIELDS", "add_terms", "count_terms", "terms_sql"]

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
    """A SELECT of (field, token, records) over a table of records; token 0 has the total of a field."""
    counted = [
        f"SELECT '{field}' AS field, {column} AS token, sum(rows)::BIGINT AS records "
        f"FROM {_forms_counted(column, records)} GROUP BY {column}"
        for field, columns in TERM_FIELDS.items()
        for column in columns
    ]
    totals = [
        f"SELECT '{field}', 0, sum(rows)::BIGINT FROM {_forms_counted(column, records)} HAVING count(*) > 0"
        for field, (column, *_) in TERM_FIELDS.items()
    ]
    return "\nUNION ALL\n".join((*counted, *totals))


def _forms_counted(column: str, records: str) -> str:
    """The forms with a token in ``column``, and how many records have each."""
    form = next(form for form, columns in FORMS.items() if column in columns)
    return (
        f"(SELECT {column}, rows FROM (SELECT {form}_no AS no, count(*) AS rows FROM {records} GROUP BY ALL) "
        f"JOIN {form}_form USING (no) WHERE {column} IS NOT NULL)"
    )


def add_terms(engine: Engine, file_no: int, row_bits: int) -> None:
    """Add the counts of one file's records, within the caller's transaction."""
    first, behind = file_no << row_bits, (file_no + 1) << row_bits
    counted = terms_sql(f"(FROM record WHERE record_id >= {first} AND record_id < {behind})")
    _replace(engine, f"SELECT * FROM term UNION ALL {counted}")


def count_terms(engine: Engine) -> None:
    """Count all of them anew: records were taken out."""
    _replace(engine, terms_sql())


def _replace(engine: Engine, select: str) -> None:
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE fresh_term AS "
        f"SELECT field, token, sum(records)::BIGINT AS records FROM ({select}) GROUP BY field, token",
        step="term frequencies",
    )
    engine.execute("DELETE FROM term", step="term frequencies")
    # Sorted: looking a few tokens up then reads a few blocks.
    engine.execute(
        "INSERT INTO term SELECT field, token, records FROM fresh_term ORDER BY token, field",
        step="term frequencies",
    )
    engine.execute("DROP TABLE fresh_term", step="term frequencies")
