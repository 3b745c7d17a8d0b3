"""Candidate pairs: which records are worth comparing with an asking row, and what is not followed.

Two ways lead to a candidate. Linkage keys are stored with every record, and find pairs at any size. Wide keys
are equalities of a few columns, not stored, and cost a scan of the records: they are followed in small vaults
alone, where they find pairs with several errors at once. Both are bounded: a value that too many records
share identifies nobody and is not followed. Nothing here depends on who else is asked for.
"""

from __future__ import annotations

from correlate.linkage.model import LinkageModel
from correlate.vault import ROW_BITS, Step

__all__ = ["WIDE_KEYS", "candidate_steps", "hit_step", "key_frequency_step"]

WideKey = tuple[tuple[str, str], ...]
"""Expressions over the asking row and over the record ``r`` that have to be equal."""


def _same(*columns: str) -> WideKey:
    return tuple((column, f"r.{column}") for column in columns)


def _quarter(sketch: str, place: int) -> WideKey:
    """Four of a sketch's sixteen slots."""
    return ((f"({sketch} >> {16 * place}) & 65535", f"(r.{sketch} >> {16 * place}) & 65535"),)


WIDE_KEYS: tuple[WideKey, ...] = (
    _same("birth_date"),
    _same("street"),
    _same("phonetic", "first_phonetic"),
    (("phonetic", "r.first_phonetic"), ("first_phonetic", "r.phonetic")),
    _same("postcode", "city"),
    _same("first_phonetic", "postcode"),
    _same("first_phonetic", "city"),
    _same("phonetic", "postcode"),
    _same("phonetic", "city"),
    _same("birth_yymm", "postcode"),
    _same("birth_yydd", "postcode"),
    _same("birth_mmdd", "postcode"),
    _same("phonetic", "birth_yymm"),
    _same("first_phonetic", "birth_yymm"),
    _same("first_phonetic", "birth_mmdd"),
    _same("phonetic", "department"),
    _same("phonetic", "birth_place"),
    _same("first_phonetic", "birth_place"),
    # Streets that are spelt alike.
    *(_quarter("street_sketch", place) for place in range(4)),
)
"""Chosen on labelled data, docs/decisions/0007."""


def hit_step() -> Step:
    """Where the askers' keys occur in the vault: (key, record_id)."""
    return ("hit", "SELECT key, record_id FROM link_key SEMI JOIN asker_key USING (key)")


def key_frequency_step() -> Step:
    """How many records share each key, and the most of them in one breach, each of whose records is a
    person.
    """
    return (
        "key_frequency",
        f"""
        SELECT key, sum(records)::BIGINT AS records, max(records)::BIGINT AS in_one_breach
        FROM (
            SELECT key, breach_no, count(*) AS records
            FROM hit JOIN file ON file_no = record_id >> {ROW_BITS} GROUP BY key, breach_no
        ) GROUP BY key
        """,
    )


def candidate_steps(model: LinkageModel, *, wide: bool) -> list[Step]:
    """From hits to distinct pairs (asker_no, record_id)."""
    pairs = [
        "SELECT DISTINCT asker_no, record_id FROM asker_key JOIN usable_key USING (key) JOIN hit USING (key)",
        *(_wide_pairs(columns, model.wide_key_records_max) for columns in WIDE_KEYS if wide),
    ]
    return [
        ("usable_key", f"SELECT key FROM key_frequency WHERE records <= {model.key_records_max}"),
        ("candidate", "\nUNION\n".join(pairs)),
    ]


def _wide_pairs(columns: WideKey, most: int) -> str:
    asked = ", ".join(f"{mine} AS w{place}" for place, (mine, _) in enumerate(columns))
    held = " AND ".join(f"w{place} = {theirs}" for place, (_, theirs) in enumerate(columns))
    names = ", ".join(f"w{place}" for place in range(len(columns)))
    return f"""
        SELECT asker_no, unnest(record_ids) AS record_id
        FROM (SELECT asker_no, {asked} FROM asker)
        JOIN (
            SELECT {names}, list(record_id) AS record_ids
            FROM (SELECT DISTINCT {asked} FROM asker) JOIN record AS r ON {held}
            GROUP BY {names} HAVING count(*) <= {most}
        ) USING ({names})
        """
